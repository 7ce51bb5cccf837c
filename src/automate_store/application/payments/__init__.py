"""Use cases of payments: asking to be paid, carrying it out, and giving back."""

from automate_store.application.payments.alerting import (
    alert_of_dispute,
    alert_of_failed_refund,
    alert_of_parked,
)
from automate_store.application.payments.disputes import page_disputes
from automate_store.application.payments.hearing import (
    hear,
    hear_event,
    keep_event,
    purge_told_events,
    take_webhook,
)
from automate_store.application.payments.holding import (
    CapturePayment,
    VoidPayment,
    capture_payment,
    give_payment_up,
    void_payment,
)
from automate_store.application.payments.paying import (
    GATEWAY_GRACE,
    ConfirmPayment,
    CreateIntent,
    confirm_payment,
    create_intent,
)
from automate_store.application.payments.reconciling import (
    Discrepancy,
    Reconciled,
    reconcile,
    reconcile_lately,
)
from automate_store.application.payments.refunds import (
    RefundOrder,
    RefundView,
    list_refunds,
    refund_order,
)
from automate_store.application.payments.resolving import (
    ResolvePayment,
    page_parked,
    page_refunds,
    page_told_events,
    replay_event,
    resolve_payment,
)
from automate_store.application.payments.settling import PaymentView, settle_payment

__all__ = [
    "GATEWAY_GRACE",
    "CapturePayment",
    "ConfirmPayment",
    "CreateIntent",
    "Discrepancy",
    "PaymentView",
    "Reconciled",
    "RefundOrder",
    "RefundView",
    "ResolvePayment",
    "VoidPayment",
    "alert_of_dispute",
    "alert_of_failed_refund",
    "alert_of_parked",
    "capture_payment",
    "confirm_payment",
    "create_intent",
    "give_payment_up",
    "hear",
    "hear_event",
    "keep_event",
    "list_refunds",
    "page_disputes",
    "page_parked",
    "page_refunds",
    "page_told_events",
    "purge_told_events",
    "reconcile",
    "reconcile_lately",
    "refund_order",
    "replay_event",
    "resolve_payment",
    "settle_payment",
    "take_webhook",
    "void_payment",
]
