"""Use cases of the cart: every answer is the cart with its quote of this moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial

from attrs import evolve, frozen

from automate_store.application.carriers import Told, options_told, with_carriers
from automate_store.application.expiry import making_room
from automate_store.application.ports import Ports
from automate_store.application.ports.carts import LoadedCart
from automate_store.application.ports.catalog import Choice, Sellable
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.quoting import cart_basket, cart_problems, load_cart, quote_cart
from automate_store.application.tokens import token_hash
from automate_store.domain.carts import (
    Cart,
    CartLine,
    CartProblem,
)
from automate_store.domain.catalog import ProductNotFound, VariantNotFound, VariantNotNamed
from automate_store.domain.inventory import OutOfStock, Shortage
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import CartId, LineId, ProductId, VariantId
from automate_store.domain.kernel.places import Destination
from automate_store.domain.pricing import Quote
from automate_store.domain.pricing.carrying import ShippingOption

PURGE_BATCH = 1_000
_Change = Callable[[LoadedCart, datetime, Told], Cart]


@frozen(kw_only=True)
class AddItem:
    """So many of a variant, or of the only variant of a product."""

    product_id: ProductId | None
    variant_id: VariantId | None
    quantity: int


@frozen(kw_only=True)
class CartView:
    """A cart, what stands on its lines, and what it costs now; ``token`` is set on a new one."""

    cart: Cart
    sellable: Mapping[VariantId, Sellable]
    quote: Quote
    token: str | None = None


@frozen(kw_only=True)
class CartValidation:
    """What must be settled, or should be known, before the cart is ordered."""

    view: CartView
    problems: tuple[CartProblem, ...]

    @property
    def valid(self) -> bool:
        """Whether the cart can be ordered as it is."""
        return not any(problem.blocks for problem in self.problems)


async def view_cart(token: str | None, *, ports: Ports) -> CartView:
    """The cart of the token, or an empty one for whoever has none; raises CartNotFound."""
    at = ports.clock()

    async def attempt(told: Told) -> CartView:
        async with ports.reading() as reads:
            if token is None:
                cart = _fresh(ports, None, at)
                return _view(LoadedCart(cart, {}, await reads.rules.current()), at, told)
            return _view(await load_cart(token, reads), at, told)

    return await with_carriers(attempt, ports=ports)


async def validate_cart(token: str, *, ports: Ports) -> CartValidation:
    """Each line that is gone, short or dearer now, and a shipping method that is gone."""
    at = ports.clock()

    async def attempt(told: Told) -> CartValidation:
        async with ports.reading() as reads:
            loaded = await load_cart(token, reads)
        view = _view(loaded, at, told)
        return CartValidation(view=view, problems=cart_problems(loaded, view.quote))

    return await with_carriers(attempt, ports=ports)


async def add_to_cart(token: str | None, items: tuple[AddItem, ...], *, ports: Ports) -> CartView:
    """
    The cart with the items in it; a new cart where no token is given.

    Raises CartNotFound, ProductNotFound, VariantNotFound, VariantNotNamed, OutOfStock,
    CartFull or TooManyOfOne; then nothing was added.
    """
    fresh = ports.ids.token() if token is None else None

    async def attempt(told: Told) -> CartView:
        async with ports.unit_of_work() as work:
            at = ports.clock()
            loaded = await _open(token, fresh, work, ports, at)
            wanted = await _wanted(items, work)
            cart = loaded.cart
            for item, variant in wanted:
                line = _line(item, variant, ports, at)
                cart = cart.add(line, policy=ports.policy.cart, at=at)
            shelf = {**loaded.sellable, **{found.variant_id: found for _, found in wanted}}
            _refuse_shortages(cart, {variant.variant_id for _, variant in wanted}, shelf)
            await (work.carts.save(cart) if token else work.carts.add(cart))
            view = _view(LoadedCart(cart, shelf, loaded.rules), at, told)
        return evolve(view, token=fresh)

    return await _told_and_with_room(attempt, ports)


async def set_quantity(token: str, line_id: LineId, quantity: int, *, ports: Ports) -> CartView:
    """The cart with that many in the line; raises CartLineNotFound, OutOfStock, TooManyOfOne."""

    def change(loaded: LoadedCart, at: datetime, _: Told) -> Cart:
        cart = loaded.cart.set_quantity(line_id, quantity, policy=ports.policy.cart, at=at)
        _refuse_shortages(cart, {cart.line(line_id).variant_id}, loaded.sellable)
        return cart

    return await _change(token, change, ports)


async def remove_line(token: str, line_id: LineId, *, ports: Ports) -> CartView:
    """The cart without the line; raises CartLineNotFound."""
    return await _change(token, lambda loaded, at, _: loaded.cart.remove(line_id, at=at), ports)


async def clear_cart(token: str, *, ports: Ports) -> CartView:
    """The cart with nothing in it."""
    return await _change(token, lambda loaded, at, _: loaded.cart.clear(at=at), ports)


async def set_shipping(
    token: str, destination: Destination, method: str | None, *, ports: Ports
) -> CartView:
    """The cart bound for that place; raises the refusal of a method that can't go there."""

    def change(loaded: LoadedCart, at: datetime, told: Told) -> Cart:
        cart = loaded.cart.send_to(destination, method, at=at)
        problem = _view(evolve(loaded, cart=cart), at, told).quote.shipping_problem
        if problem is not None:
            raise problem
        return cart

    return await _change(token, change, ports)


