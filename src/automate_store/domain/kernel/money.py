"""
Money: whole minor units of one currency, and splits that lose nothing.

Units: the smallest the currency has, so ``Money(1234, "EUR")`` is 12.34 euro and
``Money(1234, "JPY")`` is 1234 yen. Exponents come from the ISO 4217 table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from enum import StrEnum
from functools import lru_cache

from attrs import frozen
from iso4217 import Currency

from automate_store.domain.kernel.errors import Malformed, RuleBroken

MINOR_LIMIT = 10**15
"""No amount reaches this many minor units: what NUMERIC(19,4) always holds."""
_LONGEST_WRITTEN = 40
_WRITTEN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


class Rounding(StrEnum):
    """How a fraction of a minor unit is settled; half up means away from zero."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN
    DOWN = ROUND_DOWN
    UP = ROUND_UP


@frozen
class CurrencyMismatch(RuleBroken):
    """Amounts of two currencies met in one sum."""

    says = "{left} and {right} can't be added or compared."
    left: str
    right: str


@frozen
class UnknownCurrency(Malformed):
    """The code names no ISO 4217 currency with minor units."""

    says = "{currency!r} is not an ISO 4217 currency code."
    currency: str


@frozen
class BadAmount(Malformed):
    """The text or number is no amount of that currency."""

    says = "{amount} is not an amount in {currency}."
    amount: str
    currency: str


@frozen
class NotSplittable(RuleBroken):
    """The ceilings together hold less than the amount to be split."""

    says = "{minor} minor units do not fit under ceilings of {ceilings}."
    minor: int
    ceilings: int


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """How many decimals the currency has (0, 2, 3 or 4); raises UnknownCurrency."""
    try:
        decimals = Currency(currency).exponent
    except ValueError as unknown:
        raise UnknownCurrency(currency) from unknown
    if decimals is None:
        raise UnknownCurrency(currency)
    return decimals


@frozen(order=False)
class Money:
    """An amount: ``minor`` whole units of the smallest the currency has."""

    minor: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in that currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, amount: str | Decimal, currency: str) -> Money:
        """
        The amount written as a decimal number in major units, exactly.

        Text is ASCII digits with at most one point and a sign, 40 characters at most.
        Raises BadAmount for anything else, for more decimals than the currency has,
        and from MINOR_LIMIT on; raises UnknownCurrency.
        """
        decimals = exponent(currency)
        number = amount if isinstance(amount, Decimal) else _read(amount, currency)
        # Without this bound a short text with a huge exponent would fill the memory.
        if not number.is_finite() or abs(number.adjusted()) > _LONGEST_WRITTEN:
            raise BadAmount(str(amount)[:_LONGEST_WRITTEN], currency)
        numerator, denominator = number.as_integer_ratio()
        minor, left_over = divmod(numerator * 10**decimals, denominator)
        if left_over or abs(minor) >= MINOR_LIMIT:
            raise BadAmount(str(amount)[:_LONGEST_WRITTEN], currency)
        return cls(minor, currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """The sum of the amounts, zero where there are none; raises CurrencyMismatch."""
        total = 0
        for amount in amounts:
            if amount.currency != currency:
                raise CurrencyMismatch(currency, amount.currency)
            total += amount.minor
        return cls(total, currency)

    def decimal(self) -> Decimal:
        """The amount in major units, with the currency's decimals."""
        return Decimal(f"{self.minor}e-{exponent(self.currency)}")

    def __str__(self) -> str:
        try:
            return f"{self.decimal():f} {self.currency}"
        except UnknownCurrency:
            # Whoever is told of money that is none must not be kept from it by what it is.
            return f"{self.minor} units of {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, quantity: int) -> Money:
        return Money(self.minor * quantity, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other).minor

    def portion(self, rate: Decimal, rounding: Rounding) -> Money:
        """A share of the amount (a rate of 1 is all of it), rounded once."""
        numerator, denominator = rate.as_integer_ratio()
        return Money(divided(self.minor * numerator, denominator, rounding), self.currency)

    def split(
        self, weights: Sequence[int], ceilings: Sequence[int] | None = None
    ) -> tuple[Money, ...]:
        """Share the amount out by weight; the rules are those of ``split_minor``."""
        parts = split_minor(self.minor, weights, ceilings)
        return tuple(Money(part, self.currency) for part in parts)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other


def divided(numerator: int, denominator: int, rounding: Rounding) -> int:
    """The quotient (of a denominator above zero), exact until it is rounded, once."""
    assert denominator > 0, "what is divided by is above zero"
    if rounding is Rounding.HALF_UP and numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    size, left_over = divmod(abs(numerator), denominator)
    if left_over and _goes_up(size, 2 * left_over - denominator, rounding):
        size += 1
    return -size if numerator < 0 else size


def split_minor(
    minor: int, weights: Sequence[int], ceilings: Sequence[int] | None = None
) -> list[int]:
    """
    Share whole minor units out by weight; the parts always sum to the whole.

    Weights are whole and none negative; all zero counts as all equal. Largest
    remainder (Hamilton), ties to the earlier part; no part changes sign. With
    ``ceilings`` (whole minor units, none negative) no part's size passes its
    own, and what it could not take goes to the others by weight; raises
    NotSplittable where the ceilings together hold less than the amount.
    """
    size = abs(minor)
    parts = _split(size, weights) if ceilings is None else _fill(size, weights, ceilings)
    return [-part for part in parts] if minor < 0 else parts


def _goes_up(size: int, beyond_half: int, rounding: Rounding) -> bool:
    if rounding is Rounding.HALF_UP:
        return beyond_half >= 0
    if rounding is Rounding.HALF_EVEN:
        return beyond_half > 0 or (beyond_half == 0 and size % 2 == 1)
    return rounding is Rounding.UP


def _read(written: str, currency: str) -> Decimal:
    if len(written) > _LONGEST_WRITTEN or not _WRITTEN.fullmatch(written):
        raise BadAmount(written[:_LONGEST_WRITTEN], currency)
    return Decimal(written)


def _split(size: int, weights: Sequence[int]) -> list[int]:
    assert all(weight >= 0 for weight in weights), "weights are never negative"
    assert weights or not size, "an amount can't be split over nothing"
    if not any(weights):
        weights = [1] * len(weights)
    total = sum(weights)
    floors = [size * weight // total for weight in weights]
    left_over = size - sum(floors)
    if left_over:
        lost = [size * weight % total for weight in weights]
        for part in sorted(range(len(weights)), key=lambda i: -lost[i])[:left_over]:
            floors[part] += 1
    return floors


def _fill(size: int, weights: Sequence[int], ceilings: Sequence[int]) -> list[int]:
    assert len(weights) == len(ceilings), "each part has its own ceiling"
    assert all(ceiling >= 0 for ceiling in ceilings), "ceilings are never negative"
    if size > sum(ceilings):
        raise NotSplittable(size, sum(ceilings))
    parts = [0] * len(weights)
    while size:
        open_parts = [i for i, ceiling in enumerate(ceilings) if parts[i] < ceiling]
        weighty = [i for i in open_parts if weights[i]] or open_parts
        shares = _split(size, [weights[i] for i in weighty])
        for i, share in zip(weighty, shares, strict=True):
            taken = min(share, ceilings[i] - parts[i])
            parts[i] += taken
            size -= taken
    return parts
