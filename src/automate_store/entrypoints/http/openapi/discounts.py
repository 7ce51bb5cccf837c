"""Promotions and codes of the examples, and what they do to the two shirts."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from attrs import evolve

from automate_store.application.carts import CartView
from automate_store.application.ports.coupons import CouponBatch, CouponFigures
from automate_store.domain.coupons import Coupon, CouponType
from automate_store.domain.kernel.ids import BatchId, CouponId, PromotionId
from automate_store.domain.kernel.money import Money
from automate_store.domain.pricing import (
    Appraisal,
    Basket,
    PresentedCode,
    PricingRules,
    Simulation,
    appraise,
    quote,
    simulate,
)
from automate_store.domain.promotions import (
    FreeShipping,
    MinimumAmount,
    PercentOffOrder,
    Promotion,
)
from automate_store.entrypoints.http.openapi import examples


@cache
def promotions() -> tuple[Promotion, ...]:
    """One that applies to two shirts, and one that is told to want more."""
    spring = Promotion(
        id=PromotionId(examples.example_id(20)),
        code="spring",
        name="5 % off everything",
        actions=(PercentOffOrder(Decimal(5)),),
        priority=10,
    )
    parcel = Promotion(
        id=PromotionId(examples.example_id(21)),
        code="free-parcel",
        name="Free shipping from 60",
        conditions=(MinimumAmount(Money(6000, "USD")),),
        actions=(FreeShipping(),),
        advertised=True,
    )
    return spring, parcel


@cache
def coupon() -> Coupon:
    """A welcome."""
    return Coupon(
        id=CouponId(examples.example_id(22)),
        code="WELCOME",
        name="Welcome",
        type=CouponType.FIXED_AMOUNT,
        value=Decimal("5.00"),
        currency="USD",
        minimum_order_amount=Money(3000, "USD"),
        usage_limit=1000,
    )


def figures() -> CouponFigures:
    """What became of it: two orders."""
    used = evolve(coupon(), used_count=2)
    return CouponFigures(coupon=used, uses=2, discount=Money(1000, "USD"), last_used_at=examples.AT)


def batch() -> CouponBatch:
    """Codes for a letter to a thousand customers."""
    return CouponBatch(
        id=BatchId(examples.example_id(23)),
        name="Spring letter",
        prefix="SPRING",
        amount=1000,
        created_at=examples.AT,
    )


@cache
def appraisal() -> Appraisal:
    """Why two shirts cost what they cost."""
    return appraise(*_sale())


def cart() -> CartView:
    """The cart with the code on it."""
    plain = examples.cart()
    coded = evolve(plain.cart, codes=(coupon().code,))
    return evolve(plain, cart=coded, quote=quote(*_sale()))


@cache
def simulation() -> Simulation:
    """What the first promotion would do to the two shirts."""
    basket, rules = _sale()
    tried, *others = rules.promotions
    return simulate(tried, basket, evolve(rules, promotions=tuple(others)))


def _sale() -> tuple[Basket, PricingRules]:
    codes = (PresentedCode(code=coupon().code, coupon=coupon()),)
    rules = evolve(examples.rules(), promotions=promotions())
    return evolve(examples.basket(), codes=codes), rules
