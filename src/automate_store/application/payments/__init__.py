"""Use cases of payments: asking to be paid, carrying it out, and giving back."""

from automate_store.application.payments.paying import (
    GATEWAY_GRACE,
    ConfirmPayment,
    CreateIntent,
    PaymentView,
    confirm_payment,
    create_intent,
    settle_payment,
)
from automate_store.application.payments.refunds import (
    RefundOrder,
    RefundView,
    list_refunds,
    refund_order,
)

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
