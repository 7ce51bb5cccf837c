"""What staff are told of money that asks for somebody's eyes."""

from __future__ import annotations

from enum import StrEnum

from automate_store.domain.kernel.money import Money
from automate_store.domain.notifications.notice import Letter


class Alert(StrEnum):
    """Why somebody has to look."""

    PAYMENT_PARKED = "payment_parked"
    REFUND_FAILED = "refund_failed"
    PAYMENT_DISPUTED = "payment_disputed"
    MONEY_UNKNOWN = "money_unknown"


def staff_alert(
    alert: Alert, *, number: str | None, gateway: str, amount: Money, why: str
) -> Letter:
    """What happened to which order's money, or to that of none, and why."""
    facts = {
        "alert": str(alert),
        "order": None if number is None else {"number": number},
        "gateway": gateway,
        "amount": str(amount),
        "why": why,
    }
    return Letter("staff_alert", facts)
