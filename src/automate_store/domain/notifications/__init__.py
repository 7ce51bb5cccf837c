"""Notifications: what the store tells its customers; how it is worded is the merchant's."""

from automate_store.domain.notifications.accounts import (
    account_exists,
    credentials_changed,
    email_change_approval,
    email_change_confirmation,
    email_verification,
    password_reset,
)
from automate_store.domain.notifications.notice import Letter, Notice
from automate_store.domain.notifications.orders import (
    claim_approved,
    exchange_due,
    order_cancelled,
    order_changed,
    order_confirmation,
    order_delivered,
    order_refunded,
    order_shipped,
    parcel_lost,
    return_approved,
    return_rejected,
)
from automate_store.domain.notifications.staff import Alert, staff_alert

__all__ = [
    "Alert",
    "Letter",
    "Notice",
    "account_exists",
    "claim_approved",
    "credentials_changed",
    "email_change_approval",
    "email_change_confirmation",
    "email_verification",
    "exchange_due",
    "order_cancelled",
    "order_changed",
    "order_confirmation",
    "order_delivered",
    "order_refunded",
    "order_shipped",
    "parcel_lost",
    "password_reset",
    "return_approved",
    "return_rejected",
    "staff_alert",
]
