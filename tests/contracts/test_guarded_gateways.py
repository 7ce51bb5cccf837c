"""A gateway behind its guard keeps the promises that it kept before."""

from __future__ import annotations

import asyncio
import time

import pytest

from automate_store.adapters.fake import FakeGateway
from automate_store.adapters.guarding import Guard, guarded
from automate_store.application.ports.payments import PaymentGateway
from automate_store.domain.payments import Payment, SetupReport
from automate_store.entrypoints.properties.contracts import (
    CaptureInPartsContract,
    GatewayEventsContract,
    KeepingGatewayContract,
    PaymentGatewayContract,
    SavingGatewayContract,
    Teller,
    ToldGatewayContract,
)
from tests.adapters.fake.serving import FakeTeller, Shoppers, fake_gateway

GUARD = Guard(
    deadline_s=7.0, tries=3, failures=5, rest_s=30.0, stopwatch=time.monotonic, sleep=asyncio.sleep
)


class Guarded(Shoppers):
    """The shopper asks the provider itself: no guard stands there."""

    @pytest.fixture
    def gateway(self) -> PaymentGateway:
        self.bare = fake_gateway()
        return guarded(self.bare, GUARD)

    async def shopper_pays(self, gateway: PaymentGateway, payment: Payment) -> None:
        assert gateway is not self.bare
        await super().shopper_pays(self.bare, payment)

    async def hand_over(self, gateway: PaymentGateway, setup: SetupReport) -> str:
        assert gateway is not self.bare
        return await super().hand_over(self.bare, setup)

    bare: FakeGateway


class TestGuardedPayments(
    Guarded, PaymentGatewayContract, KeepingGatewayContract, CaptureInPartsContract
): ...


class TestGuardedEvents(Guarded, GatewayEventsContract): ...


class TestGuardedSaving(Guarded, SavingGatewayContract): ...


class TestGuardedTelling(ToldGatewayContract):
    @pytest.fixture
    def teller(self) -> Teller:
        bare = FakeTeller(fake_gateway())
        return FakeTeller(guarded(bare.gateway, GUARD))  # type: ignore[arg-type]
