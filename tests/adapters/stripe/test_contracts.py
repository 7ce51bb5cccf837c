"""The suites of gateways, held against Stripe as localstripe and the front before it play it."""

from __future__ import annotations

import pytest

from automate_store.application.ports.payments import PaymentGateway, SavingGateway
from automate_store.domain.payments import Payment, SetupReport
from automate_store.entrypoints.properties.contracts import (
    CaptureInPartsContract,
    GatewayEventsContract,
    KeepingGatewayContract,
    PaymentGatewayContract,
    SavingGatewayContract,
)
from tests.adapters.stripe.shopper import Shopper


class TestStripe(
    PaymentGatewayContract,
    KeepingGatewayContract,
    CaptureInPartsContract,
    GatewayEventsContract,
    SavingGatewayContract,
):
    shopper: Shopper

    @pytest.fixture(autouse=True)
    def _at_a_browser(self, shopper: Shopper) -> None:
        self.shopper = shopper

    async def shopper_pays(self, gateway: PaymentGateway, payment: Payment) -> None:
        del gateway
        await self.shopper.pays(payment)

    async def hand_over(self, gateway: SavingGateway, setup: SetupReport) -> str:
        del gateway
        return await self.shopper.hands_over(setup)
