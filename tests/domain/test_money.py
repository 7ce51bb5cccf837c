"""Laws of money: nothing is lost, nothing is invented, and no cent changes currency."""

import operator
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from automate_store.domain.kernel.money import (
    MINOR_LIMIT,
    BadAmount,
    CurrencyMismatch,
    Money,
    NotSplittable,
    Rounding,
    UnknownCurrency,
    divided,
    exponent,
)
from automate_store.entrypoints.properties.money import (
    assert_parts_make_the_whole,
    assert_rounded_once,
    currencies,
    money,
    roundings,
)

FULL = MINOR_LIMIT - 1
any_money = money(min=-FULL, max=FULL)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)
COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge]


@given(amount=any_money)
@example(amount=Money(-1, "KWD"))
@example(amount=Money(FULL, "CLF"))
@example(amount=Money(0, "JPY"))
def test_an_amount_survives_its_decimal_and_its_text(amount: Money) -> None:
    decimal = amount.decimal()
    assert Money.parse(decimal, amount.currency) == amount
    assert Money.parse(f"{decimal:f}", amount.currency) == amount
    assert decimal.as_tuple().exponent == -exponent(amount.currency)
    assert str(amount) == f"{decimal:f} {amount.currency}"


def test_an_amount_of_no_currency_can_be_told_of() -> None:
    assert str(Money(-500, "zzz")) == "-500 units of zzz"


@given(
    sign=st.sampled_from(["", "-", "+"]),
    whole=st.integers(0, 10**16),
    fraction=st.text("0123456789", max_size=20),
    currency=currencies(),
)
@example(sign="", whole=1, fraction="0" * 28 + "1", currency="EUR")  # once lost to 28 digits
@example(sign="", whole=10**13 - 1, fraction="99", currency="EUR")
@example(sign="", whole=10**13, fraction="00", currency="EUR")
def test_text_is_read_exactly_or_refused(
    sign: str, whole: int, fraction: str, currency: str
) -> None:
    text = f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"
    exact = Fraction(Decimal(text)) * 10 ** exponent(currency)
    if exact.denominator == 1 and abs(exact) < MINOR_LIMIT:
        assert Money.parse(text, currency).minor == exact
    else:
        with pytest.raises(BadAmount):
            Money.parse(text, currency)


@given(number=st.decimals(), currency=currencies())
@example(number=Decimal("1e999999"), currency="EUR")
@example(number=Decimal("1e-999999"), currency="EUR")
@example(number=Decimal("sNaN"), currency="EUR")
@example(number=Decimal("1." + "0" * 28 + "1"), currency="EUR")
@example(number=Decimal("1E+3"), currency="JPY")
@example(number=Decimal("-0"), currency="JPY")
def test_a_decimal_is_read_exactly_or_refused(number: Decimal, currency: str) -> None:
    try:
        minor = Money.parse(number, currency).minor
    except BadAmount:
        whole = number.is_finite() and abs(number.adjusted()) < 30
        assert not whole or not _fits(Fraction(number), currency)
    else:
        assert Fraction(number) * 10 ** exponent(currency) == minor


def _fits(number: Fraction, currency: str) -> bool:
    minor = number * 10 ** exponent(currency)
    return bool(minor.denominator == 1 and abs(minor) < MINOR_LIMIT)


@given(text=st.text(max_size=60), currency=currencies())
def test_text_with_anything_but_digits_point_and_sign_is_refused(text: str, currency: str) -> None:
    assume(not set(text) <= set("+-.0123456789"))
    with pytest.raises(BadAmount) as refused:
        Money.parse(text, currency)
    assert len(refused.value.amount) <= 40


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "--1",
        "1-",
        "1.2.3",
        "1,50",
        "1e9",
        "1_0",
        " 1",
        "1\n",
        "0x1",
        "NaN",
        "Infinity",
        "\uff11\uff12",
        "0" * 41,
    ],
)
def test_text_that_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        Money.parse(text, "EUR")


@given(amount=any_money, rate=st.decimals(-2, 2), rounding=roundings())
@example(amount=Money(50, "EUR"), rate=Decimal("0.01"), rounding=Rounding.HALF_UP)
@example(amount=Money(-50, "EUR"), rate=Decimal("0.01"), rounding=Rounding.HALF_UP)
@example(amount=Money(50, "EUR"), rate=Decimal("0.01"), rounding=Rounding.HALF_EVEN)
@example(  # a product beyond 28 digits, which a decimal context would round before the rounding
    amount=Money(FULL - 2, "EUR"), rate=Decimal("0.5" + "0" * 40 + "1"), rounding=Rounding.HALF_EVEN
)
def test_a_portion_is_rounded_once(amount: Money, rate: Decimal, rounding: Rounding) -> None:
    portion = amount.portion(rate, rounding)
    assert portion.currency == amount.currency
    assert_rounded_once(portion.minor, amount.minor * Fraction(rate), rounding)


@given(numerator=st.integers(), denominator=st.integers(min_value=1), rounding=roundings())
def test_division_is_exact_until_it_is_rounded(
    numerator: int, denominator: int, rounding: Rounding
) -> None:
    exact = Fraction(numerator, denominator)
    assert_rounded_once(divided(numerator, denominator, rounding), exact, rounding)


