"""Rivals in a group or by code: who is tried at all, who wins, and what losers are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve, frozen

from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.promotions import (
    AmountOffItems,
    AmountOffOrder,
    Basis,
    BuyGet,
    CheapestOf,
    Condition,
    CustomerGroup,
    During,
    FreeShipping,
    MinimumAmount,
    MinimumQuantity,
    Promotion,
    ShippingAction,
    ShipsTo,
    Shopper,
)
from tests.domain.promotions.counter import (
    AT,
    BERLIN,
    POLICY,
    a_cart,
    a_coupon,
    a_parcel,
    a_promotion,
    eur,
    given,
    off,
    priced,
    standings,
    verdict,
)

PRESS = Shopper(groups=frozenset({"press"}))


def amount(written: str, number: int = 1, **facts: Any) -> Promotion:
    """So much off the order."""
    return a_promotion(AmountOffOrder(eur(written)), number=number, **facts)


@pytest.mark.parametrize(
    "condition",
    [
        ShipsTo([Zone("DE")]),
        During(Period(AT, AT + timedelta(hours=1))),
        CustomerGroup({"press"}),
        MinimumQuantity(3),
        MinimumAmount(eur("20.00")),
    ],
)
def test_a_rival_whose_condition_holds_is_tried_and_wins(condition: Condition) -> None:
    # 5.00 > 3.00
    best = amount("5.00", group="g", conditions=(condition,))
    other = amount("3.00", 2, group="g")
    appraisal = priced(a_cart("3 x 10.00", destination=BERLIN, shopper=PRESS), best, other)
    assert standings(appraisal) == {"p1": "applied", "p2": "displaced"}
    loser = verdict(appraisal, "p2")
    assert (loser.discount, loser.shipping, loser.displaced_by) == (eur("0"), eur("0"), ("p1",))


@pytest.mark.parametrize(
    "condition",
    [
        ShipsTo([Zone("FR")]),
        During(Period(AT + timedelta(hours=1))),
        CustomerGroup({"trade"}),
        MinimumQuantity(4),
        MinimumAmount(eur("30.01")),
    ],
)
def test_a_rival_whose_condition_fails_is_refused_and_the_other_wins(condition: Condition) -> None:
    best = amount("5.00", group="g", conditions=(condition,))
    other = amount("3.00", 2, group="g")
    appraisal = priced(a_cart("3 x 10.00", destination=BERLIN, shopper=PRESS), best, other)
    assert standings(appraisal) == {"p1": "refused", "p2": "applied"}
    assert verdict(appraisal).unmet[0].condition == condition.kind


def test_a_code_that_stands_alone_is_displaced_by_the_codes_that_stack_and_by_no_promotion() -> (
    None
):
    # 5.00 and 4.00 together, or 8.00 alone; 1.00 without a code
    codes = given(
        a_coupon("5", stackable=True),
        a_coupon("4", number=71, stackable=True),
        a_coupon("8", number=72),
    )
    appraisal = priced(a_cart("40.00", codes=codes), amount("1.00"))
    assert appraisal.quote.discount == eur("10.00")
    assert verdict(appraisal, "C72").displaced_by == ("C70", "C71")


@pytest.mark.parametrize(("written", "acts"), [("4.89", "p2"), ("4.91", "p1")])
def test_what_is_off_shipping_counts_as_much_as_what_is_off_goods(written: str, acts: str) -> None:
    # 4.90 of shipping, or a cent less or more of goods
    off_goods, free = amount(written, group="g"), a_promotion(FreeShipping(), number=2, group="g")
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    appraisal = priced(cart, off_goods, free, methods=(a_parcel("4.90"),))
    assert standings(appraisal)[acts] == "applied"
    assert appraisal.quote.codes == ()


def test_a_minimum_before_order_discounts_sees_the_goods_as_they_are_on_items_too() -> None:
    # 50.00 are there before anything is off: 10.00 off the items
    least = MinimumAmount(eur("50.00"), basis=Basis.BEFORE_ORDER)
    promotion = a_promotion(AmountOffItems(eur("10.00")), conditions=(least,))
    assert off(a_cart("50.00"), promotion) == "10.00 of 50.00"


def test_what_is_left_of_a_piece_is_whole_cents() -> None:
    # 10.00 for a pair; 0.05 off 20.00 are 0.025 of the 10.00 that the third piece costs: 0.02
    pair = a_promotion(BuyGet(buy_quantity=1, get_quantity=1), priority=9)
    little = a_promotion(AmountOffItems(eur("0.05")), number=2, priority=5)
    third = a_promotion(CheapestOf(quantity=1), number=3)
    policy = evolve(POLICY, price_rounding=Rounding.DOWN)
    appraisal = priced(a_cart("3 x 10.00"), pair, little, third, policy=policy)
    assert [each.discount for each in appraisal.verdicts] == [
        eur("10.00"),
        eur("0.05"),
        eur("9.98"),
    ]


@frozen
class NoCents(ShippingAction):
    """The cents of what shipping costs: an action from outside that names no methods."""

    kind = "no_cents"

    def take(self, method: str, cost: Money, rounding: Rounding) -> int | None:  # noqa: ARG002
        return cost.minor % 100


def test_an_action_from_outside_that_takes_nothing_off_shipping_says_so() -> None:
    # 5.00 has no cents, 4.90 has 90
    promotion = a_promotion(NoCents())
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    found = [priced(cart, promotion, methods=(a_parcel(cost),)) for cost in ("5.00", "4.90")]
    assert [verdict(each).detail for each in found] == ["it comes to nothing", "0.90 EUR off"]
