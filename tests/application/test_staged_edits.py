"""Edits that wait beside their order: paid, given up, overdue, or in each other's way."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.application.access import GUEST
from automate_store.application.orders import (
    CancelOrder,
    EditOutcome,
    ShipOrder,
    cancel_order,
    expire_orders,
    ship_order,
)
from automate_store.application.payments import (
    RefundOrder,
    refund_order,
)
from automate_store.domain.orders import (
    EditGone,
    EditOverdue,
    OrderStatus,
    PaymentStatus,
)
from tests.application.edits import (
    AN_HOUR,
    AWAY,
    HALF_AN_HOUR,
    lands,
    modify,
    move,
    now,
    paid_for,
    reserved,
    tax,
    told,
)
from tests.application.test_cancelling import balanced, kept, usd
from tests.application.trading import HOME, STAFF, Trade


async def test_what_a_paid_order_costs_more_waits_to_be_paid(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(10, price=700)
    bought = await paid_for(trade, tee, 2)
    (item,) = bought.order.items
    view = await modify(trade, bought, {item.id: 3}, (mug, 1))
    assert (view.outcome, view.difference) == (EditOutcome.STAGED, usd(1999 + 700))
    waiting = await now(trade, bought)
    assert (waiting.items, waiting.quote) == (bought.order.items, bought.order.quote)
    assert await reserved(trade, tee, mug) == [3, 1]
    assert await balanced(trade)

    intended = await trade.intend(bought, key="rest")
    assert intended.payment.amount == view.difference
    paid = await trade.confirm(bought, intended, key="pay-the-rest")

    assert paid.order.staged is None
    assert [each.quantity for each in paid.order.items] == [2, 1, 1]
    assert paid.order.quote == view.quote
    assert await kept(trade, paid.order) == paid.order.total == usd(3 * 1999 + 700 + 500)
    assert paid.order.payment_status is PaymentStatus.PAID
    assert await reserved(trade, tee, mug) == [3, 1]
    assert await balanced(trade)
    trade.shop.clock.advance(AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 0
    assert await told(trade, bought) == [
        "order_placed",
        "order_paid",
        "order_edit_staged",
        "order_edited",
    ]


async def test_what_an_edit_takes_out_is_held_until_the_rest_is_paid(trade: Trade) -> None:
    tee, coat = await trade.stocked(10), await trade.stocked(10, price=9000)
    bought = await paid_for(trade, tee, 3)
    view = await modify(trade, bought, {bought.order.items[0].id: 1}, (coat, 1))
    assert (view.outcome, view.difference) == (EditOutcome.STAGED, usd(9000 - 2 * 1999))
    assert await reserved(trade, tee, coat) == [3, 1]
    paid = await trade.confirm(bought, await trade.intend(bought, key="pay"), key="paid")
    assert [(each.quantity, each.cancelled) for each in paid.order.items] == [(1, 2), (1, 0)]
    assert await reserved(trade, tee, coat) == [1, 1]
    assert await kept(trade, paid.order) == paid.order.total
    assert await balanced(trade)


async def test_an_edit_that_nobody_pays_leaves_everything_as_it_was(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(10, price=700)
    bought = await paid_for(trade, tee, 2)
    before = await now(trade, bought)
    await modify(trade, bought, {before.items[0].id: 1}, (mug, 5))
    intended = await trade.intend(bought, key="rest")
    trade.shop.clock.advance(HALF_AN_HOUR)
    with pytest.raises(EditOverdue):
        await trade.intend(bought, key="late")
    with pytest.raises(EditOverdue):
        await trade.confirm(bought, intended, key="late")
    assert await expire_orders(ports=trade.shop.ports) == 1
    after = await now(trade, bought)
    assert after == evolve(before, version=after.version, updated_at=after.updated_at)
    assert await reserved(trade, tee, mug) == [2, 0]
    with pytest.raises(EditGone):
        await trade.confirm(bought, intended, key="later")
    late = await lands(trade, intended)
    assert await kept(trade, late) == late.total
    assert await balanced(trade)
    assert "order_edit_abandoned" in await told(trade, bought)


async def test_an_edit_without_more_stock_is_given_up_by_the_clock_too(trade: Trade) -> None:
    await tax(trade, "CA", "0.1")
    bought = await paid_for(trade, await trade.stocked(10), 2)
    view = await move(trade, bought, AWAY)
    assert view.outcome is EditOutcome.STAGED
    assert (await now(trade, bought)).shipping_address == HOME
    trade.shop.clock.advance(HALF_AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 1
    assert (await now(trade, bought)).staged is None


async def test_stock_of_an_edit_that_is_overdue_is_there_for_others(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(3, price=700)
    bought = await paid_for(trade, tee, 2)
    await modify(trade, bought, None, (mug, 3))
    trade.shop.clock.advance(HALF_AN_HOUR)
    other = await trade.buy(mug, 3)
    assert other.order.status is OrderStatus.PENDING
    assert (await now(trade, bought)).staged is None
    assert await balanced(trade)


async def test_a_new_edit_takes_the_place_of_the_one_that_waits(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(3, price=700)
    bought = await paid_for(trade, tee, 2)
    await modify(trade, bought, None, (mug, 3), key="one")
    first = await trade.intend(bought, key="pay-one")
    second = await modify(trade, bought, None, (mug, 3), (tee, 1), key="two")
    assert second.difference == usd(3 * 700 + 1999)
    assert await reserved(trade, tee, mug) == [3, 3]
    order = await lands(trade, first)
    assert await kept(trade, order) == order.total == bought.order.total
    paid = await trade.confirm(bought, await trade.intend(bought, key="pay-two"), key="paid-two")
    assert paid.order.total == second.quote.total
    assert await balanced(trade)


async def test_an_attempt_for_an_edit_pays_no_other_edit_of_the_same_amount(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(9, price=700)
    bought = await paid_for(trade, tee, 2)
    await modify(trade, bought, None, (mug, 3), key="one")
    first = await trade.intend(bought, key="pay-one")
    again = await modify(trade, bought, None, (mug, 3), key="two")
    order = await lands(trade, first)
    assert order.staged == again.order.staged
    assert await kept(trade, order) == bought.order.total
    assert await balanced(trade)


async def test_cancelling_and_shipping_give_an_edit_up(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(9, price=700)
    one, other = await paid_for(trade, tee, 2), await paid_for(trade, tee, 2)
    for bought in (one, other):
        await modify(trade, bought, None, (mug, 3))
    ports = trade.shop.ports
    wish = CancelOrder(order_id=one.order.id)
    called_off = await cancel_order(
        wish, token=one.token, versions=None, key="c", actor=GUEST, ports=ports
    )
    assert called_off.staged is None
    assert await kept(trade, called_off) == usd(0)
    assert await reserved(trade, tee, mug) == [2, 3]
    sent = await ship_order(
        ShipOrder(order_id=other.order.id), versions=None, key="s", actor=STAFF, ports=ports
    )
    assert sent.staged is None
    assert await reserved(trade, tee, mug) == [0, 0]
    assert await balanced(trade)


async def test_no_edit_of_an_order_whose_money_all_went_back_is_paid(trade: Trade) -> None:
    tee, mug = await trade.stocked(10), await trade.stocked(9, price=700)
    bought = await paid_for(trade, tee, 2)
    await modify(trade, bought, None, (mug, 3))
    intended = await trade.intend(bought, key="pay")
    wish = RefundOrder(order_id=bought.order.id, reason="sorry")
    await refund_order(wish, key="r", actor=STAFF, ports=trade.shop.ports)
    order = await lands(trade, intended)
    assert order.payment_status is PaymentStatus.REFUNDED
    assert (await kept(trade, order), len(order.items)) == (usd(0), 1)
    assert await balanced(trade)
