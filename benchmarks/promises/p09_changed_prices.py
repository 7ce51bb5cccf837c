"""
P09: prices, taxes and coupons change while customers check out: each pays what they confirmed.

Changes come between the quote and the order, where every buyer is to be asked again;
while orders wait at a barrier, priced but not committed; and in a storm of buyers and
staff. Whoever is asked again confirms the total that the answer told. Some buyers name a
total of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from attrs import Factory, frozen

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.races import Job, at_once, raced, storm
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import ADDRESS, API, Answer, Shoppers, fresh_key
from benchmarks.rig.staff import Prices

BUYERS = 3
BARRIER_BUYERS = 8
STORM_BUYERS = 16
PAUSE_S = 0.02
MOST_ASKED = 20
"""How often a buyer confirms another total before giving up."""

STOCK_ROW = "SELECT 1 FROM stock_items WHERE variant_id = %s FOR UPDATE"
CHANGED = "409 total_changed"
PLACE = {**ADDRESS, "city": "Anchorage", "state": "AK", "postal_code": "99501"}
ZONE = {"country": "US", "state": "AK"}
PAID = """
    SELECT o.id::text, o.total_amount, p.captured_amount FROM orders o
    LEFT JOIN payments p ON p.order_id = o.id AND p.state = 'captured'
    WHERE o.id = ANY(%s::uuid[])
"""
Total = Mapping[str, str]


@frozen
class Cart:
    """A cart that was quoted, and the total that its owner agreed to."""

    token: str
    total: Total


@frozen
class Trading:
    """The shop's customers and its staff, and what was agreed upon so far."""

    shop: Shop
    run: Run
    shoppers: Shoppers
    prices: Prices
    variant: UUID
    agreed: dict[str, str] = Factory(dict)
    """The total of each order, as its buyer confirmed it last."""

    async def change(self, number: int) -> None:
        """What staff change next: a price, a tax or a coupon, in turn."""
        prices = self.prices
        kinds = (prices.change_price, prices.change_tax, prices.change_coupon)
        changed = await kinds[number % len(kinds)](self.variant)
        self.run.require(changed, "staff could not change what things cost")

    async def quoted(self) -> Cart:
        """A cart with the code on it, bound for where the tax is, and what it costs now."""
        items = [(self.variant, self.run.random.randint(1, 3))]
        token = await self.shoppers.fill_with_code(items, self.prices.name)
        destination = {"country": "US", "state": "AK", "postal_code": "99501"}
        body = {"destination": destination, "shipping_method": "standard"}
        headers = {"X-Cart-Token": token}
        chosen = await self.shoppers.ask("PUT", f"{API}/cart/shipping", body, headers=headers)
        assert chosen.ok, f"shipping could not be chosen: {chosen}"
        shown = await self.shoppers.show(token)
        return Cart(token, shown.body["quote"]["total"])

    async def place(self, cart: Cart) -> Answer:
        """The order, at the total that its owner agreed to or not at all."""
        answer = await self.shoppers.order(
            cart.token, key=fresh_key(), shipping_address=PLACE, expected_total=cart.total
        )
        if answer.ok:
            total = answer.body["quote"]["total"]
            self.run.require(total == cart.total, "an order has another total than was confirmed")
            self.agreed[answer.body["id"]] = cart.total["amount"]
        return answer

    async def insist(self, cart: Cart) -> Answer:
        """The order, its owner agreeing to each total that is told, and its payment."""
        answer = await self.place(cart)
        for _ in range(MOST_ASKED):
            if answer.label() != CHANGED:
                break
            cart = Cart(cart.token, answer.body["total"])
            answer = await self.place(cart)
        return await self.shoppers.pay(answer.body, answer.body["token"]) if answer.ok else answer


