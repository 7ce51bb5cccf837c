"""
P15: what a gateway tells, in any order, any number of times and days late: the same end.

Every history is played twice at the gateway, which tells nobody. Of one, each event is
delivered once, and has had its effect before the next one comes. Those of the other come two
to five times each to two servers, signed at that moment but up to three days old, shuffled:
some all at once, some between all others. Both end alike in every row that is not a time, a
name or a count of changes; and each thing that happened is told by one mail.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from attrs import frozen

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.jobs import done
from benchmarks.rig.ledger import differences
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.paying import Held, act, held, pay
from benchmarks.rig.races import Job, at_once, storm
from benchmarks.rig.shop import PATIENT, Shop
from benchmarks.rig.shoppers import Answer, Shoppers
from benchmarks.rig.telling import Happened, by_intent, older, tell

CLIENTS = 16
STAFF_EMAIL = "money@example.com"
UNHURRIED: Mapping[str, str] = {
    **PATIENT,
    "reservation_lifetime_s": "86400",
    "staff_email": STAFF_EMAIL,
}
"""No order is to end for want of time while others are told of."""

AGAIN = (2, 3, 4, 5)
LATEST_S = 3 * 24 * 60 * 60
EFFECT_S = 300.0
HEARD = {"200", "202", "204"}

ROWS = """
    SELECT o.id, o.order_number, jsonb_build_object(
        'order', to_jsonb(o),
        'items', (SELECT jsonb_agg(to_jsonb(i)) FROM order_items i WHERE i.order_id = o.id),
        'payments', (SELECT jsonb_agg(to_jsonb(p)) FROM payments p WHERE p.order_id = o.id),
        'refunds', (SELECT jsonb_agg(to_jsonb(r) ORDER BY r.amount, r.state)
            FROM refunds r WHERE r.order_id = o.id),
        'disputes', (SELECT jsonb_agg(to_jsonb(d) ORDER BY d.amount, d.state)
            FROM disputes d WHERE d.order_id = o.id),
        'holds', (SELECT jsonb_agg(to_jsonb(h)) FROM reservations h WHERE h.order_id = o.id)),
        (SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]') FROM order_events e
            WHERE e.order_id = o.id)
    FROM orders o WHERE o.id = ANY(%s)
