"""The counter that the worked examples are priced at: carts in few words, answers in few words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from automate_store.domain.coupons import Coupon, CouponType
from automate_store.domain.kernel.ids import CouponId, PromotionId, ShippingMethodId
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.pricing import (
    Appraisal,
    Basket,
    BasketLine,
    Giveaway,
    PresentedCode,
    PricingPolicy,
    PricingRules,
    Verdict,
    appraise,
)
from automate_store.domain.promotions import AnyAction, Promotion, Unmet
from automate_store.domain.shipping import FlatRate, ShippingMethod
from automate_store.domain.taxes import TaxMode, TaxRate, TaxRounding

AT = datetime(2026, 3, 1, tzinfo=UTC)
BERLIN = Destination("DE", None, "10115")
POLICY = PricingPolicy(
    tax_mode=TaxMode.EXCLUSIVE,
    tax_rounding_level=TaxRounding.LINE,
    price_rounding=Rounding.HALF_UP,
    tax_rounding=Rounding.HALF_UP,
)
_LINE = re.compile(r"(?:(\d+) x )?([\d.]+)((?: #\w+)*)")
_MONEY = ("minimum_price", "compare_price")


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def own_id(number: int) -> Any:
    return UUID(int=number)


def a_line(written: str, number: int = 1, currency: str = "EUR", **facts: Any) -> BasketLine:
    """``3 x 9.90 #mug``: three at 9.90 that are tagged mug."""
    read = _LINE.fullmatch(written)
    assert read is not None, written
    quantity, price, tags = read.groups()
    amounts = {name: Money.parse(facts.pop(name), currency) for name in _MONEY if name in facts}
    plain: dict[str, Any] = {
        "id": own_id(number),
        "product_id": own_id(number),
        "variant_id": own_id(number),
        "unit_price": Money.parse(price, currency),
        "quantity": int(quantity or 1),
        "weight_g": 100,
        "requires_shipping": True,
        "tax_class": "standard",
        "tags": frozenset(tags.replace("#", "").split()),
    }
    return BasketLine(**{**plain, **amounts, **facts})


def a_cart(*lines: str | BasketLine, currency: str = "EUR", **facts: Any) -> Basket:
    """Lines numbered from one, in that currency, going nowhere yet."""
    made = [
        a_line(line, number, currency) if isinstance(line, str) else line
        for number, line in enumerate(lines, start=1)
    ]
    plain = {"at": AT, "destination": None, "shipping_method": None}
    return Basket(lines=tuple(made), currency=currency, **{**plain, **facts})


def a_promotion(*actions: AnyAction, number: int = 1, **facts: Any) -> Promotion:
    """The promotion p1, or with another number."""
    code = f"p{number}"
    return Promotion(id=PromotionId(own_id(number)), code=code, name=code, actions=actions, **facts)


def a_parcel(price: str, code: str = "parcel", currency: str = "EUR") -> ShippingMethod:
    return ShippingMethod(
        id=ShippingMethodId(own_id(7)),
        code=code,
        name=code,
        zones=(),
        rate=FlatRate(Money.parse(price, currency)),
        tax_class="standard",
        active=True,
        position=0,
    )


def a_coupon(value: str, kind: str = "fixed_amount", number: int = 70, **facts: Any) -> Coupon:
    """The coupon C70, or with another number; ``kind`` is its type."""
    plain = {"code": f"C{number}", "name": f"C{number}", "currency": "EUR"}
    return Coupon(
        id=CouponId(own_id(number)),
        type=CouponType(kind),
        value=Decimal(value),
        **{**plain, **facts},
    )


def opening(promotion: Promotion, number: int = 70, **facts: Any) -> Coupon:
    """A coupon that opens the promotion."""
    return a_coupon("0", "promotion", number, promotion_id=promotion.id, **facts)


def given(*coupons: Coupon) -> tuple[PresentedCode, ...]:
    return tuple(PresentedCode(code=each.code, coupon=each) for each in coupons)


def a_giveaway(price: str, available: int, number: int = 99, **facts: Any) -> Giveaway:
    plain = {"weight_g": 100, "requires_shipping": True, "tax_class": "standard"}
    return Giveaway(
        product_id=own_id(number),
        variant_id=own_id(number),
        unit_price=eur(price),
        available=available,
        **{**plain, **facts},
    )


def a_rate(code: str, rate: str, **facts: Any) -> TaxRate:
    """A tax on everything that goes to Germany."""
    plain: dict[str, Any] = {"tax_class": "standard", "applies_to_shipping": True}
    return TaxRate(
        id=own_id(int.from_bytes(code.encode())),
        code=code,
        name=f"{code} tax",
        rate=Decimal(rate),
        zone=Zone("DE"),
        period=Period(),
        **{**plain, **facts},
    )


def priced(
    basket: Basket, *promotions: Promotion, methods: tuple[ShippingMethod, ...] = (), **more: Any
) -> Appraisal:
    plain = {"policy": POLICY, "tax_rates": ()}
    rules = PricingRules(**{**plain, **more}, shipping_methods=methods, promotions=promotions)
    return appraise(basket, rules)


def off(basket: Basket, *promotions: Promotion) -> str:
    """What is off each line, and what is left to pay: ``1.00 2.00 of 27.00``."""
    quote = priced(basket, *promotions).quote
    lines = " ".join(f"{line.discount.decimal():f}" for line in quote.lines)
    return f"{lines} of {quote.subtotal.decimal():f}"


def standings(appraisal: Appraisal) -> dict[str, str]:
    return {each.rule: each.standing.value for each in appraisal.verdicts}


def verdict(appraisal: Appraisal, rule: str = "p1") -> Verdict:
    return next(each for each in appraisal.verdicts if each.rule == rule)


def refusal(basket: Basket, *promotions: Promotion, rule: str = "p1") -> Unmet:
    """The first reason why the promotion does nothing."""
    return verdict(priced(basket, *promotions), rule).unmet[0]


def measured(unmet: Unmet) -> tuple[object, object, object, object]:
    return unmet.reason, unmet.actual, unmet.required, unmet.missing
