"""Use cases of payments: asking to be paid, carrying it out, and giving back."""

from automate_store.application.payments.alerting import (
    alert_of_dispute,
    alert_of_failed_refund,
    alert_of_parked,
    alert_of_strange_money,
    alert_of_stuck_refund,
)
from automate_store.application.payments.discrepancies import Discrepancy, Reconciled
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
from automate_store.application.payments.listing import (
    OrderPayments,
    list_payments,
    page_payments,
)
from automate_store.application.payments.methods import (
    BegunSetup,
    FinishSetup,
    begin_setup,
    detach_method,
    finish_setup,
    forget_customer,
    keep_method,
    keep_what_was_saved,
    list_methods,
    remove_method,
)
from automate_store.application.payments.offering import WayToPay, amount_of_order, ways_to_pay
from automate_store.application.payments.paying import (
    GATEWAY_GRACE,
    ConfirmPayment,
    CreateIntent,
    confirm_payment,
    create_intent,
)
from automate_store.application.payments.reconciling import (
    compare_lately,
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
    DismissEvent,
    ResolvePayment,
    dismiss_event,
    page_parked,
    page_refunds,
    page_told_events,
    replay_event,
    resolve_payment,
)
from automate_store.application.payments.settling import PaymentView, settle_payment

__all__ = [
    "GATEWAY_GRACE",
    "BegunSetup",
    "CapturePayment",
    "ConfirmPayment",
    "CreateIntent",
    "Discrepancy",
    "DismissEvent",
    "FinishSetup",
    "OrderPayments",
    "PaymentView",
    "Reconciled",
    "RefundOrder",
    "RefundView",
    "ResolvePayment",
    "VoidPayment",
    "WayToPay",
    "alert_of_dispute",
    "alert_of_failed_refund",
    "alert_of_parked",
    "alert_of_strange_money",
    "alert_of_stuck_refund",
    "amount_of_order",
    "begin_setup",
    "capture_payment",
    "compare_lately",
    "confirm_payment",
    "create_intent",
    "detach_method",
    "dismiss_event",
    "finish_setup",
    "forget_customer",
    "give_payment_up",
    "hear",
    "hear_event",
    "keep_event",
    "keep_method",
    "keep_what_was_saved",
    "list_methods",
    "list_payments",
    "list_refunds",
    "page_disputes",
    "page_parked",
    "page_payments",
    "page_refunds",
    "page_told_events",
    "purge_told_events",
    "reconcile",
    "reconcile_lately",
    "refund_order",
    "remove_method",
    "replay_event",
    "resolve_payment",
    "settle_payment",
    "take_webhook",
    "void_payment",
    "ways_to_pay",
]
