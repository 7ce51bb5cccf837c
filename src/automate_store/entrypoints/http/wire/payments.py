"""Payments on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    WayToPay,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import MethodId, OrderId, PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import OrderStatus, PaymentStatus
from automate_store.domain.payments import PaymentState, Refund, RefundState
from automate_store.entrypoints.http.wire.inputs import Input, Reason
from automate_store.entrypoints.http.wire.money import Amount, amount, money

GatewayName = Annotated[
    str, Meta(min_length=1, max_length=50, description="One of those offered.", examples=["manual"])
]


class CreateIntentInput(Input, frozen=True, kw_only=True):
    """
    Which order, through which gateway; without an amount, all that is still to be paid.

    By a saved way to pay, or by a new one that is to be saved with save_method.
    """

    order_id: UUID
    gateway: GatewayName
    amount: Annotated[
        Amount | None, Meta(description="A part; without one, all that is still to be paid.")
    ] = None
    method_id: Annotated[
        UUID | None, Meta(description="A way to pay that the account has saved at the gateway.")
    ] = None
    save_method: Annotated[
        bool,
        Meta(
            description="Whether what is paid by is saved for the account once it has paid. It "
            "needs an account, and a gateway that keeps_methods."
        ),
    ] = False

    def command(self) -> CreateIntent:
        """The wish in the words of the trade; raises InvalidInput."""
        if self.method_id is not None and self.save_method:
            raise InvalidInput.of("save_method", "is for what is not saved yet")
        return CreateIntent(
            order_id=OrderId(self.order_id),
            gateway=self.gateway,
            amount=some_money(self.amount),
            method_id=None if self.method_id is None else MethodId(self.method_id),
            save_method=self.save_method,
        )


class GatewayQuery(Input, frozen=True, kw_only=True):
    """For which order, if for one."""

    order_id: Annotated[
        UUID | None, Meta(description="Ask for what is still to be paid of that order.")
    ] = None


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
    reason: Reason
    despite_dispute: bool = False

    def command(self) -> RefundOrder:
        """The wish in the words of the trade; raises InvalidInput."""
        order_id, given = OrderId(self.order_id), some_money(self.amount)
        return RefundOrder(
            order_id=order_id,
            amount=given,
            reason=self.reason,
            despite_dispute=self.despite_dispute,
        )


def some_money(given: Amount | None) -> Money | None:
    """The amount, where one is given; raises InvalidInput for nothing or less."""
    found = money(given, field="amount") if given else None
    if found is not None and found.minor <= 0:
        raise InvalidInput.of("amount", "is more than nothing")
    return found


class PaidOrder(Struct, frozen=True):
    """What the payment's order looks like after it."""

    id: UUID
    number: str
    status: OrderStatus
    payment_status: PaymentStatus
    total: Amount
    expires_at: datetime | None


class PaymentAnswer(Struct, frozen=True):
    """
    One attempt to be paid.

    client is what the gateway wants the shopper's browser to know; staff are told nothing of it.
    """

    id: UUID
    gateway: str
    amount: Amount
    status: PaymentState
    authorised: Amount
    captured: Amount
    refunded: Amount
    intent_id: str | None
    failure: str | None
    client: Mapping[str, str]
    created_at: datetime
    order: PaidOrder


class Gateway(Struct, frozen=True):
    """
    A way to pay: name is what create-intent takes.

    works is whether it answers now, takes whether it can be asked for the amount in question,
    keeps_methods whether it can save a way to pay; publishable_key is for the browser.
    """

    name: str
    works: bool
    takes: bool
    keeps_methods: bool
    publishable_key: str | None


class Gateways(Struct, frozen=True):
    """The gateways that this store offers, for the amount where one is in question."""

    amount: Amount | None
    items: list[Gateway]


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


def gateways_answer(ways: Iterable[WayToPay], asked: Money | None) -> Gateways:
    """The gateways in order of name."""
    return Gateways(
        None if asked is None else amount(asked),
        [
            Gateway(each.name, each.works, each.takes, each.keeps_methods, each.publishable_key)
            for each in ways
        ],
    )


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


def payment_answer(view: PaymentView, *, to_staff: bool) -> PaymentAnswer:
    """The payment and its order; what proves a shopper to the gateway is told to them alone."""
    payment, order = view.payment, view.order
    return PaymentAnswer(
        payment.id,
        payment.gateway,
        amount(payment.amount),
        payment.state,
        amount(payment.authorised),
        amount(payment.captured),
        amount(payment.refunded),
        payment.intent_id,
        payment.failure,
        {} if to_staff else payment.client,
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
