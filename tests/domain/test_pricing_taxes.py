"""Taxes beside discounts: what is compared, what bears which rate, and how much a quote holds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from automate_store.domain.kernel.money import MINOR_LIMIT, Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.pricing import (
    CodeStanding,
    PricingPolicy,
    PricingRules,
    QuoteTooLarge,
    appraise,
    explain,
    quote,
)
from automate_store.domain.promotions import (
    AmountOffItems,
    FreeShipping,
    Off,
    OffShipping,
    Selection,
)
from automate_store.domain.taxes import TaxMode, TaxRounding
from tests.domain.promotions.counter import (
    AT,
    BERLIN,
    POLICY,
    a_cart,
    a_coupon,
    a_line,
    a_parcel,
    a_promotion,
    a_rate,
    eur,
    given,
    priced,
    standings,
    verdict,
)

VAT = a_rate("VAT", "0.19")
SALES = a_rate("SALES", "0.06")
CITY = a_rate("CITY", "0.01", applies_to_shipping=False)
FOOD, MUGS = Selection(tags={"food"}), Selection(tags={"mug"})


def policy(**decided: Any) -> PricingPolicy:
    return evolve(POLICY, **decided)


@pytest.mark.parametrize(
    ("mode", "acts"),
    [
        (TaxMode.INCLUSIVE, "p1"),  # 5.00 is more than 4.90
        (TaxMode.EXCLUSIVE, "p2"),  # 4.90 and 19 % of it = 5.83 are more than 5.00
    ],
)
def test_what_is_best_is_what_leaves_least_to_pay(mode: TaxMode, acts: str) -> None:
    food = a_promotion(AmountOffItems(eur("5.00"), of=FOOD), group="g")
    mug = a_promotion(AmountOffItems(eur("4.90"), of=MUGS), number=2, group="g")
    lines = a_line("20.00 #food", tax_class="food"), a_line("20.00 #mug", 2)
    cart = a_cart(*lines, destination=BERLIN)
    appraisal = priced(cart, food, mug, tax_rates=(VAT,), policy=policy(tax_mode=mode))
    assert standings(appraisal)[acts] == "applied"


def test_shipping_bears_its_own_rates_where_units_are_rounded() -> None:
    # 1 % and 6 % of 10.00 = 0.10, 0.60 on each line; 6 % of 4.90 = 0.294 and no 1 % of it
    cart = a_cart("10.00", "10.00", "10.00", destination=BERLIN, shipping_method="parcel")
    quoted = priced(
        cart,
        tax_rates=(SALES, CITY),
        policy=policy(tax_rounding_level=TaxRounding.UNIT),
        methods=(a_parcel("4.90"),),
    ).quote
    assert [line.tax for line in quoted.lines] == [eur("0.70")] * 3
    assert quoted.shipping is not None
    assert [(each.code, each.amount) for each in quoted.shipping.taxes] == [("SALES", eur("0.29"))]
    # 1 % of 30.00; 6 % of 34.90 and not of the 0.30 beside it: 3 x 0.60 + 0.29
    assert [(each.code, each.base, each.amount) for each in quoted.taxes] == [
        ("CITY", eur("30.00"), eur("0.30")),
        ("SALES", eur("34.90"), eur("2.09")),
    ]


def test_a_rate_is_borne_while_its_period_lasts() -> None:
    # 19 % of 10.00 = 1.90 until AT, 6 % = 0.60 from then on
    rates = (evolve(VAT, period=Period(None, AT)), evolve(SALES, period=Period(AT)))
    rules = PricingRules(policy=POLICY, shipping_methods=(), tax_rates=rates)
    times = (AT - timedelta(microseconds=1), AT)
    taxes = [quote(a_cart("10.00", destination=BERLIN, at=at), rules).tax for at in times]
    assert taxes == [eur("1.90"), eur("0.60")]


def test_goods_shipping_and_tax_together_are_held_or_refused() -> None:
    rules = PricingRules(policy=POLICY, shipping_methods=(), tax_rates=(VAT,))
    most = a_line("1.00", unit_price=Money(MINOR_LIMIT - 1, "EUR"), tax_class="food")
    assert quote(a_cart(most, destination=BERLIN), rules).total.minor == MINOR_LIMIT - 1
    half = a_line("1.00", quantity=2, unit_price=Money(MINOR_LIMIT // 2, "EUR"), tax_class="food")
    with pytest.raises(QuoteTooLarge):
        quote(a_cart(half, destination=BERLIN), rules)
    carried = a_cart(most, destination=BERLIN, shipping_method="parcel")
    with pytest.raises(QuoteTooLarge):
        quote(carried, evolve(rules, shipping_methods=(a_parcel("0.01"),)))
    taxed = evolve(most, tax_class="standard")
    with pytest.raises(QuoteTooLarge):
        quote(a_cart(taxed, destination=BERLIN), rules)


def codes(*, thorough: bool) -> tuple[CodeStanding, ...]:
    """A code that is 10.00 short, told by a quote alone or by an appraisal."""
    coupon = a_coupon("5", minimum_order_amount=eur("30.00"))
    cart = a_cart("20.00", codes=given(coupon))
    rules = PricingRules(policy=POLICY, shipping_methods=(), tax_rates=())
    return appraise(cart, rules).quote.codes if thorough else quote(cart, rules).codes


def test_a_quote_tells_of_codes_what_an_appraisal_does() -> None:
    # 30.00 - 20.00 = 10.00
    (alone,), (thorough,) = codes(thorough=False), codes(thorough=True)
    assert (alone.reason, alone.missing_amount) == ("below_minimum", eur("10.00"))
    assert alone == thorough


def test_a_verdict_is_told_by_the_merchant_s_name_or_by_the_customer_s() -> None:
    named = evolve(a_promotion(AmountOffItems(eur("2.00"))), name="Tenth")
    plain = a_promotion(AmountOffItems(eur("1.00")), number=2)
    appraisal = priced(a_cart("20.00"), named, plain)
    told = [
        explain(appraisal.quote, appraisal.verdicts, for_customers=whose).splitlines()[-2:]
        for whose in (False, True)
    ]
    assert told == [
        ["  p1 (Tenth): applied, 2.00 EUR off", "  p2: applied, 1.00 EUR off"],
        ["  Tenth: applied, 2.00 EUR off", "  p2: applied, 1.00 EUR off"],
    ]


HALF = Off(percent=Decimal(50))


@pytest.mark.parametrize(
    ("action", "cost", "told"),
    [
        (OffShipping(HALF), "0.00", "shipping is free already"),
        (OffShipping(Off(percent=Decimal("0.0001"))), "4.90", "it comes to nothing"),
        (FreeShipping(methods={"van", "air"}), "4.90", "choose air or van as the way to ship"),
    ],
)
def test_what_takes_nothing_off_shipping_says_why(
    action: OffShipping | FreeShipping, cost: str, told: str
) -> None:
    # 0.0001 % of 4.90 = 0.0000049
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    appraisal = priced(cart, a_promotion(action), methods=(a_parcel(cost),))
    assert verdict(appraisal).detail == told


def test_what_needs_no_shipping_has_none_to_reduce() -> None:
    digital = a_line("20.00", requires_shipping=False)
    appraisal = priced(a_cart(digital), a_promotion(FreeShipping()))
    assert verdict(appraisal).detail == "nothing has to be shipped"
