"""
Payments: what was asked for, what was captured, what went back.

The laws: ``captured <= authorised``, ``refunded <= captured``; an answer with another
amount or currency never makes an order paid: the payment is parked for staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve, field, frozen

from automate_store.domain.kernel.aggregate import Aggregate
from automate_store.domain.kernel.errors import NotFound, RuleBroken, Unavailable
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import EditId, OrderId, PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments.instruction import Instruction
from automate_store.domain.payments.reports import PLAIN, GatewayReport, PaymentState, PaymentTerms


@frozen
class PaymentNotFound(NotFound):
    """There is no such payment, or none that the caller may see."""

    says = "There is no payment {payment!r}."
    payment: str


@frozen
class GatewayUnset(Unavailable):
    """Something was paid by a provider for which the store has no settings any more."""

    says = "{gateway} can't be asked: the store's settings for it are missing ({settings})."
    gateway: str
    settings: str


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

    def __str__(self) -> str:
        if self.current == self.wanted == PaymentState.CAPTURED:
            return "All that was to be captured of the payment was captured."
        if (self.current, self.wanted) == (PaymentState.CAPTURED, PaymentState.CANCELLED):
            return "The payment was captured, and nothing of it is held any more; refund it."
        return super().__str__()


@frozen
class RefundTooLarge(RuleBroken):
    """More would go back than was captured."""

    says = "{wanted} is more than the {refundable} that can still be refunded."
    wanted: Money
    refundable: Money

    def __str__(self) -> str:
        if not self.refundable:
            return (
                "Nothing can be refunded: nothing was taken, or all of it went back already. "
                "What is only held is voided."
            )
        return super().__str__()


_ANY = frozenset(PaymentState)
OPEN = frozenset(
    {
        PaymentState.PENDING,
        PaymentState.REQUIRES_ACTION,
        PaymentState.PROCESSING,
        PaymentState.AUTHORISED,
        # A shopper whose card was declined may try another one for the same intent.
        PaymentState.FAILED,
    }
)
"""Money may come of it yet."""
TRIED = frozenset({PaymentState.REQUIRES_ACTION, PaymentState.PROCESSING, PaymentState.FAILED})
"""One attempt of the shopper's comes to these, and so may the next one on the same intent."""
_UNPAID = TRIED | {PaymentState.PENDING}
"""The shopper's browser may have something to do; in any other state nothing opens the intent."""
MOVES: Mapping[PaymentState, frozenset[PaymentState]] = {
    PaymentState.PENDING: _ANY,
    PaymentState.REQUIRES_ACTION: _ANY - {PaymentState.PENDING},
    PaymentState.PROCESSING: _ANY - {PaymentState.PENDING},
    PaymentState.FAILED: _ANY - {PaymentState.PENDING, PaymentState.FAILED},
    PaymentState.AUTHORISED: frozenset(
        {PaymentState.CAPTURED, PaymentState.CANCELLED, PaymentState.PARKED}
    ),
    PaymentState.CANCELLED: frozenset({PaymentState.CAPTURED, PaymentState.PARKED}),
    PaymentState.CAPTURED: frozenset({PaymentState.PARKED}),
    PaymentState.PARKED: frozenset(),
}
"""
Every move leads further, so that reports end in the same state whatever order they come in:
a capture is believed whatever was heard before it, and an end is not taken back. Among what is
``TRIED`` there is no further: a shopper whose card is declined may try another one for the same
intent, and only who asks the gateway since knows which attempt is the last (``doubts``).
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
class VoidAsked(Event):
    """The gateway has to be asked to give up what nobody wants any more."""

    payment_id: PaymentId
    order_id: OrderId


@frozen(kw_only=True)
class PaymentParked(Event):
    """The gateway's answer does not fit the order; staff must look at it."""

    payment_id: PaymentId
    order_id: OrderId
    expected: Money
    reported: Money


