"""Changing what is in a cart and where it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from attrs import evolve, frozen

from automate_store.application.access import CartOwner
from automate_store.application.carriers import Told
from automate_store.application.carts.viewing import (
    CartView,
    open_cart,
    told_and_with_room,
    view_of,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.carts import LoadedCart
from automate_store.application.ports.catalog import Choice, Sellable
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.quoting import changed, completed, load_cart
from automate_store.application.tokens import token_hash
from automate_store.domain.carts import Cart, CartLine
from automate_store.domain.catalog import ProductNotFound, VariantNotFound, VariantNotNamed
from automate_store.domain.inventory import OutOfStock, Shortage
from automate_store.domain.kernel.ids import LineId, ProductId, VariantId
from automate_store.domain.kernel.places import Destination

PURGE_BATCH = 1_000
_Change = Callable[[LoadedCart, datetime], Cart]


@frozen(kw_only=True)
class AddItem:
    """So many of a variant, or of the only variant of a product."""

    product_id: ProductId | None
    variant_id: VariantId | None
    quantity: int


async def add_to_cart(owner: CartOwner, items: tuple[AddItem, ...], *, ports: Ports) -> CartView:
    """
    Their cart with the items in it, a new one where they have none.

    Raises CartNotFound, ProductNotFound, VariantNotFound, VariantNotNamed, OutOfStock,
    CartFull or TooManyOfOne; then nothing was added.
    """
    fresh = ports.ids.token() if owner.newcomer else None

    async def attempt(told: Told) -> CartView:
        async with ports.unit_of_work() as work:
            at = ports.clock()
            loaded = await open_cart(owner, work, ports, at)
            wanted = await _wanted(items, work)
            cart = evolve(loaded.cart, token_hash=token_hash(fresh)) if fresh else loaded.cart
            for item, variant in wanted:
                line = _line(item, variant, ports, at)
                cart = cart.add(line, policy=ports.policy.cart, at=at)
            shelf = {**loaded.sellable, **{found.variant_id: found for _, found in wanted}}
            _refuse_shortages(cart, {variant.variant_id for _, variant in wanted}, shelf)
            await (work.carts.save(cart) if cart.version else work.carts.add(cart))
            if not loaded.cart.lines:
                loaded = await completed(evolve(loaded, cart=cart), work)
            view = view_of(evolve(loaded, cart=cart, sellable=shelf), at, told)
        return evolve(view, token=fresh)

    return await told_and_with_room(attempt, ports)


async def set_quantity(
    owner: CartOwner, line_id: LineId, quantity: int, *, ports: Ports
) -> CartView:
    """The cart with that many in the line; raises CartLineNotFound, OutOfStock, TooManyOfOne."""

    def change(loaded: LoadedCart, at: datetime) -> Cart:
        cart = loaded.cart.set_quantity(line_id, quantity, policy=ports.policy.cart, at=at)
        _refuse_shortages(cart, {cart.line(line_id).variant_id}, loaded.sellable)
        return cart

    return await _change(owner, change, ports)


async def remove_line(owner: CartOwner, line_id: LineId, *, ports: Ports) -> CartView:
    """The cart without the line; raises CartLineNotFound."""
    return await _change(owner, lambda loaded, at: loaded.cart.remove(line_id, at=at), ports)


async def clear_cart(owner: CartOwner, *, ports: Ports) -> CartView:
    """The cart with nothing in it."""
    return await _change(owner, lambda loaded, at: loaded.cart.clear(at=at), ports)


async def set_shipping(
    owner: CartOwner, destination: Destination, method: str | None, *, ports: Ports
) -> CartView:
    """The cart bound for that place; raises the refusal of a method that can't go there."""

    def change(loaded: LoadedCart, at: datetime) -> Cart:
        return loaded.cart.send_to(destination, method, at=at)

    def check(view: CartView) -> None:
        if view.quote.shipping_problem is not None:
            raise view.quote.shipping_problem

    return await _change(owner, change, ports, check=check)


async def accept_prices(owner: CartOwner, *, ports: Ports) -> CartView:
    """The cart whose owner agrees to today's unit prices."""

    def change(loaded: LoadedCart, at: datetime) -> Cart:
        prices = [
            (line.id, variant.unit_price)
            for line in loaded.cart.lines
            if (variant := loaded.sellable.get(line.variant_id)) is not None
        ]
        return loaded.cart.accept_prices(prices, at=at)

    return await _change(owner, change, ports)


async def purge_carts(*, ports: Ports) -> int:
    """Delete guests' carts untouched for longer than their lifetime; how many."""
    since = ports.clock() - ports.policy.guest_cart_lifetime
    purged = 0
    while True:
        async with ports.unit_of_work() as work:
            batch = await work.carts.purge(untouched_since=since, limit=PURGE_BATCH)
        purged += batch
        if batch < PURGE_BATCH:
            return purged


async def _change(
    owner: CartOwner,
    change: _Change,
    ports: Ports,
    *,
    check: Callable[[CartView], None] | None = None,
) -> CartView:
    async def attempt(told: Told) -> CartView:
        async with ports.unit_of_work() as work:
            at = ports.clock()
            loaded = await load_cart(owner, work)
            cart = change(loaded, at)
            view = view_of(changed(loaded, cart), at, told)
            if check is not None:
                check(view)
            await work.carts.save(cart)
            return view

    return await told_and_with_room(attempt, ports)


async def _wanted(items: tuple[AddItem, ...], work: Work) -> list[tuple[AddItem, Sellable]]:
    if len(items) == 1:
        return [(items[0], await work.shelf.find(items[0].product_id, items[0].variant_id))]
    by_variant = [item.variant_id for item in items if item.variant_id]
    by_product = [item.product_id for item in items if item.product_id and not item.variant_id]
    known = await work.shelf.of(by_variant) if by_variant else {}
    choices = await work.shelf.of_products(by_product) if by_product else {}
    return [
        (item, _named(item, known) if item.variant_id else _only(item, choices)) for item in items
    ]


def _named(item: AddItem, known: Mapping[VariantId, Sellable]) -> Sellable:
    assert item.variant_id is not None, "a variant is named"
    variant = known.get(item.variant_id)
    if variant is None or not variant.active or item.product_id not in {None, variant.product_id}:
        raise VariantNotFound(str(item.variant_id))
    return variant


def _only(item: AddItem, choices: Mapping[ProductId, Choice]) -> Sellable:
    assert item.product_id is not None, "one of the two ids is given"
    choice = choices.get(item.product_id)
    if choice is None:
        raise ProductNotFound(str(item.product_id))
    if choice.variants > 1:
        raise VariantNotNamed(item.product_id, choice.variants)
    return choice.variant


def _line(item: AddItem, variant: Sellable, ports: Ports, at: datetime) -> CartLine:
    return CartLine(
        id=LineId(ports.ids.uuid()),
        product_id=variant.product_id,
        variant_id=variant.variant_id,
        quantity=item.quantity,
        unit_price_seen=variant.unit_price,
        added_at=at,
    )


def _refuse_shortages(
    cart: Cart, touched: set[VariantId], shelf: Mapping[VariantId, Sellable]
) -> None:
    shortages = tuple(
        Shortage(line.variant_id, line.quantity, left)
        for line in cart.lines
        if line.variant_id in touched
        and line.quantity > (left := _promisable(shelf.get(line.variant_id)))
    )
    if shortages:
        raise OutOfStock(shortages)


def _promisable(variant: Sellable | None) -> int:
    return variant.stock.promisable if variant else 0
