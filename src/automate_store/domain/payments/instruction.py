"""What staff have a gateway do with a payment, from when they ask until it is known."""

from __future__ import annotations

from attrs import frozen

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments.reports import PaymentState


@frozen
class CaptureOvertaken(RuleBroken):
    """Something else was captured at the gateway since it was to capture this."""

    says = "{taken} of the payment was captured meanwhile; look at it before more is taken."
    taken: Money


@frozen(kw_only=True)
class Instruction:
    """
    To capture so much, or to give up the rest, of what was authorised; kept until it is known.

    ``before`` is what had been captured when it was given: asked again, a gateway is asked
    for just that, whatever has come to be captured since.
    """

    capture: Money | None
    """None gives it up."""
    final: bool
    before: Money

    def followed(self, state: PaymentState, captured: Money) -> bool:
        """Whether a payment in that state, with so much captured, was dealt with so."""
        if state is not PaymentState.AUTHORISED:
            return self.capture is not None or state in _ENDED
        return self.capture is not None and captured >= self.before + self.capture

    def made(self, taken: Money) -> bool:
        """
        Whether the gateway, which took that much in all, shows that its capture was made.

        Raises CaptureOvertaken where it took something else since.
        """
        assert self.capture is not None, "only what is to be captured is made"
        if taken >= self.before + self.capture:
            return True
        if taken > self.before:
            raise CaptureOvertaken(taken)
        return False


def capture_key(payment_id: PaymentId, *, before: Money, amount: Money, final: bool) -> str:
    """
    The same for the same capture of a payment, and another for any other.

    A gateway answers one key as it did before: what it refused is asked for otherwise.
    """
    return f"{payment_id}:capture:{before.minor}:{amount.minor}{':final' if final else ''}"


_ENDED = frozenset({PaymentState.CANCELLED, PaymentState.CAPTURED, PaymentState.PARKED})
