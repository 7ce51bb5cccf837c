"""What money says when it refuses, and each rounding at each side of the half."""

import operator
from decimal import Decimal

import pytest

from automate_store.domain.kernel.money import (
    BadAmount,
    CurrencyMismatch,
    Money,
    NotSplittable,
    Rounding,
    divided,
    split_minor,
)

EUR, USD = Money(100, "EUR"), Money(100, "USD")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("12.345", "12.345"),
        ("12,50", "12,50"),
        ("1" * 60, "1" * 40),
        ("x" * 60, "x" * 40),
        ("10000000000000.00", "10000000000000.00"),
    ],
)
def test_a_refused_text_is_told_as_it_came_and_cut_at_forty(written: str, told: str) -> None:
    with pytest.raises(BadAmount) as refused:
        Money.parse(written, "EUR")
    assert (refused.value.amount, refused.value.currency) == (told, "EUR")


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (Decimal("1.005"), "1.005"),
        (Decimal("Infinity"), "Infinity"),
        (Decimal("1e99"), "1E+99"),
        (Decimal("0." + "3" * 60), "0." + "3" * 38),
        (Decimal("sNaN" + "7" * 60), "sNaN" + "7" * 36),
    ],
)
def test_a_refused_decimal_is_told_as_it_came_and_cut_at_forty(number: Decimal, told: str) -> None:
    with pytest.raises(BadAmount) as refused:
        Money.parse(number, "USD")
    assert (refused.value.amount, refused.value.currency) == (told, "USD")


def test_a_text_of_forty_characters_is_read_and_one_more_is_not() -> None:
    assert Money.parse("0" * 38 + "12", "EUR") == Money(1200, "EUR")
    with pytest.raises(BadAmount):
        Money.parse("0" * 39 + "12", "EUR")


@pytest.mark.parametrize(
    "meet", [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge]
)
def test_two_currencies_are_told_in_the_order_they_met(meet: object) -> None:
    with pytest.raises(CurrencyMismatch) as refused:
        meet(EUR, USD)  # type: ignore[operator]  # each of them takes two
    assert (refused.value.left, refused.value.right) == ("EUR", "USD")


def test_a_total_tells_its_own_currency_and_the_one_that_came() -> None:
    with pytest.raises(CurrencyMismatch) as refused:
        Money.total([EUR, USD], "EUR")
    assert (refused.value.left, refused.value.right) == ("EUR", "USD")


def test_what_does_not_fit_is_told_with_all_that_would() -> None:
    with pytest.raises(NotSplittable) as refused:
        split_minor(-10, [1, 1], [4, 5])
    assert (refused.value.minor, refused.value.ceilings) == (10, 9)


@pytest.mark.parametrize(
    ("rounding", "quarters"),
    [
        # -7/4 .. 7/4: by quarters; 6/4 is one and a half, 2/4 is the half, 10/4 two and a half
        (Rounding.HALF_UP, {-10: -3, -6: -2, -5: -1, -2: -1, -1: 0, 1: 0, 2: 1, 5: 1, 6: 2, 10: 3}),
        (
            Rounding.HALF_EVEN,
            {
                -10: -2,
                -6: -2,
                -2: 0,
                -1: 0,
                1: 0,
                2: 0,
                3: 1,
                5: 1,
                6: 2,
                7: 2,
                10: 2,
                14: 4,
                18: 4,
            },
        ),
        (Rounding.DOWN, {-7: -1, -1: 0, 0: 0, 1: 0, 3: 0, 4: 1, 7: 1}),
        (Rounding.UP, {-7: -2, -4: -1, -1: -1, 0: 0, 1: 1, 4: 1, 5: 2}),
    ],
)
def test_each_rounding_at_each_side_of_the_half(
    rounding: Rounding, quarters: dict[int, int]
) -> None:
    assert {n: divided(n, 4, rounding) for n in quarters} == quarters


def test_half_even_looks_beyond_the_half_by_the_smallest_step() -> None:
    # 1001/2000 is above the half by 1/2000, 999/2000 below it
    assert divided(1001, 2000, Rounding.HALF_EVEN) == 1
    assert divided(999, 2000, Rounding.HALF_EVEN) == 0
    # 4 001/2 000 = 2.0005, 5 000/2 000 = 2.5 -> 2, 7 000/2 000 = 3.5 -> 4, 11 000/2 000 = 5.5 -> 6
    halves = [divided(n, 2000, Rounding.HALF_EVEN) for n in (5000, 7000, 9000, 11000)]
    assert halves == [2, 4, 4, 6]
    # 2/3 is above the half by 1/6, 1/3 below it
    assert [divided(n, 3, Rounding.HALF_EVEN) for n in (1, 2)] == [0, 1]


def test_nothing_is_zero_of_the_currency() -> None:
    assert Money.zero("JPY") == Money(0, "JPY")


def test_the_odd_units_go_where_most_was_cut_off() -> None:
    # 1 * 1/3 and 1 * 2/3; 7 * 3/10 = 2.1, 7 * 2/10 = 1.4, 7 * 5/10 = 3.5
    assert split_minor(1, [1, 2]) == [0, 1]
    assert split_minor(7, [3, 2, 5]) == [2, 1, 4]
    # cut off alike, 0.5 each: to the earlier
    assert split_minor(3, [1, 1]) == [2, 1]


def test_nothing_weighed_is_shared_out_evenly_from_the_first() -> None:
    assert split_minor(5, [0, 0, 0]) == [2, 2, 1]
    assert split_minor(0, []) == []


@pytest.mark.parametrize("weights", [[-1, 2], [1, -1]])
def test_a_negative_weight_is_our_own_bug(weights: list[int]) -> None:
    with pytest.raises(AssertionError):
        split_minor(1, weights)


def test_ceilings_below_zero_or_too_few_are_our_own_bug() -> None:
    with pytest.raises(AssertionError):
        split_minor(1, [1, 1], [5, -1])
    with pytest.raises(AssertionError):
        split_minor(1, [1, 1], [5])
    with pytest.raises(AssertionError):
        split_minor(1, [])


def test_a_division_by_nothing_is_our_own_bug() -> None:
    with pytest.raises(AssertionError):
        divided(1, 0, Rounding.DOWN)
