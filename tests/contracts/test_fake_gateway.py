"""The fake gateway keeps every promise that a gateway can make."""

from __future__ import annotations

import pytest

from automate_store.adapters.fake import FakeGateway
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


class OnFake(Shoppers):
    @pytest.fixture
    def gateway(self) -> FakeGateway:
        return fake_gateway()


class TestFakePayments(OnFake, PaymentGatewayContract): ...


class TestFakeBooks(OnFake, KeepingGatewayContract): ...


class TestFakeParts(OnFake, CaptureInPartsContract): ...


class TestFakeEvents(OnFake, GatewayEventsContract): ...


class TestFakeSaving(OnFake, SavingGatewayContract): ...


class TestFakeTelling(ToldGatewayContract):
    @pytest.fixture
    def teller(self) -> Teller:
        return FakeTeller(fake_gateway())
