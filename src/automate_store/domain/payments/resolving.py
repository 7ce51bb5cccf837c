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


def look_again(payment: Payment, report: GatewayReport, *, at: datetime) -> Payment:
    """The payment by what its gateway says now; parked again where that does not fit either."""
    opened = _opened(payment)
    if opened.reported == evolve(report, client={}):
        return payment
    return opened.settle(report, at=at)


def accept_reported(payment: Payment, *, at: datetime) -> Payment:
    """
    The payment, of the amount that was reported in the place of the one it asked for.

    Raises CurrencyMismatch for another currency: that money has to be dealt with there.
    """
    opened, reported = _opened(payment), payment.reported
    assert reported is not None, "what was parked keeps what parked it"
    if reported.amount.currency != payment.amount.currency:
        raise CurrencyMismatch(payment.amount.currency, reported.amount.currency)
    anew = evolve(opened, amount=reported.amount, intent_id=None, reported=None)
    return anew.settle(reported, at=at)


def dismiss_reported(payment: Payment, reason: str, *, at: datetime) -> Payment:
    """The payment, over; of what was reported nothing is taken, however often it is told."""
    opened = _opened(payment)
    return evolve(opened, state=PaymentState.CANCELLED, failure=reason, updated_at=at)


def _opened(payment: Payment) -> Payment:
    """The payment as it was before it was parked; raises NotParked."""
    if payment.state is not PaymentState.PARKED:
        raise NotParked(payment.state)
    captured = payment.captured > Money.zero(payment.amount.currency)
    return evolve(payment, state=PaymentState.CAPTURED if captured else PaymentState.PENDING)
