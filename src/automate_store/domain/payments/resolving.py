"""What becomes of a parked payment once staff have looked: they decide, no report does."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.money import CurrencyMismatch, Money
from automate_store.domain.payments.payment import Payment
from automate_store.domain.payments.reports import GatewayReport, PaymentState


@frozen
class NotParked(RuleBroken):
    """There is nothing about the payment that staff would have to decide."""

    says = "The payment is {state}: nothing about it waits for a decision."
    state: PaymentState


@frozen
class LessThanCaptured(RuleBroken):
    """What was reported is less than what was captured before, and that stays so."""

    says = (
        "{captured} of the payment were captured before {reported} was reported. Ask the gateway "
        "again (fetch), or leave the payment as it is (dismiss)."
    )
    captured: Money
    reported: Money


class Resolution(StrEnum):
    """
    What staff decide of a parked payment.

    ``fetch`` takes what the gateway says now, ``accept`` the money that was reported,
    ``give_back`` returns that, and ``dismiss`` takes none of it: it was dealt with there.
    """

    FETCH = "fetch"
    ACCEPT = "accept"
    GIVE_BACK = "give_back"
    DISMISS = "dismiss"


def what_parked(payment: Payment) -> GatewayReport:
    """The report that parked the payment; raises NotParked."""
    if payment.state is not PaymentState.PARKED:
        raise NotParked(payment.state)
    assert payment.reported is not None, "what was parked keeps what parked it"
    return payment.reported


def reopened(payment: Payment, *, at: datetime) -> Payment:
    """The payment as it was before, deaf to what parked it; raises NotParked."""
    what_parked(payment)
    captured = payment.captured > Money.zero(payment.amount.currency)
    before = PaymentState.CAPTURED if captured else PaymentState.PENDING
    return evolve(payment, state=before, updated_at=at)


def asking_for_reported(payment: Payment, *, at: datetime) -> Payment:
    """
    The payment, asking for the amount that was reported, so that the report fits it.

    Raises NotParked, LessThanCaptured, and CurrencyMismatch for another currency: that is dealt
    with there.
    """
    amount = what_parked(payment).amount
    if amount.currency != payment.amount.currency:
        raise CurrencyMismatch(payment.amount.currency, amount.currency)
    if amount < payment.captured:
        raise LessThanCaptured(payment.captured, amount)
    before, held = reopened(payment, at=at), min(payment.authorised, amount)
    return evolve(before, amount=amount, authorised=held, intent_id=None, reported=None)


def dismissed(payment: Payment, reason: str, *, at: datetime) -> Payment:
    """
    The payment, over; what parked it is told in vain from now on.

    Raises NotParked.
    """
    before = reopened(payment, at=at)
    if before.state is PaymentState.CAPTURED:
        return before
    return evolve(before, state=PaymentState.CANCELLED, failure=reason)
