"""
Selections, conditions and actions, drawn from few products, tags and groups.

Whole values come from pools, and the strategies of a currency are kept, as for baskets.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from itertools import chain, combinations, product
from typing import TypeVar
from uuid import UUID

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.kernel.ids import BrandId, CategoryId, ProductId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Zone
from automate_store.domain.promotions import (
    EVERYTHING,
    AmountOffItems,
    AmountOffOrder,
    AmountOffUnits,
    AnyAction,
    Basis,
    BundlePrice,
    BuyGet,
    CheapestOf,
    Choice,
    Condition,
    CustomerGroup,
    During,
    EveryNth,
    FirstOrder,
    FirstThenOthers,
    FixedPrice,
    FreeShipping,
    Gift,
    InCurrency,
    MinimumAmount,
    MinimumQuantity,
    Off,
    OffShipping,
    PercentOffItems,
    PercentOffOrder,
    PieceAction,
    Selection,
    ShipsTo,
    Shopper,
    SignedIn,
    Tier,
    Tiered,
)
from automate_store.entrypoints.properties.pricing import (
    METHOD_CODES,
    OTHER_CURRENCY,
    periods,
    zones,
)

PRODUCTS = tuple(ProductId(UUID(int=number)) for number in (1, 2, 3))
VARIANTS = tuple(VariantId(UUID(int=number)) for number in (11, 12, 13, 14))
CATEGORIES = tuple(CategoryId(UUID(int=number)) for number in (21, 22))
BRANDS = tuple(BrandId(UUID(int=number)) for number in (31, 32))
GIFTS = tuple(VariantId(UUID(int=number)) for number in (91, 92))
TAGS = ("mug", "Plate", "bowl")
GROUPS = ("trade", "vip")
_T = TypeVar("_T")


def some(of: Sequence[_T], least: int = 0) -> tuple[frozenset[_T], ...]:
    """Every set of at most two of them."""
    sizes = range(least, 3)
    return tuple(map(frozenset, chain.from_iterable(combinations(of, size) for size in sizes)))


_SHOPPERS = tuple(
    Shopper(signed_in=signed_in, groups=groups, first_order=first, tax_exempt=exempt)
    for exempt, first, signed_in, groups in product(
        (False, False, False, False, True),
        (None, True, True, False),
        (False, True, True),
        some(GROUPS),
    )
)
_NARROW = (
    *(Selection(products=each) for each in some(PRODUCTS, 1)),
    *(Selection(variants=each) for each in some(VARIANTS, 1)),
    *(Selection(categories=each) for each in some(CATEGORIES, 1) * 2),
    *(Selection(brands=each) for each in some(BRANDS, 1) * 2),
    *(Selection(tags=each) for each in some(TAGS, 1)),
    *(Selection(tags={tag}, brands={brand}) for tag, brand in product(TAGS, BRANDS)),
    *(Selection(on_sale=each) for each in (True, False) * 2),
)
_EXCEPT = tuple(
    evolve(of, excluding=other) for of, other in product((EVERYTHING, *_NARROW), _NARROW[::3])
)
# All at once: a strategy in another is drawn from at twice the price.
_SELECTIONS = st.sampled_from((*[EVERYTHING] * 900, *_NARROW * 8, *_EXCEPT))
_USUAL = tuple(Decimal(text) for text in ("10", "50", "100", "99.99", "33.3333"))
_MOST = 10**6
_LARGE, _SMALL = 10**4, 30
_AMOUNT_STARTS = st.integers(0, 10**4)
_PIECE_STARTS = st.integers(0, 12)
_ONE_TO_3 = st.integers(1, 3)
_TWO = st.sampled_from(tuple(product((False, True), repeat=2)))
_TIMES = st.sampled_from((None, None, None, 1, 2, 3))
_METHODS = st.sampled_from(some(METHOD_CODES))


def shoppers() -> SearchStrategy[Shopper]:
    """Anybody, guests and customers of some groups, exempt from tax now and then."""
    return st.sampled_from(_SHOPPERS)


def selections() -> SearchStrategy[Selection]:
    """Everything, or what one or two lists name, with or without an exception."""
    return _SELECTIONS


def percents() -> SearchStrategy[Decimal]:
    """Percentages above 0, at most 100, with four decimals at most."""
    return _PERCENTS


def _percent(drawn: int) -> Decimal:
    return Decimal(drawn - _MOST) / 10**4 if drawn > _MOST else _USUAL[drawn % len(_USUAL)]


_PERCENTS = st.integers(0, 2 * _MOST).map(_percent)


@cache
def conditions(currency: str) -> SearchStrategy[Condition]:
    """Every built-in kind."""
    kinds: list[SearchStrategy[Condition]] = [
        st.builds(MinimumAmount, _amounts(currency, 0), selections(), st.sampled_from(Basis)),
        st.builds(MinimumQuantity, st.integers(1, 9), selections()),
        st.builds(CustomerGroup, st.sampled_from(some(GROUPS, 1))),
        st.just(SignedIn()),
        st.just(FirstOrder()),
        st.builds(InCurrency, st.sampled_from((*[currency] * 5, OTHER_CURRENCY))),
        st.builds(During, periods()),
        st.builds(ShipsTo, st.lists(_countries(), min_size=1, max_size=2)),
    ]
    return st.one_of(kinds)


@cache
def _countries() -> SearchStrategy[Zone]:
    return zones().filter(lambda zone: zone.country is not None)


@cache
def actions(currency: str) -> SearchStrategy[AnyAction]:
    """Every built-in kind."""
    giving = _giving(currency)
    return st.one_of(line_actions(currency), piece_actions(currency), giving, giving)


@cache
def line_actions(currency: str) -> SearchStrategy[AnyAction]:
    """Actions on whole lines and on the order."""
    amounts = _amounts(currency)
    kinds: list[SearchStrategy[AnyAction]] = [
        st.builds(PercentOffOrder, percents(), selections()),
        st.builds(AmountOffOrder, amounts, selections()),
        st.builds(PercentOffItems, percents(), selections()),
        st.builds(AmountOffItems, amounts, selections()),
        st.builds(AmountOffUnits, amounts, selections(), _TIMES),
        st.builds(FixedPrice, _amounts(currency, 0), selections()),
        tiered(currency),
    ]
    return st.one_of(kinds)


@cache
def piece_actions(
    currency: str, offs: SearchStrategy[Off] | None = None, most: int = 4
) -> SearchStrategy[PieceAction]:
    """Actions on single pieces, in sets of ``most`` of a side at most."""
    offs = off(currency) if offs is None else offs
    few = st.integers(1, most)
    kinds: list[SearchStrategy[PieceAction]] = [
        _buy_get(offs, few),
        st.builds(EveryNth, nth=few, off=offs, of=selections(), at_most=_TIMES),
        st.builds(CheapestOf, quantity=few, off=offs, of=selections(), at_most=_TIMES),
        st.builds(
            BundlePrice,
            quantity=few,
            price=_amounts(currency, 0),
            of=selections(),
            at_most=_TIMES,
        ),
        st.builds(
            FirstThenOthers,
            first_percent=st.one_of(percents(), st.just(Decimal(0))),
            others_percent=percents(),
            of=selections(),
        ),
    ]
    return st.one_of(kinds)


@st.composite
def _buy_get(draw: st.DrawFn, offs: SearchStrategy[Off], few: SearchStrategy[int]) -> BuyGet:
    buy, other, choice = draw(selections()), draw(selections()), draw(st.sampled_from(Choice))
    return BuyGet(
        buy=buy,
        buy_quantity=draw(few),
        get=buy if draw(st.booleans()) else other,
        get_quantity=draw(few),
        off=draw(offs),
        choice=choice,
        at_most=draw(_TIMES),
    )


@cache
@st.composite
def tiered(draw: st.DrawFn, currency: str) -> Tiered:
    """Tiers by amount or by quantity, of the order or of each line."""
    by_amount, of_order = draw(_TWO)
    starts = {draw(_AMOUNT_STARTS if by_amount else _PIECE_STARTS) for _ in range(draw(_ONE_TO_3))}
    tiers = [
        Tier(draw(off(currency)), amount=Money(start, currency))
        if by_amount
        else Tier(draw(off(currency)), quantity=start)
        for start in sorted(starts)
    ]
    return Tiered(tiers, draw(selections()), of_order)


@cache
def off(currency: str) -> SearchStrategy[Off]:
    """A percentage or an amount."""
    return st.one_of(
        percents().map(lambda percent: Off(percent=percent)),
        _amounts(currency).map(lambda amount: Off(amount=amount)),
    )


@cache
def _giving(currency: str) -> SearchStrategy[AnyAction]:
    kinds: list[SearchStrategy[AnyAction]] = [
        st.builds(FreeShipping, _METHODS),
        st.builds(OffShipping, off(currency), _METHODS),
        st.builds(Gift, st.sampled_from(GIFTS), st.integers(1, 3)),
    ]
    return st.one_of(kinds)


@cache
def _amounts(currency: str, least: int = 1) -> SearchStrategy[Money]:
    """Small amounts and larger ones; with ``least`` 0 nothing too."""

    def amount(drawn: int) -> Money:
        return Money(drawn if drawn <= _LARGE else least + drawn % _SMALL, currency)

    return st.integers(least, 2 * _LARGE).map(amount)
