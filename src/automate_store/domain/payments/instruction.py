"""What staff have a gateway do with a payment, from when they ask until it is known."""

from __future__ import annotations

from attrs import frozen

from automate_store.domain.kernel.money import Money
from automate_store.domain.payments.reports import PaymentState


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


_ENDED = frozenset({PaymentState.CANCELLED, PaymentState.CAPTURED, PaymentState.PARKED})
