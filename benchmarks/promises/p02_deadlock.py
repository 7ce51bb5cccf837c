"""
P02: carts that name an article twice, in any order: summed, and locked in one order.

The storm empties ten shelves with random carts. The barrier holds the middle one of
three articles while carts want them from both ends: whoever does not take the rows in
one order holds its first and waits for the other's.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from uuid import UUID

from attrs import frozen

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.races import raced, storm
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Answer, Shoppers, fresh_key

CLIENTS = 64
ARTICLES = 10
ENTRIES = (2, 8)
"""How many entries a cart is filled with; with ten articles, many name one twice."""
SHARE_SOLD = 0.8
"""The shelves hold so much of what all carts want together, so that some find them empty."""

BARRIER_CARTS = 12
STOCK_ROW = "SELECT 1 FROM stock_items WHERE variant_id = %s FOR UPDATE"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
Entries = list[tuple[UUID, int]]


@frozen
class Bought:
    """What a shopper put in a cart, and what became of the order."""

    wanted: Counter[UUID]
    answer: Answer


async def check(shop: Shop, run: Run) -> None:
    """Sell ten articles in random carts."""
    checkouts = run.size(5_000, 250)
    run.tries = checkouts
    before = shop.database.value(DEADLOCKS)
    carts = _random_carts(run, checkouts)
    wanted = sum((Counter(dict.fromkeys(range(ARTICLES), 0)), *map(_summed, carts)), Counter())
    lines = [
        Line(handle=f"p02-{run.seed}-{article}", stock=int(wanted[article] * SHARE_SOLD) + 1)
        for article in range(ARTICLES)
    ]
    variants = list(shop.stock(lines).values())
    async with Shoppers(shop.bases) as shoppers:
        jobs = [
            partial(_shop, shoppers, [(variants[article], count) for article, count in cart])
            for cart in carts
        ]
        _judge(shop, run, "storm", await storm(jobs, clients=CLIENTS))
        await _barrier(shop, run, shoppers)
    run.equal("deadlocks", shop.database.value(DEADLOCKS) - before, 0)


async def _barrier(shop: Shop, run: Run, shoppers: Shoppers) -> None:
    lines = [Line(handle=f"p02-{run.seed}-barrier-{n}", stock=10_000) for n in range(3)]
    first, middle, last = sorted(shop.stock(lines).values())
    upwards, downwards = [(first, 1), (middle, 1), (last, 1)], [(last, 1), (middle, 1), (first, 1)]
    carts = [
        await _filled(shoppers, upwards if number % 2 else downwards)
        for number in range(BARRIER_CARTS)
    ]
    answers, met = await raced(
        shop.database,
        [partial(shoppers.order, cart, key=fresh_key()) for cart in carts],
        lock=STOCK_ROW,
        parameters=[middle],
        meet=BARRIER_CARTS,
    )
    run.measured["barrier_met"] = met
    run.require(met > 1, "too few met at the barrier to race")
    run.answers("barrier", answers, allowed={"201"})


def _judge(shop: Shop, run: Run, what: str, bought: list[Bought | None]) -> None:
    settled = [one for one in bought if one is not None]
    run.measured["carts_refused_when_filled"] = len(bought) - len(settled)
    run.answers(what, (one.answer for one in settled), allowed={"201", "409 out_of_stock"})
    placed = {one.answer.body["id"]: one.wanted for one in settled if one.answer.ok}
    rows = shop.database.rows(
        "SELECT order_id::text, product_variant_id, sum(quantity)::int FROM order_items"
        " WHERE order_id = ANY(%s::uuid[]) GROUP BY 1, 2",
        [list(placed)],
    )
    stored: dict[str, Counter[UUID]] = {}
    for order_id, variant, quantity in rows:
        stored.setdefault(order_id, Counter())[variant] = quantity
    for order_id, wanted in placed.items():
        run.require(
            stored.get(order_id) == wanted, "an order does not hold what its cart was given"
        )
    run.require(bool(placed), "nobody could buy anything")


async def _shop(shoppers: Shoppers, entries: Entries) -> Bought | None:
    """One checkout; None where the shelf was empty before the cart was full."""
    cart: str | None = None
    half = len(entries) // 2
    for part in (entries[:half], entries[half:]):
        answer = await shoppers.add(part, cart=cart)
        if answer.code == "out_of_stock":
            return None
        if not answer.ok:
            return Bought(Counter(), answer)
        cart = cart or answer.headers["X-Cart-Token"]
    assert cart is not None, "a cart has two entries at least"
    wanted = sum((Counter({variant: count}) for variant, count in entries), Counter[UUID]())
    return Bought(wanted, await shoppers.order(cart, key=fresh_key()))


async def _filled(shoppers: Shoppers, entries: Entries) -> str:
    """A cart whose lines came in this order, one by one."""
    cart = await shoppers.fill(entries[:1])
    for entry in entries[1:]:
        await shoppers.add([entry], cart=cart)
    return cart


def _random_carts(run: Run, count: int) -> list[list[tuple[int, int]]]:
    return [
        [
            (run.random.randrange(ARTICLES), run.random.randint(1, 3))
            for _ in range(run.random.randint(*ENTRIES))
        ]
        for _ in range(count)
    ]


def _summed(cart: list[tuple[int, int]]) -> Counter[int]:
    return sum((Counter({article: count}) for article, count in cart), Counter[int]())
