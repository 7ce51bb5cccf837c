"""
P03: thousands of holds, each claimed and given up at its deadline: one of the two happens.

Every order meets three at once, behind a barrier on its own row: a worker whose clock is
ahead ends its time, and it is paid by its shopper, paid by a gateway's late word, or called
off. A quarter of the orders have no time left by the servers' own clock either. Whoever
comes first, the hold is claimed or released, and never both: what was paid and then called
off was claimed first, and is released and paid back; what expired and was then paid was
released first, and is claimed anew or paid back. Both are counted.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from automate_store.application.ports import Ports
from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.insides import ahead, capture, end_time
from benchmarks.rig.races import Job, raced, storm
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Answer, Shoppers, fresh_key

CLIENTS = 16
TOGETHER = 6
"""Orders that are raced behind one barrier: three times as many connections wait at it."""

LATER = timedelta(days=1)
"""Longer than anybody has to pay."""

NO_TIME_LEFT = 4
"""Every so many-th order has none left by the servers' clock either."""

KINDS = 3
"""Paid and called off, paid in two ways, or paid by a gateway's word and called off."""

PAID = {"200", "409 illegal_move", "409 order_overdue"}
CALLED_OFF = {"200", "409 illegal_move"}
ROWS = "SELECT 1 FROM orders WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
END_THEIR_TIME = """
    WITH late AS (
        UPDATE orders SET expires_at = now() WHERE id = ANY(%(ids)s) RETURNING id)
    UPDATE reservations SET expires_at = now() FROM late WHERE order_id = late.id
"""
ENDS = """
    SELECT o.id, o.state, o.payment_state,
        (SELECT array_agg(kind ORDER BY at, id) FROM order_events e WHERE e.order_id = o.id),
        (SELECT coalesce(sum(quantity), 0) FROM reservations r
            WHERE r.order_id = o.id AND r.state = 'held' AND r.expires_at IS NULL),
        (SELECT count(*) FROM reservations r
            WHERE r.order_id = o.id AND r.state = 'held' AND r.expires_at IS NOT NULL),
        (SELECT coalesce(sum(captured_amount - refunded_amount), 0) FROM payments p
            WHERE p.order_id = o.id),
        o.total_amount
    FROM orders o WHERE o.id = ANY(%s)
"""
RESERVED = "SELECT coalesce(sum(reserved), 0) FROM stock_items WHERE variant_id = ANY(%s)"
ARTICLES = 16
Order = dict[str, Any]
Racer = tuple[str, Job[Any]]


async def check(shop: Shop, run: Run) -> None:
    """Race every hold with its end."""
    run.tries = run.size(5_000, 48)
    lines = [
        Line(handle=f"p03-{run.seed}-{number}", stock=2 * run.tries) for number in range(ARTICLES)
    ]
    articles = list(shop.stock(lines).values())
    async with Shoppers(shop.bases) as shoppers, ahead(shop.settings, LATER) as ports:
        jobs = [partial(_intended, shoppers, run.random.choice(articles)) for _ in range(run.tries)]
        orders = await storm(jobs, clients=CLIENTS)
        _end_time(shop, [order for nth, order in enumerate(orders) if not nth % NO_TIME_LEFT])
        batches = [orders[at : at + TOGETHER] for at in range(0, len(orders), TOGETHER)]
        met = [await _race(shop, run, shoppers, ports, batch) for batch in batches]
        run.measured["barrier_met"] = round(sum(met) / len(met), 1)
        run.require(max(met) > TOGETHER, "too few met at the barrier to race for a hold")
        kept = _judge(shop, run, orders)
        reserved = shop.database.value(RESERVED, [articles])
        run.equal("pieces reserved once all races were over", reserved, len(kept))
        rest = [partial(_cancel, shoppers, each) for each in orders if UUID(each["id"]) in kept]
        run.answers("called_off_at_the_end", await storm(rest, clients=CLIENTS), allowed={"200"})
    run.equal("pieces reserved for nobody", shop.database.value(RESERVED, [articles]), 0)


