"""Payments on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    PaymentView,
    RefundOrder,
    RefundView,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import OrderId, PaymentId
from automate_store.domain.orders import OrderStatus, PaymentStatus
from automate_store.domain.payments import PaymentState, Refund, RefundState
from automate_store.entrypoints.http.wire.inputs import Input
from automate_store.entrypoints.http.wire.money import Amount, amount, money

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


class RefundInput(Input, frozen=True, kw_only=True):
    """How much of which order goes back, and why; without an amount, all that is kept of it."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"reason"})

    order_id: UUID
    amount: Amount | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=500)]

    def command(self) -> RefundOrder:
        """The wish in the words of the trade; raises InvalidInput."""
        given = money(self.amount, field="amount") if self.amount else None
        if given is not None and given.minor <= 0:
            raise InvalidInput.of("amount", "is more than nothing")
        return RefundOrder(order_id=OrderId(self.order_id), amount=given, reason=self.reason)


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


class RefundItem(Struct, frozen=True):
    """Part of a payment that went back, or is on its way."""

    id: UUID
    payment_id: UUID
    amount: Amount
    reason: str
    status: RefundState
    created_at: datetime


class RefundAnswer(Struct, frozen=True):
    """
    All that went back of an order's money.

    worth is what the shop keeps of it: what is still in the order, less what was credited.
    """

    order_id: UUID
    number: str
    status: OrderStatus
    payment_status: PaymentStatus
    worth: Amount
    refunds: list[RefundItem]


def refund_answer(view: RefundView) -> RefundAnswer:
    """The order and its refunds, oldest first."""
    order = view.order
    return RefundAnswer(
        order.id,
        order.number,
        order.status,
        order.payment_status,
        amount(order.worth),
        [_refund(each) for each in view.refunds],
    )


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


def _refund(refund: Refund) -> RefundItem:
    return RefundItem(
        refund.id,
        refund.payment_id,
        amount(refund.amount),
        refund.reason,
        refund.state,
        refund.created_at,
    )
