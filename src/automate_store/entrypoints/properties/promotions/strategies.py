"""Promotions, coupons and carts, so that most promotions meet something that they reduce."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any
from uuid import UUID

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.coupons import Coupon, CouponType
from automate_store.domain.kernel.ids import CouponId, LineId, ProductId, PromotionId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.pricing import (
    Basket,
    BasketLine,
    Giveaway,
    PresentedCode,
    PricingRules,
)
from automate_store.domain.promotions import Goods, Promotion, Scene
from automate_store.entrypoints.properties.money import roundings
from automate_store.entrypoints.properties.pricing import (
    OTHER_CURRENCY,
    TAX_CLASSES,
    baskets,
    destinations,
    periods,
    pricing_rules,
    some_currencies,
    tax_classes,
    times,
)
from automate_store.entrypoints.properties.promotions.parts import (
    BRANDS,
    CATEGORIES,
    GIFTS,
    PRODUCTS,
    TAGS,
    VARIANTS,
    actions,
    conditions,
    percents,
    shoppers,
    some,
)

GROUP_NAMES = ("first", "second")
MOST_LINES = 4
_SELDOM = st.sampled_from((False,) * 4 + (True,))
_HARDLY_EVER = st.sampled_from((False,) * 12 + (True,))
_HALF = st.booleans()
_CONDITIONS = st.sampled_from((0, 0, 0, 1, 1, 2))
_ACTIONS = st.sampled_from((1, 1, 2))
_AMOUNTS = st.integers(1, 10**4)
_PRICES = st.one_of(st.integers(0, 5), st.integers(0, 2000))
_STANDINGS = st.sampled_from(tuple(product((None, None, *GROUP_NAMES), range(3), (False, True))))
_TYPES = st.sampled_from(CouponType)
_OWN_TYPES = st.sampled_from([each for each in CouponType if each is not CouponType.PROMOTION])
_LIMITS = st.sampled_from(
    (
        *[dict[str, Any]()] * 16,
        {"sign_in_needed": True},
        {"usage_limit": 3, "used_count": 2, "usage_limit_per_customer": 2},
        {"usage_limit": 3, "used_count": 3, "sign_in_needed": True},
        {"active": False, "usage_limit_per_customer": None},
    )
)
"""Of a coupon: what may keep it from being redeemed, seldom."""
_USED = st.sampled_from((0,) * 8 + (1, 2))
_PRICED = st.sampled_from(tuple(product((None, None, None, None, 50, 100, 0, 120), (0, 0, 1, 2))))
"""Of a price: its floor in per cent of it, and how often it was as high before."""
_PRODUCTS = st.sampled_from(PRODUCTS)
_VARIANTS = st.sampled_from(VARIANTS)
_SHELVES = st.sampled_from(tuple(product(some(CATEGORIES), (None, *BRANDS), some(TAGS))))
Sale = tuple[Basket, PricingRules]


@cache
@st.composite
def promotions(
    draw: st.DrawFn, currency: str, number: int, *, needs_code: bool = False
) -> Promotion:
    """A promotion of that number, which is its id and in its code; any parts, most of them few."""
    spoken = OTHER_CURRENCY if draw(_HARDLY_EVER) else currency
    group, priority, advertised = draw(_STANDINGS)
    return Promotion(
        id=PromotionId(UUID(int=number)),
        code=f"P{number}",
        name=f"Promotion {number}",
        conditions=tuple([draw(conditions(spoken)) for _ in range(draw(_CONDITIONS))]),
        actions=tuple([draw(actions(spoken)) for _ in range(draw(_ACTIONS))]),
        priority=priority,
        exclusive=draw(_SELDOM),
        group=group,
        period=draw(periods()) if draw(_SELDOM) else Period(),
        maximum_discount=Money(draw(_AMOUNTS), spoken) if draw(_SELDOM) else None,
        needs_code=needs_code,
        advertised=advertised,
    )


@st.composite
def coupons(draw: st.DrawFn, currency: str, number: int, hidden: Sequence[Promotion]) -> Coupon:
    """A coupon of any type, its own terms with it; it opens one of the hidden promotions."""
    kind = draw(_TYPES if hidden else _OWN_TYPES)
    opened = draw(st.sampled_from(hidden)).id if kind is CouponType.PROMOTION else None
    spoken = OTHER_CURRENCY if draw(_HARDLY_EVER) else currency
    value = Decimal(0)
    if kind is CouponType.PERCENTAGE:
        value = draw(percents())
    elif kind is CouponType.FIXED_AMOUNT:
        value = Money(draw(_AMOUNTS), spoken).decimal()
    return Coupon(
        id=CouponId(UUID(int=number)),
        code=f"C{number}",
        name=f"Coupon {number}",
        type=kind,
        value=value,
        currency=spoken,
        promotion_id=opened,
        minimum_order_amount=Money(draw(_AMOUNTS), spoken) if draw(_SELDOM) else None,
        maximum_discount_amount=Money(draw(_AMOUNTS), spoken) if draw(_SELDOM) else None,
        period=draw(periods()) if draw(_SELDOM) else Period(),
        stackable=draw(_HALF),
        **draw(_LIMITS),
    )


@st.composite
def carts(draw: st.DrawFn, currency: str, max_lines: int = 4) -> Basket:
    """A basket of few products, categories, brands and tags, with what may be given away."""
    basket = draw(baskets(currency, max_lines=max_lines))
    return evolve(
        basket,
        lines=tuple([draw(_on_shelves(line)) for line in basket.lines]),
        shopper=draw(shoppers()),
        giveaways=tuple([draw(_giveaways(currency, each)) for each in GIFTS if draw(_HALF)]),
    )


@st.composite
def sales(
    draw: st.DrawFn,
    currency: str | SearchStrategy[str] | None = None,
    max_promotions: int = 3,
    max_codes: int = 2,
) -> Sale:
    """A basket and rules with promotions, some of them opened by codes that were given."""
    if not isinstance(currency, str):
        currency = draw(some_currencies() if currency is None else currency)
    count = max_promotions - draw(_up_to(max_promotions - 1))
    public = [draw(promotions(currency, number)) for number in range(1, count + 1)]
    basket, rules = draw(carts(currency)), draw(pricing_rules(currency))
    given = draw(_up_to(max_codes)) if draw(_HALF) else 0
    hidden = [draw(promotions(currency, 51, needs_code=True))] if given else []
    codes = [draw(coupons(currency, 70 + number, hidden)) for number in range(given)]
    presented = tuple(
        PresentedCode(code=each.code, coupon=each, used_by_you=draw(_USED)) for each in codes
    )
    return (
        evolve(basket, codes=presented),
        evolve(rules, promotions=(*public, *hidden)),
    )


@st.composite
def goods(draw: st.DrawFn, currency: str, max_pieces: int = 8) -> Goods:
    """Lines of few pieces, some reduced, counted or at their floor already."""
    left, lines = max_pieces, list[BasketLine]()
    while left and len(lines) < MOST_LINES and (not lines or draw(_HALF)):
        quantity = draw(_up_to(left - 1)) + 1
        left -= quantity
        line = draw(_plain_lines(currency, len(lines) + 1, quantity))
        lines.append(draw(_on_shelves(line)))
    values = [draw(_up_to(line.unit_price.minor * line.quantity)) for line in lines]
    spare = [line.quantity if draw(_HALF) else draw(_up_to(line.quantity)) for line in lines]
    return Goods(
        items=lines,
        currency=currency,
        values=values,
        room=[value if draw(_HALF) else draw(_up_to(value)) for value in values],
        spare=spare,
        spare_values=[
            value * pieces // line.quantity
            for value, pieces, line in zip(values, spare, lines, strict=True)
        ],
        rounding=draw(roundings()),
    )


@st.composite
def scenes(draw: st.DrawFn, currency: str) -> Scene:
    """Goods of somebody, somewhere, some time."""
    there = draw(goods(currency))
    return Scene(
        goods=there,
        before_order=[value + draw(_up_to(100)) for value in there.values],
        at=draw(times()),
        destination=draw(destinations()) if draw(_HALF) else None,
        shopper=draw(shoppers()),
    )


@st.composite
def _on_shelves(draw: st.DrawFn, line: BasketLine) -> BasketLine:
    price, (floor, before) = line.unit_price, draw(_PRICED)
    categories, brand, tags = draw(_SHELVES)
    return evolve(
        line,
        product_id=draw(_PRODUCTS),
        variant_id=draw(_VARIANTS),
        category_ids=categories,
        brand_id=brand,
        tags=tags,
        compare_price=price * before if before else None,
        minimum_price=None if floor is None else evolve(price, minor=price.minor * floor // 100),
    )


@cache
@st.composite
def _plain_lines(draw: st.DrawFn, currency: str, number: int, quantity: int) -> BasketLine:
    own = UUID(int=number)
    return BasketLine(
        id=LineId(own),
        product_id=ProductId(own),
        variant_id=VariantId(own),
        unit_price=Money(draw(_PRICES), currency),
        quantity=quantity,
        weight_g=0,
        requires_shipping=True,
        tax_class=TAX_CLASSES[0],
    )


@cache
@st.composite
def _giveaways(draw: st.DrawFn, currency: str, variant: VariantId) -> Giveaway:
    return Giveaway(
        product_id=ProductId(UUID(int=90)),
        variant_id=variant,
        unit_price=Money(draw(_AMOUNTS) - 1, currency),
        weight_g=draw(_up_to(500)),
        requires_shipping=draw(_HALF),
        tax_class=draw(tax_classes()),
        available=draw(_up_to(4)),
    )


@cache
def _up_to(most: int) -> SearchStrategy[int]:
    return st.integers(0, most)
