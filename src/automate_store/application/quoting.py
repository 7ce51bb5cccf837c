"""Quoting: a cart with what stands on its lines, what it costs now, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

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
from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.kernel.places import Destination
from automate_store.domain.pricing import Basket, BasketLine, PricingRules, Quote


async def load_cart(token: str, reads: Reads) -> LoadedCart:
    """The open cart of the token; raises CartNotFound, or CartOrdered."""
    if not plausible(token):
        raise CartNotFound
    return await reads.carts.by_token(token_hash(token))


def quote_cart(
    cart: Cart,
    sellable: Mapping[VariantId, Sellable],
    rules: PricingRules,
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
    basket = cart_basket(
        cart, sellable, destination=destination, shipping_method=shipping_method, at=at
    )
    return quote_told(basket, rules, told)


def cart_basket(
    cart: Cart,
    sellable: Mapping[VariantId, Sellable],
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
        for line in cart.lines
        if (variant := sellable.get(line.variant_id)) is not None and variant.active
    )
    return Basket(
        lines=lines,
        currency=cart.currency,
        at=at,
        destination=destination,
        shipping_method=shipping_method,
    )


def cart_problems(loaded: LoadedCart, quote: Quote) -> tuple[CartProblem, ...]:
    """What is wrong with the lines and the shipping method of a loaded cart."""
    shelf = {
        variant_id: OnShelf(
            active=variant.active,
            unit_price=variant.unit_price,
            promisable=variant.stock.promisable,
        )
        for variant_id, variant in loaded.sellable.items()
    }
    problems = validate(loaded.cart, shelf)
    if quote.shipping_problem is None:
        return problems
    gone = CartProblem(
        kind=CartProblemKind.SHIPPING_METHOD_GONE, shipping_method=loaded.cart.shipping_method
    )
    return (*problems, gone)
