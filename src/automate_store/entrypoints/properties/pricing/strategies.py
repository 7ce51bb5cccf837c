"""Baskets, rules and steps, drawn from few places, classes and times so that they meet often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.kernel.ids import ShippingMethodId, TaxRateId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.pricing import (
    PIPELINE,
    Basket,
    BasketLine,
    Draft,
    PricingPolicy,
    PricingRules,
    Step,
    with_steps,
)
from automate_store.domain.promotions import ANYBODY, Shopper
from automate_store.domain.shipping import (
    AmountBand,
    AmountRate,
    CarrierRates,
    ExternalRate,
    FlatRate,
    Limits,
    LocalRate,
    Parcel,
    PieceRate,
    QuantityBand,
    QuantityRate,
    ShippingMethod,
    ShippingRate,
    WeightBand,
    WeightRate,
    ZoneRate,
)
from automate_store.domain.taxes import TaxMode, TaxRate, TaxRounding
from automate_store.entrypoints.properties.money import currencies, money, rates, roundings

_T = TypeVar("_T")
_U = TypeVar("_U")
TAX_CLASSES = ("standard", "reduced", "books")
PROVIDERS = ("ups", "dhl")
METHOD_CODES = ("standard", "express", "pallet")
OPENING = datetime(2026, 1, 1, tzinfo=UTC)
_PLACES = {"US": ("NY", "CA"), "DE": (None,), "JP": (None, "13")}
_POSTAL = (None, "10001", "10115", "94105-1234")


@st.composite
def destinations(draw: st.DrawFn) -> Destination:
    """A place in one of three countries, more or less closely described."""
    country = draw(st.sampled_from(("US", *_PLACES)))
    return Destination(
        country, draw(st.sampled_from(_PLACES[country])), draw(st.sampled_from(_POSTAL))
    )


@st.composite
def zones(draw: st.DrawFn) -> Zone:
    """Anywhere, a country, a state of it or a range of postal codes."""
    country = draw(st.sampled_from((None, *_PLACES)))
    if country is None:
        return Zone()
    state = draw(st.sampled_from((None, *_PLACES[country])))
    return Zone(country, state, draw(st.sampled_from((None, None, "10", "941"))))


def times() -> SearchStrategy[datetime]:
    """Aware times in the days about ``OPENING``, its own instant among them."""
    return st.sampled_from([OPENING + timedelta(days=days) for days in (0, -1, 1, 9)])


def periods() -> SearchStrategy[Period]:
    """Always, from then on, until then, or the days between."""
    end = OPENING + timedelta(days=1)
    dated = st.sampled_from([Period(OPENING), Period(None, OPENING), Period(OPENING, end)])
    return _mostly(st.just(Period()), dated)


def tax_classes() -> SearchStrategy[str]:
    """One of three classes, the first as often as the others together."""
    return st.sampled_from((TAX_CLASSES[0], *TAX_CLASSES))


@st.composite
def shipping_rates(draw: st.DrawFn, currency: str) -> ShippingRate:
    """A rate of any kind; a carrier's with or without a fallback."""
    if draw(st.sampled_from((False, False, False, True))):
        fallback = draw(st.one_of(st.none(), local_rates(currency)))
        return ExternalRate(draw(st.sampled_from(PROVIDERS)), currency, fallback)
    return draw(local_rates(currency))


@st.composite
def local_rates(draw: st.DrawFn, currency: str) -> LocalRate:
    """A flat amount, amounts by piece, or bands with or without an end."""
    amounts = money(currency, max=10**5)
    kind = draw(st.sampled_from((FlatRate, WeightRate, AmountRate, QuantityRate, PieceRate)))
    if kind is FlatRate:
        return FlatRate(draw(amounts))
    if kind is PieceRate:
        return PieceRate(draw(amounts), draw(amounts))
    ends: list[int | None] = [*sorted(draw(st.sets(st.integers(0, 5000), max_size=3)))]
    if not ends or draw(st.booleans()):
        ends.append(None)
    bands = [(end, draw(amounts)) for end in ends]
    if kind is WeightRate:
        return WeightRate(tuple(WeightBand(*each) for each in bands))
    if kind is QuantityRate:
        return QuantityRate(tuple(QuantityBand(*each) for each in bands))
    values = [(None if end is None else Money(end, currency), amount) for end, amount in bands]
    return AmountRate(tuple(AmountBand(*each) for each in values))


