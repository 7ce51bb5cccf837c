"""What gateways told on the wire, and what of it staff have to look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.payments import DismissEvent, PaymentView, ResolvePayment
from automate_store.domain.kernel.ids import PaymentId, ToldId
from automate_store.domain.payments import (
    Dispute,
    DisputeState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Resolution,
    ToldEvent,
    ToldState,
)
from automate_store.entrypoints.http.wire.inputs import Input, Reason
from automate_store.entrypoints.http.wire.money import Amount, amount
from automate_store.entrypoints.http.wire.paging import Cursor, Limit

Gateway = Annotated[str, Meta(min_length=1, max_length=50, description="Of which alone.")]
IN_STATE = Meta(description="Those in that state; all without one.")


class WebhookTaken(Struct, frozen=True):
    """It is kept; what it says has its effect in a moment."""

    received: bool


class EventQuery(Input, frozen=True, kw_only=True):
    """In which state, of which gateway, how many, from where on."""

    status: Annotated[ToldState | None, IN_STATE] = None
    gateway: Gateway | None = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class ParkedQuery(Input, frozen=True, kw_only=True):
    """How many, from where on."""

    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class RefundListQuery(Input, frozen=True, kw_only=True):
    """In which state, how many, from where on."""

    status: Annotated[RefundState | None, IN_STATE] = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class DisputeQuery(Input, frozen=True, kw_only=True):
    """In which state, how many, from where on."""

    status: Annotated[DisputeState | None, IN_STATE] = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class ResolvePaymentInput(Input, frozen=True, kw_only=True):
    """What is decided of a parked payment, and why."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"reason"})

    resolution: Annotated[
        Resolution,
        Meta(
            description="`fetch` takes what the gateway says now, `accept` what was reported;"
            " `give_back` returns that, `dismiss` takes none of it."
        ),
    ]
    reason: Reason

    def command(self, payment_id: PaymentId) -> ResolvePayment:
        """The wish in the words of the trade."""
        return ResolvePayment(payment_id=payment_id, resolution=self.resolution, reason=self.reason)


class DismissEventInput(Input, frozen=True, kw_only=True):
    """Why an event is to have no effect."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"reason"})

    reason: Reason

    def command(self, told_id: ToldId) -> DismissEvent:
        """The wish in the words of the trade."""
        return DismissEvent(told_id=told_id, reason=self.reason)


class EventAnswer(Struct, frozen=True):
    """Something that a gateway told; why is what keeps it from its effect."""

    id: UUID
    gateway: str
    event_id: str
    kind: str
    payment_id: UUID | None
    intent_id: str | None
    status: ToldState
    attempts: int
    why: str | None
    happened_at: datetime
    received_at: datetime
    processed_at: datetime | None


class EventPage(Struct, frozen=True):
    """What gateways told, the last heard of first."""

    items: list[EventAnswer]
    next_cursor: str | None


class Reported(Struct, frozen=True):
    """What the gateway said that does not fit."""

    intent_id: str
    status: PaymentState
    amount: Amount
    authorised: Amount
    captured: Amount


class ParkedPayment(Struct, frozen=True):
    """A payment as it was asked for, and what its gateway reports of it instead."""

    id: UUID
    order_id: UUID
    gateway: str
    status: PaymentState
    amount: Amount
    captured: Amount
    refunded: Amount
    intent_id: str | None
    reported: Reported | None
    created_at: datetime


class ParkedPage(Struct, frozen=True):
    """Payments that wait for a decision, the last begun first."""

    items: list[ParkedPayment]
    next_cursor: str | None


class StaffRefund(Struct, frozen=True):
    """Part of a payment that goes back, and why it does not where it failed."""

    id: UUID
    payment_id: UUID
    order_id: UUID
    amount: Amount
    reason: str
    status: RefundState
    failure: str | None
    made_there: Annotated[bool, Meta(description="Whether it was made at the gateway's desk.")]
    actor: str
    created_at: datetime


class StaffRefundPage(Struct, frozen=True):
    """Refunds of every order, the last begun first."""

    items: list[StaffRefund]
    next_cursor: str | None


class DisputeAnswer(Struct, frozen=True):
    """A payment that its holder contests; won and lost are the merchant's."""

    id: UUID
    order_id: UUID
    payment_id: UUID
    gateway: str
    dispute_id: Annotated[str, Meta(description="The gateway's name for it.")]
    amount: Amount
    reason: str
    status: DisputeState
    opened_at: datetime
    updated_at: datetime


class DisputePage(Struct, frozen=True):
    """Disputes, the last opened first."""

    items: list[DisputeAnswer]
    next_cursor: str | None


def event_answer(told: ToldEvent) -> EventAnswer:
    """The event; what was told of people or methods stays inside."""
    event = told.event
    return EventAnswer(
        id=told.id,
        gateway=told.gateway,
        event_id=event.id,
        kind=event.kind,
        payment_id=event.payment_id,
        intent_id=event.intent_id,
        status=told.state,
        attempts=told.attempts,
        why=told.why,
        happened_at=event.at,
        received_at=told.received_at,
        processed_at=told.processed_at,
    )


def event_page(found: Sequence[ToldEvent], next_cursor: str | None) -> EventPage:
    """A page of events."""
    return EventPage([event_answer(each) for each in found], next_cursor)


def resolved_answer(view: PaymentView) -> ParkedPayment:
    """The payment after a decision."""
    return parked_payment(view.payment)


def parked_payment(payment: Payment) -> ParkedPayment:
    """The payment, and what was reported of it."""
    return ParkedPayment(
        id=payment.id,
        order_id=payment.order_id,
        gateway=payment.gateway,
        status=payment.state,
        amount=amount(payment.amount),
        captured=amount(payment.captured),
        refunded=amount(payment.refunded),
        intent_id=payment.intent_id,
        reported=_reported(payment),
        created_at=payment.created_at,
    )


def parked_page(found: Sequence[Payment], next_cursor: str | None) -> ParkedPage:
    """A page of parked payments."""
    return ParkedPage([parked_payment(each) for each in found], next_cursor)


def staff_refund_page(found: Sequence[Refund], next_cursor: str | None) -> StaffRefundPage:
    """A page of refunds."""
    return StaffRefundPage([_staff_refund(each) for each in found], next_cursor)


def dispute_page(found: Sequence[Dispute], next_cursor: str | None) -> DisputePage:
    """A page of disputes."""
    return DisputePage([_dispute(each) for each in found], next_cursor)


def _reported(payment: Payment) -> Reported | None:
    report = payment.reported
    if report is None:
        return None
    return Reported(
        report.intent_id,
        report.state,
        amount(report.amount),
        amount(report.promised),
        amount(report.taken),
    )


def _staff_refund(refund: Refund) -> StaffRefund:
    return StaffRefund(
        id=refund.id,
        payment_id=refund.payment_id,
        order_id=refund.order_id,
        amount=amount(refund.amount),
        reason=refund.reason,
        status=refund.state,
        failure=refund.failure,
        made_there=refund.made_there,
        actor=refund.actor,
        created_at=refund.created_at,
    )


def _dispute(dispute: Dispute) -> DisputeAnswer:
    return DisputeAnswer(
        id=dispute.id,
        order_id=dispute.order_id,
        payment_id=dispute.payment_id,
        gateway=dispute.gateway,
        dispute_id=dispute.gateway_id,
        amount=amount(dispute.amount),
        reason=dispute.reason,
        status=dispute.state,
        opened_at=dispute.opened_at,
        updated_at=dispute.updated_at,
    )
