"""What a gateway promises that tells of itself what happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

import pytest
from attrs import evolve, frozen

from automate_store.application.errors import WebhookRefused
from automate_store.application.ports.payments import ToldGateway
from automate_store.domain.kernel.ids import OrderId, PaymentId
from automate_store.domain.payments import GatewayEvent, GatewayReport, Payment, PaymentState
from automate_store.entrypoints.properties.contracts.gateways.scene import AMOUNT, fresh_id
from automate_store.entrypoints.properties.moments import NOON

LATEST = timedelta(seconds=299)
TOO_LATE = timedelta(seconds=301)
DAY = timedelta(days=1)


@frozen
class Told:
    """A request as it comes in: what it says, and what proves it."""

    headers: Mapping[str, str]
    """By lower-case names."""
    body: bytes


class Teller(Protocol):
    """The gateway under test, and the provider that tells it."""

    @property
    def gateway(self) -> ToldGateway:
        """The adapter under test."""

    async def tell(self, payment: Payment, *, happened: datetime, signed: datetime) -> Told:
        """That the payment was captured then, signed by the provider at that moment."""

    async def forge(self, payment: Payment, *, signed: datetime) -> Told:
        """The same, signed soundly by somebody who is not the provider."""


@pytest.mark.asyncio
class ToldGatewayContract:
    """Nothing is believed but what the provider signed, and signed now; ``teller`` gives one."""

    async def test_what_is_told_is_of_our_payment(self, teller: Teller) -> None:
        payment = _payment(teller)
        event = await _hear(teller, await teller.tell(payment, happened=NOON, signed=NOON))
        assert isinstance(event.news, GatewayReport)
        assert (event.news.state, event.news.taken) == (PaymentState.CAPTURED, AMOUNT)
        assert event.payment_id == payment.id
        assert event.intent_id == event.news.intent_id
        assert event.id

    async def test_the_same_told_again_is_the_same_event(self, teller: Teller) -> None:
        told = await teller.tell(_payment(teller), happened=NOON, signed=NOON)
        assert await _hear(teller, told) == await _hear(teller, told)

    async def test_another_event_has_another_id(self, teller: Teller) -> None:
        one = await teller.tell(_payment(teller), happened=NOON, signed=NOON)
        two = await teller.tell(_payment(teller), happened=NOON, signed=NOON)
        assert (await _hear(teller, one)).id != (await _hear(teller, two)).id

    async def test_a_body_with_anything_changed_is_refused(self, teller: Teller) -> None:
        told = await teller.tell(_payment(teller), happened=NOON, signed=NOON)
        for forged in (told.body + b" ", told.body[:-1], told.body.replace(b"1", b"2"), b""):
            with pytest.raises(WebhookRefused):
                await _hear(teller, evolve(told, body=forged))

    async def test_what_somebody_else_signed_is_refused(self, teller: Teller) -> None:
        with pytest.raises(WebhookRefused):
            await _hear(teller, await teller.forge(_payment(teller), signed=NOON))

    async def test_what_is_not_signed_is_refused(self, teller: Teller) -> None:
        told = await teller.tell(_payment(teller), happened=NOON, signed=NOON)
        with pytest.raises(WebhookRefused):
            await _hear(teller, evolve(told, headers={}))

    async def test_any_part_of_what_proves_it_may_be_nonsense(self, teller: Teller) -> None:
        told = await teller.tell(_payment(teller), happened=NOON, signed=NOON)
        for odd in ("", "=", "t=,v1=", "t=x,v1=é", "\x00", "9" * 5000):
            with pytest.raises(WebhookRefused):
                await _hear(teller, evolve(told, headers=dict.fromkeys(told.headers, odd)))

    async def test_another_events_proof_is_refused(self, teller: Teller) -> None:
        one = await teller.tell(_payment(teller), happened=NOON, signed=NOON)
        two = await teller.tell(_payment(teller), happened=NOON, signed=NOON)
        with pytest.raises(WebhookRefused):
            await _hear(teller, evolve(one, headers=two.headers))

    async def test_it_counts_for_five_minutes(self, teller: Teller) -> None:
        told = await teller.tell(_payment(teller), happened=NOON, signed=NOON)
        for off in (LATEST, -LATEST):
            assert (await _hear(teller, told, at=NOON + off)).news is not None
        for off in (TOO_LATE, -TOO_LATE, DAY):
            with pytest.raises(WebhookRefused):
                await _hear(teller, told, at=NOON + off)

    async def test_what_happened_long_ago_counts_where_it_is_signed_now(
        self, teller: Teller
    ) -> None:
        told = await teller.tell(_payment(teller), happened=NOON - DAY, signed=NOON)
        event = await _hear(teller, told)
        assert event.at == NOON - DAY
        assert event.news is not None

    async def test_capitals_in_the_names_of_headers_open_nothing(self, teller: Teller) -> None:
        told = await teller.tell(_payment(teller), happened=NOON, signed=NOON)
        shouted = {name.upper(): value for name, value in told.headers.items()}
        forged = evolve(told, headers=shouted, body=told.body.replace(b"1", b"2"))
        with pytest.raises(WebhookRefused):
            await _hear(teller, forged)


async def _hear(teller: Teller, told: Told, at: datetime = NOON) -> GatewayEvent:
    return await teller.gateway.read_webhook(told.headers, told.body, at=at)


def _payment(teller: Teller) -> Payment:
    return Payment.intend(
        id=PaymentId(fresh_id()),
        order_id=OrderId(fresh_id()),
        gateway=teller.gateway.name,
        amount=AMOUNT,
        at=NOON,
    )
