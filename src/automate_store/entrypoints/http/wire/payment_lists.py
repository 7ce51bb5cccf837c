"""Lists of payments on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.payments import OrderPayments
from automate_store.domain.orders import OrderStatus, PaymentStatus
from automate_store.domain.payments import Payment, PaymentState
from automate_store.entrypoints.http.wire.inputs import Input
from automate_store.entrypoints.http.wire.money import Amount, amount
from automate_store.entrypoints.http.wire.paging import Cursor, Limit


class PaymentQuery(Input, frozen=True, kw_only=True):
    """In which state, how many, from where on."""

    status: Annotated[
        PaymentState | None,
        Meta(description="Those alone; `authorised` are to be captured or given up."),
    ] = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class ListedPayment(Struct, frozen=True, kw_only=True):
    """One attempt to be paid, without what its gateway told the shopper's browser."""

    id: UUID
    order_id: UUID
    for_a_change: Annotated[bool, Meta(description="Whether a change of the order is paid by it.")]
    gateway: str
    status: PaymentState
    amount: Amount
    authorised: Amount
    captured: Amount
    refunded: Amount
    failure: str | None
    created_at: datetime
    updated_at: datetime


class PaymentPage(Struct, frozen=True):
    """Payments of every order, the last begun first."""

    items: list[ListedPayment]
    next_cursor: str | None


class PaymentsOfOrder(Struct, frozen=True, kw_only=True):
    """What was paid of an order, and what is to be paid; the oldest payment first."""

    order_id: UUID
    number: str
    status: OrderStatus
    payment_status: PaymentStatus
    total: Amount
    paid: Annotated[Amount, Meta(description="Captured, and not given back.")]
    authorised: Annotated[Amount, Meta(description="Held beyond that, for staff to capture.")]
    processing: Annotated[Amount, Meta(description="On its way beyond that.")]
    to_pay: Annotated[
        Amount,
        Meta(
            description="What `create-intent` asks for now: of the order, or of the change that"
            " waits beside it. Zero where nothing can be paid."
        ),
    ]
    items: list[ListedPayment]


def payment_page(found: Sequence[Payment], next_cursor: str | None) -> PaymentPage:
    """A page of payments."""
    return PaymentPage([_listed(each) for each in found], next_cursor)


def payments_of_order(view: OrderPayments) -> PaymentsOfOrder:
    """The order's payments, with their sums."""
    order = view.order
    return PaymentsOfOrder(
        order_id=order.id,
        number=order.number,
        status=order.status,
        payment_status=order.payment_status,
        total=amount(order.total),
        paid=amount(view.funds.kept),
        authorised=amount(view.funds.authorised),
        processing=amount(view.funds.processing),
        to_pay=amount(view.to_pay),
        items=[_listed(each) for each in view.payments],
    )


def _listed(payment: Payment) -> ListedPayment:
    return ListedPayment(
        id=payment.id,
        order_id=payment.order_id,
        for_a_change=payment.edit_id is not None,
        gateway=payment.gateway,
        status=payment.state,
        amount=amount(payment.amount),
        authorised=amount(payment.authorised),
        captured=amount(payment.captured),
        refunded=amount(payment.refunded),
        failure=payment.failure,
        created_at=payment.created_at,
        updated_at=payment.updated_at,
    )
