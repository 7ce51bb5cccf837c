"""Refusals about money say what would do instead, and money that goes back is told of once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.errors import GatewayRefused
from automate_store.application.orders import OrderView, ShipOrder, ship_order
from automate_store.application.payments import RefundOrder, refund_order
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import IllegalMove
from automate_store.domain.payments import (
    Payment,
    PaymentMoveRefused,
    Refund,
    RefundReport,
    RefundTooLarge,
)
from tests.application.holding import capture, holding, void
from tests.application.test_mails import mailed
from tests.application.trading import STAFF, Trade

PRICE = 1999 + 500
MINUTE = timedelta(minutes=1)


class Moody(MemoryGateway):
    """Gives back nothing, until it is willing to."""

    willing = False

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        """Refused, or given."""
        if not self.willing:
            raise GatewayRefused(self.name, "the balance is empty")
        return await super().refund(payment, refund)


async def give_back(trade: Trade, bought: OrderView, cents: int | None, *, key: str) -> None:
    amount = None if cents is None else Money(cents, "USD")
    command = RefundOrder(order_id=bought.order.id, amount=amount, reason=f"sorry {key}")
    await refund_order(command, key=key, actor=STAFF, ports=trade.shop.ports)
    trade.shop.clock.advance(MINUTE)


async def test_money_that_failed_to_go_back_is_not_told_of_again() -> None:
    gateway = Moody()
    trade = await Trade.open(gateway)
    bought = await trade.buy(await trade.stocked(10), 1)
    await trade.pay(bought)
    await mailed(trade)

    await give_back(trade, bought, 600, key="a")
    (first,) = {mail.id: mail for mail in await mailed(trade)}.values()
    gateway.willing = True
    await give_back(trade, bought, 600, key="b")
    again = await mailed(trade)
    await give_back(trade, bought, 600, key="c")
    (more,) = {mail.id: mail for mail in await mailed(trade)}.values()

    assert "6.00 USD" in first.text
    assert again == []
    assert "6.00 USD" in more.text


@pytest.mark.parametrize("wanted", [None, 600])
async def test_of_money_that_is_only_held_nothing_can_be_refunded(wanted: int | None) -> None:
    trade = await holding()
    bought = await trade.buy(await trade.stocked(10), 1)
    await trade.pay(bought)
    with pytest.raises(RefundTooLarge, match="What is only held is voided"):
        await give_back(trade, bought, wanted, key="a")


async def test_what_was_captured_is_refunded_and_not_voided() -> None:
    trade = await holding()
    bought = await trade.buy(await trade.stocked(10), 1)
    held = await trade.pay(bought)
    taken = await capture(trade, held)
    with pytest.raises(PaymentMoveRefused, match="nothing of it is held any more; refund it"):
        await void(trade, taken)
    with pytest.raises(RefundTooLarge, match=r"30\.00 USD is more than the 24\.99 USD"):
        await give_back(trade, bought, 3000, key="a")


async def test_an_order_whose_money_is_held_is_captured_before_it_ships() -> None:
    trade = await holding()
    bought = await trade.buy(await trade.stocked(10), 1)
    held = await trade.pay(bought)
    assert held.payment.capturable == Money(PRICE, "USD")
    ports, whole = trade.shop.ports, ShipOrder(order_id=bought.order.id)
    with pytest.raises(IllegalMove, match="what can be done now: capture, void, edit, cancel"):
        await ship_order(whole, versions=None, key="s", actor=STAFF, ports=ports)
