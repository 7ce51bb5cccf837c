"""
Baskets, rules and steps, drawn from few places, classes and times so that they meet often.

Whole values come from pools, and the strategies of a currency are kept: one that is made
anew for each example takes longer than the quote that is tested with it.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import product
from uuid import UUID

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.kernel.ids import LineId, ProductId, TaxRateId, VariantId
from automate_store.domain.kernel.money import Money, Rounding
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
from automate_store.domain.taxes import TaxMode, TaxRate, TaxRounding
from automate_store.entrypoints.properties.money import rates
from automate_store.entrypoints.properties.pricing.pools import (
    CLASSES,
    FEW,
    HALF,
    METHOD_CODES,
    NEAR,
    PLACE_IN_LINE,
    SELDOM,
    destinations,
    periods,
    some_currencies,
    times,
)
from automate_store.entrypoints.properties.pricing.shipping import carrier_rates, shipping_methods

_CODES = st.sampled_from(METHOD_CODES)
_NEAR = st.sampled_from(NEAR)
_BURDENS = st.sampled_from(
    tuple(
        product(
            ("VAT", "STATE", "CITY"),
            CLASSES,
            (True, True, False),
            (False, False, True),
            (0, 0, 1),
        )
    )
)
"""Of a tax rate: code, class, whether it is on shipping, whether it is compound, position."""
_STUFF = st.sampled_from(tuple(product((True, False), CLASSES)))
"""Whether a line has to be carried, and its tax class."""
_POLICIES = tuple(
    PricingPolicy(tax_mode=mode, tax_rounding_level=level, price_rounding=price, tax_rounding=tax)
    for mode, level, price, tax in product(TaxMode, TaxRounding, Rounding, Rounding)
)


@cache
@st.composite
def tax_rates(
    draw: st.DrawFn, max_size: int = 5, max_rate: Decimal = Decimal(2)
) -> tuple[TaxRate, ...]:
    """Some rates of some classes, plain and compound; several may meet, and share a code."""
    count = draw(_sizes((1, 0, 2, 3, 2, 5, max_size), max_size))
    return tuple(draw(_taxes(number, max_size, max_rate)) for number in range(count))


@cache
@st.composite
def _taxes(draw: st.DrawFn, number: int, count: int, max_rate: Decimal) -> TaxRate:
    code, tax_class, on_shipping, compound, position = draw(_BURDENS)
    return TaxRate(
        id=TaxRateId(UUID(int=draw(PLACE_IN_LINE) * count + number)),
        code=code,
        name="Tax",
        rate=draw(_rates(max_rate)),
        tax_class=tax_class,
        zone=draw(_NEAR),
        applies_to_shipping=on_shipping,
        period=draw(periods()),
        compound=compound,
        position=position,
    )


@cache
def _rates(max_rate: Decimal) -> SearchStrategy[Decimal]:
    return rates(max_rate)


@cache
def _sizes(sizes: tuple[int, ...], most: int) -> SearchStrategy[int]:
    return st.sampled_from([size for size in sizes if size <= most])


@cache
@st.composite
def basket_lines(draw: st.DrawFn, currency: str, max_price: int = 10**6) -> BasketLine:
    """Lines of any class, heavy or digital, free or dear, some with a floor price."""
    number = draw(st.integers(1, 10**6))
    return evolve(draw(_lines(currency, max_price)), id=LineId(UUID(int=number)))


@cache
@st.composite
def _lines(draw: st.DrawFn, currency: str, max_price: int) -> BasketLine:
    carried, tax_class = draw(_STUFF)
    number = draw(PLACE_IN_LINE)
    floor = draw(_up_to(max_price)) if draw(HALF) else None
    return BasketLine(
        id=LineId(UUID(int=number)),
        product_id=ProductId(UUID(int=number)),
        variant_id=VariantId(UUID(int=number)),
        unit_price=Money(_small_or_not(draw(_up_to(2 * max_price)), max_price, 20), currency),
        quantity=1 + _small_or_not(draw(_up_to(1998)), 998, 6),
        weight_g=_small_or_not(draw(_up_to(2000)), 1000, 20),
        requires_shipping=carried,
        tax_class=tax_class,
        minimum_price=None if floor is None else Money(floor, currency),
    )


@cache
def _up_to(most: int) -> SearchStrategy[int]:
    return st.integers(0, most)


def _small_or_not(drawn: int, most: int, small: int) -> int:
    """Of what is drawn up to twice ``most``: as likely at most ``small`` as at most that."""
    return drawn if drawn <= most else drawn % (small + 1)


@st.composite
def baskets(
    draw: st.DrawFn, currency: str | SearchStrategy[str] | None = None, max_lines: int = 6
) -> Basket:
    """Baskets in the currency, or in one of some; with or without a place and a method."""
    if not isinstance(currency, str):
        currency = draw(some_currencies() if currency is None else currency)
    return draw(_baskets_in(currency, max_lines))


@cache
@st.composite
def _baskets_in(draw: st.DrawFn, currency: str, max_lines: int) -> Basket:
    count = draw(_sizes((1, 2, 3, 4, 2, 3, 4, max_lines, 0), max_lines))
    places = [draw(PLACE_IN_LINE) * max_lines + number for number in range(count)]
    return Basket(
        lines=tuple(
            evolve(draw(_lines(currency, 10**6)), id=LineId(UUID(int=place))) for place in places
        ),
        currency=currency,
        at=draw(times()),
        destination=None if draw(SELDOM) else draw(destinations()),
        shipping_method=None if draw(SELDOM) else draw(_CODES),
        carrier_rates=draw(carrier_rates(currency)),
        shopper=Shopper(tax_exempt=True) if draw(SELDOM) else ANYBODY,
    )


@cache
def policies() -> SearchStrategy[PricingPolicy]:
    """Every tax mode, rounding level and rounding."""
    return st.sampled_from(_POLICIES)


@cache
def pricing_rules(currency: str) -> SearchStrategy[PricingRules]:
    """A policy with some methods and rates."""
    return st.builds(
        PricingRules,
        policy=policies(),
        shipping_methods=shipping_methods(currency),
        tax_rates=tax_rates(),
    )


@st.composite
def pricings(
    draw: st.DrawFn, currency: str | SearchStrategy[str] | None = None
) -> tuple[Basket, PricingRules]:
    """A basket, and rules that speak its currency."""
    basket = draw(baskets(currency))
    return basket, draw(pricing_rules(basket.currency))


@st.composite
def discount_steps(draw: st.DrawFn, name: str) -> Step:
    """A step that takes any amounts off any lines and off the shipping, too much included."""
    amounts = [draw(st.integers(0, 10**6)) for _ in range(draw(FEW) + 1)]
    parts = [draw(st.integers(0, 100)) for _ in range(draw(FEW) + 1)]

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
