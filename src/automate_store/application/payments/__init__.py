"""Use cases of payments: asking to be paid, carrying it out, and giving back."""

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
from automate_store.application.payments.refunds import (
    RefundOrder,
    RefundView,
    list_refunds,
    refund_order,
)
from automate_store.application.payments.settling import PaymentView, settle_payment

__all__ = [
    "GATEWAY_GRACE",
    "CapturePayment",
    "ConfirmPayment",
    "CreateIntent",
    "PaymentView",
    "RefundOrder",
    "RefundView",
    "VoidPayment",
    "capture_payment",
    "confirm_payment",
    "create_intent",
    "give_payment_up",
    "list_refunds",
    "refund_order",
    "settle_payment",
    "void_payment",
]
