"""What the fake gateway says, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.ids import PaymentId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    DisputeReport,
    DisputeState,
    GatewayEvent,
    GatewayReport,
    MethodReport,
    PaymentState,
    RefundNews,
    RefundReport,
    RefundState,
    SetupReport,
    SetupState,
)
from automate_store.domain.payments.reports import News

NOT_READABLE = (msgspec.MsgspecError, RecursionError, StoreError, ValueError)
"""What is raised by an answer that is none, or is nested too deep to be read."""


class _Reported(Struct, frozen=True):
    """What makes a report; to read what makes none raises one of ``NOT_READABLE``."""

    def __post_init__(self) -> None:
        self.report()

    def report(self) -> object:
        """What it says, in our words."""
        raise NotImplementedError


class Intent(_Reported, frozen=True):
    """An intent as it is told."""

    id: str
    amount: int
    currency: str
    state: PaymentState
    authorised: int
    captured: int
    failure: str | None
    client_secret: str | None = None

    def report(self) -> GatewayReport:
        """What it says of the payment."""
        client = {} if self.client_secret is None else {"client_secret": self.client_secret}
        return GatewayReport(
            intent_id=self.id,
            state=self.state,
            amount=Money(self.amount, self.currency),
            authorised=Money(self.authorised, self.currency),
            captured=Money(self.captured, self.currency),
            failure=self.failure,
            client=client,
        )


class Returned(_Reported, frozen=True):
    """A refund as it is told."""

    id: str
    refund_id: str | None
    amount: int
    currency: str
    state: RefundState
    failure: str | None

    def report(self) -> RefundReport:
        """What it says of the refund."""
        return RefundReport(state=self.state, gateway_id=self.id, failure=self.failure)

    def news(self) -> RefundNews:
        """The same, as an event."""
        ours = None if self.refund_id is None else RefundId(UUID(self.refund_id))
        amount = Money(self.amount, self.currency)
        return RefundNews(refund_id=ours, amount=amount, report=self.report())


class Dispute(_Reported, frozen=True):
    """A dispute as it is told."""

    id: str
    amount: int
    currency: str
    reason: str
    state: DisputeState

    def report(self) -> DisputeReport:
        """What it says of the payment."""
        amount = Money(self.amount, self.currency)
        return DisputeReport(
            dispute_id=self.id, amount=amount, reason=self.reason, state=self.state
        )


class Customer(Struct, frozen=True):
    """A customer as it is told."""

    id: str


class Method(_Reported, frozen=True):
    """A way to pay as it is told."""

    id: str
    brand: str
    last_four: str
    expires_month: int
    expires_year: int

    def report(self) -> MethodReport:
        """What people know it by."""
        return MethodReport(
            method_id=self.id,
            brand=self.brand,
            last_four=self.last_four,
            expires_month=self.expires_month,
            expires_year=self.expires_year,
        )


class Setup(_Reported, frozen=True):
    """A setup as it is told."""

    id: str
    customer: str
    state: SetupState
    method: Method | None
    client_secret: str | None = None

    def report(self) -> SetupReport:
        """What it came to."""
        client = {} if self.client_secret is None else {"client_secret": self.client_secret}
        return SetupReport(
            setup_id=self.id,
            state=self.state,
            customer=self.customer,
            method=None if self.method is None else self.method.report(),
            client=client,
        )


class Event(Struct, frozen=True):
    """An event as it is told."""

    id: str
    type: str
    at: datetime
    intent_id: str | None
    payment_id: str | None
    data: dict[str, Any]

    def event(self) -> GatewayEvent:
        """What happened; raises one of ``NOT_READABLE``."""
        ours = None if self.payment_id is None else PaymentId(UUID(self.payment_id))
        return GatewayEvent(
            id=self.id,
            kind=self.type,
            at=self.at,
            payment_id=ours,
            intent_id=self.intent_id,
            news=_news(self.data),
        )


class Page(Struct, frozen=True):
    """Some of the events, the oldest first."""

    items: list[Event]
    more: bool


def _news(data: Mapping[str, Any]) -> News | None:
    if "intent" in data:
        return msgspec.convert(data["intent"], Intent).report()
    if "refund" in data:
        return msgspec.convert(data["refund"], Returned).news()
    if "dispute" in data:
        return msgspec.convert(data["dispute"], Dispute).report()
    if "setup" in data:
        return msgspec.convert(data["setup"], Setup).report()
    return None
