"""Quoting: a cart with what stands on its lines, what it costs now, and what is wrong with it."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from automate_store.application.access import CartOwner
from automate_store.application.carriers import Told, quote_told
from automate_store.application.ports.carts import LoadedCart
from automate_store.application.ports.catalog import Sellable
from automate_store.application.ports.unit_of_work import Reads
from automate_store.application.tokens import plausible, token_hash
from automate_store.domain.carts import (
    Cart,
    CartNotFound,
    CartProblem,
    CartProblemKind,
    OnShelf,
    validate,
)
from automate_store.domain.coupons import normalise_code
from automate_store.domain.kernel.places import Destination
from automate_store.domain.pricing import (
    Basket,
    BasketLine,
    CodeStanding,
    Giveaway,
    Quote,
    Standing,
)


async def load_cart(
    owner: CartOwner, reads: Reads, *, email: str | None = None, to_order: bool = False
) -> LoadedCart:
    """
    Their open cart, for whoever has that e-mail (normalised) where it is known.

    ``to_order``: no other order of the same customer is placed meanwhile, where a rule asks
    whether this is the first. Raises CartNotFound, or CartOrdered.
    """
    if owner.account_id is not None:
        found = await reads.carts.by_account(owner.account_id)
        loaded = evolve(found, shopper=owner.shopper)
    elif owner.token is not None and plausible(owner.token):
        loaded = await reads.carts.by_token(token_hash(owner.token))
    else:
        raise CartNotFound
    return await completed(loaded, reads, email=email, to_order=to_order)


async def completed(
    loaded: LoadedCart, reads: Reads, *, email: str | None = None, to_order: bool = False
) -> LoadedCart:
    """The cart with its codes, gifts and shopper; what no rule asks for is not read."""
    cart, rules = loaded.cart, loaded.rules
    email = email or cart.email
    if cart.codes:
        codes = await reads.coupons.presented(cart.codes, user_id=cart.user_id, email=email)
        loaded = evolve(loaded, codes=codes)
    if rules.gifts and cart.lines:
        loaded = evolve(loaded, giveaways=await reads.shelf.of(sorted(rules.gifts)))
    if not rules.asks_first_order or (cart.user_id is None and email is None):
        return loaded
    before = await reads.orders.any_of(cart.user_id, email, lock=to_order)
    return evolve(loaded, shopper=evolve(loaded.shopper, first_order=not before))


def changed(loaded: LoadedCart, cart: Cart) -> LoadedCart:
    """What was loaded, for the cart as it is now; codes that left it are presented no more."""
    left = frozenset(map(normalise_code, cart.codes))
    codes = tuple(each for each in loaded.codes if normalise_code(each.code) in left)
    return evolve(loaded, cart=cart, codes=codes)


def basket_now(loaded: LoadedCart, at: datetime) -> Basket:
    """What of the cart can be sold, to be priced, bound for where the cart goes."""
    cart = loaded.cart
    return cart_basket(
        loaded, destination=cart.destination, shipping_method=cart.shipping_method, at=at
    )


def quote_cart(
    loaded: LoadedCart,
    *,
    destination: Destination | None,
    shipping_method: str | None,
    at: datetime,
    told: Told,
) -> Quote:
    """
    The quote of the cart's lines that can be sold; those that can't cost nothing.

    Raises RatesUnasked where a carrier has to be asked first.
    """
    basket = cart_basket(loaded, destination=destination, shipping_method=shipping_method, at=at)
    return quote_told(basket, loaded.rules, told)


def cart_basket(
    loaded: LoadedCart,
    *,
    destination: Destination | None,
    shipping_method: str | None,
    at: datetime,
) -> Basket:
    """What of the cart can be sold, to be priced."""
    lines = tuple(
        BasketLine(
            id=line.id,
            product_id=variant.product_id,
            variant_id=variant.variant_id,
            unit_price=variant.unit_price,
            quantity=line.quantity,
            weight_g=variant.weight_g,
            requires_shipping=variant.requires_shipping,
            tax_class=variant.tax_class,
            category_ids=variant.category_ids,
            brand_id=variant.brand_id,
            tags=variant.tags,
            compare_price=variant.compare_price,
            minimum_price=variant.minimum_price,
        )
        for line in loaded.cart.lines
        if (variant := loaded.sellable.get(line.variant_id)) is not None and variant.active
    )
    return Basket(
        lines=lines,
        currency=loaded.cart.currency,
        at=at,
        destination=destination,
        shipping_method=shipping_method,
        shopper=loaded.shopper,
        codes=loaded.codes,
        giveaways=tuple(_giveaway(each) for each in loaded.giveaways.values() if each.active),
    )


def _giveaway(variant: Sellable) -> Giveaway:
    return Giveaway(
        product_id=variant.product_id,
        variant_id=variant.variant_id,
        unit_price=variant.unit_price,
        weight_g=variant.weight_g,
        requires_shipping=variant.requires_shipping,
        tax_class=variant.tax_class,
        available=variant.stock.promisable,
    )


def cart_problems(loaded: LoadedCart, quote: Quote) -> tuple[CartProblem, ...]:
    """What is wrong with the lines, the codes and the shipping method of a loaded cart."""
    shelf = {
        variant_id: OnShelf(
            active=variant.active,
            unit_price=variant.unit_price,
            promisable=variant.stock.promisable,
        )
        for variant_id, variant in loaded.sellable.items()
    }
    problems = [*validate(loaded.cart, shelf), *map(_code_problem, refused_codes(quote))]
    if quote.shipping_problem is not None:
        gone = CartProblemKind.SHIPPING_METHOD_GONE
        problems.append(CartProblem(kind=gone, shipping_method=loaded.cart.shipping_method))
    return tuple(problems)


def refused_codes(quote: Quote) -> tuple[CodeStanding, ...]:
    """The codes that do not apply, displaced ones among them."""
    return tuple(code for code in quote.codes if code.standing is not Standing.APPLIED)


def _code_problem(code: CodeStanding) -> CartProblem:
    return CartProblem(
        kind=CartProblemKind.CODE_NOT_APPLIED,
        coupon=code.code,
        reason=code.reason,
        detail=code.detail,
    )
