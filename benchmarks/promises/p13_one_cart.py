"""P13: one cart ordered a hundred times at once, each time under another key: one order."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.races import at_once, raced
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Shoppers, fresh_key

CART_ROW = (
    "SELECT 1 FROM carts WHERE id = (SELECT cart_id FROM cart_items WHERE id = %s) FOR UPDATE"
)
STOCK_ROW = "SELECT 1 FROM stock_items WHERE variant_id = %s FOR UPDATE"
BARRIER_SHOPPERS = 16


async def check(shop: Shop, run: Run) -> None:
    """Order each cart as often as can be."""
    rounds, keys = run.size(200, 6), run.size(100, 40)
    run.tries = rounds * keys
    stock = 10 * (rounds + 1)
    (variant,) = shop.stock([Line(handle=f"p13-{run.seed}", stock=stock)]).values()
    async with Shoppers(shop.bases) as shoppers:
        await _round(shop, run, shoppers, variant, keys=BARRIER_SHOPPERS, barrier=True)
        for _ in range(rounds):
            await _round(shop, run, shoppers, variant, keys=keys, barrier=False)
    reserved = "SELECT reserved FROM stock_items WHERE variant_id = %s"
    run.equal("pieces reserved", shop.database.value(reserved, [variant]), rounds + 1)


async def _round(
    shop: Shop, run: Run, shoppers: Shoppers, variant: UUID, *, keys: int, barrier: bool
) -> None:
    filled = await shoppers.add([(variant, 1)])
    cart = filled.headers["X-Cart-Token"]
    jobs = [partial(shoppers.order, cart, key=fresh_key()) for _ in range(keys)]
    if barrier:
        line = filled.body["items"][0]["id"]
        answers, met = await raced(shop.database, jobs, lock=CART_ROW, parameters=[line], meet=keys)
        run.measured["barrier_met"] = met
        run.require(met > 1, "too few met at the barrier to race for the cart")
    else:
        answers = await at_once(jobs)
    for one in answers:
        allowed = one.status == 201 or one.label() == "409 cart_ordered"
        run.require(allowed, f"answered {one.label()}")
    run.equal("orders of a cart", sum(one.ok for one in answers), 1)
