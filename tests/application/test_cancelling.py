"""Cancelling and refunding: what is called off goes back on the shelf, and its money home."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.access import GUEST, SYSTEM, Actor
from automate_store.application.errors import KeyInProgress, NotAllowed, VersionConflict
from automate_store.application.orders import (
    CancelOrder,
    OrderView,
    ShipOrder,
    cancel_order,
    expire_orders,
    ship_order,
)
from automate_store.application.payments import (
    RefundOrder,
    list_refunds,
    refund_order,
    settle_payment,
)
from automate_store.application.reactions import REACTIONS
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    IllegalMove,
    NotCancellable,
    Order,
    OrderNotFound,
    OrderPaymentState,
    OrderStatus,
    PaymentStatus,
)
from automate_store.domain.payments import (
    GatewayReport,
    PaymentState,
    RefundState,
    RefundTooLarge,
)
from tests.application.trading import STAFF, Trade

HALF_AN_HOUR = timedelta(minutes=30)


def usd(cents: int) -> Money:
    return Money(cents, "USD")


async def cancel(
    trade: Trade,
    bought: OrderView,
    items: dict[LineId, int] | None = None,
    *,
    key: str = "cancel",
    actor: Actor = GUEST,
    versions: set[int] | None = None,
) -> Order:
    """The order without those items, as its customer asks for it."""
    return await cancel_order(
        CancelOrder(order_id=bought.order.id, items=items),
        token=bought.token if actor is GUEST else None,
        versions=versions,
        key=key,
        actor=actor,
        ports=trade.shop.ports,
    )


async def balanced(trade: Trade) -> bool:
    """Whether the books agree; the shop was stocked without a ledger."""
    report = await trade.shop.store.auditor().audit(shown=10)
    wrong = [check for check in report.checks if check.differences]
    return [check for check in wrong if check.check not in {"on hand", "ledger"}] == []


async def kept(trade: Trade, order: Order) -> Money:
    """What of the captured money has not gone back."""
    async with trade.shop.ports.reading() as reads:
        payments = await reads.payments.of_order(order.id)
    return Money.total((each.refundable for each in payments), "USD")


async def test_an_unpaid_order_is_called_off_and_its_stock_is_free(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    called_off = await cancel(trade, bought)
    assert (called_off.status, called_off.payment_status) == (
        OrderStatus.CANCELLED,
        PaymentStatus.PENDING,
    )
    assert (await trade.stock(tee)).reserved == 0
    assert await balanced(trade)


async def test_a_paid_order_is_called_off_and_all_that_was_paid_goes_back(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    await trade.pay(bought)
    called_off = await cancel(trade, bought)
    assert called_off.status is OrderStatus.CANCELLED
    assert called_off.payment_status is PaymentStatus.REFUNDED
    assert await kept(trade, called_off) == usd(0)
    view = await list_refunds(
        called_off.id, token=bought.token, actor=GUEST, ports=trade.shop.ports
    )
    assert [each.amount for each in view.refunds] == [bought.order.total]
    assert (await trade.stock(tee)).available == 10
    assert await balanced(trade)


async def test_some_units_are_called_off_and_the_rest_goes_on(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    await trade.pay(bought)
    (item,) = bought.order.items
    left = await cancel(trade, bought, {item.id: 2})
    assert (left.items[0].quantity, left.items[0].cancelled) == (1, 2)
    assert left.total == usd(1999 + 500)
    assert left.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert await kept(trade, left) == left.total
    assert (await trade.stock(tee)).reserved == 1
    shipped = await ship_order(
        ShipOrder(order_id=left.id), versions=None, key="ship", actor=STAFF, ports=trade.shop.ports
    )
    assert shipped.status is OrderStatus.SHIPPED
    assert await balanced(trade)


async def test_an_unpaid_order_costs_less_once_units_are_called_off(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    (item,) = bought.order.items
    left = await cancel(trade, bought, {item.id: 1})
    paid = await trade.pay(bought)
    assert paid.payment.captured == left.total == usd(2 * 1999 + 500)
    assert paid.order.status is OrderStatus.PROCESSING
    assert await balanced(trade)


async def test_of_money_for_what_the_order_cost_before_the_rest_goes_back(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    (item,) = bought.order.items
    earlier = await trade.intend(bought, key="earlier")
    await cancel(trade, bought, {item.id: 1})
    order = await late_capture(trade, earlier)
    assert order.status is OrderStatus.PROCESSING
    assert await kept(trade, order) == order.total < earlier.payment.amount
    with pytest.raises(IllegalMove):
        await trade.intend(bought, key="once-more")
    assert await balanced(trade)


async def late_capture(trade: Trade, view: object) -> Order:
    """The order, after its gateway says that a payment was captured."""
    payment = view.payment  # type: ignore[attr-defined] # a PaymentView
    report = GatewayReport(
        intent_id=payment.intent_id, state=PaymentState.CAPTURED, amount=payment.amount
    )
    async with trade.shop.ports.unit_of_work() as work:
        settled = await settle_payment(
            payment, report, work=work, actor=SYSTEM, ports=trade.shop.ports
        )
    return settled.order


async def test_an_order_that_expired_lives_again_where_its_stock_is_still_there(
    trade: Trade,
) -> None:
    tee = await trade.stocked(3)
    bought = await trade.buy(tee, 3)
    view = await trade.intend(bought)
    trade.shop.clock.advance(HALF_AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 1
    order = await late_capture(trade, view)
    assert (order.status, order.cancelled_at) == (OrderStatus.PROCESSING, None)
    assert (await trade.stock(tee)).reserved == 3
    assert await balanced(trade)


async def test_a_late_payment_goes_back_where_the_stock_is_gone(trade: Trade) -> None:
    tee = await trade.stocked(3)
    bought = await trade.buy(tee, 3)
    view = await trade.intend(bought)
    trade.shop.clock.advance(HALF_AN_HOUR)
    await expire_orders(ports=trade.shop.ports)
    await trade.buy(tee, 1)
    order = await late_capture(trade, view)
    assert order.status is OrderStatus.CANCELLED
    assert await kept(trade, order) == usd(0)
    assert await balanced(trade)


async def test_a_payment_that_lands_on_a_cancelled_order_goes_back(trade: Trade) -> None:
    tee = await trade.stocked(3)
    bought = await trade.buy(tee, 1)
    view = await trade.intend(bought)
    await cancel(trade, bought)
    order = await late_capture(trade, view)
    assert order.status is OrderStatus.CANCELLED
    assert await kept(trade, order) == usd(0)


async def test_an_order_that_is_paid_twice_is_paid_once(trade: Trade) -> None:
    tee = await trade.stocked(3)
    bought = await trade.buy(tee, 1)
    first, second = await trade.intend(bought), await trade.intend(bought, key="again")
    await late_capture(trade, first)
    order = await late_capture(trade, second)
    assert order.payment is OrderPaymentState.PAID
    assert await kept(trade, order) == order.total
    assert await balanced(trade)


async def test_what_has_shipped_is_not_called_off(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    await trade.pay(bought)
    (item,) = bought.order.items
    ports = trade.shop.ports
    one = ShipOrder(order_id=bought.order.id, items={item.id: 1})
    await ship_order(one, versions=None, key="ship", actor=STAFF, ports=ports)
    with pytest.raises(NotCancellable) as refused:
        await cancel(trade, bought, {item.id: 3})
    assert refused.value.left == 2
    left = await cancel(trade, bought, key="rest")
    assert (left.status, left.items[0].quantity) == (OrderStatus.SHIPPED, 1)
    assert await kept(trade, left) == usd(1999 + 500)
    with pytest.raises(IllegalMove):
        await cancel(trade, bought, key="more")
    assert await balanced(trade)


async def test_strangers_stale_versions_and_unknown_items_call_nothing_off(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    other = await trade.buy(tee, 1)
    with pytest.raises(OrderNotFound):
        await cancel_order(
            CancelOrder(order_id=bought.order.id),
            token=other.token,
            versions=None,
            key="k",
            actor=GUEST,
            ports=trade.shop.ports,
        )
    with pytest.raises(VersionConflict):
        await cancel(trade, bought, versions={bought.order.version + 1})
    with pytest.raises(InvalidInput):
        await cancel(trade, bought, {other.order.items[0].id: 1})
    assert (await trade.stock(tee)).reserved == 2


async def test_the_same_key_calls_off_once(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    await trade.pay(bought)
    (item,) = bought.order.items
    tries = (cancel(trade, bought, {item.id: 1}) for _ in range(5))
    told = await asyncio.gather(*tries, return_exceptions=True)
    answers = [each for each in told if not isinstance(each, KeyInProgress)]
    answers.append(await cancel(trade, bought, {item.id: 1}))
    assert [each.items[0].quantity for each in answers if isinstance(each, Order)] == [2, 2]
    assert await balanced(trade)


async def test_staff_give_money_back_with_a_reason_and_never_too_much(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    await trade.pay(bought)
    ports = trade.shop.ports

    async def refund(cents: int | None, key: str) -> Order:
        amount = None if cents is None else usd(cents)
        wish = RefundOrder(order_id=bought.order.id, amount=amount, reason="a stain")
        return (await refund_order(wish, key=key, actor=STAFF, ports=ports)).order

    after = await refund(500, "a")
    assert after.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert after.worth == usd(1999)
    with pytest.raises(RefundTooLarge):
        await refund(2000, "b")
    assert (await refund(None, "c")).payment_status is PaymentStatus.REFUNDED
    with pytest.raises(RefundTooLarge):
        await refund(1, "d")
    assert await balanced(trade)
    wish = RefundOrder(order_id=bought.order.id, reason="mine")
    with pytest.raises(NotAllowed):
        await refund_order(wish, key="e", actor=GUEST, ports=ports)


async def test_a_gateway_is_asked_by_a_reaction_until_it_answers() -> None:
    gateway = MemoryGateway()
    trade = await Trade.open(gateway)
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 2)
    await trade.pay(bought)
    await trade.shop.store.react(REACTIONS, trade.shop.ports)
    called_off = await cancel(trade, bought)
    ports = trade.shop.ports
    view = await list_refunds(called_off.id, token=bought.token, actor=GUEST, ports=ports)
    assert [each.state for each in view.refunds] == [RefundState.PENDING]
    await trade.shop.store.react(REACTIONS, ports)
    view = await list_refunds(called_off.id, token=bought.token, actor=GUEST, ports=ports)
    assert [each.state for each in view.refunds] == [RefundState.SUCCEEDED]
    assert list(gateway.given.values()) == [bought.order.total]


async def test_what_a_gateway_would_not_give_back_is_owed() -> None:
    gateway = MemoryGateway()
    trade = await Trade.open(gateway)
    bought = await trade.buy(await trade.stocked(10), 2)
    await trade.pay(bought)
    called_off = await cancel(trade, bought)
    gateway.refuse("the account is closed")
    await trade.shop.store.react(REACTIONS, trade.shop.ports)
    ports = trade.shop.ports
    view = await list_refunds(called_off.id, token=bought.token, actor=GUEST, ports=ports)
    told = [(each.state, each.failure) for each in view.refunds]
    assert told == [(RefundState.FAILED, "the account is closed")]
    assert (view.order.owed, gateway.given) == (bought.order.total, {})
    assert await balanced(trade)
