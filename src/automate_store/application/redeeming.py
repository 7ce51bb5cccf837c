"""Codes as orders use them: taken when an order is placed, given back when it comes to nothing."""

from __future__ import annotations

from datetime import datetime

from automate_store.application.ports import Ports
from automate_store.application.ports.carts import LoadedCart
from automate_store.application.ports.coupons import CouponUse
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.coupons import normalise_code
from automate_store.domain.orders import Order
from automate_store.domain.pricing import Standing


async def redeem_codes(
    order: Order, loaded: LoadedCart, *, work: Work, ports: Ports, at: datetime
) -> None:
    """Take a use of each code that the order has; raises Contended where one was used up."""
    coupons = {
        normalise_code(each.coupon.code): each.coupon for each in loaded.codes if each.coupon
    }
    uses = [
        CouponUse(
            id=ports.ids.uuid(),
            coupon_id=coupons[normalise_code(code.code)].id,
            order_id=order.id,
            user_id=order.user_id,
            email=order.email,
            discount=code.discount,
        )
        for code in order.quote.codes
        if code.standing is Standing.APPLIED
    ]
    if uses:
        await work.coupons.redeem(sorted(uses, key=lambda use: use.coupon_id.int), at=at)


async def give_codes_back(order: Order, *, work: Work, at: datetime) -> None:
    """Give back the uses that the order took; call it behind the release of its stock."""
    if order.quote.codes:
        await work.coupons.give_back(order.id, at=at)
