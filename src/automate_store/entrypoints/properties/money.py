"""
Amounts for property tests, and the laws that every split and rounding keeps.

Amounts are drawn in whole minor units, so that a failing example shrinks to the
smallest coin of the currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from iso4217 import Currency

from automate_store.domain.kernel.money import Money, Rounding

_BY_DECIMALS = {
    decimals: tuple(sorted(each.code for each in Currency if each.exponent == decimals))
    for decimals in (2, 0, 3, 4)
}


def currencies(decimals: int | None = None) -> SearchStrategy[str]:
    """Codes of the ISO table with 0, 2, 3 and 4 decimals alike often, or with those asked for."""
    if decimals is not None:
        return st.sampled_from(_BY_DECIMALS[decimals])
    return st.sampled_from(tuple(_BY_DECIMALS)).flatmap(currencies)


def money(
    currency: str | SearchStrategy[str] | None = None, min: int = 0, max: int = 10**9
) -> SearchStrategy[Money]:
    """Amounts from ``min`` to ``max`` minor units, both in; in any currency if none is named."""
    if isinstance(currency, str):
        return st.builds(Money, st.integers(min, max), st.just(currency))
    return st.builds(Money, st.integers(min, max), currencies() if currency is None else currency)


def roundings() -> SearchStrategy[Rounding]:
    """Every way to settle a fraction, half up first."""
    return st.sampled_from(tuple(Rounding))


def rates(max: Decimal = Decimal(1)) -> SearchStrategy[Decimal]:
    """Exact rates from 0 to ``max`` (1 is 100 %) with six decimals at most."""
    return st.one_of(
        st.sampled_from([Decimal(text) for text in ("0.19", "0.08875", "0.2", "0", "1")]).filter(
            lambda rate: rate <= max
        ),
        st.integers(0, int(max * 10**6)).map(lambda millionths: Decimal(millionths) / 10**6),
    )


def assert_parts_make_the_whole(
    amount: Money,
    parts: Sequence[Money],
    weights: Sequence[int],
    ceilings: Sequence[int] | None = None,
) -> None:
    """A split loses nothing, keeps the sign, passes no ceiling and follows the weights."""
    assert Money.total(parts, amount.currency) == amount, "the parts sum to the whole"
    assert len(parts) == len(weights), "each weight has its part"
    assert all(part.minor * amount.minor >= 0 for part in parts), "no part changes sign"
    if ceilings is not None:
        inside = (abs(p.minor) <= c for p, c in zip(parts, ceilings, strict=True))
        assert all(inside), "no part passes its ceiling"
    elif any(weights):
        _assert_by_weight(amount, parts, weights)


def assert_rounded_once(rounded: int, exact: Fraction, rounding: Rounding) -> None:
    """The whole number is the exact one, settled once by that rounding."""
    error = abs(rounded) - abs(exact)
    assert rounded * exact >= 0, "rounding changes no sign"
    if rounding is Rounding.UP:
        assert 0 <= error < 1, "up never takes away, and adds less than one"
    elif rounding is Rounding.DOWN:
        assert -1 < error <= 0, "down never adds, and takes away less than one"
    else:
        assert abs(error) <= Fraction(1, 2), "to the nearest"
    if abs(error) == Fraction(1, 2) and rounding is Rounding.HALF_UP:
        assert error > 0, "a half goes away from zero"
    if abs(error) == Fraction(1, 2) and rounding is Rounding.HALF_EVEN:
        assert rounded % 2 == 0, "a half goes to the even neighbour"


def _assert_by_weight(amount: Money, parts: Sequence[Money], weights: Sequence[int]) -> None:
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(amount.minor * weight, sum(weights))
        assert abs(part.minor - exact) < 1, "no part is off by a whole unit"
        assert weight or not part, "what weighs nothing gets nothing"
