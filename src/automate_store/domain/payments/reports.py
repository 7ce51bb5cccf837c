"""
What gateways are asked for and what they say, in our words.

Reports carry no rules: ``Payment.settle`` and ``Refund.settle`` decide what they change. They
are such as can be kept, though: to make another one raises OddReport, or UnknownCurrency.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from automate_store.domain.kernel.ids import PaymentId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments.believing import (
    is_brand,
    is_last_four,
    is_moment,
    is_money,
    is_month,
    is_name,
    is_opening,
    is_text,
    is_year,
    reason_kept,
    words,
)


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

    intent_id: str = field(validator=is_name)
    state: PaymentState
    amount: Money = field(validator=is_money)
    authorised: Money | None = field(default=None, validator=is_money)
    captured: Money | None = field(default=None, validator=is_money)
    failure: str | None = field(default=None, converter=words)
    client: Mapping[str, str] = field(factory=dict, validator=is_opening)
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
    gateway_id: str | None = field(default=None, validator=is_name)
    failure: str | None = field(default=None, converter=words)


@frozen(kw_only=True)
class RefundNews:
    """A refund as the gateway tells of it; ``refund_id`` is ours, None where it is not from us."""

    refund_id: RefundId | None
    amount: Money = field(validator=is_money)
    report: RefundReport


@frozen(kw_only=True)
class DisputeReport:
    """A payment that its holder contests at the bank."""

    dispute_id: str = field(validator=is_name)
    amount: Money = field(validator=is_money)
    reason: str = field(converter=reason_kept)
    state: DisputeState


@frozen(kw_only=True)
class MethodReport:
    """A way to pay that a gateway keeps: its token, and what people know it by."""

    method_id: str = field(validator=is_name)
    brand: str = field(validator=is_brand)
    last_four: str | None = field(default=None, validator=is_last_four)
    expires_month: int | None = field(default=None, validator=is_month)
    expires_year: int | None = field(default=None, validator=is_year)


@frozen(kw_only=True)
class SetupReport:
    """What a gateway says of an attempt to save a way to pay; the method once it is saved."""

    setup_id: str = field(validator=is_name)
    state: SetupState
    customer: str = field(validator=is_text)
    method: MethodReport | None = None
    failure: str | None = field(default=None, converter=words)
    client: Mapping[str, str] = field(factory=dict, validator=is_opening)


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

    id: str = field(validator=is_name)
    kind: str = field(validator=is_name)
    """In the gateway's words."""
    at: datetime = field(validator=is_moment)
    """When it happened, by the gateway's clock."""
    payment_id: PaymentId | None = None
    intent_id: str | None = field(default=None, validator=is_name)
    news: News | None = None
    ask: Ask | None = None
    """What to ask next; harmless where it was asked already."""
