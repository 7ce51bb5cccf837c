"""Laws of shipping: who carries what where, for how much, and what instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.shipping import (
    ShippingMethod,
    ShippingMethodUnknown,
    ShippingNotAvailable,
    ShippingOffer,
    ShippingRequired,
    Unfit,
    WeightBand,
    WeightRate,
    offer_by,
    offers,
)
from automate_store.entrypoints.properties.pricing import (
    destinations,
    shipping_methods,
)
from tests.domain.parcels import (
    BANDS,
    GERMANY,
    a_method,
    flat,
    weighing,
)

weights = st.one_of(st.sampled_from([0, 1000, 1001, 5000, 5001]), st.integers(0, 10**5))


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
