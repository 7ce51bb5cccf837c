"""
Actions: what a promotion takes off, and off what.

Units: amounts are whole minor units, percentages exact decimals above 0 and at most 100.
An action takes what it would; floors, caps and the value of a line are kept by the quote.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money, Rounding, divided, split_minor
from automate_store.domain.promotions.scene import Goods
from automate_store.domain.promotions.selection import Selection

HUNDRED = 100
MILLION = 10**6


class Scope(StrEnum):
    """What an action takes from; the quote goes through them in this order."""

    ITEMS = "items"
    ORDER = "order"
    GIFT = "gift"
    SHIPPING = "shipping"


@frozen
class Taking:
    """
    What an action takes from each line; the ``used`` units are gone for later promotions.

    All are in line order; no ``used`` is none. ``used_values`` is what those units cost
    before. ``by`` is what an amount was shared out by, so that a cap shares out by it too.
    """

    off: Sequence[int]
    used: Sequence[int] = ()
    used_values: Sequence[int] = ()
    by: Sequence[int] = ()


class Action(ABC):
    """An action on goods; one of your own is a frozen attrs class with these and a ``kind``."""

    __slots__ = ()
    kind: ClassVar[str]
    """The name that it is stored under."""

    @property
    @abstractmethod
    def scope(self) -> Scope:
        """ITEMS or ORDER: when it is its turn, and how far a floor price is made good."""

    @abstractmethod
    def take(self, goods: Goods) -> Taking | None:
        """What it takes off each line; None where nothing is eligible."""


class ShippingAction(ABC):
    """An action on what shipping costs."""

    __slots__ = ()
    kind: ClassVar[str]
    scope: ClassVar[Scope] = Scope.SHIPPING

    @abstractmethod
    def take(self, method: str, cost: Money, rounding: Rounding) -> int | None:
        """How much it takes off the method's cost; None where it is for other methods."""


def percent_of(minor: int, percent: Decimal, rounding: Rounding) -> int:
    """So many per cent of the amount, rounded once."""
    numerator, denominator = percent.as_integer_ratio()
    return divided(minor * numerator, denominator * HUNDRED, rounding)


def millionths(percent: Decimal) -> int:
    """A checked percentage as whole millionths: it has four decimals at most."""
    numerator, denominator = percent.as_integer_ratio()
    return numerator * (MILLION // HUNDRED // denominator)


def checked_percent(name: str, percent: Decimal) -> None:
    """Nothing, for a percentage above 0 and at most 100; raises InvalidInput."""
    if not percent.is_finite() or not 0 < percent <= HUNDRED:
        raise InvalidInput.of(name, "must be above 0 and at most 100")
    checked_decimals(name, percent)


def checked_decimals(name: str, percent: Decimal) -> None:
    """Nothing, for a percentage of at most four decimals; raises InvalidInput."""
    if 10**4 % percent.as_integer_ratio()[1]:
        raise InvalidInput.of(name, "must have at most four decimals")


def checked_amount(name: str, amount: Money) -> None:
    """Nothing, for an amount above zero; raises InvalidInput."""
    if amount.minor <= 0:
        raise InvalidInput.of(name, "must be above zero")


def checked_count(name: str, count: int | None) -> None:
    """Nothing, for None or 1 and more; raises InvalidInput."""
    if count is not None and count < 1:
        raise InvalidInput.of(name, "must be 1 or more")


@frozen
class Off:
    """A percentage or an amount; what it is off is for the action to say."""

    percent: Decimal | None = None
    amount: Money | None = None

    def __attrs_post_init__(self) -> None:
        if (self.percent is None) == (self.amount is None):
            raise InvalidInput.of("off", "must have either a percent or an amount")
        if self.percent is not None:
            checked_percent("off.percent", self.percent)
        if self.amount is not None:
            checked_amount("off.amount", self.amount)

    def of(self, minor: int, count: int, rounding: Rounding) -> int:
        """What is off ``count`` things that cost ``minor`` together, at most all of it."""
        if self.percent is not None:
            return percent_of(minor, self.percent, rounding)
        assert self.amount is not None, "an Off has one of the two"
        return min(minor, self.amount.minor * count)


FREE = Off(percent=Decimal(HUNDRED))


def shared_out(minor: int, goods: Goods, of: Selection) -> Taking | None:
    """
    The amount over the eligible lines in proportion to their value; None where none is.

    No line goes below its floor; what it could not take the others do, and what nobody
    can take is lost.
    """
    eligible = goods.eligible(of)
    if not eligible:
        return None
    room = [goods.room[i] for i in eligible]
    values = [goods.values[i] for i in eligible]
    parts = split_minor(min(minor, sum(room)), values, room)
    off, by = [0] * len(goods.items), [0] * len(goods.items)
    for i, part, value in zip(eligible, parts, values, strict=True):
        off[i], by[i] = part, value
    return Taking(off, by=by)
