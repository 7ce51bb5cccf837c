"""Money that a gateway calls processing: the goods wait, and it may come to nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.orders import (
    expire_orders,
)
from automate_store.application.reactions import REACTIONS
from automate_store.domain.orders import (
    OrderPaymentState,
    OrderState,
    PaymentStatus,
)
from automate_store.domain.payments import (
    PaymentState,
)
from tests.application.holding import say, stored
from tests.application.test_cancelling import balanced
from tests.application.test_paying import HALF_AN_HOUR
from tests.application.trading import Trade


async def test_what_is_on_its_way_keeps_the_goods_and_pays_when_it_comes() -> None:
    gateway = MemoryGateway()
    trade = await Trade.open(gateway)
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    gateway.delay(slow=True)

    waiting = await trade.pay(bought)
    trade.shop.clock.advance(timedelta(days=5))
    assert await expire_orders(ports=trade.shop.ports) == 0
    paid = await say(trade, waiting, gateway.decide(waiting.payment, PaymentState.CAPTURED))

    assert (waiting.order.payment, waiting.order.expires_at) == (OrderPaymentState.PROCESSING, None)
    assert waiting.order.payment_status is PaymentStatus.PENDING
    assert paid.order.state is OrderState.CONFIRMED
    assert (await trade.stock(tee)).reserved == 3
    assert await balanced(trade)


async def test_what_was_on_its_way_and_fails_leaves_a_fresh_time_to_pay() -> None:
    gateway = MemoryGateway()
    trade = await Trade.open(gateway)
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    gateway.delay(slow=True)
    waiting = await trade.pay(bought)
    trade.shop.clock.advance(timedelta(days=5))

    failed = await say(trade, waiting, gateway.decide(waiting.payment, PaymentState.FAILED))

    assert failed.order.payment is OrderPaymentState.FAILED
    assert failed.order.expires_at == trade.shop.clock() + HALF_AN_HOUR
    assert await expire_orders(ports=trade.shop.ports) == 0
    trade.shop.clock.advance(HALF_AN_HOUR)
    assert await expire_orders(ports=trade.shop.ports) == 1
    assert (await trade.stock(tee)).available == 10


async def test_the_clock_and_what_is_on_its_way_at_once_end_one_way() -> None:
    gateway = MemoryGateway()
    trade = await Trade.open(gateway)
    tee = await trade.stocked(10)
    bought = await trade.buy(tee, 3)
    intended = await trade.intend(bought)
    gateway.delay(slow=True)
    report = await gateway.confirm(intended.payment)
    trade.shop.clock.advance(HALF_AN_HOUR)

    await asyncio.gather(say(trade, intended, report), expire_orders(ports=trade.shop.ports))
    await trade.shop.store.react(REACTIONS, trade.shop.ports)

    _, order = await stored(trade, intended)
    ended = order.state is OrderState.CANCELLED
    assert (order.payment is OrderPaymentState.PROCESSING) != ended
    assert (await trade.stock(tee)).reserved == (0 if ended else 3)
    assert await balanced(trade)
