"""Editing an order: at once or once the rest is paid, and to the cent in either case."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.application.orders import (
    EditOutcome,
    ShipOrder,
    ship_order,
)
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.orders import (
    OrderStatus,
    PaymentStatus,
)
from tests.application.edits import (
    AWAY,
    lands,
    modify,
    move,
    now,
    paid_for,
    preview,
    promote,
    reserved,
    tax,
    told,
)
from tests.application.test_cancelling import balanced, kept, usd
from tests.application.trading import HOME, STAFF, Trade


async def test_an_unpaid_order_is_changed_at_once_and_then_paid(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(10, price=700)
    bought = await trade.buy(tee, 3)
    (item,) = bought.order.items
    view = await modify(trade, bought, {item.id: 1}, (mug, 2))
    assert view.outcome is EditOutcome.APPLIED
    assert view.difference == usd(2 * 700 - 2 * 1999)
    assert await reserved(trade, tee, mug) == [1, 2]
    assert view.order.total == usd(1999 + 1400 + 500)
    assert view.order.expires_at == bought.order.expires_at
    paid = await trade.pay(bought)
    assert (paid.payment.captured, paid.order.status) == (view.order.total, OrderStatus.PROCESSING)
    assert await balanced(trade)


async def test_of_money_for_what_an_unpaid_order_cost_before_the_rest_goes_back(
    trade: Trade,
) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    earlier = await trade.intend(bought, key="earlier")
    await modify(trade, bought, {bought.order.items[0].id: 1})
    order = await lands(trade, earlier)
    assert order.status is OrderStatus.PROCESSING
    assert await kept(trade, order) == order.total < earlier.payment.amount
    assert await balanced(trade)


async def test_what_a_paid_order_costs_less_goes_back(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(10, price=700)
    bought = await paid_for(trade, tee, 3)
    (item,) = bought.order.items
    view = await modify(trade, bought, {item.id: 2}, (mug, 1))
    assert view.outcome is EditOutcome.APPLIED
    assert view.difference == usd(700 - 1999)
    assert view.order.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert await kept(trade, view.order) == view.order.total == usd(2 * 1999 + 700 + 500)
    assert await reserved(trade, tee, mug) == [2, 1]
    assert await balanced(trade)
    ports = trade.shop.ports
    shipped = await ship_order(
        ShipOrder(order_id=view.order.id), versions=None, key="s", actor=STAFF, ports=ports
    )
    assert shipped.status is OrderStatus.SHIPPED
    assert await balanced(trade)


async def test_a_preview_tells_what_would_come_of_it_and_stores_nothing(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(2, price=700)
    bought = await paid_for(trade, tee, 2)
    before = await now(trade, bought)
    view = await preview(trade, bought, None, (mug, 2))
    assert (view.outcome, view.difference) == (EditOutcome.PREVIEWED, usd(1400))
    assert view.quote.total == before.total + usd(1400)
    assert view.order == await now(trade, bought) == before
    assert await reserved(trade, tee, mug) == [2, 0]
    with pytest.raises(OutOfStock):
        await preview(trade, bought, None, (mug, 3))
    await modify(trade, bought, None, (mug, 2))
    assert (await preview(trade, bought, None, (mug, 2), (tee, 1))).difference == usd(1400 + 1999)


async def test_kept_lines_keep_their_price_and_new_ones_take_todays(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 2)
    await trade.reprice(tee, 2500)
    (item,) = bought.order.items
    view = await modify(trade, bought, {item.id: 4})
    assert [(each.unit_price, each.quantity) for each in view.order.items] == [
        (usd(1999), 2),
        (usd(2500), 2),
    ]
    assert await reserved(trade, tee) == [4]
    fewer = await modify(trade, bought, {item.id: 1}, key="fewer")
    assert fewer.order.total == usd(1999 + 2 * 2500 + 500)
    assert await balanced(trade)


async def test_promotions_are_frozen_unless_they_are_asked_for_again(trade: Trade) -> None:
    await promote(trade, 10)
    tee, mug = await trade.stocked(10, price=1000), await trade.stocked(10, price=1000)
    bought = await trade.buy(tee, 2)
    assert bought.order.total == usd(1800 + 500)
    frozen = await modify(trade, bought, None, (mug, 1), key="frozen")
    assert frozen.order.total == usd(1800 + 1000 + 500)
    again = await modify(trade, bought, None, (tee, 1), key="again", rerun=True)
    assert again.order.total == usd(1800 + 900 + 900 + 500)
    assert await balanced(trade)


async def test_another_place_has_other_taxes(trade: Trade) -> None:
    await tax(trade, "CA", "0.1")
    tee = await trade.stocked(10, price=1000)
    bought = await trade.buy(tee, 2)
    view = await move(trade, bought, AWAY)
    assert (view.outcome, view.order.shipping_address) == (EditOutcome.APPLIED, AWAY)
    assert view.order.total == usd(2500 + 250)
    await trade.pay(bought)
    home = await move(trade, bought, HOME, key="home")
    assert (home.difference, home.order.total) == (usd(-250), usd(2500))
    assert await kept(trade, home.order) == usd(2500)
    assert await balanced(trade)
    street = await move(trade, bought, evolve(HOME, address_line_1="3 Elm"), key="street")
    assert (street.difference, street.order.quote) == (usd(0), home.order.quote)
    assert "order_address_changed" in await told(trade, bought)


async def test_what_needs_no_parcel_is_handed_over_with_the_edit(trade: Trade) -> None:
    tee, song = await trade.stocked(10), await trade.stocked(10, price=500, digital=True)
    bought = await paid_for(trade, tee, 2)
    (item,) = bought.order.items
    view = await modify(trade, bought, {item.id: 1}, (song, 1))
    assert [each.shipped for each in view.order.items] == [0, 1]
    assert (await trade.stock(song)).on_hand == 9
    more = await modify(trade, bought, None, (song, 2), key="more")
    paid = await trade.confirm(bought, await trade.intend(bought, key="pay-more"), key="paid-more")
    assert (more.outcome, paid.order.status) == (EditOutcome.STAGED, OrderStatus.PROCESSING)
    assert (await trade.stock(song)).on_hand == 7
    assert await balanced(trade)


async def test_staff_leave_a_trace_of_what_they_changed(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await paid_for(trade, tee, 3)
    await modify(trade, bought, {bought.order.items[0].id: 2}, actor=STAFF)
    await move(trade, bought, evolve(HOME, address_line_1="3 Elm"), actor=STAFF)
    async with trade.shop.ports.reading() as reads:
        entries = await reads.trail.page(
            before=None, limit=9, subject=f"order:{bought.order.id}", account_id=None
        )
    assert [each.action for each in entries] == ["edit_order", "edit_order"]
    assert "Elm" not in str(entries)
