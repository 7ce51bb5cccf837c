"""Looking at a cart: what it costs now, what is wrong with it, and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TypeVar

from attrs import evolve, frozen

from automate_store.application.access import CartOwner, Permission
from automate_store.application.carriers import (
    Told,
    appraise_told,
    options_told,
    with_carriers,
)
from automate_store.application.expiry import making_room
from automate_store.application.ports import Ports
from automate_store.application.ports.carts import LoadedCart
from automate_store.application.ports.catalog import Sellable
from automate_store.application.ports.unit_of_work import Reads
from automate_store.application.quoting import (
    basket_now,
    cart_basket,
    cart_problems,
    load_cart,
    quote_cart,
)
from automate_store.domain.carts import Cart, CartNotFound, CartProblem
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import CartId, VariantId
from automate_store.domain.kernel.places import Destination
from automate_store.domain.pricing import Appraisal, Quote, Standing, Verdict
from automate_store.domain.pricing.carrying import ShippingOption

T = TypeVar("T")


@frozen(kw_only=True)
class CartView:
    """A cart, what stands on its lines, and what it costs now; ``token`` is set on a new one."""

    cart: Cart
    sellable: Mapping[VariantId, Sellable]
    quote: Quote
    token: str | None = None
    stored: bool = True
    """False for the empty one of whoever has none."""


@frozen(kw_only=True)
class CartValidation:
    """What must be settled, or should be known, before the cart is ordered."""

    view: CartView
    problems: tuple[CartProblem, ...]

    @property
    def valid(self) -> bool:
        """Whether the cart can be ordered as it is."""
        return not any(problem.blocks for problem in self.problems)


async def view_cart(owner: CartOwner, *, ports: Ports) -> CartView:
    """Their cart, or an empty one for whoever has none; raises CartNotFound, CartOrdered."""
    at = ports.clock()

    async def attempt(told: Told) -> CartView:
        async with ports.reading() as reads:
            loaded = await open_cart(owner, reads, ports, at)
        return evolve(view_of(loaded, at, told), stored=loaded.cart.version > 0)

    return await with_carriers(attempt, ports=ports)


async def validate_cart(owner: CartOwner, *, ports: Ports) -> CartValidation:
    """Each line that is gone, short or dearer now, and a shipping method that is gone."""
    at = ports.clock()

    async def attempt(told: Told) -> CartValidation:
        async with ports.reading() as reads:
            loaded = await load_cart(owner, reads)
        view = view_of(loaded, at, told)
        return CartValidation(view=view, problems=cart_problems(loaded, view.quote))

    return await with_carriers(attempt, ports=ports)


async def explain_cart(owner: CartOwner, *, ports: Ports) -> Appraisal:
    """
    The cart's quote, and a verdict on every promotion and code.

    Staff see all that are active; customers those that applied, their codes, and what is
    advertised.
    """

    async def attempt(told: Told) -> Appraisal:
        async with ports.reading() as reads:
            loaded = await load_cart(owner, reads)
        return appraise_told(basket_now(loaded, ports.clock()), loaded.rules, told)

    found = await with_carriers(attempt, ports=ports)
    if owner.actor.can(Permission.READ_PRICING):
        return found
    shown = tuple(each for each in found.verdicts if _shown_to_customers(each))
    return evolve(found, verdicts=shown)


async def shipping_options(
    owner: CartOwner, destination: Destination | None, *, ports: Ports
) -> tuple[ShippingOption, ...]:
    """
    How the cart could travel and what each way costs, cheapest first.

    Raises InvalidInput where neither the request nor the cart says where to.
    """

    async def attempt(told: Told) -> tuple[ShippingOption, ...]:
        async with ports.reading() as reads:
            loaded = await load_cart(owner, reads)
        place = destination or loaded.cart.destination
        if place is None:
            raise InvalidInput.of("country", "is needed to know what shipping costs")
        basket = cart_basket(
            loaded,
            destination=place,
            shipping_method=None,
            at=ports.clock(),
        )
        return options_told(basket, loaded.rules, told)

    return await with_carriers(attempt, ports=ports)


def view_of(loaded: LoadedCart, at: datetime, told: Told) -> CartView:
    """The loaded cart, priced; raises RatesUnasked."""
    cart = loaded.cart
    quote = quote_cart(
        loaded,
        destination=cart.destination,
        shipping_method=cart.shipping_method,
        at=at,
        told=told,
    )
    return CartView(cart=cart, sellable=loaded.sellable, quote=quote)


async def open_cart(owner: CartOwner, reads: Reads, ports: Ports, at: datetime) -> LoadedCart:
    """Their cart, or an empty one for whoever has none; raises CartNotFound, CartOrdered."""
    try:
        return await load_cart(owner, reads)
    except CartNotFound:
        if owner.token is not None:
            raise
    rules = await reads.rules.current()
    return LoadedCart(_fresh_cart(owner, ports, at), {}, rules, shopper=owner.shopper)


async def told_and_with_room(attempt: Callable[[Told], Awaitable[T]], ports: Ports) -> T:
    """What the attempt gives once carriers were asked and what was overdue is free again."""

    async def informed(told: Told) -> T:
        return await making_room(partial(attempt, told), ports=ports)

    return await with_carriers(informed, ports=ports)


def _shown_to_customers(verdict: Verdict) -> bool:
    applied = verdict.standing is Standing.APPLIED
    return applied or verdict.advertised or verdict.code is not None


def _fresh_cart(owner: CartOwner, ports: Ports, at: datetime) -> Cart:
    return Cart(
        id=CartId(ports.ids.uuid()),
        user_id=owner.account_id,
        token_hash=None,
        currency=ports.policy.currency,
        created_at=at,
        updated_at=at,
    )
