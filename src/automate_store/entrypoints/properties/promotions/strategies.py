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
from automate_store.domain.promotions import Goods, MinimumAmount, Promotion, Scene
from automate_store.domain.promotions.promotion import currencies
from automate_store.entrypoints.properties.money import roundings
from automate_store.entrypoints.properties.pricing import (
    METHOD_CODES,
    OTHER_CURRENCY,
    TAX_CLASSES,
    carrier_rates,
    destinations,
    periods,
    policies,
    shipping_methods,
    some_currencies,
    tax_classes,
    tax_rates,
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

Sale = tuple[Basket, PricingRules]
GROUP_NAMES = ("first", "second")
MOST_LINES = 4
_SELDOM = st.sampled_from((False,) * 4 + (True,))
_HARDLY_EVER = st.sampled_from((False,) * 12 + (True,))
_HALF = st.booleans()
_AMOUNTS = st.integers(1, 10**4)
_STANDINGS = st.sampled_from(
    tuple(
        product((0, 0, 0, 1, 1, 2), (1, 1, 2), (None, None, *GROUP_NAMES), range(3), (False, True))
    )
)
"""Of a promotion: how many conditions and actions, group, priority, whether it is advertised."""
_ODD = st.sampled_from(
    tuple(
        product(
            (False,) * 9 + (True,),
            (False, False, False, False, True),
            (False, False, False, False, True),
            (False, False, False, True),
        )
    )
)
"""Whether it speaks of another currency, is exclusive or has a minimum, is dated, has a cap."""
_TYPES = st.sampled_from(CouponType)
_OWN_TYPES = st.sampled_from([each for each in CouponType if each is not CouponType.PROMOTION])
_RIVALRIES = st.sampled_from(
    tuple(
        product((*GROUP_NAMES * 2, None), (None, 100, 99, 95, 80, 50, None), (*[False] * 11, True))
    )
)
"""Of a promotion: group, minimum in per cent of what the basket is worth, exclusive."""
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
_COUNTS = st.sampled_from((1, 2, 3, MOST_LINES, 2, 3, 2, 3, 0))
_PIECES = st.sampled_from((0, 1, 2, 3, 4, 5, 6, 19, 998))
_CHOSEN = st.sampled_from((*METHOD_CODES[:1] * 7, None, METHOD_CODES[1]))
_KINDS_OF_LINES = st.sampled_from(
    tuple(
        product(
            (None, None, None, None, 50, 100, 0, 120),
            (0, 0, 1, 2),
            (*TAX_CLASSES[:1] * 2, *TAX_CLASSES),
            (True, True, False),
        )
    )
)
"""Floor in per cent of the price, how often that it was before, tax class, whether carried."""
_SHELVES = st.sampled_from(
    tuple(product(PRODUCTS, VARIANTS, some(CATEGORIES), (None, *BRANDS), some(TAGS)))
)


@cache
@st.composite
def promotions(
    draw: st.DrawFn, currency: str, number: int, *, needs_code: bool = False
) -> Promotion:
    """A promotion of that number, which is its id and in its code; any parts, most of them few."""
    count, acts, group, priority, advertised = draw(_STANDINGS)
    foreign, alone, dated, capped = draw(_ODD)
    spoken = OTHER_CURRENCY if foreign else currency
    return Promotion(
        id=PromotionId(UUID(int=number)),
        code=f"P{number}",
        name=f"Promotion {number}",
        conditions=tuple([draw(conditions(spoken)) for _ in range(count)]),
        actions=tuple([draw(actions(spoken)) for _ in range(acts)]),
        priority=priority,
        exclusive=alone,
        group=group,
        period=draw(periods()) if dated else Period(),
        maximum_discount=Money(draw(_AMOUNTS), spoken) if capped else None,
        needs_code=needs_code,
        advertised=advertised,
    )


@st.composite
def coupons(draw: st.DrawFn, currency: str, number: int, hidden: Sequence[Promotion]) -> Coupon:
    """A coupon of any type, its own terms with it; it opens one of the hidden promotions."""
    kind = draw(_TYPES if hidden else _OWN_TYPES)
    opened = draw(st.sampled_from(hidden)).id if kind is CouponType.PROMOTION else None
    foreign, bounded, dated, capped = draw(_ODD)
    spoken = OTHER_CURRENCY if foreign else currency
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
        minimum_order_amount=Money(draw(_AMOUNTS), spoken) if bounded else None,
        maximum_discount_amount=Money(draw(_AMOUNTS), spoken) if capped else None,
        period=draw(periods()) if dated else Period(),
        **draw(_LIMITS),
    )


