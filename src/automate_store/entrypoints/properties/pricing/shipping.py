"""
Shipping methods and what carriers answer.

The strategies of a currency are kept: one that is made anew for each example takes longer
than the quote that is tested with it.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.kernel.ids import ShippingMethodId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Zone
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
from automate_store.entrypoints.properties.money import money
from automate_store.entrypoints.properties.pricing.pools import (
    CLASSES,
    FEW,
    HALF,
    METHOD_CODES,
    OTHER_CURRENCY,
    PLACE_IN_LINE,
    PROVIDERS,
    SELDOM,
    TAX_CLASSES,
    zones,
)

_GRAMS = st.integers(0, 5000)
_CONTENT = st.integers(0, 10**5)
_COUNTS = st.integers(1, 20)
_ANSWERS = st.sampled_from((False, True, None))
_CARRIERS = st.sampled_from(PROVIDERS)
_RATE_KINDS = st.sampled_from((FlatRate, WeightRate, AmountRate, QuantityRate, PieceRate))
_MANNERS = st.sampled_from(
    tuple(product((True, True, True, True, False), CLASSES[:1] * 4 + TAX_CLASSES, range(3)))
)
"""Whether a method is active, its tax class and its position."""


@cache
@st.composite
def shipping_rates(draw: st.DrawFn, currency: str) -> ShippingRate:
    """A rate of any kind; a carrier's with or without a fallback."""
    if draw(SELDOM):
        fallback = draw(local_rates(currency)) if draw(HALF) else None
        return ExternalRate(draw(_CARRIERS), currency, fallback)
    return draw(local_rates(currency))


@cache
@st.composite
def local_rates(draw: st.DrawFn, currency: str) -> LocalRate:
    """A flat amount, amounts by piece, or bands with or without an end."""
    kind = draw(_RATE_KINDS)
    if kind is FlatRate:
        return FlatRate(Money(draw(_CONTENT), currency))
    if kind is PieceRate:
        return PieceRate(Money(draw(_CONTENT), currency), Money(draw(_CONTENT), currency))
    ends: list[int | None] = [*sorted({draw(_GRAMS) for _ in range(draw(FEW))})]
    if not ends or draw(HALF):
        ends.append(None)
    bands = [(end, Money(draw(_CONTENT), currency)) for end in ends]
    if kind is WeightRate:
        return WeightRate(tuple(WeightBand(*each) for each in bands))
    if kind is QuantityRate:
        return QuantityRate(tuple(QuantityBand(*each) for each in bands))
    values = [(None if end is None else Money(end, currency), amount) for end, amount in bands]
    return AmountRate(tuple(AmountBand(*each) for each in values))


@cache
@st.composite
def limits(draw: st.DrawFn, currency: str) -> Limits:
    """Bounds on weight, pieces and value; none mostly."""
    if not draw(SELDOM):
        return Limits()
    least, most = sorted((draw(_CONTENT), draw(_CONTENT)))
    return Limits(
        max_weight_g=draw(_GRAMS) if draw(HALF) else None,
        max_quantity=draw(_COUNTS) if draw(HALF) else None,
        min_value=Money(least, currency) if draw(HALF) else None,
        max_value=Money(most, currency) if draw(HALF) else None,
    )


def parcels(currency: str) -> SearchStrategy[Parcel]:
    """Parcels about the ends of the bands that are drawn."""
    return st.builds(
        Parcel,
        weight_g=st.integers(0, 6000),
        quantity=st.one_of(st.integers(1, 7), st.integers(1, 6000)),
        value=money(currency, max=10**5),
    )


@cache
@st.composite
def carrier_rates(draw: st.DrawFn, currency: str) -> CarrierRates:
    """Answers of carriers about some of the methods: a price, or that it isn't taken."""
    answers = {code: draw(_ANSWERS) for code in METHOD_CODES} if draw(HALF) else {}
    return {
        code: Money(draw(_CONTENT), currency) if taken else None
        for code, taken in answers.items()
        if taken is not False
    }


@cache
@st.composite
def shipping_methods(
    draw: st.DrawFn, currency: str, max_size: int = 3
) -> tuple[ShippingMethod, ...]:
    """Some methods, a code each; most are active and in the currency."""
    codes = [code for code in METHOD_CODES[:max_size] if not draw(SELDOM)]
    return tuple(
        draw(_methods(OTHER_CURRENCY if draw(SELDOM) else currency, code)) for code in codes
    )


@cache
@st.composite
def _methods(draw: st.DrawFn, currency: str, code: str) -> ShippingMethod:
    active, tax_class, position = draw(_MANNERS)
    number = draw(PLACE_IN_LINE) * len(METHOD_CODES) + METHOD_CODES.index(code)
    return ShippingMethod(
        id=ShippingMethodId(UUID(int=number)),
        code=code,
        name=code.title(),
        tax_class=tax_class,
        active=active,
        position=position,
        **draw(_ways(currency)),
    )


@cache
@st.composite
def _ways(draw: st.DrawFn, currency: str) -> dict[str, Any]:
    """Where a method goes and what it costs, or that its parcels are fetched."""
    more: dict[str, Any] = {
        "limits": draw(limits(currency)),
        "free_from": Money(draw(_CONTENT), currency) if draw(SELDOM) else None,
    }
    if draw(SELDOM):
        return {"zones": (), "rate": draw(local_rates(currency)), "pickup": True, **more}
    elsewhere = draw(FEW) if draw(SELDOM) else 0
    return {
        "zones": draw(_some_zones()) if draw(SELDOM) else (),
        "rate": draw(shipping_rates(currency)),
        "zone_rates": tuple(
            ZoneRate(draw(_some_zones()), draw(shipping_rates(currency))) for _ in range(elsewhere)
        ),
        **more,
    }


@cache
def _some_zones() -> SearchStrategy[tuple[Zone, ...]]:
    return st.lists(zones(), min_size=1, max_size=2).map(tuple)