"""
TOLD = "SELECT count(*), count(*) FILTER (WHERE state <> 'processed') FROM webhook_events"
UNLIKE = frozenset({"version", "token_hash", "client_secret"})
"""Of every row another: how often it changed, for what was overtaken is no change; its secrets."""
NAMES = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|\b[a-z]+_[0-9a-f]{32}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*([+-]\d\d:?\d\d|Z)?"
    r"|p15-\d+-\w+@example\.com"
)
"""Ids, here and at the gateway; times; and whose it is."""
OVERTAKEN = (
    '"order_payment_promised"',
    '"order_payment_lapsed"',
    '"order_payment_tried_again"',
)
"""What is not told of once it is known how it went on: money on its way, for a while."""
FAILED = '"order_payment_failed"'
"""Nor is this, once another try went further."""

SECOND_CARD = (*OVERTAKEN, '"reason": "bank refused"')
"""All that comes of a card which is slow, and then refused."""


@frozen
class Story:
    """What happens at the gateway, and what has to come of it here."""

    name: str
    play: Callable[[FakeGateway, Held], Awaitable[None]]
    end: str
    mails: int = 0
    """To the customer."""
    alerts: int = 0
    """To the staff."""
    passing: tuple[str, ...] = ()
    """Steps that happened, and that a gateway which is asked later knows nothing of any more."""


@frozen
class Pair:
    """A story, played twice."""

    story: Story
    single: Held
    often: Held


async def check(run: Run) -> None:
    """Tell of the same histories in two ways."""
    with Shop(settings=UNHURRIED, gateway=True) as shop:
        assert shop.gateway is not None, "the shop was asked for one"
        await _tell(shop, shop.gateway, run)
        run.conclude(shop)


async def _tell(shop: Shop, gateway: FakeGateway, run: Run) -> None:
    run.tries = run.size(1_000, 2 * len(STORIES))
    (variant,) = shop.stock([Line(handle=f"p15-{run.seed}", stock=2 * run.tries)]).values()
    gateway.tell(None)
    async with Shoppers(shop.bases) as shoppers:
        plays = [
            partial(_played, gateway, shoppers, variant, nth, run.seed) for nth in range(run.tries)
        ]
        pairs = await storm(plays, clients=CLIENTS)
        events = by_intent(gateway.events())
        single = [events[pair.single.intent_id] for pair in pairs]
        await _once_and_in_order(shop, run, shoppers, single)
        often = [events[pair.often.intent_id] for pair in pairs]
        await _often_and_in_any(shop, run, shoppers, often)
    happened, (told, waiting) = len(gateway.events()), shop.database.rows(TOLD)[0]
    run.measured["events"] = happened
    run.equal("events that are kept", told, happened)
    run.equal("events that had no effect", waiting, 0)
    _judge(shop, run, pairs)
    for fault, offenders in differences(shop, gateway).items():
        run.faults[f"{fault}: {', '.join(offenders)}"] += 1


async def _played(
    gateway: FakeGateway, shoppers: Shoppers, variant: UUID, nth: int, seed: int
) -> Pair:
    story = STORIES[nth % len(STORIES)]
    both: list[Held] = []
    for name in ("single", "often"):
        email = f"p15-{seed}-{nth}{name}@example.com"
        one = await held(shoppers, variant, email=email)
        await story.play(gateway, one)
        both.append(one)
    return Pair(story, *both)


async def _once_and_in_order(
    shop: Shop, run: Run, shoppers: Shoppers, histories: Sequence[Sequence[Happened]]
) -> None:
    """Each event once, and none before the one before it has had its effect."""
    for turn in range(max(map(len, histories))):
        jobs = [partial(tell, shoppers, each[turn]) for each in histories if len(each) > turn]
        run.answers(f"in_order_{turn + 1}", await storm(jobs, clients=CLIENTS), allowed=HEARD)
        await _settled(shop, run)


async def _often_and_in_any(
    shop: Shop, run: Run, shoppers: Shoppers, histories: Sequence[Sequence[Happened]]
) -> None:
    """Every other history by a burst, the rest one by one between all others."""
    bursts, rest = list[list[Job[Answer]]](), list[Job[Answer]]()
    for nth, history in enumerate(histories):
        jobs: list[Job[Answer]] = []
        for event in history:
            late = older(event, timedelta(seconds=run.random.uniform(0, LATEST_S)))
            jobs += [partial(tell, shoppers, late)] * run.random.choice(AGAIN)
        run.random.shuffle(jobs)
        if nth // len(STORIES) % 2:
            rest += jobs
        else:
            bursts.append(jobs)
    run.random.shuffle(rest)
    answers = [answer for burst in bursts for answer in await at_once(burst)]
    run.answers("in_bursts", answers, allowed=HEARD)
    run.answers("in_any_order", await storm(rest, clients=CLIENTS), allowed=HEARD)
    run.measured["deliveries"] = sum(map(len, bursts)) + len(rest)
    await _settled(shop, run)


async def _settled(shop: Shop, run: Run) -> None:
    left, failed = await done(shop, within_s=EFFECT_S)
    run.equal("reactions that nobody did", left, 0)
    run.equal("reactions that failed", failed, 0)


def _judge(shop: Shop, run: Run, pairs: Sequence[Pair]) -> None:
    ids = [one.id for pair in pairs for one in (pair.single, pair.often)]
    found = {row[0]: row[1:] for row in shop.database.rows(ROWS, [ids])}
    mailbox, ends = Mailbox(shop.mails), Counter[str]()
    for pair in pairs:
        story = pair.story
        (number, rows, steps), (other, alike, retold) = found[pair.single.id], found[pair.often.id]
        end = f"{rows['order']['state']}, {rows['order']['payment_state']}"
        ends[f"{story.name}: {end}"] += 1
        run.equal(f"the end of {story.name}", end, story.end)
        for part in rows:
            fault = f"{story.name}: {part} of another end"
            run.require(_plain(rows[part], number) == _plain(alike[part], other), fault)
        _same_steps(run, story, _steps(steps, number), _steps(retold, other))
        written, rewritten = (
            _written(run, mailbox, story, one, its)
            for one, its in ((pair.single, number), (pair.often, other))
        )
        run.require(written == rewritten, f"{story.name}: mails of another text")
    run.measured["ends"] = dict(sorted(ends.items()))


def _written(run: Run, mailbox: Mailbox, story: Story, one: Held, number: str) -> Counter[str]:
    """The mails of one history, to its customer and to the staff."""
    mails = mailbox.letters(one.order["email"])
    run.equal(f"mails of {story.name}", len(mails), story.mails)
    alerts = [each for each in mailbox.letters(STAFF_EMAIL) if number in each.subject]
    run.equal(f"alerts of {story.name}", len(alerts), story.alerts)
    return Counter(_plain(each.subject + each.text, number) for each in (*mails, *alerts))


def _same_steps(run: Run, story: Story, steps: Counter[str], retold: Counter[str]) -> None:
    """The same on both timelines, but for what passed and for a failure that was overtaken."""
    for more, times in (retold - steps).items():
        passed = any(step in more for step in story.passing) and times == 1
        run.require(passed, f"{story.name}: told what did not happen, or twice")
    may_miss = OVERTAKEN if "failed" in story.end else (*OVERTAKEN, FAILED)
    for missing in steps - retold:
        overtaken = any(kind in missing for kind in may_miss)
        run.require(overtaken, f"{story.name}: not told on the timeline")


def _steps(entries: Iterable[Mapping[str, Any]], number: str) -> Counter[str]:
    return Counter(_plain(entry, number) for entry in entries)


def _plain(rows: object, number: str) -> str:
    """As text, without what is another each time."""
    text = json.dumps(_unchanged(rows), sort_keys=True).replace(number, "#")
    return NAMES.sub("*", text)


def _unchanged(rows: object) -> object:
    if isinstance(rows, dict):
        return {name: _unchanged(each) for name, each in rows.items() if name not in UNLIKE}
    if isinstance(rows, list):
        return [_unchanged(each) for each in rows]
    return rows


async def _paid(gateway: FakeGateway, one: Held) -> None:
    await pay(gateway, one)


async def _second_card(gateway: FakeGateway, one: Held) -> None:
    await pay(gateway, one, "card_declined")
    await pay(gateway, one)


async def _trying_again(gateway: FakeGateway, one: Held, *, card: str) -> None:
    """Two cards that lead to nothing, and one of which nobody knows yet."""
    await pay(gateway, one, "card_declined")
    await _slowly(gateway, one, succeeded=False)
    await pay(gateway, one, card)


async def _asked_by_the_bank(gateway: FakeGateway, one: Held, *, approved: bool) -> None:
    await pay(gateway, one, "card_3ds")
    path = f"/intents/{one.intent_id}/authenticate"
    await act(gateway, path, client_secret=one.secret, approved=approved)


async def _slowly(gateway: FakeGateway, one: Held, *, succeeded: bool) -> None:
    await pay(gateway, one, "card_slow")
    await act(gateway, f"/intents/{one.intent_id}/settle", succeeded=succeeded)


async def _given_back_there(gateway: FakeGateway, one: Held) -> None:
    """In two parts, at the gateway's own desk."""
    await pay(gateway, one)
    for amount in (500, 250):
        await act(gateway, f"/intents/{one.intent_id}/refunds", amount=amount)