@cache
@st.composite
def carts(draw: st.DrawFn, currency: str) -> Basket:
    """A basket of few products, categories, brands and tags, with what may be given away."""
    count, at, shopper = draw(_COUNTS), draw(times()), draw(shoppers())
    return Basket(
        lines=tuple([draw(_lines(currency, number)) for number in range(1, count + 1)]),
        currency=currency,
        at=at,
        destination=None if draw(_HARDLY_EVER) else draw(destinations()),
        shipping_method=draw(_CHOSEN),
        carrier_rates=draw(carrier_rates(currency)),
        shopper=shopper,
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
    given = draw(_up_to(max_codes)) if draw(_HALF) else 0
    hidden = [draw(promotions(currency, 51, needs_code=True))] if given else []
    codes = [draw(coupons(currency, 70 + number, hidden)) for number in range(given)]
    presented = [
        PresentedCode(code=each.code, coupon=each, used_by_you=draw(_USED)) for each in codes
    ]
    rules = PricingRules(
        policy=draw(policies()),
        shipping_methods=draw(shipping_methods(currency, 1)),
        tax_rates=draw(tax_rates(2)),
        promotions=(*public, *hidden),
    )
    return evolve(draw(carts(currency)), codes=tuple(presented)), rules


@st.composite
def contests(
    draw: st.DrawFn, currency: str | SearchStrategy[str] | None = None, max_promotions: int = 4
) -> Sale:
    """A sale whose promotions are of two groups, many with a minimum that others may undo."""
    basket, rules = draw(sales(currency, max_promotions))
    worth = sum(line.unit_price.minor * line.quantity for line in basket.lines)
    rivals = []
    for each in rules.promotions:
        group, share, alone = draw(_RIVALRIES)
        conditions = each.conditions
        if share and currencies(each) <= {basket.currency}:
            conditions = (MinimumAmount(Money(worth * share // 100, basket.currency)),)
        rivals.append(evolve(each, group=group, exclusive=alone, conditions=conditions))
    return basket, evolve(rules, promotions=rivals)


@st.composite
def goods(draw: st.DrawFn, currency: str, max_pieces: int = 8) -> Goods:
    """Lines of few pieces, some reduced, counted or at their floor already."""
    left, lines = max_pieces, list[BasketLine]()
    while left and len(lines) < MOST_LINES and (not lines or draw(_HALF)):
        quantity = draw(_up_to(left - 1)) + 1
        left -= quantity
        lines.append(draw(_lines(currency, len(lines) + 1, quantity)))
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


@cache
@st.composite
def _lines(draw: st.DrawFn, currency: str, number: int, quantity: int | None = None) -> BasketLine:
    product_id, variant_id, categories, brand, tags = draw(_SHELVES)
    floor, before, tax_class, carried = draw(_KINDS_OF_LINES)
    minor = draw(_up_to(6000))
    price = Money(minor if minor <= 5000 else minor % 10, currency)  # noqa: PLR2004 - or small
    return BasketLine(
        id=LineId(UUID(int=number)),
        product_id=product_id,
        variant_id=variant_id,
        unit_price=price,
        quantity=1 + draw(_PIECES) if quantity is None else quantity,
        weight_g=100,
        requires_shipping=carried,
        tax_class=tax_class,
        category_ids=categories,
        brand_id=brand,
        tags=tags,
        compare_price=price * before if before else None,
        minimum_price=None if floor is None else evolve(price, minor=price.minor * floor // 100),
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
