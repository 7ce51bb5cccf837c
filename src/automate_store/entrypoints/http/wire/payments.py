"""Payments on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.payments import ConfirmPayment, CreateIntent, PaymentView
from automate_store.domain.kernel.ids import OrderId, PaymentId
from automate_store.domain.orders import OrderStatus, PaymentStatus
from automate_store.domain.payments import PaymentState
from automate_store.entrypoints.http.wire.inputs import Input
from automate_store.entrypoints.http.wire.money import Amount, amount

GatewayName = Annotated[
    str, Meta(min_length=1, max_length=50, description="One of those offered.", examples=["manual"])
]


class CreateIntentInput(Input, frozen=True, kw_only=True):
    """Which order, through which gateway; the amount is the order's."""

    order_id: UUID
    gateway: GatewayName

    def command(self) -> CreateIntent:
        """The wish in the words of the trade."""
        return CreateIntent(order_id=OrderId(self.order_id), gateway=self.gateway)


class ConfirmPaymentInput(Input, frozen=True, kw_only=True):
    """Which payment of which order."""

    order_id: UUID
    payment_id: UUID

    def command(self) -> ConfirmPayment:
        """The wish in the words of the trade."""
        return ConfirmPayment(
            order_id=OrderId(self.order_id), payment_id=PaymentId(self.payment_id)
        )


class PaidOrder(Struct, frozen=True):
    """What the payment's order looks like after it."""

    id: UUID
    number: str
    status: OrderStatus
    payment_status: PaymentStatus
    total: Amount
    expires_at: datetime | None


class PaymentAnswer(Struct, frozen=True):
    """One attempt to be paid; client is what the gateway wants the shopper's browser to know."""

    id: UUID
    gateway: str
    amount: Amount
    status: PaymentState
    intent_id: str | None
    failure: str | None
    client: Mapping[str, str]
    created_at: datetime
    order: PaidOrder


class Gateways(Struct, frozen=True):
    """The names of the gateways that this store offers."""

    items: list[str]


def payment_answer(view: PaymentView) -> PaymentAnswer:
    """The payment and its order."""
    payment, order = view.payment, view.order
    return PaymentAnswer(
        payment.id,
        payment.gateway,
        amount(payment.amount),
        payment.state,
        payment.intent_id,
        payment.failure,
        payment.client,
        payment.created_at,
        PaidOrder(
            order.id,
            order.number,
            order.status,
            order.payment_status,
            amount(order.total),
            order.expires_at,
        ),
    )
