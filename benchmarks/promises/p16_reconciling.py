"""
P16: events that never arrive and answers that are lost, made good by one reconciliation.

Shoppers buy, are declined, walk away at every point, contest what they paid and have money
given back, here and at the gateway's own desk. Of what the gateway tells, a part is lost, a
part comes twice or out of turn, some refunds stand in no list of what happened, and of what
it is asked it does not answer all. Then ``reconcile`` runs: the store says of every payment,
refund and dispute what the gateway says, and of every sum. Run again, it changes no row.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

from attrs import frozen

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.jobs import done
from benchmarks.rig.ledger import differences
from benchmarks.rig.paying import Held, act, ordered, pay
from benchmarks.rig.races import storm
from benchmarks.rig.servers import run as command
from benchmarks.rig.shop import PATIENT, STAFF, Shop
from benchmarks.rig.shoppers import API, Answer, Shoppers, fresh_key

CLIENTS = 16
DESPITE_FAILURES: Mapping[str, str] = {**PATIENT, "gateway_failures": "1000"}
"""The gateway is asked on, whatever it answers: more happens that is lost."""

UNANSWERED = {"drop_answer": 0.2, "fail_before": 0.1}
UNANSWERED_INTENTS = {"drop_answer": 0.5, "fail_before": 0.1}
"""Whoever is not told of an intent goes away: it stands at the gateway, and here without a name."""

DISORDER = {"duplicate": 0.05, "reorder": 0.1}
KNOWN = {"200", "201"}
ANSWERED = KNOWN | {"503 gateway_unavailable"}
EVENTS_S, EFFECT_S, RECONCILE_S = 120.0, 300.0, 300
LATER = """
    WITH begun AS (UPDATE payments SET created_at = created_at - interval '10 minutes')
    UPDATE refunds SET created_at = created_at - interval '10 minutes'
"""
"""An answer that has not come in a minute counts as lost: the store's rows are made older."""

ROWS: Mapping[str, str] = {
    table: f"SELECT id::text, md5(t::text) FROM {table} t"  # noqa: S608 - of our own four
    for table in ("payments", "orders", "refunds", "disputes", "order_events", "webhook_events")
}
INTENTS = "SELECT payment_intent_id, state FROM payments WHERE payment_method = 'fake'"
REFUNDS = "SELECT gateway_refund_id, state FROM refunds"
DISPUTES = "SELECT gateway_dispute_id, state FROM disputes"


@frozen
class Fate:
    """What a shopper does, and whether they come back to the shop to have it confirmed."""

    name: str
    play: Callable[[Shoppers, FakeGateway, Held], Awaitable[None]]
    comes_back: bool = False


async def check(run: Run) -> None:
    """Lose what is told, and reconcile."""
    with Shop(settings=DESPITE_FAILURES, gateway=True) as shop:
        assert shop.gateway is not None, "the shop was asked for one"
        await _trade(shop, shop.gateway, run)
        await _reconcile(shop, shop.gateway, run)
        run.conclude(shop)


async def _trade(shop: Shop, gateway: FakeGateway, run: Run) -> None:
    run.tries = run.size(1_000, 40)
    (variant,) = shop.stock([Line(handle=f"p16-{run.seed}", stock=2 * run.tries)]).values()
    gateway.tell(shop.bases[0])
    lost = {"lose": run.size(5, 30) / 100, "forget_refund": run.size(20, 50) / 100}
    gateway.go_wrong(
        seed=run.seed,
        calls={"create_intent": UNANSWERED_INTENTS},
        events=lost | DISORDER,
        **UNANSWERED,
    )
    asked: list[Answer] = []
    async with Shoppers(shop.bases) as shoppers:
        jobs = [
            partial(_lived, shoppers, gateway, variant, FATES[nth % len(FATES)], asked)
            for nth in range(run.tries)
        ]
        fates = Counter(await storm(jobs, clients=CLIENTS))
    gateway.go_wrong()
    run.require(gateway.wait_until_told(EVENTS_S), "the gateway could not tell what it was to")
    await _settled(shop, run)
    run.answers("answers", asked, allowed=ANSWERED)
    told = shop.database.value("SELECT count(*) FROM webhook_events")
    run.measured |= {"fates": dict(sorted(fates.items())), "told": told, "lost": lost["lose"]}
    run.measured["happened"] = len(gateway.events())
    run.require(told < run.measured["happened"], "no event was lost")
    run.require(fates["was told nothing"] > 0, "no intent was left without a name")
    run.require(bool(_unlike(shop, gateway)), "nothing was to be reconciled")
    run.measured["refunds that nothing tells of"] = forgotten = len(_forgotten(shop, gateway))
    run.require(forgotten > 0, "every refund was told or listed")


async def _reconcile(shop: Shop, gateway: FakeGateway, run: Run) -> None:
    with shop.database.connect() as connection:
        connection.execute(LATER)
    run.measured["first"] = _reconciled(shop, run, "the first run")
    await _settled(shop, run)
    for fault, offenders in (_unlike(shop, gateway) | differences(shop, gateway)).items():
        run.faults[f"{fault}: {', '.join(offenders)}"] += 1
    before: Mapping[str, Mapping[str, str]] = {
        table: dict(shop.database.rows(query)) for table, query in ROWS.items()
    }
    run.measured["second"] = again = _reconciled(shop, run, "the second run")
    await _settled(shop, run)
    run.equal("changes that the second run tells of", again["changed"], 0)
    for table, query in ROWS.items():
        changed = set(before[table].items()) ^ set(shop.database.rows(query))
        run.equal(f"rows of {table} that the second run changed", len(changed), 0)


