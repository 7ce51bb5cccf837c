"""Use cases of payments: asking to be paid, carrying it out, and giving back."""

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
    "ConfirmPayment",
    "CreateIntent",
    "PaymentView",
    "RefundOrder",
    "RefundView",
    "confirm_payment",
    "create_intent",
    "list_refunds",
    "refund_order",
    "settle_payment",
]
