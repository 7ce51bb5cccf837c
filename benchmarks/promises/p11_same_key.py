"""
P11: the same request a hundred times at once, under one key: one order, one capture.

Every answer is the same body, or 409 while the first is still at work; whoever asks
again afterwards gets the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.races import Job, at_once, raced
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Answer, Shoppers, fresh_key

STOCK_ROW = "SELECT 1 FROM stock_items WHERE variant_id = %s FOR UPDATE"
ORDER_ROW = "SELECT 1 FROM orders WHERE id = %s FOR UPDATE"
IN_PROGRESS = "409 key_in_progress"


async def check(shop: Shop, run: Run) -> None:
    """Place and pay the same order, again and again at once."""
    rounds, twins = run.size(200, 6), run.size(100, 40)
    run.tries = rounds * twins * 3
    (variant,) = shop.stock([Line(handle=f"p11-{run.seed}", stock=rounds + 10)]).values()
    async with Shoppers(shop.bases) as shoppers:
        for number in range(rounds):
            await _round(shop, run, shoppers, variant, twins=twins, barrier=number == 0)
    reserved = "SELECT reserved FROM stock_items WHERE variant_id = %s"
    run.equal("pieces reserved", shop.database.value(reserved, [variant]), rounds)


async def _round(
    shop: Shop, run: Run, shoppers: Shoppers, variant: UUID, *, twins: int, barrier: bool
) -> None:
    cart = await shoppers.fill([(variant, 1)])
    place = partial(shoppers.order, cart, key=fresh_key())
    meet = (STOCK_ROW, variant) if barrier else None
    order = await _one_body(shop, run, "orders", [place] * twins, meet=meet)
    if order is None:
        return
    token = order["token"]
    intend = partial(shoppers.intend, order, token, key=fresh_key())
    payment = await _one_body(shop, run, "intents", [intend] * twins, meet=None)
    if payment is None:
        return
    confirm = partial(shoppers.confirm, order, payment, token, key=fresh_key())
    meet = (ORDER_ROW, order["id"]) if barrier else None
    await _one_body(shop, run, "confirmations", [confirm] * twins, meet=meet)
    _count(shop, run, order["id"])


async def _one_body(
    shop: Shop,
    run: Run,
    what: str,
    jobs: Sequence[Job[Answer]],
    *,
    meet: tuple[str, Any] | None,
) -> Any:
    """The one body that all of them gave; None where there was none, which is counted."""
    if meet is None:
        answers = await at_once(jobs)
    else:
        lock, row = meet
        answers, met = await raced(shop.database, jobs, lock=lock, parameters=[row], meet=len(jobs))
        run.measured[f"{what}_at_barrier"] = met
        run.require(met == 1, f"{what}: {met} of the same key worked at once")
    bodies = [one.body for one in answers if one.ok]
    for one in answers:
        run.require(one.ok or one.label() == IN_PROGRESS, f"{what}: answered {one.label()}")
    again = await jobs[0]()
    run.require(again.ok, f"{what}: the retry was answered {again.label()}")
    run.require(bool(bodies), f"{what}: nobody was answered")
    run.require(all(body == again.body for body in bodies), f"{what}: the bodies differ")
    return again.body if again.ok else None


def _count(shop: Shop, run: Run, order_id: str) -> None:
    ((payments, captured),) = shop.database.rows(
        "SELECT count(*), count(*) FILTER (WHERE state = 'captured') FROM payments"
        " WHERE order_id = %s",
        [order_id],
    )
    run.equal("payments of an order", payments, 1)
    run.equal("captures of an order", captured, 1)
