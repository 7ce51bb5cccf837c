"""A shelf with little on it: goods, a download, a tax and a code, at prices that don't split."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from attrs import evolve, frozen

from automate_store.application.ports import Ports
from automate_store.domain.coupons import Coupon, CouponType
from automate_store.domain.identity import Address
from automate_store.domain.kernel.ids import CouponId, TaxRateId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.taxes import MILLION, TaxRate
from automate_store.entrypoints.properties.contracts.scene import (
    HOME,
    new_movement,
    new_product,
    put_product,
)
from automate_store.entrypoints.properties.orders import flat_shipping

ON_HAND = 8
"""So few that orders meet on them."""

LEAST = 2500
"""What the code asks an order to come to, in minor units and before tax."""

POSTAGE = 500
"""Of an order, in minor units and before tax."""

RATE = 88_750
"""Of the tax, in millionths."""

PRICES = (1001, 333, 799)
"""In minor units; the last is of what needs no parcel."""


@frozen
class Shelf:
    """What is on sale, and a code that takes 10.00 off an order of enough of it."""

    variants: tuple[VariantId, ...]
    code: str

    @property
    def prices(self) -> dict[VariantId, int]:
        """What each costs, in minor units and before tax."""
        return dict(zip(self.variants, PRICES, strict=True))

    @property
    def parcels(self) -> frozenset[VariantId]:
        """Those that have to be sent."""
        return frozenset(self.variants[:-1])

    def code_for(self, wants: Mapping[VariantId, int]) -> str | None:
        """The code, where these earn what it gives."""
        goods = sum(self.prices[each] * many for each, many in wants.items())
        return self.code if goods >= LEAST else None

    @classmethod
    async def open(cls, ports: Ports) -> Shelf:
        """Put all of it into the store, whatever else is there."""
        variants = [await _put(ports, minor, nth) for nth, minor in enumerate(PRICES)]
        coupon = Coupon(
            id=CouponId(ports.ids.uuid()),
            code=f"Ten-{ports.ids.order_number()}",
            name="Ten off",
            type=CouponType.FIXED_AMOUNT,
            value=Decimal(10),
            minimum_order_amount=Money(LEAST, ports.policy.currency),
            usage_limit_per_customer=None,
            currency=ports.policy.currency,
        )
        postage = Money(POSTAGE, ports.policy.currency)
        async with ports.unit_of_work() as work:
            await work.rules.put_shipping_methods([flat_shipping(postage)])
            await work.rules.put_tax_rates([_TAX])
            await work.coupons.add([coupon])
        return cls(tuple(variants), coupon.code)


@frozen
class Place:
    """Where orders go, and what is taken from them there, in millionths."""

    address: Address
    rate: int

    def with_tax(self, minor: int) -> int:
        """What goods at that price cost there with the tax on them, rounded once, half up."""
        return minor + (minor * self.rate * 2 + MILLION) // (2 * MILLION)


HERE = Place(HOME, RATE)
NEXT_DOOR = Place(evolve(HOME, address_line_1="3 Elm Street"), RATE)
"""Whose prices are those of the first."""

PLACES = (
    HERE,
    NEXT_DOOR,
    Place(evolve(HOME, city="Peoria", postal_code="61602"), RATE),
    Place(evolve(HOME, city="Toronto", state="ON", postal_code="M5H 2N2", country="CA"), 0),
)
"""The last of them is taxed by nobody."""

_TAX = TaxRate(
    id=TaxRateId(UUID(int=2)),
    code="us-trading",
    name="Sales tax",
    rate=Decimal(RATE).scaleb(-6),
    tax_class="standard",
    zone=Zone("US"),
    applies_to_shipping=True,
    period=Period(),
)


async def _put(ports: Ports, minor: int, nth: int) -> VariantId:
    product = new_product(ports, f"trading-{ports.ids.order_number().lower()}")
    parcel = nth < len(PRICES) - 1
    variant = evolve(product.variants[0], requires_shipping=parcel, is_digital=not parcel)
    made = evolve(product, price=Money(minor, ports.policy.currency), variants=(variant,))
    stocked = await put_product(ports, made, on_hand=ON_HAND)
    async with ports.unit_of_work() as work:
        await work.stock.record([new_movement(ports, stocked, ON_HAND, ON_HAND)])
    return stocked.variant_id
