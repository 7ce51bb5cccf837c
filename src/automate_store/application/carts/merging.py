"""Merging a guest's cart into the account's: once, however often it is asked for."""

from __future__ import annotations

from attrs import evolve, frozen

from automate_store.application.access import Actor, CartOwner, Permission
from automate_store.application.carriers import Told
from automate_store.application.carts.viewing import (
    CartView,
    open_cart,
    told_and_with_room,
    view_of,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.carts import LoadedCart
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.quoting import completed
from automate_store.application.tokens import plausible, token_hash
from automate_store.domain.carts import CartNotFound, LeftOut, merge
from automate_store.domain.kernel.ids import UserId


@frozen(kw_only=True)
class MergedCart:
    """The account's cart, and what of the guest's found no room in it."""

    view: CartView
    left_out: tuple[LeftOut, ...] = ()
    codes_left_out: tuple[str, ...] = ()


async def merge_carts(token: str | None, *, actor: Actor, ports: Ports) -> MergedCart:
    """
    The account's cart with all that the guest's of that token holds; the token opens nothing more.

    Asked for again, it is the account's cart as it is. Raises CartNotFound for a token that
    opens no cart, one that another account took over included, CartOrdered, and
    CartInOtherCurrency; then nothing has changed.
    """
    actor.may(Permission.HAVE_ACCOUNT)
    account_id, mine = actor.account(), CartOwner.of(actor, None)

    async def attempt(told: Told) -> MergedCart:
        async with ports.unit_of_work() as work:
            at = ports.clock()
            guests = await _guests(token, account_id, work)
            own = await open_cart(mine, work, ports, at)
            if guests is None:
                view = view_of(own, at, told)
                return MergedCart(view=evolve(view, stored=own.cart.version > 0))
            merged = merge(own.cart, guests.cart, policy=ports.policy.cart, at=at)
            # The guest's row first, everywhere: no two merges wait for each other in a circle.
            await work.carts.take_over(guests.cart, account_id, at=at)
            cart = merged.cart
            await (work.carts.save(cart) if cart.version else work.carts.add(cart))
            sellable = {**guests.sellable, **own.sellable}
            loaded = await completed(evolve(own, cart=cart, sellable=sellable), work)
            return MergedCart(
                view=view_of(loaded, at, told),
                left_out=merged.left_out,
                codes_left_out=merged.codes_left_out,
            )

    return await told_and_with_room(attempt, ports)


async def _guests(token: str | None, account_id: UserId, work: Work) -> LoadedCart | None:
    """The guest's open cart; None where the account took it over before."""
    if token is None or not plausible(token):
        raise CartNotFound
    hashed = token_hash(token)
    try:
        return await work.carts.by_token(hashed)
    except CartNotFound:
        if await work.carts.taken_over_by(hashed) != account_id:
            raise
        return None
