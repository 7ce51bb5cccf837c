"""Laws of shipping: who carries what where, for how much, and what instead."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import (
    LineId,
    ProductId,
    PromotionId,
    ShippingMethodId,
    VariantId,
)
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.pricing import Basket, BasketLine, PricingPolicy, PricingRules, quote
from automate_store.domain.pricing.carrying import parcel_of, shipping_options
from automate_store.domain.promotions import Off, OffShipping, PercentOffOrder, Promotion
from automate_store.domain.shipping import (
    AmountBand,
    AmountRate,
    ExternalRate,
    FlatRate,
    Limits,
    Parcel,
    PieceRate,
    QuantityBand,
    QuantityRate,
    ShippingMethod,
    ShippingMethodUnknown,
    ShippingNotAvailable,
    ShippingOffer,
    ShippingRate,
    ShippingRequired,
    Unfit,
    WeightBand,
    WeightRate,
    ZoneRate,
    carriers_to_ask,
    offer_by,
    offers,
)
from automate_store.domain.taxes import TaxMode, TaxRounding
from automate_store.entrypoints.properties.pricing import (
    OPENING,
    carrier_rates,
    destinations,
    parcels,
    pricings,
    shipping_methods,
)

GERMANY = Destination("DE", None, "10115")
BANDS = WeightRate(
    (
        WeightBand(1000, Money(490, "EUR")),
        WeightBand(5000, Money(690, "EUR")),
        WeightBand(20000, Money(1290, "EUR")),
    )
)
weights = st.one_of(st.sampled_from([0, 1000, 1001, 5000, 5001]), st.integers(0, 10**5))


def a_method(
    code: str = "standard",
    rate: ShippingRate = BANDS,
    *zones: Zone,
    active: bool = True,
    position: int = 0,
) -> ShippingMethod:
    return ShippingMethod(
        id=ShippingMethodId(UUID(int=sum(map(ord, code)))),
        code=code,
        name=code.title(),
        zones=zones,
        rate=rate,
        tax_class="standard",
        active=active,
        position=position,
    )


def weighing(weight_g: int) -> Parcel:
    return Parcel(weight_g, 1, Money(1000, "EUR"))


def flat(minor: int, currency: str = "EUR") -> FlatRate:
    return FlatRate(Money(minor, currency))


@given(methods=shipping_methods("EUR"), place=destinations(), weight_g=weights)
def test_offers_come_cheapest_first_and_in_one_currency(
    methods: tuple[ShippingMethod, ...], place: Destination, weight_g: int
) -> None:
    found = offers(methods, place, weighing(weight_g))
    amounts = [offer.amount.minor for offer in found]
    assert amounts == sorted(amounts)
    assert {offer.amount.currency for offer in found} <= {"EUR"}
    assert offers(methods[::-1], place, weighing(weight_g)) == found


@given(methods=shipping_methods("EUR"), place=destinations(), weight_g=weights)
def test_a_method_is_offered_or_its_refusal_names_those_that_are(
    methods: tuple[ShippingMethod, ...], place: Destination, weight_g: int
) -> None:
    offered = offers(methods, place, weighing(weight_g))
    for method in methods:
        answer = offer_by(method.code, methods, place, weighing(weight_g))
        if isinstance(answer, ShippingOffer):
            assert answer in offered
        else:
            assert isinstance(answer, ShippingNotAvailable)
            assert answer.available == tuple(offer.method for offer in offered)
            assert method.code not in answer.available
            assert all(code in str(answer) for code in answer.available)


@given(weight_g=weights)
def test_the_first_band_that_holds_the_weight_sets_the_amount(weight_g: int) -> None:
    holding = [b for b in BANDS.bands if b.up_to_g is not None and weight_g <= b.up_to_g]
    cheapest = min((band.amount for band in holding), default=None)
    assert BANDS.amount_for(weighing(weight_g)) == cheapest


@pytest.mark.parametrize(
    ("weight_g", "minor"),
    [(0, 490), (1000, 490), (1001, 690), (5000, 690), (5001, 1290), (20000, 1290)],
)
def test_a_band_ends_with_its_last_gram(weight_g: int, minor: int) -> None:
    (offer,) = offers([a_method()], GERMANY, weighing(weight_g))
    assert offer.amount == Money(minor, "EUR")


def test_a_last_band_without_end_carries_anything() -> None:
    rate = WeightRate((WeightBand(10, Money(1, "EUR")), WeightBand(None, Money(2, "EUR"))))
    assert rate.amount_for(weighing(10**9)) == Money(2, "EUR")


def test_equal_amounts_stand_by_position_then_code() -> None:
    methods = [
        a_method("b", flat(5), position=1),
        a_method("c", flat(5), position=0),
        a_method("a", flat(5), position=1),
        a_method("d", flat(4), position=9),
    ]
    assert [offer.method for offer in offers(methods, GERMANY, weighing(1))] == ["d", "c", "a", "b"]


@pytest.mark.parametrize(
    ("method", "weight_g", "why", "said"),
    [
        (a_method(active=False), 1, Unfit.INACTIVE, "not offered any more"),
        (a_method("standard", flat(1, "USD")), 1, Unfit.CURRENCY, "in USD, not in EUR"),
        (a_method("standard", BANDS, Zone("US")), 1, Unfit.DESTINATION, "does not go to DE"),
        (a_method(), 20001, Unfit.WEIGHT, "up to 20000 g, and the parcel weighs 20001 g"),
    ],
)
def test_a_refusal_says_why_and_what_would_do(
    method: ShippingMethod, weight_g: int, why: Unfit, said: str
) -> None:
    pallet = a_method("pallet", flat(9900))
    refusal = offer_by("standard", [method, pallet], GERMANY, weighing(weight_g))
    assert isinstance(refusal, ShippingNotAvailable)
    assert (refusal.why, refusal.available) == (why, ("pallet",))
    assert said in str(refusal)
    assert str(refusal).endswith("what can be used: pallet.")


def test_an_unknown_method_is_named_with_those_that_there_are() -> None:
    refusal = offer_by("drone", [a_method()], GERMANY, weighing(1))
    assert isinstance(refusal, ShippingMethodUnknown)
    assert str(refusal) == "There is no shipping method 'drone'; what can be used: standard."
    assert str(offer_by("drone", [], GERMANY, weighing(1))).endswith("nothing goes there.")


def test_a_place_is_told_no_further_than_its_state() -> None:
    place = Destination("US", "NY", "10001")
    refusal = offer_by("standard", [a_method("standard", BANDS, Zone("DE"))], place, weighing(1))
    assert "US, NY" in str(refusal)
    assert "10001" not in str(refusal)


def test_methods_that_share_a_code_serve_their_own_zones() -> None:
    methods = [
        a_method("standard", flat(490), Zone("DE")),
        a_method("standard", flat(1290), Zone("US")),
    ]
    answers = [offer_by("standard", methods, Destination(c), weighing(1)) for c in ("DE", "US")]
    assert [a.amount.minor for a in answers if isinstance(a, ShippingOffer)] == [490, 1290]


@pytest.mark.parametrize(
    "bands",
    [
        (),
        (WeightBand(5, Money(1, "EUR")), WeightBand(5, Money(2, "EUR"))),
        (WeightBand(6, Money(1, "EUR")), WeightBand(5, Money(2, "EUR"))),
        (WeightBand(None, Money(1, "EUR")), WeightBand(5, Money(2, "EUR"))),
        (WeightBand(None, Money(1, "EUR")), WeightBand(None, Money(2, "EUR"))),
        (WeightBand(-1, Money(1, "EUR")),),
        (WeightBand(1, Money(-1, "EUR")),),
        (WeightBand(1, Money(1, "EUR")), WeightBand(2, Money(1, "USD"))),
    ],
)
def test_bands_that_make_no_sense_are_refused(bands: tuple[WeightBand, ...]) -> None:
    with pytest.raises(InvalidInput):
        WeightRate(bands)


def test_no_method_pays_for_being_used() -> None:
    with pytest.raises(InvalidInput):
        flat(-1)


def test_that_shipping_is_required_needs_no_words_from_the_caller() -> None:
    assert str(ShippingRequired()) == "Choose an address and a shipping method first."
    assert ShippingRequired.code() == "shipping_required"


# Each kind of rate by hand: the parcel, and what it costs in minor units.

EUR_500, EUR_2000 = Money(500, "EUR"), Money(2000, "EUR")
BY_AMOUNT = AmountRate(
    (
        AmountBand(EUR_2000, Money(590, "EUR")),
        AmountBand(Money(5000, "EUR"), Money(390, "EUR")),
        AmountBand(None, Money(0, "EUR")),
    )
)
BY_QUANTITY = QuantityRate(
    (QuantityBand(3, Money(490, "EUR")), QuantityBand(10, Money(890, "EUR")))
)
BY_PIECE = PieceRate(Money(490, "EUR"), Money(100, "EUR"))


def a_parcel(weight_g: int = 1, quantity: int = 1, value: Money = EUR_2000) -> Parcel:
    return Parcel(weight_g, quantity, value)


@pytest.mark.parametrize(
    ("rate", "parcel", "minor"),
    [
        # 20.00 is the last cent of the first band, 20.01 the first of the second.
        (BY_AMOUNT, a_parcel(value=Money(2000, "EUR")), 590),
        (BY_AMOUNT, a_parcel(value=Money(2001, "EUR")), 390),
        (BY_AMOUNT, a_parcel(value=Money(5000, "EUR")), 390),
        (BY_AMOUNT, a_parcel(value=Money(5001, "EUR")), 0),
        (BY_AMOUNT, a_parcel(value=Money(0, "EUR")), 590),
        # The third piece is the last of the first band.
        (BY_QUANTITY, a_parcel(quantity=3), 490),
        (BY_QUANTITY, a_parcel(quantity=4), 890),
        (BY_QUANTITY, a_parcel(quantity=10), 890),
        (BY_QUANTITY, a_parcel(quantity=11), None),
        # 4.90 + 0 x 1.00; 4.90 + 2 x 1.00 = 6.90.
        (BY_PIECE, a_parcel(quantity=1), 490),
        (BY_PIECE, a_parcel(quantity=3), 690),
        # Weighs 5,000 g: 6.90, and 5,001 g: 12.90.
        (BANDS, a_parcel(weight_g=5000), 690),
        (BANDS, a_parcel(weight_g=5001), 1290),
        (FlatRate(EUR_500), a_parcel(9999, 99), 500),
    ],
)
def test_a_parcel_costs_what_its_rate_counts(
    rate: ShippingRate, parcel: Parcel, minor: int | None
) -> None:
    amount = rate.amount_for(parcel)
    assert amount == (None if minor is None else Money(minor, "EUR"))


@pytest.mark.parametrize(
    ("currency", "value", "minor", "to_free"),
    [
        # Free from 25 000 francs: 24 999 pay 1 500, and 1 franc is missing.
        ("XOF", 24_999, 1_500, 1),
        ("XOF", 25_000, 0, 0),
        # Free from 10.000 dinars: 9.999 pay 1.500, and 0.001 is missing.
        ("KWD", 24_999, 1_500, 1),
        ("KWD", 25_001, 0, 0),
        ("EUR", 24_999, 1_500, 1),
    ],
)
def test_it_is_free_from_exactly_the_amount_on(
    currency: str, value: int, minor: int, to_free: int
) -> None:
    method = evolve(a_method("standard", flat(1_500, currency)), free_from=Money(25_000, currency))
    (offer,) = offers([method], GERMANY, a_parcel(value=Money(value, currency)))
    assert offer.amount == Money(minor, currency)
    assert offer.to_free == Money(to_free, currency)


def test_a_method_that_is_never_free_tells_no_amount() -> None:
    (offer,) = offers([a_method()], GERMANY, a_parcel())
    assert offer.to_free is None


@pytest.mark.parametrize(
    ("limits", "parcel", "why", "said"),
    [
        (Limits(max_weight_g=99), a_parcel(100), Unfit.WEIGHT, "up to 99 g"),
        (Limits(max_quantity=2), a_parcel(1, 3), Unfit.QUANTITY, "up to 2 pieces, and there are 3"),
        (
            Limits(max_value=Money(1999, "EUR")),
            a_parcel(),
            Unfit.AMOUNT,
            "up to 19.99 EUR, and the goods are worth 20.00 EUR",
        ),
        (
            Limits(min_value=Money(2001, "EUR")),
            a_parcel(),
            Unfit.AMOUNT,
            "worth 20.01 EUR or more: 0.01 EUR more to spend",
        ),
    ],
)
def test_a_limit_is_passed_by_one_and_says_so(
    limits: Limits, parcel: Parcel, why: Unfit, said: str
) -> None:
    refusal = offer_by("standard", [evolve(a_method(), limits=limits)], GERMANY, parcel)
    assert isinstance(refusal, ShippingNotAvailable)
    assert refusal.why is why
    assert said in str(refusal)


def test_limits_include_their_bounds() -> None:
    limits = Limits(max_weight_g=100, max_quantity=3, min_value=EUR_2000, max_value=EUR_2000)
    assert limits.broken_by(a_parcel(100, 3, EUR_2000)) is None


@pytest.mark.parametrize(
    ("rate", "parcel", "why"),
    [
        (BY_QUANTITY, a_parcel(quantity=11), Unfit.QUANTITY),
        (AmountRate((AmountBand(EUR_500, EUR_500),)), a_parcel(), Unfit.AMOUNT),
        (ExternalRate("ups", "EUR"), a_parcel(), Unfit.NO_RATE),
        (ExternalRate("ups", "EUR", BY_QUANTITY), a_parcel(quantity=11), Unfit.QUANTITY),
    ],
)
def test_what_the_bands_do_not_hold_is_refused_for_what_they_count(
    rate: ShippingRate, parcel: Parcel, why: Unfit
) -> None:
    refusal = offer_by("standard", [a_method("standard", rate)], GERMANY, parcel)
    assert isinstance(refusal, ShippingNotAvailable)
    assert refusal.why is why


def test_the_first_zone_rate_that_holds_the_place_counts_and_the_rate_elsewhere() -> None:
    berlin, germany = Zone("DE", None, "10"), Zone("DE")
    there = (ZoneRate((berlin,), flat(100)), ZoneRate((germany,), flat(200)))
    method = evolve(a_method("standard", flat(900)), zone_rates=there)
    places = [GERMANY, Destination("DE", None, "80331"), Destination("US")]
    found = [offers([method], place, a_parcel())[0].amount.minor for place in places]
    assert found == [100, 200, 900]


def test_a_pickup_needs_no_place_and_others_do() -> None:
    methods = [evolve(a_method("pickup", flat(0)), pickup=True), a_method()]
    assert [offer.method for offer in offers(methods, None, a_parcel())] == ["pickup"]
    refusal = offer_by("standard", methods, None, a_parcel())
    assert isinstance(refusal, ShippingNotAvailable)
    assert refusal.why is Unfit.DESTINATION


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"ups": Money(740, "EUR")}, 740),
        ({}, 900),
        ({"ups": None}, Unfit.REFUSED),
    ],
)
def test_a_carrier_is_believed_and_its_silence_falls_back(
    told: dict[str, Money | None], expected: int | Unfit
) -> None:
    method = a_method("ups", ExternalRate("carrier", "EUR", flat(900)))
    answer = offer_by("ups", [method], GERMANY, a_parcel(), told)
    if isinstance(expected, Unfit):
        assert isinstance(answer, ShippingNotAvailable)
        assert answer.why is expected
    else:
        assert isinstance(answer, ShippingOffer)
        assert answer.amount == Money(expected, "EUR")


def test_a_carriers_price_is_nothing_where_the_goods_make_it_free() -> None:
    rate = ExternalRate("carrier", "EUR")
    method = evolve(a_method("ups", rate), free_from=EUR_2000)
    (offer,) = offers([method], GERMANY, a_parcel(), {"ups": Money(740, "EUR")})
    assert offer.amount == Money(0, "EUR")
    assert offers([method], GERMANY, a_parcel()) == ()


def test_only_carriers_that_would_count_are_asked() -> None:
    ups, dhl = ExternalRate("ups", "EUR"), ExternalRate("dhl", "EUR")
    methods = [
        a_method("here", ups, Zone("DE")),
        a_method("there", ups, Zone("US")),
        a_method("off", ups, active=False),
        evolve(a_method("small", ups), limits=Limits(max_weight_g=0)),
        evolve(a_method("mixed"), zone_rates=(ZoneRate((Zone("DE"),), dhl),)),
        a_method(),
    ]
    asked = list(carriers_to_ask(methods, GERMANY, a_parcel()))
    assert asked == [("here", "ups"), ("mixed", "dhl")]
    assert [each.asks_carriers for each in methods] == [True] * 5 + [False]


@given(methods=shipping_methods("EUR"), place=destinations(), parcel=parcels("EUR"))
def test_spending_what_is_missing_makes_it_free(
    methods: tuple[ShippingMethod, ...], place: Destination, parcel: Parcel
) -> None:
    for offer in offers(methods, place, parcel):
        if offer.to_free is not None:
            richer = evolve(parcel, value=parcel.value + offer.to_free)
            then = {each.method: each.amount for each in offers(methods, place, richer)}
            assert then.get(offer.method, Money(0, "EUR")) == Money(0, "EUR")


@given(
    methods=shipping_methods("EUR"),
    place=destinations(),
    parcel=parcels("EUR"),
    told=carrier_rates("EUR"),
)
def test_what_carriers_say_counts_for_their_methods_alone(
    methods: tuple[ShippingMethod, ...],
    place: Destination,
    parcel: Parcel,
    told: dict[str, Money | None],
) -> None:
    asked = dict(carriers_to_ask(methods, place, parcel))
    without = {each.method: each for each in offers(methods, place, parcel)}
    found = {each.method: each for each in offers(methods, place, parcel, told)}
    for method in methods:
        if method.code not in asked or method.code not in told:
            assert found.get(method.code) == without.get(method.code)
        elif told[method.code] is None:
            assert method.code not in found
        elif not method.is_free(parcel):
            assert found[method.code].amount == told[method.code]


@given(methods=shipping_methods("EUR"), place=destinations(), parcel=parcels("EUR"))
def test_what_is_offered_keeps_every_limit(
    methods: tuple[ShippingMethod, ...], place: Destination, parcel: Parcel
) -> None:
    offered = {each.method for each in offers(methods, place, parcel)}
    for method in methods:
        if method.code in offered:
            assert method.limits.broken_by(parcel) is None
            assert method.active
            assert method.serves(place)


NONSENSE: list[Callable[[], object]] = [
    lambda: Parcel(-1, 1, EUR_500),
    lambda: Parcel(1, 0, EUR_500),
    lambda: Parcel(1, 1, Money(-1, "EUR")),
    lambda: PieceRate(EUR_500, Money(1, "USD")),
    lambda: PieceRate(EUR_500, Money(-1, "EUR")),
    lambda: AmountRate((AmountBand(Money(5, "USD"), EUR_500),)),
    lambda: AmountRate((AmountBand(EUR_500, EUR_500), AmountBand(EUR_500, EUR_500))),
    lambda: QuantityRate(()),
    lambda: ExternalRate("ups", "USD", FlatRate(EUR_500)),
    lambda: Limits(min_value=EUR_2000, max_value=EUR_500),
    lambda: evolve(a_method(), free_from=Money(1, "USD")),
    lambda: evolve(a_method(), free_from=Money(-1, "EUR")),
    lambda: evolve(a_method(), limits=Limits(max_value=Money(1, "USD"))),
    lambda: evolve(a_method(), zone_rates=(ZoneRate((Zone("DE"),), flat(1, "USD")),)),
    lambda: evolve(a_method(), zone_rates=(ZoneRate((), flat(1)),)),
    lambda: evolve(a_method("standard", BANDS, Zone("DE")), pickup=True),
    lambda: evolve(a_method("standard", ExternalRate("ups", "EUR")), pickup=True),
]


@pytest.mark.parametrize("number", range(len(NONSENSE)))
def test_methods_that_make_no_sense_are_refused(number: int) -> None:
    with pytest.raises(InvalidInput):
        NONSENSE[number]()


# The parcel of a quote, and what a choice would cost.


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
