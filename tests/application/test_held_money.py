"""Money that is authorised: the goods wait for it, and staff may let it go."""

from __future__ import annotations

import pytest

from automate_store.adapters.manual import ManualGateway
from automate_store.adapters.memory import MemoryGateway
from automate_store.application.access import GUEST
from automate_store.application.orders import (
    CancelOrder,
    cancel_order,
    expire_orders,
)
from automate_store.application.reactions import REACTIONS
from automate_store.domain.orders import (
    NothingDue,
    OrderPaymentState,
    OrderState,
    PaymentStatus,
)
from automate_store.domain.payments import (
    PaymentMoveRefused,
    PaymentState,
)
from tests.application.edits import modify
from tests.application.holding import call_off, capture, holding, stored, void
from tests.application.test_cancelling import balanced, kept, usd
from tests.application.test_paying import HALF_AN_HOUR
from tests.application.trading import Trade


@pytest.fixture(params=[MemoryGateway, ManualGateway], ids=["online", "offline"])
async def trade(request: pytest.FixtureRequest) -> Trade:
    return await holding(request.param())


async def test_what_is_authorised_keeps_the_goods_without_a_deadline(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)

    held = await trade.pay(bought)
    trade.shop.clock.advance(10 * HALF_AN_HOUR)

    assert await expire_orders(ports=trade.shop.ports) == 0
    assert (held.payment.state, held.order.payment) == (
        PaymentState.AUTHORISED,
        OrderPaymentState.AUTHORISED,
    )
    assert (held.order.expires_at, held.order.payment_status) == (None, PaymentStatus.PENDING)
    assert (await trade.stock(tee)).reserved == 3
    async with trade.shop.ports.reading() as reads:
        assert not await reads.stock.overdue(trade.shop.clock(), variant_ids=None, limit=9)
    assert await balanced(trade)


async def test_a_part_that_is_authorised_stops_no_clock(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    intended = await trade.intend(bought, amount=usd(1))

    await trade.confirm(bought, intended)
    trade.shop.clock.advance(HALF_AN_HOUR)

    assert await expire_orders(ports=trade.shop.ports) == 1
    await trade.shop.store.react(REACTIONS, trade.shop.ports)
    payment, order = await stored(trade, intended)
    assert (payment.state, order.state) == (PaymentState.CANCELLED, OrderState.CANCELLED)


async def test_nothing_more_is_asked_for_than_is_not_authorised_yet(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    await trade.pay(bought)

    with pytest.raises(NothingDue):
        await trade.intend(bought, key="again")


async def test_what_is_voided_has_to_be_paid_in_a_fresh_time(trade: Trade) -> None:
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 1)
    held = await trade.pay(bought)
    trade.shop.clock.advance(10 * HALF_AN_HOUR)

    given_up = await void(trade, held)
    again = await void(trade, held)

    assert given_up == again
    assert given_up.payment.state is PaymentState.CANCELLED
    assert given_up.order.payment is OrderPaymentState.PENDING
    assert given_up.order.expires_at == trade.shop.clock() + HALF_AN_HOUR
    with pytest.raises(PaymentMoveRefused):
        await capture(trade, held)
    trade.shop.clock.advance(HALF_AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 1
    assert (await trade.stock(tee)).reserved == 0


async def test_calling_an_order_off_gives_up_what_was_authorised(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    held = await trade.pay(bought)
    await capture(trade, held, 1000)

    order = await call_off(trade, bought)

    payment, _ = await stored(trade, held)
    assert (order.state, payment.state) == (OrderState.CANCELLED, PaymentState.CAPTURED)
    assert (payment.captured, await kept(trade, order)) == (usd(1000), usd(0))
    with pytest.raises(PaymentMoveRefused):
        await capture(trade, held, key="too-late")
    assert await balanced(trade)


async def test_calling_an_order_off_gives_up_what_nobody_carried_out(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    intended = await trade.intend(bought)

    await call_off(trade, bought)

    payment, _ = await stored(trade, intended)
    assert payment.state is PaymentState.CANCELLED


@pytest.mark.parametrize("how", ["called off", "edited"])
async def test_what_is_authorised_for_an_order_that_is_free_now_is_given_up(
    trade: Trade, how: str
) -> None:
    tee, song = await trade.stocked(10), await trade.stocked(10, price=0, digital=True)
    bought = await trade.buy(tee, 1)
    await modify(trade, bought, None, (song, 1), key="song")
    held, (item,), ports = await trade.pay(bought), bought.order.items, trade.shop.ports
    if how == "edited":
        await modify(trade, bought, {item.id: 0}, key="less")
    else:
        off = CancelOrder(order_id=bought.order.id, items={item.id: 1})
        token = bought.token
        await cancel_order(off, token=token, versions=None, key="o", actor=GUEST, ports=ports)

    await trade.shop.store.react(REACTIONS, ports)

    payment, order = await stored(trade, held)
    assert (order.state, order.total) == (OrderState.COMPLETED, usd(0))
    assert payment.state is PaymentState.CANCELLED
    assert await balanced(trade)
