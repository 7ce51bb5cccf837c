"""What staff may have a gateway do with a payment: capture what was authorised, or give it up."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments.instruction import Instruction
from automate_store.domain.payments.payment import OPEN, Payment, PaymentMoveRefused
from automate_store.domain.payments.reports import PaymentState
from automate_store.domain.payments.sums import refuse_foreign


@frozen
class CaptureTooLarge(RuleBroken):
    """More would be captured than was authorised, or than is to be paid."""

    says = "{wanted} is more than the {capturable} that can be captured."
    wanted: Money
    capturable: Money


@frozen
class StillAsked(RuleBroken):
    """The gateway has not said what came of something else that it was asked to do."""

    says = "The gateway is still being asked to {asked}; repeat that, or wait for its answer."
    asked: str


def instruct_capture(
    payment: Payment, amount: Money | None, *, final: bool | None, most: Money, at: datetime
) -> Payment:
    """
    The payment, of which so much is to be captured; None is all that can be.

    ``most`` is what its order still waits for. Where nothing else is said, no more follows
    once all was captured. Raises PaymentMoveRefused, CaptureTooLarge, StillAsked, InvalidInput.
    """
    capturable = min(payment.capturable, most)
    if not capturable:
        raise _refused(payment, PaymentState.CAPTURED)
    refuse_foreign(amount, capturable.currency)
    wanted = capturable if amount is None else amount
    if not Money.zero(wanted.currency) < wanted <= capturable:
        raise CaptureTooLarge(wanted, capturable)
    ends = amount is None or wanted == payment.capturable if final is None else final
    return _instructed(
        payment, Instruction(capture=wanted, final=ends, before=payment.captured), at
    )


def instruct_void(payment: Payment, *, at: datetime) -> Payment:
    """The payment, of which no more is wanted; raises PaymentMoveRefused or StillAsked."""
    if payment.state not in OPEN or payment.intent_id is None:
        raise _refused(payment, PaymentState.CANCELLED)
    return _instructed(payment, Instruction(capture=None, final=True, before=payment.captured), at)


def uninstructed(payment: Payment, *, at: datetime) -> Payment:
    """The payment, since the gateway will not do it."""
    return evolve(payment, instruction=None, updated_at=at)


def _instructed(payment: Payment, wanted: Instruction, at: datetime) -> Payment:
    known = payment.instruction
    if known is not None and known != wanted:
        asked = "give it up" if known.capture is None else f"capture {known.capture}"
        raise StillAsked(asked)
    return evolve(payment, instruction=wanted, updated_at=at)


def _refused(payment: Payment, wanted: PaymentState) -> PaymentMoveRefused:
    over = wanted is PaymentState.CANCELLED or payment.state not in OPEN
    allowed = () if over else (PaymentState.CANCELLED.value,)
    return PaymentMoveRefused(payment.state, wanted, allowed)
