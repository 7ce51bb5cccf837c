"""What the suites of coupons start from: coupons, and uses of them by orders."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from automate_store.application.ports import Ports
from automate_store.application.ports.coupons import CouponFigures, CouponUse
from automate_store.domain.coupons import Coupon, CouponType
from automate_store.domain.kernel.ids import CouponId, UserId
from automate_store.domain.orders import Order
from automate_store.domain.pricing import PresentedCode
from automate_store.entrypoints.properties.contracts.scene import price

ANN, BOB = "ann@example.com", "bob@example.com"


def new_coupon(store: Ports, code: str = "SPRING", **terms: Any) -> Coupon:
    """Ten per cent off for anybody, any number of times, not stored yet."""
    plain = {
        "name": f"By {code}",
        "type": CouponType.PERCENTAGE,
        "value": Decimal(10),
        "usage_limit_per_customer": None,
    }
    return Coupon(
        id=CouponId(store.ids.uuid()),
        code=code,
        currency=store.policy.currency,
        **{**plain, **terms},
    )


async def put_coupon(store: Ports, code: str = "SPRING", **terms: Any) -> Coupon:
    """Store such a coupon."""
    coupon = new_coupon(store, code, **terms)
    await put_coupons(store, coupon)
    return coupon


async def put_coupons(store: Ports, *coupons: Coupon) -> None:
    """Store the coupons, together."""
    async with store.unit_of_work() as work:
        await work.coupons.add(coupons)


def new_use(
    store: Ports,
    coupon: Coupon,
    order: Order,
    *,
    email: str = ANN,
    user_id: UserId | None = None,
    major: int = 1,
) -> CouponUse:
    """A use of the coupon by the order, not taken yet."""
    return CouponUse(
        id=store.ids.uuid(),
        coupon_id=coupon.id,
        order_id=order.id,
        user_id=user_id,
        email=email,
        discount=price(store, major),
    )


async def redeem(store: Ports, *uses: CouponUse, at: datetime | None = None) -> None:
    """Take the uses, now where no other time is named."""
    async with store.unit_of_work() as work:
        await work.coupons.redeem(uses, at=store.clock() if at is None else at)


async def give_back(store: Ports, order: Order) -> int:
    """Give back what the order took."""
    async with store.unit_of_work() as work:
        return await work.coupons.give_back(order.id, at=store.clock())


async def figures(store: Ports, coupon: Coupon) -> CouponFigures:
    """The coupon as it is committed."""
    async with store.reading() as reads:
        return await reads.coupons.get(coupon.code)


async def uses_of(store: Ports, coupon: Coupon) -> int:
    """How often it is used, by its rows; its counter says the same."""
    now = await figures(store, coupon)
    assert now.coupon.used_count == now.uses, "the counter is the number of live uses"
    return now.uses


async def presented(
    store: Ports, *codes: str, user_id: UserId | None = None, email: str | None = None
) -> tuple[PresentedCode, ...]:
    """What the codes are to that customer."""
    async with store.reading() as reads:
        return await reads.coupons.presented(codes, user_id=user_id, email=email)
