"""Gateways: where money is asked for, captured and given back."""

from __future__ import annotations

from typing import Protocol

from automate_store.domain.payments import GatewayReport, Payment, Refund, RefundReport


class PaymentGateway(Protocol):
    """
    A provider that moves money; no call of it is made inside a database transaction.

    One that is offline is the exception: it acts on nothing outside, so that there is
    nothing to undo.

    Every call carries the payment's own id as its idempotency key: asked twice, the
    provider acts once and answers the same. An answer that does not come in time
    raises GatewayUnavailable: what happened is unknown, and is asked again.
    """

    name: str
    offline: bool
    """Whether it answers without leaving the process, so that a transaction may wait for it."""

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """Ask to be paid the payment's amount."""

    async def confirm(self, payment: Payment) -> GatewayReport:
        """Carry the payment out as far as it goes without the shopper."""

    async def fetch(self, payment: Payment) -> GatewayReport:
        """What the provider knows of the payment's intent."""

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        """
        Give the refund's amount of the payment back; the refund's id is the idempotency key.

        Pending where the provider takes its time: it is asked again later.
        """
