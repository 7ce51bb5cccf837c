"""Money that a gateway holds though nobody waits for it: it is given up, however late it came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.errors import GatewayRefused
from automate_store.application.payments import PaymentView, give_payment_up
from automate_store.application.payments.reconciling import reconcile
from automate_store.application.reactions import REACTIONS
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.orders import OrderState
from automate_store.domain.payments import GatewayReport, Payment, PaymentState
from tests.application.holding import call_off, capture, holding, say, stored
from tests.application.trading import Trade


class Agreeing(MemoryGateway):
    """One at which a shopper may agree though the intent was called off: it ends none."""

    def __init__(self) -> None:
        super().__init__()
        self.released: list[PaymentId] = []
        self.stubborn = False

    def agree(self, payment: Payment) -> GatewayReport:
        """The shopper did, and the money is held."""
        report = evolve(
            self._known(payment), state=PaymentState.AUTHORISED, authorised=payment.amount
        )
        self._reports[payment.id] = report
        return report

    async def cancel(self, payment: Payment) -> GatewayReport:
        """What is held is let go; of what is not held yet, there is nothing to end."""
        held = self._known(payment).state is PaymentState.AUTHORISED
        if held and self.stubborn:
            raise GatewayRefused(self.name, "not now")
        if held:
            self.released.append(payment.id)
            return await super().cancel(payment)
        return evolve(self._known(payment), state=PaymentState.CANCELLED)


@pytest.fixture
def gateway() -> Agreeing:
    return Agreeing()


@pytest.fixture
async def trade(gateway: Agreeing) -> Trade:
    return await holding(gateway)


async def test_what_is_held_once_the_payment_was_given_up_is_let_go(
    trade: Trade, gateway: Agreeing
) -> None:
    intended = await _called_off(trade)

    await say(trade, intended, gateway.agree(intended.payment))
    await trade.shop.store.react(REACTIONS, trade.shop.ports)

    payment, order = await stored(trade, intended)
    assert (payment.state, order.state) == (PaymentState.CANCELLED, OrderState.CANCELLED)
    assert gateway.released == [payment.id]


async def test_what_is_held_and_was_never_told_is_let_go_by_reconciling(
    trade: Trade, gateway: Agreeing
) -> None:
    intended = await _called_off(trade)
    gateway.agree(intended.payment)

    first = await _reconciled(trade)
    second = await _reconciled(trade)

    assert gateway.released == [intended.payment.id]
    assert (first, second) == (1, 0)


async def test_a_hold_that_the_gateway_keeps_is_asked_for_again_by_the_queue_alone(
    trade: Trade, gateway: Agreeing
) -> None:
    intended = await _called_off(trade)
    gateway.stubborn = True
    await say(trade, intended, gateway.agree(intended.payment))

    with pytest.raises(GatewayRefused):
        await give_payment_up(intended.payment.id, ports=trade.shop.ports)

    gateway.stubborn = False
    await trade.shop.store.react(REACTIONS, trade.shop.ports)
    assert gateway.released == [intended.payment.id]


async def test_what_is_authorised_for_an_order_that_was_paid_is_given_up(
    trade: Trade, gateway: Agreeing
) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    intended = await trade.intend(bought, key="one")
    other = await trade.intend(bought, key="two")
    await capture(trade, await trade.confirm(bought, intended, key="confirm"))

    await say(trade, other, gateway.agree(other.payment))
    await trade.shop.store.react(REACTIONS, trade.shop.ports)

    payment, order = await stored(trade, other)
    assert (payment.state, order.state) == (PaymentState.CANCELLED, OrderState.CONFIRMED)
    assert gateway.released == [payment.id]


async def _called_off(trade: Trade) -> PaymentView:
    """An attempt that its gateway had nothing of yet when its order was called off."""
    bought = await trade.buy(await trade.stocked(10), 1)
    intended = await trade.intend(bought)
    await call_off(trade, bought)
    payment, order = await stored(trade, intended)
    assert payment.state is PaymentState.CANCELLED
    return PaymentView(payment=payment, order=order)


async def _reconciled(trade: Trade) -> int:
    trade.shop.clock.advance(timedelta(minutes=5))
    done = await reconcile(
        since=timedelta(days=1),
        only=None,
        progress=lambda _gateway, _what, _many: None,
        ports=trade.shop.ports,
    )
    await trade.shop.store.react(REACTIONS, trade.shop.ports)
    assert not done.left
    return done.changed
