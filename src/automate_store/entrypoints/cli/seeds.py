"""What a shop starts with: ways to ship, and for the demo's catalogue taxes and promotions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen

from automate_store.application.coupons import CouponTerms, create_coupon
from automate_store.application.ports import Ports
from automate_store.application.promotions import (
    PutPromotion,
    create_promotion,
    list_promotions,
)
from automate_store.application.shipping import (
    PutShippingMethod,
    list_shipping_methods,
    put_shipping_method,
)
from automate_store.application.taxes import PutTaxRate, list_tax_rates, put_tax_rate
from automate_store.domain.coupons import CouponType
from automate_store.domain.kernel.money import Money, exponent
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.promotions import FreeShipping, MinimumAmount
from automate_store.domain.shipping import FlatRate, WeightBand, WeightRate
from automate_store.entrypoints.cli.operator import OPERATOR

WITHOUT_COUNTRY = ("EUR",)
"""Currencies whose code begins with no country's; those that begin with X belong to several."""


@frozen
class _Prices:
    """In minor units: the flat method, the other one up to 1, 5 and 20 kg, and both free from."""

    standard: int
    express: tuple[int, int, int]
    free_from: int


_PRICES = {
    0: _Prices(500, (1_000, 1_500, 3_000), 10_000),
    2: _Prices(499, (999, 1_499, 2_999), 10_000),
    3: _Prices(1_500, (3_000, 4_500, 9_000), 30_000),
    4: _Prices(49_900, (99_900, 149_900, 299_900), 1_000_000),
}
"""By the decimals of the currency; a merchant's first look, not a price list."""

WELCOME = "WELCOME"
"""The demo's code."""

DEMO_TAXES: Sequence[PutTaxRate] = (
    PutTaxRate(
        code="us-ca",
        name="California sales tax",
        rate=Decimal("0.0725"),
        zone=Zone("US", "CA"),
        applies_to_shipping=False,
        period=Period(),
    ),
    PutTaxRate(
        code="us-ny",
        name="New York City sales tax",
        rate=Decimal("0.08875"),
        zone=Zone("US", "NY"),
        applies_to_shipping=True,
        period=Period(),
    ),
)


async def seed_shipping(*, ports: Ports) -> tuple[str, ...]:
    """The codes of the methods put up; none where the shop has any already."""
    if await list_shipping_methods(actor=OPERATOR, ports=ports):
        return ()
    methods = default_methods(ports.policy.currency)
    for method in methods:
        await put_shipping_method(method, actor=OPERATOR, ports=ports)
    return tuple(method.code for method in methods)


async def seed_taxes(*, ports: Ports) -> tuple[str, ...]:
    """The codes of the demo's rates put up; none outside USD or where there is any already."""
    if ports.policy.currency != "USD" or await list_tax_rates(actor=OPERATOR, ports=ports):
        return ()
    for rate in DEMO_TAXES:
        await put_tax_rate(rate, actor=OPERATOR, ports=ports)
    return tuple(rate.code for rate in DEMO_TAXES)


async def seed_promotions(*, ports: Ports) -> tuple[str, ...]:
    """What was put up, promotions and codes; nothing where the shop has any promotion already."""
    if await list_promotions(after=None, limit=1, actor=OPERATOR, ports=ports):
        return ()
    free_from = Money(_PRICES[exponent(ports.policy.currency)].free_from, ports.policy.currency)
    parcel = PutPromotion(
        code="free-parcel",
        name=f"Free shipping from {free_from}",
        conditions=(MinimumAmount(free_from),),
        actions=(FreeShipping(),),
        advertised=True,
    )
    await create_promotion(parcel, actor=OPERATOR, ports=ports)
    terms = CouponTerms(name="10 % off", type=CouponType.PERCENTAGE, value=Decimal(10))
    await create_coupon(WELCOME, terms, actor=OPERATOR, ports=ports)
    return parcel.name, f"code {WELCOME}, {terms.name}"


def default_methods(currency: str) -> tuple[PutShippingMethod, ...]:
    """A flat one to everywhere, and one by weight within the currency's own country."""
    prices = _PRICES[exponent(currency)]
    bands = zip((1_000, 5_000, 20_000), prices.express, strict=True)
    return (
        PutShippingMethod(
            code="standard",
            name="Standard",
            rate=FlatRate(Money(prices.standard, currency)),
        ),
        PutShippingMethod(
            code="express",
            name="Express",
            rate=WeightRate(
                tuple(WeightBand(up_to_g, Money(minor, currency)) for up_to_g, minor in bands)
            ),
            zones=_home(currency),
            position=1,
        ),
    )


def _home(currency: str) -> tuple[Zone, ...]:
    # ISO 4217: a code begins with its country's, but for currencies of several countries.
    if currency in WITHOUT_COUNTRY or currency.startswith("X"):
        return ()
    return (Zone(currency[:2]),)
