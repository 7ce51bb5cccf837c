"""
P05: a code with a limit, far more buyers than uses: every use is taken, and none twice.

The codes are put on the carts first, while there are uses left, so that every buyer
brings one to the order itself. Then the storm; then the last uses again, with a barrier
between what the orders read and what they write.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.figures import percentile
from benchmarks.rig.races import Job, raced, storm
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Answer, Shoppers, fresh_key
from benchmarks.rig.staff import offer, percent_off

CLIENTS = 64
ARTICLES = 16
"""So many that buyers meet at the coupon, and not at one article's stock before it."""

LAST_USES = 2
AT_FULL_PRICE = 8
REFUSED = "409 coupon_refused"
COUPON_ROW = "SELECT 1 FROM coupons WHERE code = %s FOR UPDATE"
USES = """
    SELECT c.used_count, count(u.id), count(o.id)
    FROM coupons c
    LEFT JOIN coupon_usage u ON u.coupon_id = c.id AND u.given_back_at IS NULL
    LEFT JOIN orders o ON o.id = u.order_id AND o.discount_amount = u.discount_amount
        AND o.discount_amount > 0 AND o.state <> 'cancelled'
    WHERE c.code = %s GROUP BY c.id
"""


async def check(shop: Shop, run: Run) -> None:
    """Redeem the code until it is used up."""
    uses, buyers = run.size(100, 20), run.size(5_000, 120)
    run.tries = buyers
    lines = [Line(handle=f"p05-{run.seed}-{number}", stock=buyers) for number in range(ARTICLES)]
    articles = list(shop.stock(lines).values())
    async with Shoppers(shop.bases) as shoppers:
        await _storm(shop, run, shoppers, articles, uses=uses, buyers=buyers)
        await _barrier(shop, run, shoppers, articles)


async def _storm(
    shop: Shop, run: Run, shoppers: Shoppers, articles: list[UUID], *, uses: int, buyers: int
) -> None:
    terms = percent_off(in_all=uses, each=1)
    code = await offer(shoppers, f"P05-{run.seed}-STORM", terms)
    fills = [_filling(shoppers, run.random.choice(articles), code) for _ in range(buyers)]
    carts = await storm(fills, clients=CLIENTS)
    bought = await storm(
        [partial(_buy, shoppers, cart, number) for number, cart in enumerate(carts)],
        clients=CLIENTS,
    )
    run.measured["order_p99_ms"] = percentile((one.seconds for _, one in bought), 99)
    _judge(shop, run, "storm", code, [one for _, one in bought], uses=uses)
    refused = [cart for cart, one in bought if one.label() == REFUSED]
    full = [partial(_buy_without, shoppers, cart, code) for cart in refused[:AT_FULL_PRICE]]
    run.answers("at_full_price", await storm(full, clients=CLIENTS), allowed={"201"})
    orders = [one.body for _, one in bought if one.ok]
    pay = [partial(shoppers.pay, order, order["token"]) for order in orders]
    run.answers("payments", await storm(pay, clients=CLIENTS), allowed={"200"})


async def _barrier(shop: Shop, run: Run, shoppers: Shoppers, articles: list[UUID]) -> None:
    terms = percent_off(in_all=LAST_USES, each=1)
    code = await offer(shoppers, f"P05-{run.seed}-BARRIER", terms)
    carts = await storm([_filling(shoppers, each, code) for each in articles], clients=8)
    bought, met = await raced(
        shop.database,
        [partial(_buy, shoppers, cart, number) for number, cart in enumerate(carts)],
        lock=COUPON_ROW,
        parameters=[code],
        meet=len(carts),
    )
    run.measured["barrier_met"] = met
    run.require(met > LAST_USES, "too few met at the barrier to race for the last uses")
    _judge(shop, run, "barrier", code, [one for _, one in bought], uses=LAST_USES)


def _judge(shop: Shop, run: Run, what: str, code: str, answers: list[Answer], *, uses: int) -> None:
    run.answers(what, answers, allowed={"201", REFUSED})
    reasons = Counter(one.body.get("reason") for one in answers if one.label() == REFUSED)
    run.equal(f"{what}: reasons of refusals", dict(reasons), {"used_up": len(answers) - uses})
    run.equal(f"{what}: orders at the lower price", sum(one.ok for one in answers), uses)
    ((counter, rows, orders),) = shop.database.rows(USES, [code])
    run.equal(f"{what}: redemptions", rows, uses)
    run.equal(f"{what}: the counter", counter, rows)
    run.equal(f"{what}: uses with an order that has their discount", orders, rows)


def _filling(shoppers: Shoppers, variant: UUID, code: str) -> Job[str]:
    return partial(shoppers.fill_with_code, [(variant, 1)], code)


async def _buy(shoppers: Shoppers, cart: str, number: int) -> tuple[str, Answer]:
    email = f"buyer-{number}@example.com"
    return cart, await shoppers.order(cart, key=fresh_key(), email=email)


async def _buy_without(shoppers: Shoppers, cart: str, code: str) -> Answer:
    dropped = await shoppers.drop_code(cart, code)
    return await shoppers.order(cart, key=fresh_key()) if dropped.ok else dropped
