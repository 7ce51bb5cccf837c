"""Attempts that a gateway will not begin: over at once, told the same again, and left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.application.payments.reconciling import reconcile
from automate_store.domain.orders import OrderState
from automate_store.domain.payments import GatewayReport, Payment, PaymentState
from tests.application.trading import Trade

TOO_LITTLE = "that is too little"


class Choosy(MemoryGateway):
    """One that begins nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.begins = False
        self.away = False

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """Refused for good, once it answers."""
        self.asked += 1
        if self.away:
            raise GatewayUnavailable(self.name)
        if not self.begins:
            raise GatewayRefused(self.name, TOO_LITTLE)
        return await super().create_intent(payment)


@pytest.fixture
def gateway() -> Choosy:
    return Choosy()


@pytest.fixture
async def trade(gateway: Choosy) -> Trade:
    return await Trade.open(gateway)


async def test_what_is_not_begun_is_over_with_its_reason(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)

    with pytest.raises(GatewayRefused):
        await trade.intend(bought)

    (payment,) = await _attempts(trade)
    assert (payment.state, payment.failure) == (PaymentState.CANCELLED, TOO_LITTLE)


async def test_the_same_key_is_refused_the_same_and_another_begins(
    trade: Trade, gateway: Choosy
) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    with pytest.raises(GatewayRefused) as first:
        await trade.intend(bought, key="one")
    gateway.begins = True

    with pytest.raises(GatewayRefused) as again:
        await trade.intend(bought, key="one")
    paid = await trade.confirm(bought, await trade.intend(bought, key="two"))

    assert (str(again.value), gateway.asked) == (str(first.value), 2)
    assert paid.order.state is OrderState.CONFIRMED


async def test_reconciling_ends_what_the_gateway_will_not_begin(
    trade: Trade, gateway: Choosy
) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    gateway.away = True
    with pytest.raises(GatewayUnavailable):
        await trade.intend(bought)
    gateway.away = False

    assert await _reconciled(trade) == (1, True)
    assert await _reconciled(trade) == (0, True)

    (payment,) = await _attempts(trade)
    assert (payment.state, payment.failure) == (PaymentState.CANCELLED, TOO_LITTLE)


async def _attempts(trade: Trade) -> tuple[Payment, ...]:
    async with trade.shop.ports.reading() as reads:
        return await reads.payments.page(state=None, before=None, limit=9)


async def _reconciled(trade: Trade) -> tuple[int, bool]:
    trade.shop.clock.advance(timedelta(minutes=5))
    done = await reconcile(
        since=timedelta(days=1),
        only=None,
        progress=lambda _gateway, _what, _many: None,
        ports=trade.shop.ports,
    )
    return done.changed, done.agreed
