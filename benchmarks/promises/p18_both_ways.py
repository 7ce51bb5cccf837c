"""
P18: a gateway's word and the shopper's return, in either order and at once: one paid order.

Shoppers pay at the gateway and come back to have it confirmed, and the gateway tells the shop
of it: long before, long after, or both at once, behind a barrier. That is on the order's own
row, where the shopper's return begins, or on the payment's, where both of them end. Whoever
comes first, the order is paid once, both have been told of the same order, and so has its
customer, once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from attrs import Factory, define

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.jobs import done
from benchmarks.rig.ledger import differences
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.paying import Held, held, pay
from benchmarks.rig.races import Job, raced, storm
from benchmarks.rig.shop import PATIENT, Shop
from benchmarks.rig.shoppers import Answer, Shoppers, fresh_key
from benchmarks.rig.telling import Happened, by_intent, tell

CLIENTS = 16
TOGETHER = 8
"""Orders that are raced behind one barrier: twice as many connections wait at it."""

ROOM: Mapping[str, str] = {
    **PATIENT,
    "worker_concurrency": str(TOGETHER),
    "pool_size": str(4 * TOGETHER),
}
"""All that is told at once is heard at once, and waits for its row on a connection of its own."""

ONE_WAY = 6
"""Every so many-th order is told of before its shopper returns, and as many after it."""

BARRIERS = (
    "SELECT 1 FROM orders WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
    "SELECT 1 FROM payments WHERE order_id = ANY(%s) ORDER BY id FOR UPDATE",
)
EFFECT_S = 120.0
ENDS = """
    SELECT o.id::text, o.order_number, o.state, o.payment_state,
        (SELECT count(*) FROM order_events e WHERE e.order_id = o.id AND e.kind = 'order_paid'),
        (SELECT array_agg(p.state) FROM payments p WHERE p.order_id = o.id),
        (SELECT array_agg(w.state) FROM webhook_events w JOIN payments p
            ON w.payment_id = p.id OR w.intent_id = p.payment_intent_id WHERE p.order_id = o.id)
    FROM orders o WHERE o.id = ANY(%s)
"""


@define
class Race:
    """A paid order of which the shop hears in two ways."""

    one: Held
    event: Happened
    key: str = Factory(fresh_key)
    returned: Answer | None = None
    told: Answer | None = None

    async def come_back(self, shoppers: Shoppers) -> None:
        """The shopper has the payment confirmed."""
        one = self.one
        self.returned = await shoppers.confirm(one.order, one.payment, one.token, key=self.key)

    async def hear(self, shoppers: Shoppers) -> None:
        """The gateway tells of it."""
        self.told = await tell(shoppers, self.event)


async def check(run: Run) -> None:
    """Race every payment's two ways."""
    with Shop(settings=ROOM, gateway=True) as shop:
        assert shop.gateway is not None, "the shop was asked for one"
        await _race(shop, shop.gateway, run)
        run.conclude(shop)


async def _race(shop: Shop, gateway: FakeGateway, run: Run) -> None:
    run.tries = run.size(1_000, 48)
    (variant,) = shop.stock([Line(handle=f"p18-{run.seed}", stock=run.tries)]).values()
    gateway.tell(None)
    async with Shoppers(shop.bases) as shoppers:
        emails = [f"p18-{run.seed}-{nth}@example.com" for nth in range(run.tries)]
        jobs = [partial(held, shoppers, variant, email=email) for email in emails]
        orders = await storm(jobs, clients=CLIENTS)
        await storm([partial(pay, gateway, one) for one in orders], clients=CLIENTS)
        events = by_intent(gateway.events())
        races = [Race(one, events[one.intent_id][-1]) for one in orders]
        before, after = races[::ONE_WAY], races[1::ONE_WAY]
        at_once = [race for nth, race in enumerate(races) if nth % ONE_WAY > 1]
        await _one_after_the_other(shop, shoppers, before, after)
        batches = [at_once[at : at + TOGETHER] for at in range(0, len(at_once), TOGETHER)]
        met = [
            await _meet(shop, run, shoppers, batch, BARRIERS[nth % len(BARRIERS)])
            for nth, batch in enumerate(batches)
        ]
        run.measured |= {"at_once": len(at_once), "barrier_met": round(sum(met) / len(met), 1)}
        run.require(max(met) > TOGETHER, "too few met at the barrier to race for an order")
        await _settled(shop, run)
        await _again(run, shoppers, races)
    _judge(shop, gateway, run, races)


