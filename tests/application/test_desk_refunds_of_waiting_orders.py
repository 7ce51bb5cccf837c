"""What the gateway's own desk gives back of an order that waits is missing from it again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from automate_store.application.access import SYSTEM
from automate_store.application.orders import OrderView, expire_orders
from automate_store.application.payments import PaymentView, ResolvePayment, resolve_payment
from automate_store.application.payments.returned import hear_of_refund
from automate_store.application.reactions import REACTIONS
from automate_store.domain.orders import OrderState
from automate_store.domain.payments import (
    PaymentState,
    RefundNews,
    RefundReport,
    RefundState,
    Resolution,
)
from tests.application.holding import capture, holding, say, stored
from tests.application.test_cancelling import balanced, usd
from tests.application.test_paying import HALF_AN_HOUR
from tests.application.trading import STAFF, Trade


@pytest.fixture
async def trade() -> Trade:
    return await holding()


async def test_an_order_that_was_promised_its_money_has_a_time_to_pay_again(trade: Trade) -> None:
    tee = await trade.stocked(10)
    taken, rest = await _promised(trade, await trade.buy(tee, 1))

    back = RefundReport(state=RefundState.SUCCEEDED, gateway_id="re_desk")
    news, ports = RefundNews(refund_id=None, amount=usd(1000), report=back), trade.shop.ports
    async with ports.unit_of_work() as work:
        await hear_of_refund(taken.payment, news, work=work, actor=SYSTEM, ports=ports)

    _, order = await stored(trade, rest)
    assert order.expires_at == trade.shop.clock() + HALF_AN_HOUR
    assert await balanced(trade)
    trade.shop.clock.advance(timedelta(days=2))
    assert await expire_orders(ports=ports) == 1
    await trade.shop.store.react(REACTIONS, ports)
    payment, order = await stored(trade, rest)
    assert (payment.state, order.state) == (PaymentState.CANCELLED, OrderState.CANCELLED)
    assert (await trade.stock(tee)).reserved == 0


async def test_so_has_one_whose_parked_payment_staff_give_back(trade: Trade) -> None:
    taken, rest = await _promised(trade, await trade.buy(await trade.stocked(10), 1))
    report = await trade.shop.ports.gateway(trade.gateway).fetch(taken.payment)
    strange = evolve(report, amount=usd(1100), authorised=usd(1100), captured=usd(1100))
    parked = await say(trade, taken, strange)
    assert (parked.payment.state, parked.order.expires_at) == (PaymentState.PARKED, None)

    command = ResolvePayment(
        payment_id=taken.payment.id, resolution=Resolution.GIVE_BACK, reason="not ours"
    )
    view = await resolve_payment(command, key="give", actor=STAFF, ports=trade.shop.ports)

    _, order = await stored(trade, rest)
    assert view.order == order
    assert order.expires_at == trade.shop.clock() + HALF_AN_HOUR
    assert await balanced(trade)


async def _promised(trade: Trade, bought: OrderView) -> tuple[PaymentView, PaymentView]:
    """A part of its money, taken, and the rest, held; it waits for that without a deadline."""
    part = await trade.intend(bought, key="part", amount=usd(1000))
    taken = await capture(trade, await trade.confirm(bought, part, key="one"))
    rest = await trade.confirm(bought, await trade.intend(bought, key="rest"), key="two")
    assert (rest.order.state, rest.order.expires_at) == (OrderState.PLACED, None)
    return taken, rest
