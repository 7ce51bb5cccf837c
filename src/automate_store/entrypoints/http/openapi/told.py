"""The small shop of the examples: its provider tells of it, and not all of that fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from attrs import evolve
from msgspec import Struct

from automate_store.domain.kernel.ids import DisputeId, RefundId, ToldId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    Dispute,
    DisputeState,
    GatewayEvent,
    GatewayReport,
    Payment,
    PaymentState,
    Refund,
    RefundReport,
    RefundState,
    ToldEvent,
)
from automate_store.entrypoints.http.openapi import examples
from automate_store.entrypoints.http.wire.telling import (
    DismissEventInput,
    DisputePage,
    EventAnswer,
    EventPage,
    ParkedPage,
    ParkedPayment,
    ResolvePaymentInput,
    StaffRefundPage,
    WebhookTaken,
    dispute_page,
    event_answer,
    event_page,
    parked_page,
    parked_payment,
    staff_refund_page,
)

_GATEWAY, _INTENT = "stripe", "pi_3Q9xAAmadeup"
BODIES: Mapping[type[Struct], Mapping[str, Any]] = {
    DismissEventInput: {"reason": "It is the other shop's on this account."},
    ResolvePaymentInput: {"resolution": "fetch", "reason": "They have corrected it."},
}


def told() -> ToldEvent:
    """An event that says that a payment was captured, of another amount."""
    event = GatewayEvent(
        id="evt_1Q9xAAmadeup",
        kind="payment_intent.succeeded",
        at=examples.AT,
        payment_id=examples.PAYMENT_ID,
        intent_id=_INTENT,
        news=_report(),
    )
    own = ToldId(UUID("0190a000-0000-7000-8000-000000000091"))
    kept = ToldEvent.of(event, id=own, gateway=_GATEWAY, at=examples.AT)
    return kept.parked("15.00 USD is told of a payment of another amount")


def parked() -> Payment:
    """The payment that it parked."""
    payment = examples.payment(PaymentState.PENDING).payment
    asked = evolve(payment, gateway=_GATEWAY, intent_id=_INTENT, client={})
    return asked.settle(_report(), at=examples.AT)


def _report() -> GatewayReport:
    return GatewayReport(intent_id=_INTENT, state=PaymentState.CAPTURED, amount=Money(1500, "USD"))


def _failed() -> Refund:
    refund = Refund(
        id=RefundId(UUID("0190a000-0000-7000-8000-000000000092")),
        payment_id=examples.PAYMENT_ID,
        order_id=examples.ORDER_ID,
        amount=examples.PRICE,
        reason="A stain.",
        actor="staff",
        created_at=examples.AT,
        updated_at=examples.AT,
    )
    report = RefundReport(state=RefundState.FAILED, failure="The card was closed.")
    return refund.settle(report, at=examples.AT)


def _dispute() -> Dispute:
    return Dispute(
        id=DisputeId(UUID("0190a000-0000-7000-8000-000000000093")),
        payment_id=examples.PAYMENT_ID,
        order_id=examples.ORDER_ID,
        gateway=_GATEWAY,
        gateway_id="dp_1Q9xAAmadeup",
        amount=examples.PRICE,
        reason="product_not_received",
        state=DisputeState.OPEN,
        opened_at=examples.AT,
        updated_at=examples.AT,
    )


ANSWERS: Mapping[type[Struct], Callable[[], Struct]] = {
    WebhookTaken: lambda: WebhookTaken(received=True),
    EventAnswer: lambda: event_answer(told().processed(at=examples.AT)),
    EventPage: lambda: event_page([told()], None),
    ParkedPayment: lambda: parked_payment(parked()),
    ParkedPage: lambda: parked_page([parked()], None),
    StaffRefundPage: lambda: staff_refund_page([_failed()], None),
    DisputePage: lambda: dispute_page([_dispute()], None),
}
