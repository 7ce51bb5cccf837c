"""Any sequence of edits, payments and waiting: sums, stock and money agree after each step."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from automate_store.application.access import GUEST
from automate_store.application.orders import (
    Addition,
    ChangeAddress,
    EditOutcome,
    EditView,
    ModifyItems,
    OrderView,
    edit_order,
    expire_orders,
)
from automate_store.application.payments import PaymentView
from automate_store.domain.catalog import Product
from automate_store.domain.inventory import StockItem
from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderState
from automate_store.domain.pricing import QuotedLine
from automate_store.entrypoints.properties.pricing import (
    assert_nothing_is_below_zero,
    assert_quote_adds_up,
    assert_taxes_agree,
    assert_trail_tells_all,
    assert_units_add_up,
)
from tests.application.edits import AWAY, promote, tax
from tests.application.test_cancelling import balanced
from tests.application.trading import HOME, Trade

T = TypeVar("T")
PRICES = (1, 333, 1999)


class EditMachine(RuleBasedStateMachine):
    """
    One order with a discount and taxes, changed in any way and order, paid or not.

    What is seen of it after each step is what the step says, or what it was before.
    """

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._steps = 0

    def teardown(self) -> None:
        self._runner.close()

    @initialize(quantity=st.integers(1, 4), percent=st.integers(0, 60), paid=st.booleans())
    def open(self, quantity: int, percent: int, paid: bool) -> None:  # noqa: FBT001 - drawn
        """An order of the first product, bought while everything was reduced."""
        self.trade: Trade = self._run(Trade.open())
        self._run(tax(self.trade, "NY", "0.08875"))
        self._run(tax(self.trade, "CA", "0.0725"))
        if percent:
            self._run(promote(self.trade, percent))
        self.products: list[Product] = [
            self._run(self.trade.stocked(6, price=price)) for price in PRICES
        ]
        self.bought: OrderView = self._run(self.trade.buy(self.products[-1], quantity))
        self.prices = {item.id: item.unit_price for item in self.bought.order.items}
        if paid:
            self._run(self.trade.pay(self.bought))

    @rule(data=st.data(), rerun=st.booleans())
    def modify(self, data: st.DataObject, rerun: bool) -> None:  # noqa: FBT001 - drawn
        """Other quantities of some items, and perhaps some of a product besides."""
        before = self._order()
        counts = {each.id: data.draw(st.integers(0, 3)) for each in before.items if each.quantity}
        more = data.draw(st.none() | st.tuples(st.sampled_from(self.products), st.integers(1, 3)))
        added = (Addition(product_id=more[0].id, quantity=more[1]),) if more else ()
        wish = ModifyItems(order_id=before.id, items=counts, added=added, rerun_promotions=rerun)
        view = self._edit(wish)
        if view is None or rerun:
            return
        kept = {line.id: line for line in view.quote.lines}
        for line in before.quote.lines:
            assert line.id not in kept or _is_rest_of(kept[line.id], line), "kept units keep all"

    @rule(away=st.booleans())
    def move(self, away: bool) -> None:  # noqa: FBT001 - drawn
        """Another place, or home again."""
        to = AWAY if away else HOME
        before = self._order()
        view = self._edit(ChangeAddress(order_id=before.id, shipping_address=to))
        if view is not None:
            off = [line.discount for line in before.quote.lines]
            assert [line.discount for line in view.quote.lines] == off, "discounts stay"

    @rule(percent=st.integers(1, 30))
    def reduce(self, percent: int) -> None:
        """Prices and promotions change; nothing that was agreed does."""
        self._run(self.trade.reprice(self.products[-1], 100 * percent))

    @rule()
    def pay(self) -> None:
        """What the order asks for is paid."""
        before = self._order()
        try:
            view = self._run(self.trade.intend(self.bought, key=self._key()))
            paid: PaymentView = self._run(self.trade.confirm(self.bought, view, key=self._key()))
        except RuleBroken:
            assert self._order() == before, "a refused payment changes nothing"
            return
        wanted = before.staged.edit.quote if before.staged else before.quote
        assert (paid.order.quote, paid.order.staged) == (wanted, None)

    @rule(minutes=st.integers(1, 40))
    def wait(self, minutes: int) -> None:
        """Time passes, and somebody looks for what is overdue."""
        before, held = self._order(), self._stock()
        self.trade.shop.clock.advance(timedelta(minutes=minutes))
        self._run(expire_orders(ports=self.trade.shop.ports))
        after = self._order()
        if before.staged is None or after.staged is not None:
            return
        same = evolve(before, staged=None, version=after.version, updated_at=after.updated_at)
        assert after == same, "a given up edit leaves no trace"
        for product, stock in zip(self.products, self._stock(), strict=True):
            extra = before.staged.additions.get(product.variants[0].id, 0)
            was = held[self.products.index(product)]
            assert stock == evolve(was, reserved=was.reserved - extra), "and no stock"

    @invariant()
    def the_quote_adds_up_and_covers_the_items(self) -> None:
        """Of each item as many units are priced as are in the order, at the item's price."""
        order = self._order()
        for quote in [order.quote, *([order.staged.edit.quote] if order.staged else [])]:
            assert_quote_adds_up(quote)
            assert_nothing_is_below_zero(quote)
            assert_taxes_agree(quote)
            assert_units_add_up(quote)
            assert_trail_tells_all(quote)
        priced = {line.id: (line.quantity, line.unit_price) for line in order.quote.lines}
        assert priced == {
            item.id: (item.quantity, item.unit_price) for item in order.items if item.quantity
        }
        assert self.prices.items() <= {item.id: item.unit_price for item in order.items}.items()

    @invariant()
    def the_books_agree(self) -> None:
        """What is kept is the order's worth; what is held is what it and its edit want."""
        assert self._run(balanced(self.trade))

    @invariant()
    def an_edit_waits_beside_a_paid_order_alone(self) -> None:
        """What nobody has paid is changed at once."""
        order = self._order()
        assert order.staged is None or order.state is OrderState.CONFIRMED

    def _edit(self, wish: ModifyItems | ChangeAddress) -> EditView | None:
        before, held = self._order(), self._stock()
        try:
            view = self._run(
                edit_order(
                    wish,
                    token=self.bought.token,
                    versions={before.version},
                    key=self._key(),
                    actor=GUEST,
                    ports=self.trade.shop.ports,
                )
            )
        except RuleBroken:
            assert (self._order(), self._stock()) == (before, held), "refused, nothing changes"
            return None
        assert view.difference == view.quote.total - before.total
        after = self._order()
        if view.outcome is EditOutcome.STAGED:
            assert (after.items, after.quote) == (before.items, before.quote)
        else:
            assert (after.quote, after.staged) == (view.quote, None)
        return view

    def _order(self) -> Order:
        async def read() -> Order:
            async with self.trade.shop.ports.reading() as reads:
                return await reads.orders.get(self.bought.order.id)

        return self._run(read())

    def _stock(self) -> list[StockItem]:
        return [self._run(self.trade.stock(each)) for each in self.products]

    def _key(self) -> str:
        self._steps += 1
        return f"step-{self._steps}"

    def _run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(doing)


def _is_rest_of(kept: QuotedLine, before: QuotedLine) -> bool:
    """Whether it is the units that are left behind those that went, each with what it bore."""
    gone = before.quantity - kept.quantity
    currency = before.unit_price.currency
    off = before.discount - Money(before.discount_shares.of_first(gone), currency)
    taxed = before.tax - Money(before.tax_shares.of_first(gone), currency)
    return (kept.unit_price, kept.discount, kept.tax) == (before.unit_price, off, taxed)


TestEdits = EditMachine.TestCase
TestEdits.settings = settings(stateful_step_count=12)
