"""Payments: what was asked for, what was captured, what went back."""

from automate_store.domain.payments.payment import (
    MOVES,
    GatewayReport,
    GatewayUnknown,
    Payment,
    PaymentCaptured,
    PaymentFailed,
    PaymentMoveRefused,
    PaymentNotFound,
    PaymentParked,
    PaymentState,
    RefundTooLarge,
)
from automate_store.domain.payments.refund import (
    Refund,
    RefundAsked,
    RefundFailed,
    RefundNotFound,
    RefundReport,
    RefundState,
    RefundSucceeded,
)

__all__ = [
    "MOVES",
    "GatewayReport",
    "GatewayUnknown",
    "Payment",
    "PaymentCaptured",
    "PaymentFailed",
    "PaymentMoveRefused",
    "PaymentNotFound",
    "PaymentParked",
    "PaymentState",
    "Refund",
    "RefundAsked",
    "RefundFailed",
    "RefundNotFound",
    "RefundReport",
    "RefundState",
    "RefundSucceeded",
    "RefundTooLarge",
]
