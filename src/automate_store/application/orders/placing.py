"""Placing an order: the cart, priced now, becomes a promise of stock and of a total."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from attrs import evolve, frozen

from automate_store.application.access import CartOwner
from automate_store.application.carriers import Told, with_carriers
from automate_store.application.expiry import making_room
from automate_store.application.idempotency import keyed, once
from automate_store.application.orders.reading import OrderView
from automate_store.application.ports import Ports
from automate_store.application.ports.carts import LoadedCart
from automate_store.application.ports.keys import Keyed
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.quoting import (
    cart_problems,
    load_cart,
    quote_cart,
    refused_codes,
)
from automate_store.application.redeeming import redeem_codes
from automate_store.application.stock import claim_stock, reserve_stock
from automate_store.application.tokens import order_token, token_hash
from automate_store.domain.carts import CartEmpty, CartNeedsAttention, CartNotFound, CartProblemKind
from automate_store.domain.coupons import CouponRefused
from automate_store.domain.identity import Address, normalise_email
from automate_store.domain.inventory import OutOfStock, Shortage
from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderItem, OrderState, PlacedOrder
from automate_store.domain.pricing import CodeStanding, Quote
from automate_store.domain.promotions import Reason
from automate_store.domain.shipping import ShippingRequired


@frozen
class TotalChanged(RuleBroken):
    """The order would cost something else than the customer agreed to."""

    says = "The total is {total} now, not {expected}; confirm the new quote."
    expected: Money
    total: Money
    quote: Quote


@frozen(kw_only=True)
class PlaceOrder:
    """A wish to buy what is in the cart; ``expected_total`` is what the customer agreed to."""

    email: str
    shipping_address: Address
    billing_address: Address | None = None
    shipping_method: str | None = None
    expected_total: Money | None = None
    notes: str | None = None


async def place_order(
    command: PlaceOrder, *, owner: CartOwner, key: str | None, ports: Ports
) -> OrderView:
    """
    The order: stock reserved, cart consumed, total as confirmed; once per key.

    A guest is told the token that opens it; an account opens its own. Raises CartNotFound,
    CartOrdered, CartEmpty, CartNeedsAttention, OutOfStock, CouponRefused, TotalChanged, the
    refusals of shipping, and those of the idempotency key; then nothing has changed.
    """
    request = keyed(owner.caller, key, command)
    command = evolve(command, email=normalise_email(command.email))

    async def attempt(told: Told) -> Order:
        async with ports.unit_of_work() as work:
            return await _place_once(command, owner, request, work, told, ports=ports)

    async def informed(told: Told) -> Order:
        return await making_room(partial(attempt, told), ports=ports)

    order = await with_carriers(informed, ports=ports)
    return OrderView(order=order, token=_secret(owner, order.id))


async def _place_once(
    command: PlaceOrder, owner: CartOwner, request: Keyed, work: Work, told: Told, *, ports: Ports
) -> Order:
    at = ports.clock()

    async def place() -> Order:
        loaded = await _loaded(command, owner, work)
        order = _decide(command, loaded, owner, told, ports=ports, at=at)
        await work.orders.add(order)
        await work.carts.consume(loaded.cart, order.id)
        shelf = {**loaded.sellable, **loaded.giveaways}
        stock = {variant_id: variant.stock for variant_id, variant in shelf.items()}
        await reserve_stock(order, stock, work=work, ports=ports, at=at)
        await redeem_codes(order, loaded, work=work, ports=ports, at=at)
        if order.state is not OrderState.PLACED:
            await claim_stock(order, work=work, actor=owner.actor, ports=ports)
        return order.saved()

    return await once(work, request, Order, place, at)


async def _loaded(command: PlaceOrder, owner: CartOwner, work: Work) -> LoadedCart:
    """The cart to be ordered; an account that has none has an empty one."""
    try:
        return await load_cart(owner, work, email=command.email, to_order=True)
    except CartNotFound:
        if owner.account_id is None:
            raise
        raise CartEmpty from None


def _secret(owner: CartOwner, order_id: OrderId) -> str | None:
    return None if owner.token is None else order_token(owner.token, order_id)


def _decide(
    command: PlaceOrder,
    loaded: LoadedCart,
    owner: CartOwner,
    told: Told,
    *,
    ports: Ports,
    at: datetime,
) -> Order:
    quote = _priced(command, loaded, told, at)
    _refuse(command, loaded, quote)
    order_id = OrderId(ports.ids.uuid())
    secret = _secret(owner, order_id)
    placed = PlacedOrder(
        id=order_id,
        number=ports.ids.order_number(),
        cart_id=loaded.cart.id,
        user_id=loaded.cart.user_id,
        token_hash=None if secret is None else token_hash(secret),
        email=command.email,
        items=_items(loaded, quote),
        quote=quote,
        shipping_address=command.shipping_address,
        billing_address=command.billing_address or command.shipping_address,
        notes=command.notes,
        expires_at=at + ports.policy.reservation_lifetime,
    )
    return Order.place(placed, actor=owner.actor.name, at=at)


def _priced(command: PlaceOrder, loaded: LoadedCart, told: Told, at: datetime) -> Quote:
    return quote_cart(
        loaded,
        destination=command.shipping_address.destination,
        shipping_method=command.shipping_method or loaded.cart.shipping_method,
        at=at,
        told=told,
    )


def _refuse(command: PlaceOrder, loaded: LoadedCart, quote: Quote) -> None:
    if not loaded.cart.lines:
        raise CartEmpty
    problems = [problem for problem in cart_problems(loaded, quote) if problem.blocks]
    if command.expected_total is not None:
        problems = [one for one in problems if one.kind is not CartProblemKind.PRICE_ROSE]
    kinds = {problem.kind for problem in problems}
    if kinds == {CartProblemKind.SHORT_OF_STOCK}:
        raise OutOfStock(_shortages(loaded))
    if quote.shipping_problem is not None:
        raise quote.shipping_problem
    if kinds == {CartProblemKind.CODE_NOT_APPLIED}:
        raise _refused(refused_codes(quote)[0])
    if problems:
        raise CartNeedsAttention(tuple(problems))
    if quote.shipping_pending:
        raise ShippingRequired
    if command.expected_total not in {None, quote.total}:
        assert command.expected_total is not None, "a total was expected"
        raise TotalChanged(command.expected_total, quote.total, quote)


def _shortages(loaded: LoadedCart) -> tuple[Shortage, ...]:
    return tuple(
        Shortage(line.variant_id, line.quantity, left)
        for line in loaded.cart.lines
        if line.quantity > (left := loaded.sellable[line.variant_id].stock.promisable)
    )


def _refused(code: CodeStanding) -> CouponRefused:
    missing = code.missing_amount or code.missing_quantity
    return CouponRefused(code.code, code.reason or Reason.NOTHING_ELIGIBLE, code.detail, missing)


def _items(loaded: LoadedCart, quote: Quote) -> tuple[OrderItem, ...]:
    """A line each, gifts among them."""
    shelf = {**loaded.sellable, **loaded.giveaways}
    return tuple(
        OrderItem(
            id=line.id,
            product_id=variant.product_id,
            variant_id=variant.variant_id,
            name=variant.name,
            sku=variant.sku,
            attributes=variant.attributes,
            image_url=variant.image_url,
            requires_shipping=variant.requires_shipping,
            unit_price=line.unit_price,
            quantity=line.quantity,
        )
        for line, variant in ((line, shelf[line.variant_id]) for line in quote.lines)
    )
