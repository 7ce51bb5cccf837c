"""What the payments of one order come to together."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments.payment import Payment
from automate_store.domain.payments.reports import PaymentState


@frozen(kw_only=True)
class Funds:
    """What was captured and kept, what is authorised beyond that, and what is on its way."""

    kept: Money
    authorised: Money
    processing: Money

    @classmethod
    def of(cls, payments: Iterable[Payment], currency: str) -> Funds:
        """
        The sums over the payments.

        An attempt that nobody carried out counts for nothing: shoppers walk away from them.
        """
        known = tuple(payments)
        coming = (each for each in known if each.state is PaymentState.PROCESSING)
        return cls(
            kept=Money.total((each.refundable for each in known), currency),
            authorised=Money.total((each.capturable for each in known), currency),
            processing=Money.total((each.amount - each.captured for each in coming), currency),
        )

    @property
    def all(self) -> Money:
        """What is there or will be, if nothing fails."""
        return self.kept + self.authorised + self.processing

    def missing(self, wanted: Money) -> Money:
        """What of the wanted amount is neither there nor on its way."""
        return max(wanted - self.all, Money.zero(wanted.currency))


def refuse_foreign(amount: Money | None, currency: str) -> None:
    """Nothing, where the amount that was sent is in the currency; raises InvalidInput."""
    if amount is not None and amount.currency != currency:
        raise InvalidInput.of("amount.currency", f"is {currency} here")
