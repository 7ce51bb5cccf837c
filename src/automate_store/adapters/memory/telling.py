"""A gateway in memory that tells the store of itself what happened, signed."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from attrs import evolve

from automate_store.adapters.memory.payments import MemoryGateway
from automate_store.application.errors import WebhookRefused
from automate_store.domain.kernel.ids import RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    GatewayEvent,
    GatewayReport,
    Payment,
    PaymentState,
    RefundNews,
    RefundReport,
    RefundState,
)

SIGNATURE, SIGNED_AT = "x-signature", "x-signed-at"
TOLERANCE = timedelta(seconds=300)
_SECRET = b"made up for the memory gateway"


class TellingGateway(MemoryGateway):
    """
    The memory gateway, and a list of what happened there.

    ``tell`` puts an event on the list and gives the request that tells of it.
    """

    def __init__(self, name: str = "memory") -> None:
        super().__init__(name)
        self.listed: list[GatewayEvent] = []
        self.fetched = 0
        """How often it was asked what it knows."""

    def tell(self, event: GatewayEvent, *, at: datetime) -> tuple[dict[str, str], bytes]:
        """The headers and the body that tell of the event, signed then."""
        if event not in self.listed:
            self.listed.append(event)
        return sign(event.id.encode(), at)

    def captured(self, payment: Payment, **changes: Any) -> GatewayReport:
        """What it says of a payment that was paid there while nobody looked."""
        known = self._known(evolve(payment, intent_id=None))
        paid = evolve(known, state=PaymentState.CAPTURED, **changes)
        self._reports[payment.id] = paid
        return paid

    def stands(
        self, payment: Payment, state: PaymentState, *, failure: str | None = None
    ) -> GatewayReport:
        """What it says since the shopper came so far there while nobody looked."""
        known = self._known(payment)
        self._reports[payment.id] = evolve(known, state=state, failure=failure)
        return self._reports[payment.id]

    def give_back_there(
        self, payment: Payment, amount: Money, *, of: RefundId | None = None, name: str
    ) -> RefundNews:
        """What its own desk gave back while nobody looked; ``of`` ours, once more."""
        report = RefundReport(state=RefundState.SUCCEEDED, gateway_id=name)
        news = RefundNews(refund_id=of, amount=amount, report=report)
        self.books.setdefault(payment.id, []).append(news)
        return news

    async def fetch(self, payment: Payment) -> GatewayReport:
        """What became of the payment's intent."""
        self.fetched += 1
        return await super().fetch(payment)

    async def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> GatewayEvent:
        """The event of that name; raises WebhookRefused for what it did not sign, or long ago."""
        signed_at, signature = headers.get(SIGNED_AT, ""), headers.get(SIGNATURE, "")
        if not hmac.compare_digest(_signature(signed_at, body), signature.encode("latin-1")):
            raise WebhookRefused(self.name, "the signature does not fit")
        if abs(datetime.fromisoformat(signed_at) - at) > TOLERANCE:
            raise WebhookRefused(self.name, "it was signed at another time")
        for event in self.listed:
            if event.id.encode() == body:
                return event
        raise WebhookRefused(self.name, "it tells of nothing")

    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        """All that happened since then, the oldest first."""
        for event in sorted(self.listed, key=lambda each: each.at):
            if event.at >= since:
                yield event


def sign(body: bytes, at: datetime) -> tuple[dict[str, str], bytes]:
    """The headers and the body, as the gateway would sign them then."""
    signed_at = at.isoformat()
    signature = _signature(signed_at, body).decode()
    return {SIGNED_AT: signed_at, SIGNATURE: signature}, body


def _signature(signed_at: str, body: bytes) -> bytes:
    signed = signed_at.encode("latin-1") + b"." + body
    return hmac.new(_SECRET, signed, sha256).hexdigest().encode()
