"""Shops where staff take what shoppers agreed to, and what is done with money there."""

from __future__ import annotations

import asyncio
from typing import Any

from attrs import evolve

from automate_store.application.access import GUEST, SYSTEM
from automate_store.application.orders import (
    CancelOrder,
    OrderView,
    cancel_order,
)
from automate_store.application.payments import (
    CapturePayment,
    PaymentView,
    VoidPayment,
    capture_payment,
    settle_payment,
    void_payment,
)
from automate_store.application.ports.payments import PaymentGateway
from automate_store.application.reactions import REACTIONS
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.orders import (
    Order,
)
from automate_store.domain.payments import (
    CaptureMode,
    GatewayReport,
    Payment,
)
from tests.application.test_cancelling import usd
from tests.application.trading import STAFF, Trade


async def holding(gateway: PaymentGateway | None = None) -> Trade:
    """A shop where staff take what shoppers agreed to."""
    trade = await Trade.open(gateway)
    policy = evolve(trade.shop.ports.policy, capture=CaptureMode.MANUAL)
    ports = evolve(trade.shop.ports, policy=policy)
    return evolve(trade, shop=evolve(trade.shop, ports=ports))


async def capture(
    trade: Trade, view: PaymentView, amount: int | None = None, *, key: str = "c", **more: Any
) -> PaymentView:
    command = CapturePayment(
        payment_id=view.payment.id, amount=None if amount is None else usd(amount), **more
    )
    return await capture_payment(command, key=key, actor=STAFF, ports=trade.shop.ports)


async def void(trade: Trade, view: PaymentView, *, key: str = "v") -> PaymentView:
    command = VoidPayment(payment_id=view.payment.id)
    return await void_payment(command, key=key, actor=STAFF, ports=trade.shop.ports)


async def call_off(trade: Trade, bought: OrderView) -> Order:
    order = await cancel_order(
        CancelOrder(order_id=bought.order.id),
        token=bought.token,
        versions=None,
        key="cancel",
        actor=GUEST,
        ports=trade.shop.ports,
    )
    await trade.shop.store.react(REACTIONS, trade.shop.ports)
    return order


async def say(trade: Trade, view: PaymentView, report: GatewayReport) -> PaymentView:
    """The store, told so by the gateway, which it asked."""
    ports, told = trade.shop.ports, evolve(report, since=view.payment.version)
    async with ports.unit_of_work() as work:
        return await settle_payment(view.payment, told, work=work, actor=SYSTEM, ports=ports)


async def stored(trade: Trade, view: PaymentView) -> tuple[Payment, Order]:
    async with trade.shop.ports.reading() as reads:
        payment = await reads.payments.get(view.payment.id)
        return payment, await reads.orders.get(payment.order_id)


async def came_to(*works: Any) -> list[type]:
    """What became of each, all begun at once."""
    done = await asyncio.gather(*works, return_exceptions=True)
    assert all(isinstance(each, StoreError | PaymentView) for each in done), done
    return [type(each) for each in done]
