"""What opens a payment to the shopper's browser is kept in one place, and ends with it."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.access import GUEST, order_caller
from automate_store.application.idempotency import keyed
from automate_store.application.payments import CreateIntent, PaymentView
from automate_store.domain.payments import GatewayReport, Payment, PaymentState
from tests.application.trading import Trade

SECRET = {"client_secret": "pi_secret"}


class Secretive(MemoryGateway):
    """One whose intents a browser opens with a secret."""

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """With the secret."""
        return evolve(await super().create_intent(payment), client=SECRET)


@pytest.fixture
async def trade() -> Trade:
    return await Trade.open(Secretive())


async def test_the_answer_under_a_key_tells_it_until_the_payment_has_ended(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    first = await trade.intend(bought)
    again = await trade.intend(bought)
    await trade.confirm(bought, first)

    late = await trade.intend(bought)

    assert (first.payment.client, again) == (SECRET, first)
    assert (late.payment.state, late.payment.client) == (PaymentState.PENDING, {})


async def test_it_is_not_kept_with_the_answer(trade: Trade) -> None:
    bought = await trade.buy(await trade.stocked(10), 1)
    await trade.intend(bought, key="secret")

    command = CreateIntent(order_id=bought.order.id, gateway=trade.gateway)
    request = keyed(order_caller(bought.order.id, bought.token, GUEST), "secret", command)
    async with trade.shop.ports.unit_of_work() as work:
        kept = await work.keys.claim(request, PaymentView)

    assert isinstance(kept, PaymentView)
    assert not kept.payment.client
