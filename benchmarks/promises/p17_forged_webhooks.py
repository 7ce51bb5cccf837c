"""
P17: what a gateway did not sign, or not now, is not believed; and what it signed is looked at.

Genuine deliveries to three webhooks are taken: of the fake gateway, of Stripe, and of PayPal,
whose certificate a server of the check's own has. Then come forgeries, each wrong in one way:
the body, the secret, the time, the algorithm, the header, where the certificate is to be had.
None is accepted, none leaves a row, and the servers, which note down whom they look up and
connect to, ask nobody for anything but PayPal for its certificates. Last, the gateway itself
tells freshly signed lies: other amounts, another currency, intents that are not the order's.
No such order is paid; what fits no payment is parked, and staff are told.
"""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from attrs import frozen

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.forged_webhooks import (
    Forgery,
    Headers,
    Scheme,
    SignedByCertificate,
    SignedBySecret,
)
from benchmarks.rig.gateway import SECRET, WEBHOOK, FakeGateway
from benchmarks.rig.jobs import done
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.paying import Held, held, pay
from benchmarks.rig.races import Job, storm
from benchmarks.rig.servers import Server, serve
from benchmarks.rig.shop import PATIENT, Shop
from benchmarks.rig.shoppers import API, Answer, Shoppers
from benchmarks.rig.telling import Happened, by_intent, tell
from benchmarks.rig.watching import PAYPAL, WATCHED, WATCHING, asked_of
from tests.adapters.paypal.server import PayPalFake, served
from tests.adapters.paypal.signing import Authority

CLIENTS = 16
LOCAL = "127.0.0.1"
STAFF_EMAIL = "money@example.com"
STRIPE_SECRET = "whsec_of_stripe_in_the_checks"  # noqa: S105 - signs what a temporary shop is told
WEBHOOK_ID, CERTIFICATE, STRANGERS = "1JE4291016473214C", "CERT-genuine-1", "CERT-strangers-1"
OFFERED: Mapping[str, str] = {
    "gateways": "manual,fake,stripe,paypal",
    "stripe_secret_key": "sk_test_of_the_checks",
    "stripe_publishable_key": "pk_test_of_the_checks",
    "stripe_webhook_secrets": STRIPE_SECRET,
    "paypal_client_id": "a-client-of-the-checks",
    "paypal_secret": "a-secret-of-the-checks",
    "paypal_webhook_id": WEBHOOK_ID,
    "staff_email": STAFF_EMAIL,
}
EFFECT_S = 120.0
Lie = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes one of an event."""

EVENTS = "SELECT count(*) FROM webhook_events"
ROWS = """
    SELECT md5(string_agg(t, '' ORDER BY t)) FROM (
        SELECT orders::text AS t FROM orders UNION ALL SELECT payments::text FROM payments
        UNION ALL SELECT order_events::text FROM order_events
        UNION ALL SELECT procrastinate_jobs::text FROM procrastinate_jobs
            WHERE queue_name = 'reactions') told
"""
ENDS = """
    SELECT o.id, o.order_number, o.payment_state, p.state, p.captured_amount
    FROM orders o JOIN payments p ON p.order_id = o.id WHERE o.id = ANY(%s)
"""
TOLD = "SELECT event_id, state FROM webhook_events"


@frozen
class Webhook:
    """One gateway's, how it signs, and something that it may tell."""

    path: str
    scheme: Scheme
    body: bytes

    def forgeries(self, run: Run) -> Iterator[Forgery]:
        """All of them, again and again with other bodies."""
        while True:
            yield from self.scheme.forged(_another(self.body), run.random)

    async def send(self, shoppers: Shoppers, headers: Headers, body: bytes) -> Answer:
        """One delivery."""
        return await shoppers.ask("POST", self.path, raw=body, headers=headers)


async def check(run: Run) -> None:
    """Forge, and then lie."""
    with ExitStack() as stack:
        shop = stack.enter_context(Shop(servers=1, settings={**PATIENT, **OFFERED}, gateway=True))
        assert shop.gateway is not None, "the shop was asked for one"
        shop.settings |= OFFERED
        authority = Authority()
        doorplate = authority.pen(LOCAL).written(shop.folder)
        paypal = stack.enter_context(served(certificate=doorplate))
        elsewhere = stack.enter_context(_listening())
        servers = stack.enter_context(_watched(shop, authority, paypal))
        hooks = _webhooks(authority, paypal, elsewhere)
        async with Shoppers([each.base for each in servers]) as shoppers:
            await _forge(shop, run, shoppers, hooks)
            await _lie(shop, shop.gateway, run, shoppers)
        known = {urlsplit(each).port for each in (shop.gateway.url, shop.database.url, paypal.base)}
        _judge_asked(shop.folder, run, {str(port) for port in known}, servers)
        run.require(not _asked(elsewhere), "a server connected to a host of a forger's")
        run.conclude(shop)