async def _one_after_the_other(
    shop: Shop, shoppers: Shoppers, before: Sequence[Race], after: Sequence[Race]
) -> None:
    """Those told of first have had their effect when their shoppers return, and the other way."""
    await storm([partial(each.hear, shoppers) for each in before], clients=CLIENTS)
    await done(shop, within_s=EFFECT_S)
    both = [*before, *after]
    await storm([partial(each.come_back, shoppers) for each in both], clients=CLIENTS)
    await storm([partial(each.hear, shoppers) for each in after], clients=CLIENTS)


async def _meet(
    shop: Shop, run: Run, shoppers: Shoppers, batch: Sequence[Race], barrier: str
) -> int:
    """Both ways of each at once; how many met at the barrier."""
    gathered = asyncio.Event()

    async def open_it() -> None:
        gathered.set()

    async def told(race: Race) -> None:
        # What is told is heard by a worker: that is waited for, and not its answer.
        await race.hear(shoppers)
        await gathered.wait()

    jobs: list[Job[None]] = [partial(each.come_back, shoppers) for each in batch]
    jobs += [partial(told, each) for each in batch]
    run.random.shuffle(jobs)
    ids = [each.one.id for each in batch]
    _, met = await raced(
        shop.database, jobs, lock=barrier, parameters=[ids], meet=len(jobs), meanwhile=open_it
    )
    return met


async def _settled(shop: Shop, run: Run) -> None:
    left, failed = await done(shop, within_s=EFFECT_S)
    run.equal("reactions that nobody did", left, 0)
    run.equal("reactions that failed", failed, 0)


async def _again(run: Run, shoppers: Shoppers, races: Sequence[Race]) -> None:
    """Shoppers who ask again are told the same, and the gateway is thanked again."""
    first = [race.returned for race in races]
    await storm([partial(each.come_back, shoppers) for each in races], clients=CLIENTS)
    await storm([partial(each.hear, shoppers) for each in races], clients=CLIENTS)
    for race, before in zip(races, first, strict=True):
        bodies = [None if each is None else each.body for each in (before, race.returned)]
        run.require(bodies[0] == bodies[1], "another answer to the same return")


def _judge(shop: Shop, gateway: FakeGateway, run: Run, races: Sequence[Race]) -> None:
    answers = [race.returned for race in races if race.returned is not None]
    run.answers("returned", answers, allowed={"200"})
    run.answers("told", [each.told for each in races if each.told is not None], allowed={"200"})
    rows = shop.database.rows(ENDS, [[race.one.id for race in races]])
    found, mailbox, ends = {row[0]: row[1:] for row in rows}, Mailbox(shop.mails), Counter[str]()
    for race in races:
        number, state, payment, times_paid, payments, heard = found[race.one.order["id"]]
        ends[f"{state}, {payment}"] += 1
        run.equal("the end of an order that was paid", f"{state}, {payment}", "confirmed, paid")
        run.equal("how often an order was paid", times_paid, 1)
        run.equal("payments of an order", payments, ["captured"])
        run.equal("what was heard of an order", heard, ["processed"])
        run.equal("mails to its customer", len(mailbox.letters(race.one.order["email"])), 1)
        _told_the_same(run, race, number)
    run.measured["ends"] = dict(sorted(ends.items()))
    for fault, offenders in differences(shop, gateway).items():
        run.faults[f"{fault}: {', '.join(offenders)}"] += 1


def _told_the_same(run: Run, race: Race, number: str) -> None:
    """The shopper hears of the order that the gateway's word was about."""
    body = race.returned.body if race.returned is not None and race.returned.ok else None
    if body is None:
        return
    run.equal("the order that the shopper is told of", body["order"]["number"], number)
    run.equal("what they are told of it", body["order"]["payment_status"], "paid")