@st.composite
def limits(draw: st.DrawFn, currency: str) -> Limits:
    """Bounds on weight, pieces and value; none mostly."""
    values = sorted(draw(st.lists(st.integers(0, 10**5), min_size=2, max_size=2)))
    least, most = (Money(value, currency) for value in values)
    some = _mostly(st.none(), st.just(value=True))
    return Limits(
        max_weight_g=draw(_mostly(st.none(), st.integers(0, 5000))),
        max_quantity=draw(_mostly(st.none(), st.integers(1, 20))),
        min_value=least if draw(some) else None,
        max_value=most if draw(some) else None,
    )


def parcels(currency: str) -> SearchStrategy[Parcel]:
    """Parcels about the ends of the bands that are drawn."""
    return st.builds(
        Parcel,
        weight_g=st.integers(0, 6000),
        quantity=st.one_of(st.integers(1, 7), st.integers(1, 6000)),
        value=money(currency, max=10**5),
    )


def carrier_rates(currency: str) -> SearchStrategy[CarrierRates]:
    """Answers of carriers about some of the methods: a price, or that it isn't taken."""
    answers = st.one_of(st.none(), money(currency, max=10**5), money(currency, max=10**5))
    return st.dictionaries(st.sampled_from(METHOD_CODES), answers, max_size=2)


@st.composite
def shipping_methods(
    draw: st.DrawFn, currency: str, max_size: int = 3
) -> tuple[ShippingMethod, ...]:
    """Some methods, a code each; most are active and in the currency."""
    offered = _mostly(st.just(value=True), st.just(value=False))
    codes = [code for code in METHOD_CODES[:max_size] if draw(offered)]
    spoken = _mostly(st.just(currency), st.just("XOF"))
    return tuple(
        ShippingMethod(
            id=ShippingMethodId(draw(st.uuids())),
            code=code,
            name=code.title(),
            tax_class=draw(_mostly(st.just(TAX_CLASSES[0]), tax_classes())),
            active=draw(offered),
            position=draw(st.integers(0, 3)),
            **draw(spoken.flatmap(_ways)),
        )
        for code in codes
    )


@st.composite
def _ways(draw: st.DrawFn, currency: str) -> dict[str, Any]:
    """Where a method goes and what it costs, or that its parcels are fetched."""
    more: dict[str, Any] = {
        "limits": draw(limits(currency)),
        "free_from": draw(_mostly(st.none(), money(currency, max=10**5))),
    }
    if draw(st.sampled_from((False,) * 5 + (True,))):
        return {"zones": (), "rate": draw(local_rates(currency)), "pickup": True, **more}
    some_zones = st.lists(zones(), min_size=1, max_size=2).map(tuple)
    there = st.builds(ZoneRate, some_zones, shipping_rates(currency))
    return {
        "zones": draw(_mostly(st.just(()), some_zones)),
        "rate": draw(shipping_rates(currency)),
        "zone_rates": tuple(draw(_mostly(st.just([]), st.lists(there, max_size=2)))),
        **more,
    }


@st.composite
def tax_rates(
    draw: st.DrawFn, max_size: int = 5, max_rate: Decimal = Decimal(2)
) -> tuple[TaxRate, ...]:
    """Some rates of some classes, plain and compound; several may meet, and share a code."""
    sizes = st.sampled_from([size for size in (1, 0, 2, 3, 2, 5, max_size) if size <= max_size])
    return tuple(
        TaxRate(
            id=TaxRateId(UUID(int=draw(st.integers(0, 99)) * max_size + number)),
            code=draw(st.sampled_from(("VAT", "STATE", "CITY"))),
            name="Tax",
            rate=draw(rates(max_rate)),
            tax_class=draw(tax_classes()),
            zone=draw(_mostly(st.sampled_from([Zone(), Zone("US")]), zones())),
            applies_to_shipping=draw(st.sampled_from((True, True, False))),
            period=draw(periods()),
            compound=draw(st.sampled_from((False, False, True))),
            position=draw(st.sampled_from((0, 0, 1))),
        )
        for number in range(draw(sizes))
    )


