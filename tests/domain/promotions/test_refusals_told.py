"""What a refusal tells people, and what a promotion tells of its actions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.promotions import (
    AmountOffOrder,
    Condition,
    CustomerGroup,
    FirstOrder,
    FreeShipping,
    Gift,
    InCurrency,
    MinimumAmount,
    MinimumQuantity,
    Off,
    OffShipping,
    PercentOffOrder,
    Scope,
    Selection,
    ShipsTo,
    Shopper,
    SignedIn,
)
from tests.domain.promotions.counter import (
    BERLIN,
    a_cart,
    a_parcel,
    a_promotion,
    eur,
    off,
    own_id,
    priced,
    refusal,
)

TENTH = PercentOffOrder(Decimal(10))
MUGS = Selection(tags={"mug"})
NEW_YORK = Zone("US", "NY", "100")


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        # 30.00 - 9.90 = 20.10; 30.00 - 29.90 = 0.10
        (MinimumAmount(eur("30.00"), of=MUGS), "20.10 EUR more to spend on what counts for it"),
        (MinimumAmount(eur("30.00")), "0.10 EUR more to spend"),
        # 4 - 1 = 3; 4 - 2 = 2
        (MinimumQuantity(4, of=MUGS), "3 more of what counts for it to add"),
        (MinimumQuantity(4), "2 more to add"),
        (CustomerGroup({"press"}), "it is for another group of customers"),
        (SignedIn(), "sign in to use it"),
        (FirstOrder(), "it is for a first order; give your e-mail or sign in"),
        (InCurrency("USD"), "it is for carts in USD, and this one is in EUR"),
        (ShipsTo([NEW_YORK]), "it is for deliveries to US NY 100...; say where it goes"),
    ],
)
def test_a_refusal_says_what_would_satisfy_it(condition: Condition, told: str) -> None:
    promotion = a_promotion(TENTH, conditions=(condition,))
    assert refusal(a_cart("9.90 #mug", "20.00"), promotion).detail == told


def test_a_customer_who_is_known_to_have_ordered_is_not_asked_for_an_e_mail() -> None:
    cart = a_cart("20.00", shopper=Shopper(first_order=False))
    promotion = a_promotion(TENTH, conditions=(FirstOrder(),))
    assert refusal(cart, promotion).detail == "it is for a first order"


def test_a_minimum_in_another_currency_names_both() -> None:
    # an amount of dollars asks for a cart in dollars, the minimum itself too
    promotion = a_promotion(TENTH, conditions=(MinimumAmount(Money(100, "USD")),))
    (_, minimum) = priced(a_cart("20.00"), promotion).verdicts[0].unmet
    assert minimum.detail == "it is for carts in USD, and this one is in EUR"


def test_a_state_and_the_start_of_a_postal_code_are_places_that_would_do() -> None:
    promotion = a_promotion(TENTH, conditions=(ShipsTo([NEW_YORK]),))
    assert refusal(a_cart("20.00"), promotion).required == (Destination("US", "NY", "100"),)
    assert off(a_cart("20.00", destination=Destination("US", "NY", "10001")), promotion) == (
        "2.00 of 20.00"
    )


@pytest.mark.parametrize(("methods", "taken"), [({"parcel"}, "2.45"), ({"express"}, "0.00")])
def test_half_off_the_shipping_methods_that_are_named(methods: set[str], taken: str) -> None:
    # 50 % of 4.90 = 2.45
    half = OffShipping(Off(percent=Decimal(50)), methods=methods)
    cart = a_cart("20.00", destination=BERLIN, shipping_method="parcel")
    quote = priced(cart, a_promotion(half), methods=(a_parcel("4.90"),)).quote
    assert quote.discount == eur(taken)


def test_a_promotion_tells_its_actions_apart_by_what_they_take_from() -> None:
    free = FreeShipping()
    promotion = a_promotion(TENTH, free, AmountOffOrder(eur("1.00")))
    assert promotion.actions_on(Scope.ORDER) == (TENTH, AmountOffOrder(eur("1.00")))
    assert promotion.actions_on(Scope.SHIPPING) == (free,)
    assert promotion.actions_on(Scope.ITEMS) == ()
    assert [scope for scope in Scope if promotion.takes_from(scope)] == ["order", "shipping"]
    assert a_promotion(Gift(own_id(99))).takes_from(Scope.GIFT)
