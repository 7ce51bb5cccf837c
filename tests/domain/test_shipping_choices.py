"""The parcel of a quote, and what a choice would cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from attrs import evolve
from hypothesis import given

from automate_store.domain.kernel.ids import (
    LineId,
    ProductId,
    PromotionId,
    VariantId,
)
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.kernel.places import Destination
from automate_store.domain.pricing import Basket, BasketLine, PricingPolicy, PricingRules, quote
from automate_store.domain.pricing.carrying import parcel_of, shipping_options
from automate_store.domain.promotions import Off, OffShipping, PercentOffOrder, Promotion
from automate_store.domain.shipping import (
    Parcel,
    ShippingMethod,
)
from automate_store.domain.taxes import TaxMode, TaxRounding
from automate_store.entrypoints.properties.pricing import (
    OPENING,
    pricings,
)
from tests.domain.parcels import (
    GERMANY,
    a_method,
    flat,
)


def a_basket(*lines: BasketLine, place: Destination | None = GERMANY, **more: Any) -> Basket:
    return Basket(
        lines=lines,
        currency="EUR",
        at=OPENING,
        destination=place,
        shipping_method="standard",
        **more,
    )


def a_line(number: int, minor: int, quantity: int, **more: Any) -> BasketLine:
    own = UUID(int=number)
    facts = {"weight_g": 400, "requires_shipping": True, "tax_class": "standard", **more}
    return BasketLine(
        id=LineId(own),
        product_id=ProductId(own),
        variant_id=VariantId(own),
        unit_price=Money(minor, "EUR"),
        quantity=quantity,
        **facts,
    )


def the_rules(*methods: ShippingMethod, **more: Any) -> PricingRules:
    policy = PricingPolicy(
        tax_mode=TaxMode.EXCLUSIVE,
        tax_rounding_level=TaxRounding.LINE,
        price_rounding=Rounding.HALF_UP,
        tax_rounding=Rounding.HALF_UP,
    )
    return PricingRules(policy=policy, shipping_methods=methods, tax_rates=(), **more)


TENTH_OFF = Promotion(
    id=PromotionId(UUID(int=1)),
    code="tenth",
    name="10 % off",
    actions=(PercentOffOrder(Decimal(10)),),
)


def test_a_parcel_is_worth_what_the_discounts_leave_of_what_is_carried() -> None:
    lines = (a_line(1, 1000, 2), a_line(2, 5000, 1, requires_shipping=False))
    # 10 % of 70.00 is 7.00, of which 2.00 lie on the two of 10.00: 20.00 - 2.00 = 18.00.
    parcel = parcel_of(a_basket(*lines), the_rules(promotions=(TENTH_OFF,)))
    assert parcel == Parcel(800, 2, Money(1800, "EUR"))
    assert parcel_of(a_basket(lines[1]), the_rules()) is None


def test_free_from_sees_the_goods_as_the_discounts_left_them() -> None:
    method = evolve(a_method("standard", flat(490)), free_from=Money(2000, "EUR"))
    lines = a_line(1, 1000, 2)
    assert quote(a_basket(lines), the_rules(method)).shipping_amount == Money(0, "EUR")
    discounted = quote(a_basket(lines), the_rules(method, promotions=(TENTH_OFF,)))
    assert discounted.shipping_amount == Money(490, "EUR")


def test_a_pickup_is_priced_without_a_destination() -> None:
    pickup = evolve(a_method("standard", flat(100)), pickup=True)
    quoted = quote(a_basket(a_line(1, 1000, 1), place=None), the_rules(pickup))
    assert (quoted.shipping_amount, quoted.shipping_pending) == (Money(100, "EUR"), False)


def test_options_are_priced_with_what_comes_off_them_and_sorted_by_that() -> None:
    half = Promotion(
        id=PromotionId(UUID(int=2)),
        code="half",
        name="50 % off express",
        actions=(OffShipping(Off(percent=Decimal(50)), methods={"express"}),),
    )
    methods = a_method("standard", flat(500)), a_method("express", flat(900))
    found = shipping_options(a_basket(a_line(1, 1000, 1)), the_rules(*methods, promotions=(half,)))
    assert [(each.offer.method, each.discount.minor, each.price.minor) for each in found] == [
        ("express", 450, 450),
        ("standard", 0, 500),
    ]


@given(pricing=pricings("EUR"))
def test_an_option_costs_what_choosing_it_costs(pricing: tuple[Basket, PricingRules]) -> None:
    basket, rules = pricing
    found = {each.offer.method: each for each in shipping_options(basket, rules)}
    for method in rules.shipping_methods:
        chosen = quote(evolve(basket, shipping_method=method.code), rules).shipping
        option = found.get(method.code)
        assert (chosen is None) == (option is None)
        if chosen is not None and option is not None:
            assert (chosen.amount, chosen.discount) == (option.offer.amount, option.discount)
