"""What the fake gateway keeps, as it is told over HTTP; amounts are whole minor units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import frozen


class Refused(Exception):  # noqa: N818 - a refusal is an answer
    """What the gateway will not do, with the HTTP status that says so."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@frozen(kw_only=True)
class Intent:
    """One attempt to be paid; its state is one of those that payments have."""

    id: str
    client_secret: str | None
    """What the shopper's browser proves itself with; left out of events and lists."""
    payment_id: str | None
    amount: int
    currency: str
    capture: str
    customer: str | None
    method: str | None
    keep_method: bool
    state: str = "pending"
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    failure: str | None = None
    card: str | None = None
    """The card that it was last tried with."""

    @property
    def capturable(self) -> int:
        """What may still be captured."""
        return self.authorised - self.captured if self.state == "authorised" else 0


@frozen(kw_only=True)
class Returned:
    """One refund."""

    id: str
    refund_id: str | None
    """The shop's own id of it; None where it was made at the gateway's desk."""
    intent_id: str
    payment_id: str | None
    amount: int
    currency: str
    state: str
    failure: str | None = None


@frozen(kw_only=True)
class Dispute:
    """A payment that its holder contests."""

    id: str
    intent_id: str
    payment_id: str | None
    amount: int
    currency: str
    reason: str
    state: str = "open"


@frozen(kw_only=True)
class Customer:
    """Somebody for whom ways to pay are kept."""

    id: str
    user_id: str
    email: str


@frozen(kw_only=True)
class Method:
    """A way to pay that is kept."""

    id: str
    customer: str
    card: str
    brand: str
    last_four: str
    expires_month: int
    expires_year: int


@frozen(kw_only=True)
class Setup:
    """An attempt to save a way to pay."""

    id: str
    setup_id: str | None
    """The shop's own id of it; None where a payment saves what it is paid by."""
    client_secret: str | None
    customer: str
    state: str = "requires_action"
    token: str | None = None
    """What the browser was given for the card that was typed in."""
    card: str | None = None
    method: Method | None = None


@frozen(kw_only=True)
class Entry:
    """One line of the ledger: money that moved, or was held, or let go."""

    number: int
    at: datetime
    kind: str
    intent_id: str
    payment_id: str | None
    amount: int
    currency: str
    subject: str
    """The refund or dispute that moved it; else the intent."""


@frozen(kw_only=True)
class Happened:
    """An event: what it is of, as that was right after it."""

    id: str
    type: str
    at: datetime
    intent_id: str | None
    payment_id: str | None
    data: Mapping[str, Any]
