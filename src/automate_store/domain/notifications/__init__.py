"""Notifications: what the store tells its customers, as plain text."""

from automate_store.domain.notifications.accounts import (
    account_exists,
    credentials_changed,
    email_change_approval,
    email_change_confirmation,
    email_verification,
    password_reset,
)
from automate_store.domain.notifications.notice import Notice
from automate_store.domain.notifications.orders import order_confirmation

__all__ = [
    "Notice",
    "account_exists",
    "credentials_changed",
    "email_change_approval",
    "email_change_confirmation",
    "email_verification",
    "order_confirmation",
    "password_reset",
]
