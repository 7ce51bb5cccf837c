"""Several payments of one order: each of what is still to be paid, and paid once it is enough."""

from __future__ import annotations

import asyncio

import pytest

from automate_store.application.access import GUEST
from automate_store.application.orders import (
    CancelOrder,
    ModifyItems,
    OrderView,
    cancel_order,
    edit_order,
    expire_orders,
)
from automate_store.application.payments import PaymentView
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    MoreThanDue,
    Order,
    OrderPaymentState,
    OrderState,
    OrderStatus,
    PaidWholeOnly,
)
from automate_store.domain.payments import PaymentState
from tests.application.test_cancelling import balanced, kept, late_capture, usd
from tests.application.test_mails import mailed
from tests.application.test_paying import HALF_AN_HOUR
from tests.application.trading import Trade


async def paid_in_part(trade: Trade, bought: OrderView, amount: int, key: str) -> PaymentView:
    """So much of the order, paid."""
    intended = await trade.intend(bought, key=f"intend-{key}", amount=usd(amount))
    return await trade.confirm(bought, intended, key=f"confirm-{key}")


async def order_of(trade: Trade, bought: OrderView) -> Order:
    async with trade.shop.ports.reading() as reads:
        return await reads.orders.get(bought.order.id)


async def timeline(trade: Trade, bought: OrderView) -> list[str]:
    async with trade.shop.ports.reading() as reads:
        return [each.kind for each in await reads.orders.timeline(bought.order.id)]


async def modify(trade: Trade, bought: OrderView, items: dict[LineId, int]) -> Order:
    command = ModifyItems(order_id=bought.order.id, items=items)
    view = await edit_order(
        command,
        token=bought.token,
        versions=None,
        key="modify",
        actor=GUEST,
        ports=trade.shop.ports,
    )
    return view.order


async def test_parts_pay_an_order_once_they_reach_its_total(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)

    first = await paid_in_part(trade, bought, 1000, "one")
    second = await trade.intend(bought, key="rest")
    last = await trade.confirm(bought, second, key="confirm-rest")

    assert (first.payment.state, first.order.status) == (PaymentState.CAPTURED, OrderStatus.PENDING)
    assert second.payment.amount == bought.order.total - usd(1000)
    assert last.order.status is OrderStatus.PROCESSING
    assert await kept(trade, last.order) == bought.order.total
    assert await timeline(trade, bought) == ["order_placed", "order_part_paid", "order_paid"]
    assert await balanced(trade)


