"""Units: how an amount of a line lies on its pieces, so that they can leave one by one."""

from __future__ import annotations

from functools import lru_cache

from attrs import frozen

from automate_store.domain.kernel.money import Money

SHARES_REMEMBERED = 4_096
"""How many shares are kept: a shop's prices recur, and to look one up is quicker."""


@frozen
class UnitShares:
    """What each unit bears, in minor units: the base, and one more for the first ``extra``."""

    base: int
    extra: int

    def of_first(self, units: int) -> int:
        """What the first ``units`` bear together; units leave a line in this order."""
        return self.base * units + min(units, self.extra)

    def between(self, first: int, last: int) -> int:
        """What the units bear that leave once ``first`` have left, until ``last`` have."""
        return self.of_first(last) - self.of_first(first)


def unit_shares(amount: Money, quantity: int) -> UnitShares:
    """The amount (zero or more) laid on its units: 10.00 on three is 3.34, 3.33, 3.33."""
    assert amount.minor >= 0, "what lies on units is never negative"
    return _laid_on(amount.minor, quantity)


@lru_cache(maxsize=SHARES_REMEMBERED)
def _laid_on(minor: int, quantity: int) -> UnitShares:
    return UnitShares(*divmod(minor, quantity))


def cumulative_share(amount: Money, quantity: int, units: int) -> Money:
    """What the first ``units`` (0 to ``quantity``) of the amount's units bear together."""
    assert 0 <= units <= quantity, "a share is of units that are there"
    return Money(unit_shares(amount, quantity).of_first(units), amount.currency)