@frozen(kw_only=True)
class Payment(Aggregate):
    """One attempt to be paid for an order, or for an edit of one, through one gateway."""

    id: PaymentId
    order_id: OrderId
    edit_id: EditId | None = None
    """The edit whose difference it pays; None where it pays the order."""
    gateway: str
    amount: Money
    terms: PaymentTerms = PLAIN
    instruction: Instruction | None = None
    """What staff have the gateway do, until it is known what came of it."""
    state: PaymentState = PaymentState.PENDING
    intent_id: str | None = None
    authorised: Money
    captured: Money
    refunded: Money
    failure: str | None = None
    reported: GatewayReport | None = None
    """What parked it, for as long as that says something else than the payment does."""
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
        terms: PaymentTerms = PLAIN,
    ) -> Payment:
        """A fresh attempt at that amount; nothing has moved yet."""
        nothing = Money.zero(amount.currency)
        return cls(
            id=id,
            order_id=order_id,
            edit_id=edit_id,
            gateway=gateway,
            amount=amount,
            terms=terms,
            authorised=nothing,
            captured=nothing,
            refunded=nothing,
            created_at=at,
            updated_at=at,
        )

    @property
    def capturable(self) -> Money:
        """What was authorised and has not been captured; nothing once that is over."""
        if self.state is not PaymentState.AUTHORISED:
            return Money.zero(self.amount.currency)
        return self.authorised - self.captured

    @property
    def refundable(self) -> Money:
        """What was captured and has not gone back."""
        return self.captured - self.refunded

    @property
    def unbegun(self) -> bool:
        """Whether its gateway never said that it has an intent for it."""
        return self.state is PaymentState.PENDING and self.intent_id is None

    @property
    def turned_away(self) -> bool:
        """Whether its gateway would not have it, whatever staff said of it since."""
        over = self.state is PaymentState.CANCELLED and self.intent_id is None
        return over and self.reported is None

    @property
    def given_up_late(self) -> bool:
        """Whether more was authorised of it than captured, before it was given up or after."""
        return self.state is PaymentState.CANCELLED and self.authorised > self.captured

    def settle(self, report: GatewayReport, *, at: datetime) -> Payment:
        """
        The payment after the gateway's report; the same one where nothing is new.

        A report of another amount, currency or intent, or of more than was authorised, parks
        the payment. A late, repeated or overtaken report changes nothing, and what was
        captured once stays so: a payment whose rest is given up is captured, with as much as
        was; nor does one that staff have looked at. Of one attempt or another, what the
        gateway said when it was asked is believed, and nothing that it ``doubts``.
        """
        if self.state is PaymentState.PARKED or self._looked_at(report):
            return self
        if not self._fits(report):
            return self._parked(report, at)
        leads = report.state is self.state or report.state in MOVES[self.state]
        doubted = self.doubts(report)
        leads = leads and (not doubted or report.since == self.version)
        reached = report.state if leads else self.state
        authorised = max(self.authorised, report.promised)
        captured = max(self.captured, report.taken)
        same = report.state is self.state and not doubted
        known = self.intent_id == report.intent_id and same
        grown = (authorised, captured) != (self.authorised, self.captured)
        if not grown and (known or not leads):
            return self
        # What was captured stays so: giving the rest up ends the capture, as all of it does.
        ended = reached is PaymentState.CANCELLED or captured == self.amount
        state = PaymentState.CAPTURED if captured and ended else reached
        told = self.instruction
        settled = evolve(
            self,
            state=state,
            instruction=None if told and told.followed(state, captured) else told,
            intent_id=report.intent_id,
            authorised=authorised,
            captured=captured,
            failure=report.failure if leads else self.failure,
            client=(report.client or self.client) if state in _UNPAID else {},
            updated_at=at,
        )
        return settled._reporting(self, at)

    def park(self, report: GatewayReport, *, at: datetime) -> Payment:
        """The payment, for staff to look at whatever the report says; itself where they have."""
        if self.state is PaymentState.PARKED or self._looked_at(report):
            return self
        return self._parked(report, at)

    def doubts(self, report: GatewayReport) -> bool:
        """
        Whether the report may be of an attempt before the one that is known, or after it.

        Its gateway is to be asked how the intent stands; the answer to that is believed where
        the payment is still as it was then.
        """
        tried = self.state in TRIED and report.state in TRIED
        another = (report.state, report.failure) != (self.state, self.failure)
        return tried and another and self._fits(report) and not self._looked_at(report)

    def held_in_vain(self, report: GatewayReport) -> bool:
        """Whether the gateway holds money for it, though it was given up before that came."""
        given_up = self.state is PaymentState.CANCELLED
        held = report.state is PaymentState.AUTHORISED
        return given_up and held and not self._looked_at(report)

    def take_back(self, amount: Money, *, at: datetime) -> Payment:
        """The payment after that much came back to it which the gateway did not give after all."""
        assert amount <= self.refunded, "only what went back comes back"
        return evolve(self, refunded=self.refunded - amount, updated_at=at)

    def turn_away(self, reason: str, *, at: datetime) -> Payment:
        """The attempt, over before it began: its gateway will not have it."""
        assert self.unbegun, "what was begun ends as its gateway says"
        return evolve(self, state=PaymentState.CANCELLED, failure=reason, updated_at=at)

    def refund(self, amount: Money, *, at: datetime) -> Payment:
        """The payment after that much went back; raises RefundTooLarge."""
        if amount.minor <= 0 or amount > self.refundable:
            raise RefundTooLarge(amount, self.refundable)
        return evolve(self, refunded=self.refunded + amount, updated_at=at)

    def _looked_at(self, report: GatewayReport) -> bool:
        return self.reported is not None and self.reported == _kept(report)

    def _fits(self, report: GatewayReport) -> bool:
        """Whether the report is of this payment's intent and amount, and adds up."""
        if self.intent_id not in {None, report.intent_id} or report.amount != self.amount:
            return False
        nothing, currency = Money.zero(self.amount.currency), self.amount.currency
        if {report.taken.currency, report.promised.currency} != {currency}:
            return False
        return nothing <= report.taken <= report.promised <= self.amount

    def _reporting(self, before: Payment, at: datetime) -> Payment:
        """The payment, telling of the money that arrived, or that none will."""
        if self.captured > before.captured:
            return self.after(
                PaymentCaptured(
                    at=at,
                    payment_id=self.id,
                    order_id=self.order_id,
                    amount=self.captured - before.captured,
                )
            )
        if self.state is PaymentState.FAILED is not before.state:
            return self.after(
                PaymentFailed(
                    at=at,
                    payment_id=self.id,
                    order_id=self.order_id,
                    reason=self.failure or "declined",
                )
            )
        return self

    def _parked(self, report: GatewayReport, at: datetime) -> Payment:
        parked = PaymentParked(
            at=at,
            payment_id=self.id,
            order_id=self.order_id,
            expected=self.amount,
            reported=report.amount,
        )
        kept = _kept(report)
        return self.after(parked, state=PaymentState.PARKED, reported=kept, updated_at=at)


def _kept(report: GatewayReport) -> GatewayReport:
    """What is kept of a report: not what opens the payment to a browser, nor when it was asked."""
    return evolve(report, client={}, since=None)