def _webhooks(
    authority: Authority, paypal: PayPalFake, elsewhere: socket.socket
) -> Sequence[Webhook]:
    pen, stranger = authority.pen(), authority.pen("messageverificationcerts.evil.example")
    paypal.certificates |= {CERTIFICATE: pen.chain, STRANGERS: stranger.chain}
    certificates = f"{paypal.base}/v1/notifications/certs/"
    by_certificate = SignedByCertificate(
        webhook_id=WEBHOOK_ID,
        cert_url=certificates + CERTIFICATE,
        pen=pen,
        stranger=stranger,
        strangers_url=certificates + STRANGERS,
        elsewhere=f"{LOCAL}:{elsewhere.getsockname()[1]}",
    )
    now = datetime.now(UTC)
    fake = {"type": "intent.captured", "at": now.isoformat(), "intent_id": None}
    stripe = {"type": "plan.created", "created": int(now.timestamp()), "data": {"object": {}}}
    told = {"event_type": "BILLING.PLAN.CREATED", "create_time": now.isoformat(), "resource": {}}
    return (
        Webhook(
            WEBHOOK,
            SignedBySecret("fake-signature", SECRET),
            _body({**fake, "payment_id": None, "data": {}}),
        ),
        Webhook(
            f"{API}/payments/stripe/webhook",
            SignedBySecret("stripe-signature", STRIPE_SECRET),
            _body(stripe),
        ),
        Webhook(f"{API}/payments/paypal/webhook", by_certificate, _body(told)),
    )


async def _forge(shop: Shop, run: Run, shoppers: Shoppers, hooks: Sequence[Webhook]) -> None:
    """What is genuine is taken, and nothing else is."""
    for hook in hooks:
        for _ in range(len(shoppers.bases)):
            body = _another(hook.body)
            answer = await hook.send(shoppers, hook.scheme.genuine(body), body)
            run.equal(f"the answer to a genuine {hook.path}", answer.label(), "200")
    await done(shop, within_s=EFFECT_S)
    run.tries = run.size(10_000, 450)
    before = shop.database.value(EVENTS), shop.database.value(ROWS)
    ways = [each.forgeries(run) for each in hooks]
    jobs, whats = list[Job[tuple[str, Answer]]](), Counter[str]()
    for hook, forged in zip(cycle(hooks), _in_turn(ways), strict=False):
        if len(jobs) == run.tries:
            break
        jobs.append(partial(_sent, hook, forged, shoppers))
        whats[f"{hook.path.split('/')[4]}: {forged.what}"] += 1
    seen = Counter[str]()
    for what, answer in await storm(jobs, clients=CLIENTS):
        seen[answer.label()] += 1
        run.require(400 <= answer.status < 500, f"{what}: {answer.label()}")
    run.measured |= {"answers": dict(sorted(seen.items())), "ways_to_forge": len(whats)}
    await done(shop, within_s=EFFECT_S)
    after = shop.database.value(EVENTS), shop.database.value(ROWS)
    run.equal("rows after all forgeries", after, before)


async def _sent(hook: Webhook, forged: Forgery, shoppers: Shoppers) -> tuple[str, Answer]:
    what = f"{hook.path.split('/')[4]}: {forged.what}"
    return what, await hook.send(shoppers, forged.headers, forged.body)