async def _race(
    shop: Shop, run: Run, shoppers: Shoppers, ports: Ports, orders: Sequence[Order]
) -> int:
    """Three at each of the orders at once; how many met at the barrier."""
    jobs: list[Racer] = []
    for nth, order in enumerate(orders):
        hear = _late(run, order, partial(capture, UUID(order["payment"]), ports))
        expire = _late(run, order, partial(end_time, UUID(order["id"]), ports))
        paid: Racer = ("paid", _pay(shoppers, order))
        heard: Racer = ("heard", hear)
        called_off: Racer = ("called_off", partial(_cancel, shoppers, order))
        two = ((paid, called_off), (paid, heard), (heard, called_off))[nth % KINDS]
        jobs += [*two, ("expired", expire)]
    run.random.shuffle(jobs)
    ids = [UUID(order["id"]) for order in orders]
    answers, met = await raced(
        shop.database, [job for _, job in jobs], lock=ROWS, parameters=[ids], meet=len(jobs)
    )
    for (what, _), answer in zip(jobs, answers, strict=True):
        label = answer.label() if isinstance(answer, Answer) else str(answer)
        seen = run.measured.setdefault(what, Counter())
        seen[label] += 1
        allowed = {"paid": PAID, "called_off": CALLED_OFF}.get(what, {"True", "False"})
        run.require(label in allowed, f"{what}: {label}")
    return met


def _judge(shop: Shop, run: Run, orders: Sequence[Order]) -> set[UUID]:
    """Each hold was claimed or released, once; the orders whose holds are claimed."""
    kept, ends, revived = set[UUID](), Counter[str](), 0
    for row in shop.database.rows(ENDS, [[UUID(order["id"]) for order in orders]]):
        order_id, state, payment, kinds, claimed, pressed, money, total = row
        told: Counter[str] = Counter(kinds)
        ends[f"{state}, {payment}"] += 1
        run.equal("holds that neither ended nor were claimed", pressed, 0)
        run.require(state in {"confirmed", "cancelled"}, f"a hold ended with its order {state}")
        run.equal(f"pieces held by an order that is {state}", claimed, int(state == "confirmed"))
        run.equal(f"money kept of an order that is {state}", money, total * (state == "confirmed"))
        run.require(told["order_expired"] <= 1, "an order expired twice")
        run.require(told["order_cancelled"] <= 1, "an order was called off twice")
        run.require(told["order_paid"] <= 1, "an order was paid twice")
        revived += told["order_expired"] and told["order_paid"]
        if state == "confirmed":
            kept.add(order_id)
    run.measured |= {"ends": dict(sorted(ends.items())), "revived": revived}
    run.equal("orders that ended", ends.total(), len(orders))
    run.require(len(ends) > 1, "every race had the same winner")
    return kept


async def _intended(shoppers: Shoppers, variant: UUID) -> Order:
    """An order of one piece, with an attempt to pay it that was not carried out."""
    cart = await shoppers.fill([(variant, 1)])
    placed = await shoppers.order(cart, key=fresh_key())
    assert placed.ok, f"an order could not be placed: {placed}"
    intent = await shoppers.intend(placed.body, placed.body["token"], key=fresh_key())
    assert intent.ok, f"a payment could not be begun: {intent}"
    return {
        "id": placed.body["id"],
        "token": placed.body["token"],
        "payment": intent.body["id"],
        "seconds": intent.seconds,
    }


def _late(run: Run, order: Order, job: Job[bool]) -> Job[bool]:
    """The job of this very process, about when a request of a shopper gets to the database."""
    pause_s = run.random.uniform(0, TOGETHER * order["seconds"] / 2)

    async def later() -> bool:
        await asyncio.sleep(pause_s)
        return await job()

    return later


def _end_time(shop: Shop, orders: Sequence[Order]) -> None:
    with shop.database.connect() as connection:
        connection.execute(END_THEIR_TIME, {"ids": [UUID(order["id"]) for order in orders]})


def _pay(shoppers: Shoppers, order: Order) -> Job[Answer]:
    payment = {"id": order["payment"]}
    return partial(shoppers.confirm, order, payment, order["token"], key=fresh_key())


async def _cancel(shoppers: Shoppers, order: Order) -> Answer:
    return await shoppers.cancel(order, order["token"], key=fresh_key())