def basket_lines(currency: str, max_price: int = 10**6) -> SearchStrategy[BasketLine]:
    """Lines of any class, heavy or digital, free or dear, some with a floor price."""
    prices = money(currency, max=max_price)
    return st.builds(
        BasketLine,
        id=st.uuids(),
        product_id=st.uuids(),
        variant_id=st.uuids(),
        unit_price=st.one_of(prices, money(currency, max=20)),
        quantity=st.one_of(st.integers(1, 7), st.integers(1, 999)),
        weight_g=st.one_of(st.integers(0, 20), st.integers(0, 1000)),
        requires_shipping=st.booleans(),
        tax_class=tax_classes(),
        minimum_price=st.one_of(st.none(), prices),
    )


@st.composite
def baskets(
    draw: st.DrawFn, currency: str | SearchStrategy[str] | None = None, max_lines: int = 6
) -> Basket:
    """Baskets in the currency, or in any; with or without a place and a method."""
    if not isinstance(currency, str):
        currency = draw(currencies() if currency is None else currency)
    sizes = st.sampled_from([size for size in (1, 0, 2, 3, 4, max_lines) if size <= max_lines])
    size, line = draw(sizes), basket_lines(currency)
    lines = st.lists(line, min_size=size, max_size=size, unique_by=lambda line: line.id)
    return Basket(
        lines=tuple(draw(lines)),
        currency=currency,
        at=draw(times()),
        destination=draw(_mostly(destinations(), st.none())),
        shipping_method=draw(_mostly(st.sampled_from(METHOD_CODES), st.none())),
        carrier_rates=draw(carrier_rates(currency)),
        shopper=draw(_mostly(st.just(ANYBODY), st.just(Shopper(tax_exempt=True)))),
    )


def policies() -> SearchStrategy[PricingPolicy]:
    """Every tax mode, rounding level and rounding."""
    return st.builds(
        PricingPolicy,
        tax_mode=st.sampled_from(TaxMode),
        tax_rounding_level=st.sampled_from(TaxRounding),
        price_rounding=roundings(),
        tax_rounding=roundings(),
    )


def pricing_rules(currency: str) -> SearchStrategy[PricingRules]:
    """A policy with some methods and rates."""
    return st.builds(
        PricingRules,
        policy=policies(),
        shipping_methods=shipping_methods(currency),
        tax_rates=tax_rates(),
    )


def pricings(
    currency: str | SearchStrategy[str] | None = None,
) -> SearchStrategy[tuple[Basket, PricingRules]]:
    """A basket, and rules that speak its currency."""
    return baskets(currency).flatmap(
        lambda basket: st.tuples(st.just(basket), pricing_rules(basket.currency))
    )


@st.composite
def discount_steps(draw: st.DrawFn, name: str) -> Step:
    """A step that takes any amounts off any lines and off the shipping, too much included."""
    amounts = draw(st.lists(st.integers(0, 10**6), min_size=1, max_size=4))
    parts = draw(st.lists(st.integers(0, 100), min_size=1, max_size=4))

    def write(draft: Draft, _: PricingRules) -> Draft:
        room = draft.room
        shares = [each * parts[i % len(parts)] // 100 for i, each in enumerate(room)]
        fixed = [amounts[i % len(amounts)] for i in range(len(room))]
        draft = draft.take_off(f"{name}-share", "a share of what is left", shares)
        draft = draft.take_off(f"{name}-fixed", "an amount, lost where it is too much", fixed)
        return draft.take_off_shipping(f"{name}-shipping", "off the shipping", amounts[0])

    return Step(name, write)


@st.composite
def pipelines(draw: st.DrawFn) -> tuple[Step, ...]:
    """The pipeline with up to two discounting steps before the shipping and one after."""
    pipeline = PIPELINE
    for name, after in (("second", "subtotal"), ("first", "subtotal"), ("later", "shipping")):
        if draw(st.booleans()):
            step = draw(discount_steps(name))
            pipeline = with_steps(step, after=after, pipeline=pipeline)
    return pipeline


def _mostly(usual: SearchStrategy[_T], seldom: SearchStrategy[_U]) -> SearchStrategy[_T | _U]:
    # A basket is seldom priced in full if each thing that it needs is there half the time.
    drawn: list[SearchStrategy[_T | _U]] = [usual, usual, usual, usual, usual, seldom]
    return st.sampled_from(drawn).flatmap(lambda each: each)
