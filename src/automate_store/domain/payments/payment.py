"""
Payments: what was asked for, what was captured, what went back.

The laws: ``captured <= authorised``, ``refunded <= captured``; an answer with another
amount or currency never makes an order paid: the payment is parked for staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import evolve, field, frozen

from automate_store.domain.kernel.aggregate import Aggregate
from automate_store.domain.kernel.errors import NotFound, RuleBroken
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import EditId, OrderId, PaymentId
from automate_store.domain.kernel.money import Money


@frozen
class PaymentNotFound(NotFound):
    """There is no such payment, or none that the caller may see."""

    says = "There is no payment {payment!r}."
    payment: str


@frozen
class GatewayUnknown(RuleBroken):
    """No such gateway is set up in this store."""

    says = "{gateway!r} is not offered; choose one of {offered}."
    gateway: str
    offered: tuple[str, ...]


@frozen
class PaymentMoveRefused(RuleBroken):
    """The payment's state does not lead there."""

    says = "A payment that is {current} can't become {wanted}; it may become {allowed}."
    current: str
    wanted: str
    allowed: tuple[str, ...]


@frozen
class RefundTooLarge(RuleBroken):
    """More would go back than was captured."""

    says = "{wanted} is more than the {refundable} that can still be refunded."
    wanted: Money
    refundable: Money


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


_ANY = frozenset(PaymentState)
MOVES: Mapping[PaymentState, frozenset[PaymentState]] = {
    PaymentState.PENDING: _ANY,
    PaymentState.REQUIRES_ACTION: _ANY - {PaymentState.PENDING},
    PaymentState.PROCESSING: _ANY - {PaymentState.PENDING, PaymentState.REQUIRES_ACTION},
    PaymentState.AUTHORISED: frozenset(
        {
            PaymentState.CAPTURED,
            PaymentState.CANCELLED,
            PaymentState.FAILED,
            PaymentState.PARKED,
        }
    ),
    PaymentState.FAILED: frozenset(
        {PaymentState.CANCELLED, PaymentState.CAPTURED, PaymentState.PARKED}
    ),
    PaymentState.CANCELLED: frozenset({PaymentState.CAPTURED, PaymentState.PARKED}),
    PaymentState.CAPTURED: frozenset({PaymentState.PARKED}),
    PaymentState.PARKED: frozenset(),
}
"""
Every move leads further, so that reports end in the same state whatever order they come in:
a capture is believed whatever was heard before it, and an end is not taken back.
"""


@frozen(kw_only=True)
class PaymentCaptured(Event):
    """Money arrived."""

    payment_id: PaymentId
    order_id: OrderId
    amount: Money


@frozen(kw_only=True)
class PaymentFailed(Event):
    """The attempt ended without money; another one may follow."""

    payment_id: PaymentId
    order_id: OrderId
    reason: str


@frozen(kw_only=True)
class PaymentParked(Event):
    """The gateway's answer does not fit the order; staff must look at it."""

    payment_id: PaymentId
    order_id: OrderId
    expected: Money
    reported: Money


@frozen(kw_only=True)
class GatewayReport:
    """What a gateway says of one intent, in our words; ``client`` is for the shopper's browser."""

    intent_id: str
    state: PaymentState
    amount: Money
    failure: str | None = None
    client: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class Payment(Aggregate):
    """One attempt to be paid for an order, or for an edit of one, through one gateway."""

    id: PaymentId
    order_id: OrderId
    edit_id: EditId | None = None
    """The edit whose difference it pays; None where it pays the order."""
    gateway: str
    amount: Money
    state: PaymentState = PaymentState.PENDING
    intent_id: str | None = None
    captured: Money
    refunded: Money
    failure: str | None = None
    client: Mapping[str, str] = field(factory=dict)
    created_at: datetime
    updated_at: datetime

    @classmethod
    def intend(
        cls,
        *,
        id: PaymentId,
        order_id: OrderId,
        gateway: str,
        amount: Money,
        at: datetime,
        edit_id: EditId | None = None,
    ) -> Payment:
        """A fresh attempt at that amount; nothing has moved yet."""
        nothing = Money.zero(amount.currency)
        return cls(
            id=id,
            order_id=order_id,
            edit_id=edit_id,
            gateway=gateway,
            amount=amount,
            captured=nothing,
            refunded=nothing,
            created_at=at,
            updated_at=at,
        )

    @property
    def refundable(self) -> Money:
        """What was captured and has not gone back."""
        return self.captured - self.refunded

    def settle(self, report: GatewayReport, *, at: datetime) -> Payment:
        """
        The payment after the gateway's report; the same one where nothing is new.

        A report of another amount, currency or intent parks the payment. A late,
        repeated or overtaken report changes nothing.
        """
        if self.state is PaymentState.PARKED:
            return self
        if report.amount != self.amount or self.intent_id not in {
            None,
            report.intent_id,
        }:
            return self._parked(report, at)
        if report.state is self.state and self.intent_id == report.intent_id:
            return self
        if report.state is not self.state and report.state not in MOVES[self.state]:
            return self
        settled = evolve(
            self,
            state=report.state,
            intent_id=report.intent_id,
            failure=report.failure,
            client=report.client or self.client,
            updated_at=at,
        )
        return settled._reporting(at)

    def fail(self, reason: str, *, at: datetime) -> Payment:
        """The attempt, ended without money; raises PaymentMoveRefused."""
        if PaymentState.FAILED not in MOVES[self.state]:
            allowed = tuple(sorted(MOVES[self.state]))
            raise PaymentMoveRefused(self.state, PaymentState.FAILED, allowed)
        failed = evolve(self, state=PaymentState.FAILED, failure=reason, updated_at=at)
        return failed._reporting(at)

    def refund(self, amount: Money, *, at: datetime) -> Payment:
        """The payment after that much went back; raises RefundTooLarge."""
        if amount.minor <= 0 or amount > self.refundable:
            raise RefundTooLarge(amount, self.refundable)
        return evolve(self, refunded=self.refunded + amount, updated_at=at)

    def _reporting(self, at: datetime) -> Payment:
        if self.state is PaymentState.CAPTURED:
            event: Event = PaymentCaptured(
                at=at, payment_id=self.id, order_id=self.order_id, amount=self.amount
            )
            return self.after(event, captured=self.amount)
        if self.state is PaymentState.FAILED:
            event = PaymentFailed(
                at=at,
                payment_id=self.id,
                order_id=self.order_id,
                reason=self.failure or "declined",
            )
            return self.after(event)
        return self

    def _parked(self, report: GatewayReport, at: datetime) -> Payment:
        parked = PaymentParked(
            at=at,
            payment_id=self.id,
            order_id=self.order_id,
            expected=self.amount,
            reported=report.amount,
        )
        return self.after(parked, state=PaymentState.PARKED, updated_at=at)
