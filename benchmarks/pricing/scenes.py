"""
Carts and rules as a shop in New York has them, made without chance.

A scene has several carts, since a server prices another one each time.
Every line has a category with two above it, a brand and tags, and bears two taxes; every
seventh has a floor price, every fifth is on sale, every ninth is digital.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from attrs import evolve, frozen

from automate_store.domain.coupons import Coupon, CouponType
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.pricing import (
    Basket,
    BasketLine,
    PresentedCode,
    PricingPolicy,
    PricingRules,
)
from automate_store.domain.promotions import Promotion, Shopper
from automate_store.domain.shipping import (
    AmountBand,
    AmountRate,
    ShippingMethod,
    WeightBand,
    WeightRate,
)
from automate_store.domain.taxes import TaxMode, TaxRate, TaxRounding
from benchmarks.pricing.offers import (
    ALWAYS_OPEN,
    by_the_piece,
    few,
    grouped,
    many,
    naming,
    usd,
)

AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
NEW_YORK = Destination("US", "NY", "10001")
BOUGHT_BEFORE = Shopper(signed_in=True, groups=frozenset({"retail"}), first_order=False)
CLASSES = ("standard", "food")
STATES = 50
CARTS = 12
POLICY = PricingPolicy(
    tax_mode=TaxMode.EXCLUSIVE,
    tax_rounding_level=TaxRounding.LINE,
    price_rounding=Rounding.HALF_UP,
    tax_rounding=Rounding.HALF_UP,
)


@frozen(kw_only=True)
class Pricing:
    """Baskets of as many lines each, and the rules that they are priced by."""

    name: str
    baskets: tuple[Basket, ...]
    rules: PricingRules


def ten_lines() -> Pricing:
    """Ten lines under five promotions, of which two apply."""
    return of_lines(10, few(), name="10 lines, 5 promotions")


def with_pieces() -> Pricing:
    """The ten lines, where the two that apply are three for two, and a tenth off, capped."""
    return of_lines(10, by_the_piece(), name="10 lines, 5 promotions, one by the piece")


def hundred_lines() -> Pricing:
    """A hundred lines under fifty promotions of every kind, of which twelve apply."""
    return of_lines(100, many(50), name="100 lines, 50 promotions")


def of_lines(count: int, promotions: tuple[Promotion, ...], *, name: str = "") -> Pricing:
    """So many lines under these promotions."""
    rules = PricingRules(
        policy=POLICY, shipping_methods=methods(), tax_rates=rates(), promotions=promotions
    )
    baskets = tuple(basket(count, first=1 + 7 * number) for number in range(CARTS))
    return Pricing(name=name or f"{count} lines", baskets=baskets, rules=rules)


def with_codes() -> Pricing:
    """The ten lines, and three codes of which two go together."""
    few_lines = ten_lines()
    codes = tuple(
        PresentedCode(code=each.code, coupon=each)
        for each in (
            _coupon(1, CouponType.FIXED_AMOUNT, "5", stackable=True),
            _coupon(2, CouponType.FREE_SHIPPING, "0", stackable=True),
            _coupon(3, CouponType.PERCENTAGE, "12.5", stackable=False),
        )
    )
    name = "10 lines, 5 promotions, 3 codes"
    baskets = tuple(evolve(each, codes=codes) for each in few_lines.baskets)
    return evolve(few_lines, name=name, baskets=baskets)


def with_groups() -> Pricing:
    """Twenty lines under five groups of two: 32 ways to act together, each priced whole."""
    return of_lines(20, grouped(groups=5, members=2), name="20 lines, 5 groups of 2")


def with_names() -> Pricing:
    """A hundred lines under fifty promotions that name a thousand products each."""
    return of_lines(100, naming(50, products=1_000), name="100 lines, 50 x 1,000 products named")


def with_rates() -> Pricing:
    """The hundred lines where three hundred tax rates are stored."""
    lines = hundred_lines()
    rules = evolve(lines.rules, tax_rates=(*rates(), *_further_rates(300 - len(rates()))))
    return evolve(lines, name="100 lines, 50 promotions, 300 tax rates", rules=rules)


def with_past(count: int = 500) -> Pricing:
    """The ten lines, with so many promotions of years gone by that nobody removed."""
    over = Period(AT - timedelta(days=400), AT - timedelta(days=370))
    return _beside(count, name=f"10 lines, 5 promotions, {count} past", period=over)


def with_inactive(count: int = 500) -> Pricing:
    """The ten lines, with so many promotions that are switched off."""
    return _beside(count, name=f"10 lines, 5 promotions, {count} switched off", active=False)


def _beside(count: int, *, name: str, **changes: Any) -> Pricing:
    idle = tuple(evolve(each, **changes) for each in many(count))
    return of_lines(10, (*few(), *idle), name=name)


def basket(count: int, *, first: int) -> Basket:
    """So many lines, from the first number on, on their way to New York."""
    return Basket(
        lines=tuple(line(number) for number in range(first, first + count)),
        currency="USD",
        at=AT,
        destination=NEW_YORK,
        shipping_method="parcel",
        shopper=BOUGHT_BEFORE,
    )


def line(number: int) -> BasketLine:
    """The line of that number; its product has the same number."""
    own: Any = UUID(int=number)
    price = 7_99 + number * 37 % 40_00
    return BasketLine(
        id=own,
        product_id=own,
        variant_id=own,
        unit_price=usd(price),
        quantity=1 + number % 4,
        weight_g=120 + number % 9 * 40,
        requires_shipping=number % 9 != 0,
        tax_class=CLASSES[number % 6 == 0],
        category_ids=frozenset(_categories(number)),
        brand_id=_id(2_000 + number % 8),
        tags=frozenset({"spring", f"tag-{number % 3}", f"tag-{3 + number % 5}"}),
        compare_price=usd(price + 5_00) if number % 5 == 0 else None,
        minimum_price=usd(price * 7 // 10) if number % 7 == 0 else None,
    )


def _categories(number: int) -> tuple[Any, ...]:
    """The category, the one above it, and the root."""
    return _id(1_000 + number % 12), _id(1_100 + number % 4), _id(1_200)


def methods() -> tuple[ShippingMethod, ...]:
    """A parcel by weight, an express by amount at home, and a pallet for abroad."""
    bands = ((2_000, 4_99), (10_000, 9_99), (None, 24_99))
    by_weight = WeightRate(tuple(WeightBand(up_to, usd(price)) for up_to, price in bands))
    amounts = ((50_00, 14_99), (500_00, 19_99))
    by_amount = AmountRate(
        (*(AmountBand(usd(up_to), usd(price)) for up_to, price in amounts), _above(29_99))
    )
    return (
        _method("parcel", 0, by_weight, Zone("US"), Zone("CA")),
        _method("express", 1, by_amount, Zone("US")),
        _method("pallet", 2, by_weight, Zone("DE"), Zone("FR"), Zone("GB")),
    )


def _above(price: int) -> AmountBand:
    return AmountBand(None, usd(price))


def _method(code: str, position: int, rate: WeightRate | AmountRate, *zones: Zone) -> Any:
    return ShippingMethod(
        id=_id(3_000 + position),
        code=code,
        name=code.title(),
        zones=zones,
        rate=rate,
        tax_class="standard",
        active=True,
        position=position,
        free_from=usd(10_000_00),
    )


def rates() -> tuple[TaxRate, ...]:
    """The state's and the city's rate on each class of goods, and on the parcel."""
    return tuple(
        _rate(f"{zone.state}-{zone.postal_prefix}-{each}", zone, rate, each)
        for each in CLASSES
        for zone, rate in (
            (Zone("US", "NY"), "0.04" if each == "standard" else "0.02"),
            (Zone("US", "NY", "100"), "0.04875"),
        )
    )


def _further_rates(count: int) -> tuple[TaxRate, ...]:
    """Rates of other places and of other years."""
    over = Period(None, AT - timedelta(days=365))
    return tuple(
        _rate(
            f"far-{number}",
            Zone("US", f"S{number % STATES}", f"{20_000 + number}") if number % 4 else NY_ONCE,
            "0.05",
            CLASSES[number % 2],
            period=ALWAYS_OPEN if number % 4 else over,
        )
        for number in range(count)
    )


NY_ONCE = Zone("US", "NY")


def _rate(
    code: str, zone: Zone, rate: str, tax_class: str, *, period: Period = ALWAYS_OPEN
) -> TaxRate:
    return TaxRate(
        id=_id(hash_of(code)),
        code=code,
        name=code,
        rate=Decimal(rate),
        tax_class=tax_class,
        zone=zone,
        applies_to_shipping=True,
        period=period,
    )


def hash_of(text: str) -> int:
    """A number that is the text's own, the same in every process."""
    return int.from_bytes(text.encode()[:15], "big")


def _coupon(number: int, kind: CouponType, value: str, *, stackable: bool) -> Coupon:
    return Coupon(
        id=_id(4_000 + number),
        code=f"CODE{number}",
        name=f"Code {number}",
        type=kind,
        value=Decimal(value),
        currency="USD",
        minimum_order_amount=Money(20_00, "USD"),
        stackable=stackable,
    )


def _id(number: int) -> Any:
    return UUID(int=number)