async def _lie(shop: Shop, gateway: FakeGateway, run: Run, shoppers: Shoppers) -> None:
    """The gateway's own signature under what can't be."""
    each = run.size(20, 2)
    (variant,) = shop.stock([Line(handle=f"p17-{run.seed}", stock=1000)]).values()
    gateway.tell(None)
    told = list[tuple[str, Held, Happened]]()
    for what in (*LIES, *NOBODYS):
        for _ in range(each):
            one = await held(shoppers, variant)
            await pay(gateway, one)
            told.append((what, one, {}))
    events = by_intent(gateway.events())
    told = [
        (
            what,
            one,
            {**LYING[what](deepcopy(dict(events[one.intent_id][-1]))), "id": f"ev_{uuid4().hex}"},
        )
        for what, one, _ in told
    ]
    answers = await storm([partial(tell, shoppers, event) for *_, event in told], clients=CLIENTS)
    run.answers("lies", answers, allowed={"200"})
    await done(shop, within_s=EFFECT_S)
    rows = shop.database.rows(ENDS, [[one.id for _, one, _ in told]])
    ends = {row[0]: row[1:] for row in rows}
    states: Mapping[str, str] = dict(shop.database.rows(TOLD))
    alerts = Mailbox(shop.mails).letters(STAFF_EMAIL)
    for what, one, event in told:
        number, paid, payment, captured = ends[one.id]
        run.equal(f"an order of which {what} was told", paid, "pending")
        run.equal(f"money that came by {what}", captured, 0)
        run.equal(f"the event that told {what}", states.get(event["id"]), "parked")
        if what in LIES:
            run.equal(f"a payment of which {what} was told", payment, "parked")
            mails = sum(number in letter.subject for letter in alerts)
            run.equal(f"alerts of {what}", mails, 1)
    run.measured["told_lies"] = len(told)


def _amount(event: dict[str, Any], factor: int) -> dict[str, Any]:
    intent = event["data"]["intent"]
    for name in ("amount", "authorised", "captured"):
        if isinstance(intent.get(name), int):
            intent[name] = intent[name] * factor // 10
    return event


def _currency(event: dict[str, Any]) -> dict[str, Any]:
    event["data"]["intent"]["currency"] = "EUR"
    return event


def _more_captured(event: dict[str, Any]) -> dict[str, Any]:
    event["data"]["intent"]["captured"] += 1
    return event


def _other_intent(event: dict[str, Any]) -> dict[str, Any]:
    event["intent_id"] = event["data"]["intent"]["id"] = f"in_{uuid4().hex}"
    return event


def _nobodys(event: dict[str, Any]) -> dict[str, Any]:
    event["payment_id"] = event["data"]["intent"]["payment_id"] = str(uuid4())
    return _other_intent(event)


LIES: Mapping[str, Lie] = {
    "a smaller amount": partial(_amount, factor=1),
    "a larger amount": partial(_amount, factor=20),
    "another currency": _currency,
    "more than was asked for": _more_captured,
    "another intent": _other_intent,
}
"""Lies about a payment that there is."""
NOBODYS: Mapping[str, Lie] = {"an unknown intent": _nobodys}
"""About one that there is not: nobody's payment can be parked, nor its order named."""
LYING = {**LIES, **NOBODYS}


def _in_turn(ways: Sequence[Iterator[Forgery]]) -> Iterator[Forgery]:
    while True:
        for way in ways:
            yield next(way)


def _another(body: bytes) -> bytes:
    """The same, as another event."""
    return _body({**json.loads(body), "id": f"evt_{uuid4().hex}"})


def _body(told: Mapping[str, object]) -> bytes:
    return json.dumps(told).encode()


@contextmanager
def _listening() -> Iterator[socket.socket]:
    """A host of a forger's: whoever connects stands in its queue."""
    with socket.socket() as trap:
        trap.bind((LOCAL, 0))
        trap.listen()
        trap.settimeout(0)
        yield trap


def _asked(trap: socket.socket) -> bool:
    try:
        trap.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@contextmanager
def _watched(shop: Shop, authority: Authority, paypal: PayPalFake) -> Iterator[list[Server]]:
    """Two servers that note down whom they ask, and believe the check's authority."""
    root = shop.folder / "root.pem"
    root.write_text(authority.pem)
    variables = {
        WATCHED: str(shop.folder),
        PAYPAL: urlsplit(paypal.base).netloc,
        "SSL_CERT_FILE": str(root),
        "NO_PROXY": "*",
    }
    logs = [shop.folder / f"watched-{number}.log" for number in range(2)]
    servers = [serve(shop.settings, log=log, program=WATCHING, variables=variables) for log in logs]
    try:
        for server in servers:
            server.wait_until_ready()
        yield servers
    finally:
        for server in servers:
            server.stop()


def _judge_asked(folder: Path, run: Run, known: set[str], servers: Sequence[Server]) -> None:
    """Nobody was looked up or connected to but the database, the gateway, and PayPal."""
    known |= {str(server.port) for server in servers}
    asked = asked_of(folder)
    run.require(bool(asked), "the servers noted nobody down")
    run.measured["hosts_asked"] = len(asked)
    for host, port in sorted(asked):
        run.require(host == LOCAL and port in known, f"a server asked {host}:{port}")
