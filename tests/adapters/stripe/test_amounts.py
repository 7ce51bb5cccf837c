"""Amounts in Stripe's units: two decimals, none, three, and the cases that are neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automate_store.adapters.stripe.amounts import (
    THOUSANDTHS,
    WHOLE,
    WHOLE_AS_HUNDREDTHS,
    Unreadable,
    from_stripe,
    takes,
    to_stripe,
)
from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.money import Money

STEPS = {"MGA": 100} | dict.fromkeys(THOUSANDTHS, 10)
"""Of how many of our minor units an amount is, where not of one."""
CURRENCIES = sorted({"EUR", "USD", "HUF", "TWD"} | WHOLE | WHOLE_AS_HUNDREDTHS | THOUSANDTHS)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("10.00", "USD", 1000),
        ("500", "JPY", 500),
        ("5", "UGX", 500),
        ("5", "ISK", 500),
        ("5.120", "KWD", 5120),
        ("10.45", "HUF", 1045),
        ("800.45", "TWD", 80045),
        ("700.00", "MGA", 700),
    ],
)
def test_an_amount_is_written_as_stripes_manual_has_it(
    amount: str, currency: str, units: int
) -> None:
    money = Money.parse(amount, currency)
    assert to_stripe(money) == units
    assert from_stripe(units, currency.lower()) == money


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (5124, "KWD", "5.124 KWD does not end in 0"),
        (1, "BHD", "0.001 BHD does not end in 0"),
        (70_050, "MGA", "700.50 MGA is not a whole number"),
        (1000, "IQD", "it takes no IQD"),
        (1000, "LYD", "it takes no LYD"),
        (10_000, "CLF", "it takes no CLF"),
    ],
)
def test_what_stripe_would_not_take_is_not_asked_for(minor: int, currency: str, said: str) -> None:
    with pytest.raises(GatewayRefused, match=said):
        to_stripe(Money(minor, currency))
    assert not takes(Money(minor, currency))


@pytest.mark.parametrize(
    ("units", "currency"), [(550, "ugx"), (501, "isk"), (1, "xts"), (5, "lyd")]
)
def test_what_no_amount_of_ours_can_be_is_not_read(units: int, currency: str) -> None:
    with pytest.raises(Unreadable):
        from_stripe(units, currency)


def test_nothing_can_be_paid_of_nothing() -> None:
    assert takes(Money(1, "USD"))
    assert not takes(Money(0, "USD"))
    assert not takes(Money(100, "QQQ"))


@given(currency=st.sampled_from(CURRENCIES), steps=st.integers(0, 10**9))
def test_what_is_sent_comes_back_as_it_was(currency: str, steps: int) -> None:
    money = Money(steps * STEPS.get(currency, 1), currency)
    assert from_stripe(to_stripe(money), currency.lower()) == money


@given(currency=st.sampled_from(CURRENCIES), one=st.integers(0, 10**9), two=st.integers(0, 10**9))
def test_sums_are_kept(currency: str, one: int, two: int) -> None:
    step = STEPS.get(currency, 1)
    first, second = Money(one * step, currency), Money(two * step, currency)
    assert to_stripe(first + second) == to_stripe(first) + to_stripe(second)