async def accept_prices(token: str, *, ports: Ports) -> CartView:
    """The cart whose owner agrees to today's unit prices."""

    def change(loaded: LoadedCart, at: datetime, _: Told) -> Cart:
        prices = [
            (line.id, variant.unit_price)
            for line in loaded.cart.lines
            if (variant := loaded.sellable.get(line.variant_id)) is not None
        ]
        return loaded.cart.accept_prices(prices, at=at)

    return await _change(token, change, ports)


async def shipping_options(
    token: str, destination: Destination | None, *, ports: Ports
) -> tuple[ShippingOption, ...]:
    """
    How the cart could travel and what each way costs, cheapest first.

    Raises InvalidInput where neither the request nor the cart says where to.
    """

    async def attempt(told: Told) -> tuple[ShippingOption, ...]:
        async with ports.reading() as reads:
            loaded = await load_cart(token, reads)
        place = destination or loaded.cart.destination
        if place is None:
            raise InvalidInput.of("country", "is needed to know what shipping costs")
        basket = cart_basket(
            loaded.cart,
            loaded.sellable,
            destination=place,
            shipping_method=None,
            at=ports.clock(),
        )
        return options_told(basket, loaded.rules, told)

    return await with_carriers(attempt, ports=ports)


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


async def _change(token: str, change: _Change, ports: Ports) -> CartView:
    async def attempt(told: Told) -> CartView:
        async with ports.unit_of_work() as work:
            at = ports.clock()
            loaded = await load_cart(token, work)
            cart = change(loaded, at, told)
            await work.carts.save(cart)
            return _view(evolve(loaded, cart=cart), at, told)

    return await _told_and_with_room(attempt, ports)


async def _told_and_with_room(
    attempt: Callable[[Told], Awaitable[CartView]], ports: Ports
) -> CartView:
    async def informed(told: Told) -> CartView:
        return await making_room(partial(attempt, told), ports=ports)

    return await with_carriers(informed, ports=ports)


async def _open(
    token: str | None, fresh: str | None, work: Work, ports: Ports, at: datetime
) -> LoadedCart:
    if token is not None:
        return await load_cart(token, work)
    return LoadedCart(_fresh(ports, fresh, at), {}, await work.rules.current())


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


def _fresh(ports: Ports, token: str | None, at: datetime) -> Cart:
    return Cart(
        id=CartId(ports.ids.uuid()),
        user_id=None,
        token_hash=token_hash(token) if token else None,
        currency=ports.policy.currency,
        created_at=at,
        updated_at=at,
    )


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


def _view(loaded: LoadedCart, at: datetime, told: Told) -> CartView:
    cart = loaded.cart
    quote = quote_cart(
        cart,
        loaded.sellable,
        loaded.rules,
        destination=cart.destination,
        shipping_method=cart.shipping_method,
        at=at,
        told=told,
    )
    return CartView(cart=cart, sellable=loaded.sellable, quote=quote)
