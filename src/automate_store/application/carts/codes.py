"""Codes on a cart, and whose it is: they stay while they do not apply, with their reason."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from automate_store.application.access import CartOwner
from automate_store.application.carriers import Told
from automate_store.application.carts.viewing import CartView, told_and_with_room, view_of
from automate_store.application.ports import Ports
from automate_store.application.ports.carts import LoadedCart
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.quoting import changed, completed, load_cart
from automate_store.domain.coupons import Coupon, CouponRefused
from automate_store.domain.identity import normalise_email
from automate_store.domain.promotions import Reason

_FOR_EVER = frozenset({Reason.EXPIRED, Reason.USED_UP})


async def add_code(owner: CartOwner, code: str, *, ports: Ports) -> CartView:
    """
    The cart with the code on it, whether or not it applies to it yet.

    Raises CouponRefused where it is unknown, expired or used up, TooManyCodes.
    """

    async def attempt(told: Told) -> CartView:
        async with ports.unit_of_work() as work:
            at = ports.clock()
            loaded = await load_cart(owner, work)
            coupon = await _redeemable(code, loaded, work, at)
            cart = loaded.cart.with_code(coupon.code, at=at)
            await work.carts.save(cart)
            return view_of(await completed(evolve(loaded, cart=cart), work), at, told)

    return await told_and_with_room(attempt, ports)


async def remove_code(owner: CartOwner, code: str, *, ports: Ports) -> CartView:
    """The cart without the code, in whatever spelling; raises CodeNotFound."""

    async def attempt(told: Told) -> CartView:
        async with ports.unit_of_work() as work:
            at = ports.clock()
            loaded = await load_cart(owner, work)
            cart = loaded.cart.without_code(code, at=at)
            await work.carts.save(cart)
            return view_of(changed(loaded, cart), at, told)

    return await told_and_with_room(attempt, ports)


async def set_email(owner: CartOwner, email: str, *, ports: Ports) -> CartView:
    """
    The cart of whoever has that address; codes that they used already say so from now on.

    Raises InvalidInput for what is no address.
    """
    normal = normalise_email(email)

    async def attempt(told: Told) -> CartView:
        async with ports.unit_of_work() as work:
            at = ports.clock()
            loaded = await load_cart(owner, work, email=normal)
            cart = loaded.cart.belonging_to(normal, at=at)
            await work.carts.save(cart)
            return view_of(evolve(loaded, cart=cart), at, told)

    return await told_and_with_room(attempt, ports)


async def _redeemable(code: str, loaded: LoadedCart, work: Work, at: datetime) -> Coupon:
    """The coupon, unless it never will apply; raises CouponRefused."""
    (presented,) = await work.coupons.presented(
        (code,), user_id=loaded.cart.user_id, email=loaded.cart.email
    )
    if presented.coupon is None:
        raise CouponRefused(code.strip(), Reason.UNKNOWN, "there is no such code")
    refusal = presented.coupon.refusal(
        at=at,
        currency=loaded.cart.currency,
        shopper=loaded.shopper,
        used_by_you=presented.used_by_you,
    )
    if refusal is not None and refusal.reason in _FOR_EVER:
        raise CouponRefused(presented.coupon.code, refusal.reason, refusal.detail)
    return presented.coupon
