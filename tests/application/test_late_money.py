"""Money that comes once an order's own has all gone back goes back as well."""

from __future__ import annotations

from automate_store.application.access import GUEST
from automate_store.application.orders import CancelOrder, cancel_order, expire_orders
from automate_store.application.payments import RefundOrder, refund_order
from automate_store.domain.orders import OrderPaymentState, OrderState, OrderStatus, PaymentStatus
from tests.application.test_cancelling import balanced, cancel, kept, late_capture, usd
from tests.application.trading import STAFF, Trade


async def test_a_second_payment_of_an_order_that_was_paid_and_called_off_goes_back(
    trade: Trade,
) -> None:
    tee = await trade.stocked(3)
    bought = await trade.buy(tee, 1)
    first, second = await trade.intend(bought), await trade.intend(bought, key="again")
    await late_capture(trade, first)
    await cancel_order(
        CancelOrder(order_id=bought.order.id),
        token=bought.token,
        versions=None,
        key="cancel",
        actor=GUEST,
        ports=trade.shop.ports,
    )

    order = await late_capture(trade, second)

    assert (order.state, order.payment) == (OrderState.CANCELLED, OrderPaymentState.REFUNDED)
    assert await kept(trade, order) == usd(0)
    assert await balanced(trade)


async def test_a_second_payment_of_an_order_that_was_refunded_by_hand_goes_back(
    trade: Trade,
) -> None:
    tee = await trade.stocked(3)
    bought = await trade.buy(tee, 1)
    first, second = await trade.intend(bought), await trade.intend(bought, key="again")
    await late_capture(trade, first)
    wish = RefundOrder(order_id=bought.order.id, reason="a stain")
    await refund_order(wish, key="refund", actor=STAFF, ports=trade.shop.ports)

    order = await late_capture(trade, second)

    assert (order.state, order.payment) == (OrderState.CONFIRMED, OrderPaymentState.REFUNDED)
    assert await kept(trade, order) == usd(0)
    assert await balanced(trade)


async def test_what_goes_back_of_its_own_price_leaves_it_partly_refunded(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(3), 1)
    first, second = await trade.intend(bought), await trade.intend(bought, key="again")
    await late_capture(trade, first)
    await late_capture(trade, second)
    wish = RefundOrder(order_id=bought.order.id, amount=usd(100), reason="a stain")

    view = await refund_order(wish, key="refund", actor=STAFF, ports=trade.shop.ports)

    assert view.order.payment is OrderPaymentState.PARTIALLY_REFUNDED
    assert await kept(trade, view.order) == view.order.total - usd(100)


async def test_what_came_too_late_and_went_back_whole_is_refunded(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(3), 1)
    view = await trade.intend(bought)
    await cancel(trade, bought)

    order = await late_capture(trade, view)

    assert (order.status, order.payment_status) == (OrderStatus.CANCELLED, PaymentStatus.REFUNDED)
    assert await kept(trade, order) == usd(0)
    assert await balanced(trade)


async def test_an_order_lives_again_though_a_part_of_its_money_went_back(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(3), 1)
    whole = await trade.intend(bought, key="whole")
    part = await trade.intend(bought, key="part", amount=usd(1000))
    trade.shop.clock.advance(trade.shop.ports.policy.reservation_lifetime)
    await expire_orders(ports=trade.shop.ports)

    gone = await late_capture(trade, part)
    order = await late_capture(trade, whole)

    assert gone.payment is OrderPaymentState.REFUNDED
    assert (order.status, order.payment) == (OrderStatus.PROCESSING, OrderPaymentState.PAID)
    assert await kept(trade, order) == order.total
    assert await balanced(trade)
