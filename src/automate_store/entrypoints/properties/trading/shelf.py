"""A shelf with little on it: goods, a download, a tax and a code, at prices that don't split."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from attrs import evolve, frozen

from automate_store.application.ports import Ports
from automate_store.domain.coupons import Coupon, CouponType
from automate_store.domain.kernel.ids import CouponId, TaxRateId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.taxes import TaxRate
from automate_store.entrypoints.properties.contracts.scene import (
    new_movement,
    new_product,
    price,
    put_product,
)
from automate_store.entrypoints.properties.orders import flat_shipping

ON_HAND = 8
"""So few that orders meet on them."""

PRICES = (1001, 333, 799)
"""In minor units; the last is of what needs no parcel."""


@frozen
class Shelf:
    """What is on sale, and a code that takes 10.00 off an order of it."""

    variants: tuple[VariantId, ...]
    code: str

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
            usage_limit_per_customer=None,
            currency=ports.policy.currency,
        )
        async with ports.unit_of_work() as work:
            await work.rules.put_shipping_methods([flat_shipping(price(ports, 5))])
            await work.rules.put_tax_rates([_TAX])
            await work.coupons.add([coupon])
        return cls(tuple(variants), coupon.code)


_TAX = TaxRate(
    id=TaxRateId(UUID(int=2)),
    code="us-trading",
    name="Sales tax",
    rate=Decimal("0.08875"),
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
