"""The gateway to PayPal keeps the promises of gateways, over a fake that answers as PayPal does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from automate_store.adapters.paypal import PayPalGateway
from automate_store.application.errors import GatewayRefused
from automate_store.application.ports.payments import PaymentGateway, SavingGateway, ToldGateway
from automate_store.domain.payments import (
    GatewayEvent,
    Payment,
    PaymentState,
    SetupReport,
)
from automate_store.entrypoints.properties.contracts import (
    CaptureInPartsContract,
    GatewayEventsContract,
    KeepingGatewayContract,
    PaymentGatewayContract,
    SavingGatewayContract,
    Told,
    ToldGatewayContract,
)
from automate_store.entrypoints.properties.contracts.gateways.scene import (
    NOTHING,
    GatewaySuite,
    after,
)
from tests.adapters.paypal.scene import CERTIFICATE, WEBHOOK_ID, Post
from tests.adapters.paypal.server import PayPalFake
from tests.adapters.paypal.signing import Pen


class AtPayPal(GatewaySuite):
    """Shoppers agree on PayPal's page."""

    fake: PayPalFake

    @pytest.fixture(autouse=True)
    def _fake_of(self, fake: PayPalFake) -> None:
        self.fake = fake

    async def shopper_pays(self, _: PaymentGateway, payment: Payment) -> None:
        assert payment.intent_id is not None
        if payment.terms.method is None:
            self.fake.books.agree(payment.intent_id)


class TestPayPal(AtPayPal, PaymentGatewayContract):
    pass


class TestPayPalKeeps(AtPayPal, KeepingGatewayContract):
    async def test_what_was_given_up_is_not_paid_any_more(self, gateway: PaymentGateway) -> None:
        # PayPal can't be told to forget an order that nobody agreed to yet: that it is given
        # up is known to the store alone, and it moves nothing unless the store confirms it.
        begun = await self.begun(gateway)
        given_up = after(begun, await gateway.cancel(begun))
        await self.shopper_pays(gateway, begun)
        with pytest.raises(GatewayRefused):
            await gateway.confirm(given_up)
        heard = after(given_up, await gateway.fetch(given_up))
        assert (heard.state, heard.captured) == (PaymentState.CANCELLED, NOTHING)


class TestPayPalCapturesInParts(AtPayPal, CaptureInPartsContract):
    pass


class TestPayPalEvents(AtPayPal, GatewayEventsContract):
    def now(self) -> datetime:
        return self.fake.books.now

    async def told_of(
        self, gateway: PaymentGateway, payment: Payment, since: datetime | None = None
    ) -> Sequence[GatewayEvent]:
        begin = self.now() - timedelta(days=1) if since is None else since
        found = [each async for each in gateway.events(begin)]
        # What PayPal tells of a refund names our payment, and not its own order.
        return [
            each
            for each in found
            if each.payment_id == payment.id or each.intent_id == payment.intent_id
        ]


class TestPayPalSaves(AtPayPal, SavingGatewayContract):
    async def hand_over(self, _: SavingGateway, setup: SetupReport) -> str:
        token = setup.client["setup_token"]
        self.fake.books.agree_to_setup(token)
        return token


class PayPalTeller:
    """Signs as PayPal does; forges as somebody does who has a certificate of a real authority."""

    def __init__(self, post: Post, stranger: Pen) -> None:
        self._post = post
        self._stranger = stranger
        self._number = 0

    @property
    def gateway(self) -> ToldGateway:
        return self._post.gateway

    async def tell(self, payment: Payment, *, happened: datetime, signed: datetime) -> Told:
        body = self._body(payment, happened)
        return Told(self._post.sign(body, at=signed, number=self._number), body)

    async def forge(self, payment: Payment, *, signed: datetime) -> Told:
        body = self._body(payment, signed)
        url = self._post.cert_url.replace(CERTIFICATE, "CERT-forged")
        self._post.fake.certificates["CERT-forged"] = self._stranger.chain
        headers = self._stranger.headers(body, at=signed, webhook_id=WEBHOOK_ID, cert_url=url)
        return Told(headers, body)

    def _body(self, payment: Payment, happened: datetime) -> bytes:
        self._number += 1
        order_id = f"ORDER{self._number:06d}"
        capture = {
            "id": f"CAPTURE{self._number:06d}",
            "status": "COMPLETED",
            "amount": {"currency_code": "USD", "value": "19.99"},
            "final_capture": True,
            "custom_id": str(payment.id),
            "supplementary_data": {"related_ids": {"order_id": order_id}},
            "links": [
                {"href": f"https://api.paypal.com/v2/checkout/orders/{order_id}", "rel": "up"}
            ],
        }
        event = {
            "id": f"WH-{self._number}",
            "create_time": happened.isoformat(),
            "event_type": "PAYMENT.CAPTURE.COMPLETED",
            "resource_type": "capture",
            "resource": capture,
        }
        return json.dumps(event).encode()


class TestPayPalTells(ToldGatewayContract):
    @pytest.fixture
    def teller(self, post: Post, stranger: Pen) -> PayPalTeller:
        return PayPalTeller(post, stranger)


def test_it_goes_by_paypal() -> None:
    assert PayPalGateway.name == "paypal"