async def test_a_part_is_at_most_what_is_missing_and_of_the_orders_currency(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    await paid_in_part(trade, bought, 1000, "one")

    with pytest.raises(MoreThanDue) as refused:
        await trade.intend(bought, key="two", amount=usd(1500))
    with pytest.raises(InvalidInput) as foreign:
        await trade.intend(bought, key="three", amount=Money(1, "EUR"))

    assert refused.value.missing == usd(1499)
    assert foreign.value.errors == (FieldError("amount.currency", "is USD here"),)


async def test_what_nobody_carried_out_does_not_count(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    await trade.intend(bought, key="walked-away-from")

    again = await trade.intend(bought, key="again")

    assert again.payment.amount == bought.order.total


async def test_parts_that_together_are_too_much_go_back_beyond_the_total(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    two = [await trade.intend(bought, key=key, amount=usd(2000)) for key in ("one", "two")]

    orders = [await late_capture(trade, each) for each in two]

    assert [each.state for each in orders] == [OrderState.PLACED, OrderState.CONFIRMED]
    assert await kept(trade, orders[1]) == bought.order.total
    assert await balanced(trade)


async def test_of_parts_that_come_at_once_no_more_than_the_total_is_kept(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    parts = [await trade.intend(bought, key=f"i{n}", amount=usd(1000)) for n in range(4)]

    await asyncio.gather(*(late_capture(trade, each) for each in parts))

    order = await order_of(trade, bought)
    assert order.state is OrderState.CONFIRMED
    assert await kept(trade, order) == bought.order.total
    assert await balanced(trade)


async def test_the_part_of_an_order_that_expired_goes_back(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    await paid_in_part(trade, bought, 1000, "one")
    trade.shop.clock.advance(HALF_AN_HOUR)

    assert await expire_orders(ports=trade.shop.ports) == 1

    order = await order_of(trade, bought)
    assert (order.state, await kept(trade, order)) == (OrderState.CANCELLED, usd(0))
    assert (await trade.stock(tee)).reserved == 0
    assert await balanced(trade)


async def test_one_mail_tells_that_an_order_expired_and_that_its_part_goes_back(
    trade: Trade,
) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    await paid_in_part(trade, bought, 1000, "one")
    await mailed(trade)
    trade.shop.clock.advance(HALF_AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 1

    (mail,) = await mailed(trade)

    assert "is cancelled" in mail.subject
    assert "10.00 USD goes back to you" in mail.text


async def test_the_part_of_an_order_that_is_called_off_goes_back(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    await paid_in_part(trade, bought, 1000, "one")

    order = await cancel_order(
        CancelOrder(order_id=bought.order.id),
        token=bought.token,
        versions=None,
        key="cancel",
        actor=GUEST,
        ports=trade.shop.ports,
    )

    assert (order.state, await kept(trade, order)) == (OrderState.CANCELLED, usd(0))
    assert await balanced(trade)


async def test_an_edit_that_makes_the_order_cost_no_more_than_came_pays_it(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 2)
    await paid_in_part(trade, bought, 3000, "one")

    order = await modify(trade, bought, {bought.order.items[0].id: 1})

    assert (order.state, order.expires_at) == (OrderState.CONFIRMED, None)
    assert await kept(trade, order) == order.total == usd(2499)
    trade.shop.clock.advance(2 * HALF_AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 0
    assert await balanced(trade)


async def test_calling_off_units_may_pay_what_is_left(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 2)
    await paid_in_part(trade, bought, 3000, "one")

    order = await cancel_order(
        CancelOrder(order_id=bought.order.id, items={bought.order.items[0].id: 1}),
        token=bought.token,
        versions=None,
        key="cancel",
        actor=GUEST,
        ports=trade.shop.ports,
    )

    assert order.state is OrderState.CONFIRMED
    assert await kept(trade, order) == order.total == usd(2499)
    assert await balanced(trade)


async def test_an_edit_that_makes_the_order_dearer_leaves_the_rest_to_be_paid(
    trade: Trade,
) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    await paid_in_part(trade, bought, 1000, "one")

    order = await modify(trade, bought, {bought.order.items[0].id: 2})
    rest = await trade.intend(bought, key="rest")

    assert order.state is OrderState.PLACED
    assert rest.payment.amount == order.total - usd(1000)


async def test_a_part_that_comes_too_late_goes_back_and_revives_nothing(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    part = await trade.intend(bought, amount=usd(1000))
    trade.shop.clock.advance(HALF_AN_HOUR)
    await expire_orders(ports=trade.shop.ports)

    order = await late_capture(trade, part)

    assert (order.state, await kept(trade, order)) == (OrderState.CANCELLED, usd(0))
    assert await balanced(trade)


async def test_the_difference_of_a_change_is_paid_whole(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    await trade.pay(bought)
    await modify(trade, bought, {bought.order.items[0].id: 2})

    with pytest.raises(PaidWholeOnly):
        await trade.intend(bought, key="part", amount=usd(1))
    whole = await trade.intend(bought, key="whole", amount=usd(1999))

    assert whole.payment.amount == usd(1999)


async def test_a_failure_after_a_part_leaves_the_part() -> None:
    trade = await Trade.open()
    bought = await trade.buy(await trade.stocked(10), 1)
    await paid_in_part(trade, bought, 1000, "one")
    second = await trade.intend(bought, key="rest")
    trade.shop.gateway.decline("no cover")

    failed = await trade.confirm(bought, second, key="confirm-rest")

    assert failed.order.payment is OrderPaymentState.FAILED
    assert await kept(trade, failed.order) == usd(1000)
    assert await balanced(trade)
