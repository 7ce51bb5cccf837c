"""
What gateways are asked for and what they say, in our words.

Reports carry no rules: ``Payment.settle`` and ``Refund.settle`` decide what they change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from automate_store.domain.kernel.ids import PaymentId, RefundId
from automate_store.domain.kernel.money import Money


class PaymentState(StrEnum):
    """The life of one attempt to be paid."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PARKED = "parked"


class CaptureMode(StrEnum):
    """Whether money is taken once it is authorised, or by a word of the staff."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class RefundState(StrEnum):
    """pending -> succeeded -> failed, or at once; a failure is not taken back."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeState(StrEnum):
    """open -> won | lost, in the bank's words on a payment that its holder contests."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class SetupState(StrEnum):
    """The life of an attempt to save a way to pay."""

    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@frozen(kw_only=True)
class PaymentTerms:
    """
    How a payment is asked for; kept with it, so that asking again asks for the same.

    ``customer`` and ``method`` are the gateway's own names for who pays, and by what.
    """

    capture: CaptureMode = CaptureMode.AUTOMATIC
    customer: str | None = None
    method: str | None = None
    keep_method: bool = False
    """Whether what it is paid by is to be saved for the next time."""


PLAIN = PaymentTerms()
"""Taken at once, of somebody whom the gateway does not know."""


@frozen(kw_only=True)
class GatewayReport:
    """
    What a gateway says of one intent; ``client`` is for the shopper's browser.

    Where it does not say how much was authorised or captured, its state says it: all or
    nothing.
    """

    intent_id: str
    state: PaymentState
    amount: Money
    authorised: Money | None = None
    captured: Money | None = None
    failure: str | None = None
    client: Mapping[str, str] = field(factory=dict)
    since: int | None = None
    """
    The version of our payment that was known when it was asked how the intent stands.

    None where it told of itself, or answered something else: that may be older.
    """

    @property
    def taken(self) -> Money:
        """How much was captured in all."""
        if self.captured is not None:
            return self.captured
        return self.amount if self.state is PaymentState.CAPTURED else self._nothing

    @property
    def promised(self) -> Money:
        """How much was authorised in all, captured or not."""
        if self.authorised is not None:
            return self.authorised
        return self.amount if self.state is PaymentState.AUTHORISED else self.taken

    @property
    def _nothing(self) -> Money:
        return Money.zero(self.amount.currency)


@frozen(kw_only=True)
class RefundReport:
    """What a gateway says of one refund."""

    state: RefundState
    gateway_id: str | None = None
    failure: str | None = None


@frozen(kw_only=True)
class RefundNews:
    """A refund as the gateway tells of it; ``refund_id`` is ours, None where it is not from us."""

    refund_id: RefundId | None
    amount: Money
    report: RefundReport


@frozen(kw_only=True)
class DisputeReport:
    """A payment that its holder contests at the bank."""

    dispute_id: str
    amount: Money
    reason: str
    state: DisputeState


@frozen(kw_only=True)
class MethodReport:
    """A way to pay that a gateway keeps: its token, and what people know it by."""

    method_id: str
    brand: str
    last_four: str | None = None
    expires_month: int | None = None
    expires_year: int | None = None


@frozen(kw_only=True)
class SetupReport:
    """What a gateway says of an attempt to save a way to pay; the method once it is saved."""

    setup_id: str
    state: SetupState
    customer: str
    method: MethodReport | None = None
    failure: str | None = None
    client: Mapping[str, str] = field(factory=dict)


class Ask(StrEnum):
    """What a gateway is to be asked after an event that does not say enough by itself."""

    FETCH = "fetch"
    """How the intent stands: the event tells of a part of it."""
    CONFIRM = "confirm"
    """To carry the intent out: the shopper agreed there, and may never come back to us."""


News = GatewayReport | RefundNews | DisputeReport | SetupReport


@frozen(kw_only=True)
class GatewayEvent:
    """
    Something that happened at a gateway, however we heard of it.

    ``payment_id`` is our own id where the intent carries it, ``intent_id`` the gateway's.
    Without ``news`` and ``ask`` it is of a kind that changes nothing here.
    """

    id: str
    kind: str
    """In the gateway's words."""
    at: datetime
    """When it happened, by the gateway's clock."""
    payment_id: PaymentId | None = None
    intent_id: str | None = None
    news: News | None = None
    ask: Ask | None = None
    """What to ask next; harmless where it was asked already."""