async def _sent_back(gateway: FakeGateway, one: Held) -> None:
    """Given back there, and the bank sends it back."""
    await _slowly(gateway, one, succeeded=True)
    refund = await act(gateway, f"/intents/{one.intent_id}/refunds", amount=500)
    await act(gateway, f"/refunds/{refund['id']}/settle", succeeded=False)


async def _disputed(gateway: FakeGateway, one: Held, *, won: bool) -> None:
    await pay(gateway, one)
    dispute = await act(gateway, f"/intents/{one.intent_id}/disputes")
    await act(gateway, f"/disputes/{dispute['id']}/close", won=won)


async def _called_off(gateway: FakeGateway, one: Held) -> None:
    await act(gateway, f"/intents/{one.intent_id}/cancel")


PAID = "confirmed, paid"
STORIES: Sequence[Story] = (
    Story("paid", _paid, PAID, mails=1),
    Story("paid by a second card", _second_card, PAID, mails=1),
    Story("allowed by the bank", partial(_asked_by_the_bank, approved=True), PAID, mails=1),
    Story("refused by the bank", partial(_asked_by_the_bank, approved=False), "placed, failed"),
    Story("paid slowly", partial(_slowly, succeeded=True), PAID, mails=1),
    Story("failed slowly", partial(_slowly, succeeded=False), "placed, failed"),
    Story(
        "slowly by a third card",
        partial(_trying_again, card="card_slow"),
        "placed, processing",
        passing=SECOND_CARD,
    ),
    Story(
        "asked for a third card",
        partial(_trying_again, card="card_3ds"),
        "placed, pending",
        passing=SECOND_CARD,
    ),
    Story("given back there", _given_back_there, "confirmed, partially_refunded", mails=3),
    Story("sent back", _sent_back, PAID, mails=2, alerts=1),
    Story("disputed and won", partial(_disputed, won=True), PAID, mails=1, alerts=1),
    Story("disputed and lost", partial(_disputed, won=False), PAID, mails=1, alerts=1),
    Story("called off there", _called_off, "placed, pending"),
)
"""What can happen to one payment; the shop hears of it by what it is told alone."""
