"""Each kind of rate by hand: the parcel, and what it costs in minor units."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve
from hypothesis import given

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination, Zone
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
    ShippingNotAvailable,
    ShippingOffer,
    ShippingRate,
    Unfit,
    ZoneRate,
    carriers_to_ask,
    offer_by,
    offers,
)
from automate_store.entrypoints.properties.pricing import (
    carrier_rates,
    destinations,
    parcels,
    shipping_methods,
)
from tests.domain.parcels import (
    BANDS,
    EUR_500,
    EUR_2000,
    GERMANY,
    a_method,
    a_parcel,
    flat,
)

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