def _reconciled(shop: Shop, run: Run, what: str) -> Mapping[str, int]:
    """What the command says that it did."""
    code, said = command(
        shop.settings, "reconcile", "--since", "2h", "--json", timeout_s=RECONCILE_S
    )
    run.require(code == 0, f"{what} left something: {said[-500:]}")
    try:
        told = json.loads(said.strip().splitlines()[-1])
    except (ValueError, IndexError):
        told = {}
    return {
        name: told.get(name, -1)
        for name in ("payments", "refunds", "compared", "events", "changed")
    }


def _forgotten(shop: Shop, gateway: FakeGateway) -> set[str]:
    """Refunds there that the store does not know, and that no list of events will tell it of."""
    listed = {each["data"]["refund"]["id"] for each in gateway.events() if "refund" in each["data"]}
    made = {each["id"] for each in gateway.look("/ledger")["refunds"]}
    return made - listed - {name for name, _ in shop.database.rows(REFUNDS)}


async def _settled(shop: Shop, run: Run) -> None:
    left, failed = await done(shop, within_s=EFFECT_S)
    run.equal("reactions that nobody did", left, 0)
    run.equal("reactions that failed", failed, 0)


def _unlike(shop: Shop, gateway: FakeGateway) -> dict[str, list[str]]:
    """What the gateway says of an intent, a refund or a dispute, and the store does not."""
    ledger = gateway.look("/ledger")
    found: dict[str, list[str]] = {}
    for what, query in (("intents", INTENTS), ("refunds", REFUNDS), ("disputes", DISPUTES)):
        ours: Mapping[str, str] = dict(shop.database.rows(query))
        for theirs in ledger[what]:
            state = ours.get(theirs["id"], "not known")
            if state != theirs["state"]:
                fault = f"{what} that are {theirs['state']} there, and {state} here"
                found.setdefault(fault, []).append(theirs["id"])
    return {f"{len(each)} {fault}": each[:3] for fault, each in found.items()}


async def _lived(
    shoppers: Shoppers, gateway: FakeGateway, variant: UUID, fate: Fate, asked: list[Answer]
) -> str:
    """What became of one shopper."""
    order = await ordered(shoppers, variant)
    token = order["token"]
    intent = await shoppers.intend(order, token, key=fresh_key(), gateway="fake")
    asked.append(intent)
    if not intent.ok:
        return "was told nothing"
    one = Held.of(order, intent.body)
    await fate.play(shoppers, gateway, one)
    if fate.comes_back:
        asked.append(await shoppers.confirm(one.order, one.payment, token, key=fresh_key()))
    return fate.name


async def _pays(_: Shoppers, gateway: FakeGateway, one: Held) -> None:
    await pay(gateway, one)


async def _is_declined(_: Shoppers, gateway: FakeGateway, one: Held) -> None:
    await pay(gateway, one, "card_declined")


async def _is_asked(_: Shoppers, gateway: FakeGateway, one: Held) -> None:
    await pay(gateway, one, "card_3ds")
    path = f"/intents/{one.intent_id}/authenticate"
    await act(gateway, path, client_secret=one.secret, approved=True)


async def _waits(_: Shoppers, gateway: FakeGateway, one: Held) -> None:
    await pay(gateway, one, "card_slow")
    await act(gateway, f"/intents/{one.intent_id}/settle", succeeded=True)


async def _has_it_back_there(_: Shoppers, gateway: FakeGateway, one: Held) -> None:
    await pay(gateway, one)
    await act(gateway, f"/intents/{one.intent_id}/refunds", amount=700)


async def _has_it_back_here(shoppers: Shoppers, gateway: FakeGateway, one: Held) -> None:
    """Staff give a part back, as soon as they know of the money."""
    await pay(gateway, one)
    await shoppers.confirm(one.order, one.payment, one.token, key=fresh_key())
    amount = {"amount": "7.00", "currency": "USD"}
    body = {"order_id": one.order["id"], "amount": amount, "reason": "out of kindness"}
    headers = {**STAFF, "Idempotency-Key": fresh_key()}
    await shoppers.ask("POST", f"{API}/payments/refund", body, headers=headers)


async def _contests(_: Shoppers, gateway: FakeGateway, one: Held, *, won: bool) -> None:
    await pay(gateway, one)
    dispute = await act(gateway, f"/intents/{one.intent_id}/disputes")
    await act(gateway, f"/disputes/{dispute['id']}/close", won=won)


async def _gives_up(_: Shoppers, gateway: FakeGateway, one: Held) -> None:
    await act(gateway, f"/intents/{one.intent_id}/cancel")


FATES: Sequence[Fate] = (
    Fate("paid", _pays, comes_back=True),
    Fate("paid and left", _pays),
    Fate("was declined and left", _is_declined),
    Fate("was asked by the bank and left", _is_asked),
    Fate("paid slowly and left", _waits),
    Fate("had some back there", _has_it_back_there),
    Fate("had some back here", _has_it_back_here),
    Fate("contested and won", partial(_contests, won=True)),
    Fate("contested and lost", partial(_contests, won=False), comes_back=True),
    Fate("gave up there", _gives_up),
)
"""How it can go once an intent is known."""