async def check(shop: Shop, run: Run) -> None:
    """Change what things cost, at every moment of a checkout."""
    run.tries = run.size(1_000, 30)
    between, barriers = run.size(300, 9), run.size(60, 3)
    line = Line(handle=f"p09-{run.seed}", stock=1_000_000)
    (variant,) = shop.stock([line]).values()
    async with Shoppers(shop.bases) as shoppers:
        prices = Prices(shop.database, shoppers, f"P09-{run.seed}", ZONE)
        trading = Trading(shop, run, shoppers, prices, variant)
        await prices.open()
        await _between(trading, between)
        await _at_the_barrier(trading, barriers)
        await _storm(trading, run.tries - between - barriers)
        await _own_totals(trading)
        await prices.close()
    _agreed_is_paid(trading)


async def _between(trading: Trading, changes: int) -> None:
    """Quote, change, order: everybody is asked again, and then pays what was told."""
    placed, paid = list[Answer](), list[Answer]()
    for number in range(changes):
        carts = await at_once([trading.quoted] * BUYERS)
        await trading.change(number)
        answers = await at_once([partial(trading.place, cart) for cart in carts])
        again = [
            Cart(cart.token, answer.body["total"])
            for cart, answer in zip(carts, answers, strict=True)
            if answer.label() == CHANGED
        ]
        placed += answers
        paid += await at_once([partial(trading.insist, cart) for cart in again])
    trading.run.answers("after_a_change", placed, allowed={CHANGED})
    trading.run.answers("confirmed_again", paid, allowed={"200"})


async def _at_the_barrier(trading: Trading, changes: int) -> None:
    """Order, change, commit: the price is the one that was quoted, or the buyer is asked."""
    run, most = trading.run, 0
    paid = list[Answer]()
    for number in range(changes):
        carts = await at_once([trading.quoted] * BARRIER_BUYERS)
        answers, met = await raced(
            trading.shop.database,
            [partial(trading.insist, cart) for cart in carts],
            lock=STOCK_ROW,
            parameters=[trading.variant],
            meet=BARRIER_BUYERS,
            meanwhile=partial(trading.change, number),
        )
        most = max(most, met)
        paid += answers
    run.measured["barrier_met"] = most
    run.require(most > 1, "too few met at the barrier to be priced before the change")
    run.answers("past_the_barrier", paid, allowed={"200"})


async def _storm(trading: Trading, changes: int) -> None:
    """Everybody buys, and staff change one thing after the other."""
    done, paid = asyncio.Event(), list[Answer]()

    async def buyer() -> None:
        while not done.is_set():
            paid.append(await trading.insist(await trading.quoted()))

    async with asyncio.TaskGroup() as group:
        for _ in range(STORM_BUYERS):
            group.create_task(buyer())
        for number in range(changes):
            await asyncio.sleep(PAUSE_S)
            await trading.change(number)
        done.set()
    # Whoever was told another total each time may leave with the last refusal.
    trading.run.answers("storm", paid, allowed={"200", CHANGED})
    trading.run.require(any(one.ok for one in paid), "nobody bought anything in the storm")


async def _own_totals(trading: Trading) -> None:
    """Buyers who name another total, lower or higher: nothing is ordered at it."""
    jobs: list[Job[Answer]] = []
    for change in ("-0.01", "0.01", "-5.00", "100.00", "nothing", "a cent"):
        cart = await trading.quoted()
        amount = Decimal(cart.total["amount"])
        named = {"nothing": Decimal("0.00"), "a cent": Decimal("0.01")}
        total = named[change] if change in named else amount + Decimal(change)
        wanted = {"amount": f"{total:.2f}", "currency": cart.total["currency"]}
        jobs.append(partial(trading.place, Cart(cart.token, wanted)))
    answers = await storm(jobs, clients=len(jobs))
    trading.run.answers("totals_of_ones_own", answers, allowed={CHANGED})


def _agreed_is_paid(trading: Trading) -> None:
    run, agreed = trading.run, trading.agreed
    rows: list[tuple[Any, ...]] = trading.shop.database.rows(PAID, [list(agreed)])
    run.measured["orders"] = len(rows)
    run.equal("orders that are stored", len(rows), len(agreed))
    for order, total, captured in rows:
        confirmed = Decimal(agreed[order])
        run.require(total == confirmed, "an order is stored at another total than was confirmed")
        run.require(captured == total, "captured is not what the order costs")