@given(amount=any_money, rate=st.decimals(0, 1), rounding=roundings())
def test_the_callers_decimal_context_changes_nothing(
    amount: Money, rate: Decimal, rounding: Rounding
) -> None:
    text, portion = f"{amount.decimal():f}", amount.portion(rate, rounding)
    with localcontext(prec=2, rounding="ROUND_CEILING"):
        assert Money.parse(text, amount.currency) == amount
        assert f"{amount.decimal():f}" == text
        assert amount.portion(rate, rounding) == portion


@given(amount=any_money, weights=weights)
@example(amount=Money(1, "EUR"), weights=[1, 1, 1])
@example(amount=Money(-1, "EUR"), weights=[1, 1, 1])
@example(amount=Money(2, "EUR"), weights=[0, 0, 0])
@example(amount=Money(1, "EUR"), weights=[0, 1, 0])
def test_a_split_loses_nothing_and_follows_the_weights(amount: Money, weights: list[int]) -> None:
    assert_parts_make_the_whole(amount, amount.split(weights), weights)


@given(amount=any_money, weights=weights)
def test_a_split_mirrors_with_the_sign(amount: Money, weights: list[int]) -> None:
    assert (-amount).split(weights) == tuple(-part for part in amount.split(weights))


@given(amount=money(max=FULL), equal=st.integers(1, 20), weight=st.integers(0, 5))
@example(amount=Money(1000, "EUR"), equal=3, weight=1)
def test_equal_weights_give_the_earlier_parts_the_odd_units(
    amount: Money, equal: int, weight: int
) -> None:
    parts = [part.minor for part in amount.split([weight] * equal)]
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= 1


@given(amount=any_money, weights=weights, data=st.data())
def test_a_split_keeps_under_its_ceilings_or_says_that_it_can_not(
    amount: Money, weights: list[int], data: st.DataObject
) -> None:
    high = data.draw(st.sampled_from([3, abs(amount.minor) // len(weights) + 2, FULL]))
    one = st.integers(0, high)
    ceilings = data.draw(st.lists(one, min_size=len(weights), max_size=len(weights)))
    if sum(ceilings) < abs(amount.minor):
        with pytest.raises(NotSplittable):
            amount.split(weights, ceilings)
    else:
        parts = amount.split(weights, ceilings)
        assert_parts_make_the_whole(amount, parts, weights, ceilings)


@given(weights=weights, data=st.data())
def test_ceilings_filled_to_the_brim_are_the_parts(weights: list[int], data: st.DataObject) -> None:
    size = len(weights)
    ceilings = data.draw(st.lists(st.integers(0, 10**6), min_size=size, max_size=size))
    parts = Money(sum(ceilings), "EUR").split(weights, ceilings)
    assert [part.minor for part in parts] == ceilings


@given(amount=any_money, weights=weights)
def test_ceilings_out_of_reach_change_nothing(amount: Money, weights: list[int]) -> None:
    assert amount.split(weights, [abs(amount.minor)] * len(weights)) == amount.split(weights)


@given(weights=weights, data=st.data())
def test_what_weighs_nothing_is_filled_last(weights: list[int], data: st.DataObject) -> None:
    size = len(weights)
    ceilings = data.draw(st.lists(st.integers(0, 100), min_size=size, max_size=size))
    amount = data.draw(st.integers(0, sum(ceilings)))
    parts = Money(amount, "EUR").split(weights, ceilings)
    room = sum(c - p.minor for p, c, w in zip(parts, ceilings, weights, strict=True) if w)
    idle = sum(p.minor for p, w in zip(parts, weights, strict=True) if not w)
    assert not any(weights) or not idle or not room


@given(left=any_money, right=any_money)
def test_two_currencies_never_meet(left: Money, right: Money) -> None:
    assume(left.currency != right.currency)
    both: list[Callable[[Money, Money], object]] = [operator.add, operator.sub, *COMPARISONS]
    for act in both:
        with pytest.raises(CurrencyMismatch):
            act(left, right)
    with pytest.raises(CurrencyMismatch):
        Money.total([left, right], left.currency)
    assert left != right


@given(currency=currencies(), minors=st.lists(st.integers(-FULL, FULL), max_size=9))
def test_a_total_is_the_sum_in_any_order(currency: str, minors: list[int]) -> None:
    amounts = [Money(minor, currency) for minor in minors]
    total = Money.total(amounts, currency)
    assert total == Money.total(reversed(amounts), currency) == Money(sum(minors), currency)


@given(currency=currencies(), left=st.integers(-FULL, FULL), right=st.integers(-FULL, FULL))
def test_amounts_of_one_currency_act_as_their_minor_units(
    currency: str, left: int, right: int
) -> None:
    one, two = Money(left, currency), Money(right, currency)
    assert (one + two).minor == left + right
    assert (one - two) == one + -two
    assert (one * 3) == one + one + one
    assert bool(one) == (left != 0)
    assert [act(one, two) for act in COMPARISONS] == [act(left, right) for act in COMPARISONS]


@pytest.mark.parametrize("currency", ["", "usd", "XXX", "XAU", "EURO", " EUR", "€"])
def test_only_currencies_with_minor_units_are_known(currency: str) -> None:
    with pytest.raises(UnknownCurrency):
        Money.parse("1", currency)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("12", "EUR", 1200),
        ("1234", "JPY", 1234),
        ("1.234", "KWD", 1234),
        ("0.1234", "CLF", 1234),
        ("-0.01", "USD", -1),
        (".5", "USD", 50),
        ("1.500", "USD", 150),
    ],
)
def test_worked_examples_of_reading(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


def test_a_float_is_no_amount() -> None:
    with pytest.raises(TypeError):
        Money.parse(0.5, "EUR")  # type: ignore[arg-type]
