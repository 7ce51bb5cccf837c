"""
P01: one article, far more buyers than pieces: every piece is sold, and none twice.

The carts are filled first, while the shelf is full, so that every buyer reaches the
order itself. Then the storm; then the last pieces again, with a barrier between what
the orders read and what they write.
"""

from __future__ import annotations

import asyncio
from functools import partial
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.figures import percentile
from benchmarks.rig.races import raced, storm
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Answer, Shoppers, fresh_key

CLIENTS = 64
POLL_S = 0.05
LAST_PIECES = 2
BARRIER_BUYERS = 16
STOCK_ROW = "SELECT 1 FROM stock_items WHERE variant_id = %s FOR UPDATE"


async def check(shop: Shop, run: Run) -> None:
    """Sell the shelf empty."""
    pieces, buyers = run.size(1_000, 60), run.size(10_000, 400)
    run.tries = buyers
    lines = [
        Line(handle=f"p01-{run.seed}-storm", stock=pieces),
        Line(handle=f"p01-{run.seed}-barrier", stock=LAST_PIECES),
    ]
    storm_of, barrier_of = shop.stock(lines).values()
    async with Shoppers(shop.bases) as shoppers:
        await _storm(shop, run, shoppers, storm_of, pieces=pieces, buyers=buyers)
        await _barrier(shop, run, shoppers, barrier_of)


async def _storm(
    shop: Shop, run: Run, shoppers: Shoppers, variant: UUID, *, pieces: int, buyers: int
) -> None:
    carts = await storm([partial(shoppers.fill, [(variant, 1)])] * buyers, clients=CLIENTS)
    run.random.shuffle(carts)
    async with asyncio.TaskGroup() as group:
        done = asyncio.Event()
        watch = group.create_task(_watch(shop, variant, done))
        bought = await storm([partial(_buy, shoppers, cart) for cart in carts], clients=CLIENTS)
        done.set()
    run.answers("storm", bought, allowed={"201", "409 out_of_stock"})
    run.measured["order_p99_ms"] = percentile((one.seconds for one in bought), 99)
    run.measured["available_polls"], lowest = watch.result()
    run.require(lowest >= 0, f"available fell to {lowest}")
    run.equal("orders", sum(one.ok for one in bought), pieces)
    _count(shop, run, variant, pieces)
    orders = [one.body for one in bought if one.ok]
    paid = await storm([partial(_pay, shoppers, order) for order in orders], clients=CLIENTS)
    run.answers("payments", paid, allowed={"200"})


async def _barrier(shop: Shop, run: Run, shoppers: Shoppers, variant: UUID) -> None:
    carts = await storm([partial(shoppers.fill, [(variant, 1)])] * BARRIER_BUYERS, clients=8)
    bought, met = await raced(
        shop.database,
        [partial(_buy, shoppers, cart) for cart in carts],
        lock=STOCK_ROW,
        parameters=[variant],
        meet=BARRIER_BUYERS,
    )
    run.measured["barrier_met"] = met
    run.require(met > LAST_PIECES, "too few met at the barrier to race for the last pieces")
    run.answers("barrier", bought, allowed={"201", "409 out_of_stock"})
    run.equal("orders past the barrier", sum(one.ok for one in bought), LAST_PIECES)
    _count(shop, run, variant, LAST_PIECES)


def _count(shop: Shop, run: Run, variant: UUID, pieces: int) -> None:
    query = "SELECT on_hand, reserved FROM stock_items WHERE variant_id = %s"
    ((on_hand, reserved),) = shop.database.rows(query, [variant])
    run.equal("pieces oversold", max(0, reserved - on_hand), 0)
    run.equal("pieces left unsold", on_hand - reserved, 0)
    run.equal("pieces reserved", reserved, pieces)


async def _watch(shop: Shop, variant: UUID, done: asyncio.Event) -> tuple[int, int]:
    connection = await shop.database.connect_async()
    polls, lowest = 0, 0
    query = "SELECT on_hand - reserved FROM stock_items WHERE variant_id = %s"
    while not done.is_set():
        ((available,),) = await (await connection.execute(query.encode(), [variant])).fetchall()
        polls, lowest = polls + 1, min(lowest, available)
        await asyncio.sleep(POLL_S)
    await connection.close()
    return polls, lowest


async def _buy(shoppers: Shoppers, cart: str) -> Answer:
    return await shoppers.order(cart, key=fresh_key())


async def _pay(shoppers: Shoppers, order: dict[str, str]) -> Answer:
    return await shoppers.pay(order, order["token"])
