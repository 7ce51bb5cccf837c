"""Merging: what a guest's cart brings along when its owner signs in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import evolve, frozen

from automate_store.domain.carts.cart import MOST_CODES, Cart, CartLine, CartPolicy
from automate_store.domain.coupons import normalise_code
from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import ProductId, VariantId


@frozen
class CartInOtherCurrency(RuleBroken):
    """A guest's cart is in another currency than the account's, and was not merged."""

    says = "The cart is in {currency}, yours in {into}; it was not merged."
    currency: str
    into: str


@frozen(kw_only=True)
class LeftOut:
    """So many of a variant that a cart had no room for."""

    product_id: ProductId
    variant_id: VariantId
    quantity: int


@frozen(kw_only=True)
class Merged:
    """An account's cart with a guest's in it, and what of the guest's found no room."""

    cart: Cart
    left_out: tuple[LeftOut, ...]
    codes_left_out: tuple[str, ...]


def merge(cart: Cart, guest: Cart, *, policy: CartPolicy, at: datetime) -> Merged:
    """
    The account's cart with the guest's lines and codes; raises CartInOtherCurrency.

    Its own lines come first, keep their ids and the prices that were seen on them, and are
    never made less by a limit. Where it does not say who shops or where it goes, the
    guest's does.
    """
    if guest.currency != cart.currency:
        raise CartInOtherCurrency(guest.currency, cart.currency)
    lines, left_out = _merged_lines(cart.lines, guest.lines, policy)
    codes, codes_left_out = _merged_codes(cart.codes, guest.codes)
    bound = cart if cart.destination is not None else guest
    merged = evolve(
        cart,
        lines=lines,
        codes=codes,
        email=cart.email or guest.email,
        destination=bound.destination,
        shipping_method=bound.shipping_method,
        updated_at=at,
    )
    return Merged(cart=merged, left_out=left_out, codes_left_out=codes_left_out)


def _merged_lines(
    own: Iterable[CartLine], guests: Iterable[CartLine], policy: CartPolicy
) -> tuple[tuple[CartLine, ...], tuple[LeftOut, ...]]:
    lines = {line.variant_id: line for line in own}
    left_out: list[LeftOut] = []
    for line in guests:
        mine = lines.get(line.variant_id)
        wanted = policy.merge.quantity(mine.quantity, line.quantity) if mine else line.quantity
        kept = min(wanted, _room(mine, len(lines), policy))
        if kept:
            lines[line.variant_id] = evolve(mine or line, quantity=kept)
        if kept < wanted:
            left_out.append(
                LeftOut(
                    product_id=line.product_id,
                    variant_id=line.variant_id,
                    quantity=wanted - kept,
                )
            )
    return tuple(lines.values()), tuple(left_out)


def _room(mine: CartLine | None, lines: int, policy: CartPolicy) -> int:
    """How many of a variant there may be, in the line that it has or in a new one."""
    if mine is not None:
        return max(mine.quantity, policy.max_quantity)
    return policy.max_quantity if lines < policy.max_lines else 0


def _merged_codes(
    own: tuple[str, ...], guests: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known = set(map(normalise_code, own))
    fresh = [code for code in guests if normalise_code(code) not in known]
    room = max(MOST_CODES - len(own), 0)
    return (*own, *fresh[:room]), tuple(fresh[room:])
