"""Ending what nobody paid for in time, where some of it can't be ended."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.errors import GatewayRefused
from automate_store.application.orders import OrderView, expire_orders
from automate_store.domain.catalog import Product
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.orders import Order, OrderState
from automate_store.domain.payments import Payment, Refund, RefundReport
from tests.application.edits import now
from tests.application.test_cancelling import balanced, usd
from tests.application.test_paying import HALF_AN_HOUR
from tests.application.trading import Trade


class Stuck(MemoryGateway):
    """It is asked within the transaction, and refuses."""

    offline = True

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        del payment, refund
        raise GatewayRefused(self.name, "it is out of order")


async def stuck(trade: Trade, product: Product) -> tuple[Trade, OrderView]:
    """A shop whose gateway is stuck, and an order of two that was paid through it in part."""
    bought = await trade.buy(product, 2)
    part = await trade.intend(bought, key="part", amount=usd(1000))
    await trade.confirm(bought, part, key="part-paid")
    ports = evolve(trade.shop.ports, gateways={trade.gateway: Stuck(trade.gateway)})
    return evolve(trade, shop=evolve(trade.shop, ports=ports)), bought


async def states(trade: Trade, *bought: OrderView) -> list[OrderState]:
    orders: list[Order] = [await now(trade, each) for each in bought]
    return [order.state for order in orders]


async def test_an_order_that_cannot_be_ended_keeps_no_other_waiting(trade: Trade) -> None:
    tee = await trade.stocked(4)
    trade, first = await stuck(trade, tee)
    second = await trade.buy(tee, 2)
    trade.shop.clock.advance(HALF_AN_HOUR)

    with pytest.raises(GatewayRefused):
        await expire_orders(ports=trade.shop.ports)

    assert await states(trade, first, second) == [OrderState.PLACED, OrderState.CANCELLED]
    assert (await trade.stock(tee)).reserved == 2
    assert await balanced(trade)


async def test_an_order_that_cannot_be_ended_is_no_matter_of_who_is_short(trade: Trade) -> None:
    tee = await trade.stocked(4)
    trade, first = await stuck(trade, tee)
    second = await trade.buy(tee, 2)
    trade.shop.clock.advance(HALF_AN_HOUR)

    third = await trade.buy(tee, 2)
    with pytest.raises(OutOfStock):
        await trade.buy(tee, 2)

    placed, over = OrderState.PLACED, OrderState.CANCELLED
    assert await states(trade, first, second, third) == [placed, over, placed]
