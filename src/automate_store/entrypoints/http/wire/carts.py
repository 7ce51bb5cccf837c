"""Carts on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from automate_store.application.carts import AddItem, CartValidation, CartView, MergedCart
from automate_store.application.ports.catalog import Sellable
from automate_store.domain.carts import CartLine, CartProblem, CartProblemKind
from automate_store.domain.inventory import STOCK_LIMIT, StockItem
from automate_store.domain.kernel.ids import ProductId, VariantId
from automate_store.domain.kernel.places import Destination
from automate_store.domain.pricing import QuotedLine
from automate_store.entrypoints.http.wire.inputs import (
    Count,
    Country,
    FaultyFields,
    Input,
    Text20,
    Text100,
    Text255,
)
from automate_store.entrypoints.http.wire.money import Amount, amount, maybe_amount
from automate_store.entrypoints.http.wire.pricing import QuoteAnswer, quote_answer

BULK_LIMIT = 100


class ItemToAdd(Input, frozen=True, kw_only=True):
    """So many of a variant, or of a product that has only one."""

    product_id: UUID | None = None
    variant_id: UUID | None = None
    quantity: Count = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.product_id is None and self.variant_id is None:
            raise FaultyFields(("variant_id", "is required, or product_id is"))

    def command(self) -> AddItem:
        """The wish in the words of the trade."""
        return AddItem(
            product_id=ProductId(self.product_id) if self.product_id else None,
            variant_id=VariantId(self.variant_id) if self.variant_id else None,
            quantity=self.quantity,
        )


class AddToCart(Input, frozen=True, kw_only=True):
    """One item, or up to a hundred in ``items``; all are added or none is."""

    product_id: UUID | None = None
    variant_id: UUID | None = None
    quantity: Count | UnsetType = UNSET
    items: Annotated[list[ItemToAdd], Meta(min_length=1, max_length=BULK_LIMIT)] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        named = self.product_id is not None or self.variant_id is not None
        if self.items is None and not named:
            raise FaultyFields(("variant_id", "is required, or product_id or items is"))
        if self.items is not None and (named or self.quantity is not UNSET):
            raise FaultyFields(("items", "stands alone, each with a quantity of its own"))

    def commands(self) -> tuple[AddItem, ...]:
        """The wishes in the words of the trade."""
        if self.items is not None:
            return tuple(item.command() for item in self.items)
        quantity = 1 if self.quantity is UNSET else self.quantity
        one = ItemToAdd(product_id=self.product_id, variant_id=self.variant_id, quantity=quantity)
        return (one.command(),)


class ChangeQuantity(Input, frozen=True, kw_only=True):
    """How many the line shall hold."""

    quantity: Count


class Place(Input, frozen=True, kw_only=True):
    """As much of an address as prices depend on."""

    country: Country
    state: Text100 | None = None
    postal_code: Text20 | None = None

    def destination(self) -> Destination:
        """The place in the words of the trade."""
        return Destination(self.country, self.state, self.postal_code)


class ChooseShipping(Input, frozen=True, kw_only=True):
    """Where the cart goes, and by which method; null leaves the method open."""

    destination: Place
    shipping_method: Text100 | None = None


class SetEmail(Input, frozen=True, kw_only=True):
    """Who shops."""

    email: Annotated[str, Meta(max_length=255, examples=["ann@example.com"])]


class MergeCart(Input, frozen=True, kw_only=True):
    """Which guest's cart; without a token it is that of the header, else of the cookie."""

    cart_token: Text255 | None = None


class UseCode(Input, frozen=True, kw_only=True):
    """A code, in whatever case, spaces around it or not."""

    code: Annotated[str, Meta(min_length=1, max_length=100, examples=["WELCOME"])]


class OptionsQuery(Input, frozen=True, kw_only=True):
    """Where to; the cart's own destination where nothing is said."""

    country: Country | None = None
    state: Text100 | None = None
    postal_code: Text20 | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.country is None and (self.state is not None or self.postal_code is not None):
            raise FaultyFields(("country", "is required beside state and postal_code"))

    def destination(self) -> Destination | None:
        """The place, if one was named."""
        if self.country is None:
            return None
        return Destination(self.country, self.state, self.postal_code)


class DestinationAnswer(Struct, frozen=True):
    """Where the cart goes."""

    country: str
    state: str | None
    postal_code: str | None


class CartItem(Struct, frozen=True):
    """
    A line of the cart at today's price; price_seen is what it cost when it was added.

    Where the variant is gone, what is not known any more is null. available is null
    where there is no limit.
    """

    id: UUID
    product_id: UUID
    variant_id: UUID
    quantity: int
    slug: str | None
    name: str | None
    variant_name: str | None
    sku: str | None
    attributes: Mapping[str, str]
    image_url: str | None
    unit_price: Amount | None
    compare_price: Amount | None
    price_seen: Amount
    subtotal: Amount | None
    available: int | None
    active: bool
    added_at: datetime


class LeftOutOfCart(Struct, frozen=True):
    """So many that a cart had no room for."""

    product_id: UUID
    variant_id: UUID
    quantity: int


class CartAnswer(Struct, frozen=True):
    """
    A cart, and what it costs now.

    token is told once, when a guest's cart is made: it opens the cart, in the header
    X-Cart-Token. id is null for whoever has no cart yet. left_out and codes_left_out are
    told where carts were merged: what the cart had no room for.
    """

    id: UUID | None
    items: list[CartItem]
    email: str | None
    destination: DestinationAnswer | None
    shipping_method: str | None
    quote: QuoteAnswer
    created_at: datetime
    updated_at: datetime
    token: str | UnsetType = UNSET
    left_out: list[LeftOutOfCart] | UnsetType = UNSET
    codes_left_out: list[str] | UnsetType = UNSET


class ProblemOfCart(Struct, frozen=True):
    """What stands in the way, or should be known; which fields are filled depends on kind."""

    kind: CartProblemKind
    blocks: bool
    line_id: UUID | None
    wanted: int | None
    available: int | None
    old_price: Amount | None
    new_price: Amount | None
    shipping_method: str | None
    code: str | None
    reason: str | None
    detail: str | None


class CartValidationAnswer(Struct, frozen=True):
    """Whether the cart can be ordered as it is, and what is to be said about it."""

    valid: bool
    problems: list[ProblemOfCart]
    cart: CartAnswer


def cart_answer(view: CartView) -> CartAnswer:
    """The cart with its quote."""
    cart, place = view.cart, view.cart.destination
    quoted = {line.id: line for line in view.quote.lines}
    return CartAnswer(
        id=cart.id if view.stored else None,
        items=[
            _item(line, view.sellable.get(line.variant_id), quoted.get(line.id))
            for line in cart.lines
        ],
        email=cart.email,
        destination=DestinationAnswer(place.country, place.state, place.postal_code)
        if place
        else None,
        shipping_method=cart.shipping_method,
        quote=quote_answer(view.quote),
        created_at=cart.created_at,
        updated_at=cart.updated_at,
        token=view.token or UNSET,
    )


def merged_answer(merged: MergedCart) -> CartAnswer:
    """The account's cart, with what it had no room for."""
    return replace(
        cart_answer(merged.view),
        left_out=[
            LeftOutOfCart(each.product_id, each.variant_id, each.quantity)
            for each in merged.left_out
        ],
        codes_left_out=list(merged.codes_left_out),
    )


def validation_answer(validation: CartValidation) -> CartValidationAnswer:
    """The findings, with the cart they are about."""
    return CartValidationAnswer(
        validation.valid,
        [problem_of_cart(problem) for problem in validation.problems],
        cart_answer(validation.view),
    )


def problem_of_cart(problem: CartProblem) -> ProblemOfCart:
    """One finding."""
    return ProblemOfCart(
        problem.kind,
        problem.blocks,
        problem.line_id,
        problem.wanted,
        problem.available,
        maybe_amount(problem.old_price),
        maybe_amount(problem.new_price),
        problem.shipping_method,
        problem.coupon,
        problem.reason,
        problem.detail,
    )


def _item(line: CartLine, variant: Sellable | None, quoted: QuotedLine | None) -> CartItem:
    if variant is None:
        return _gone(line)
    return CartItem(
        line.id,
        line.product_id,
        line.variant_id,
        line.quantity,
        variant.slug,
        variant.name,
        variant.variant_name,
        variant.sku,
        variant.attributes,
        variant.image_url,
        amount(variant.unit_price),
        maybe_amount(variant.compare_price),
        amount(line.unit_price_seen),
        amount(quoted.subtotal) if quoted else None,
        _available(variant.stock),
        variant.active,
        line.added_at,
    )


def _gone(line: CartLine) -> CartItem:
    return CartItem(
        id=line.id,
        product_id=line.product_id,
        variant_id=line.variant_id,
        quantity=line.quantity,
        slug=None,
        name=None,
        variant_name=None,
        sku=None,
        attributes={},
        image_url=None,
        unit_price=None,
        compare_price=None,
        price_seen=amount(line.unit_price_seen),
        subtotal=None,
        available=0,
        active=False,
        added_at=line.added_at,
    )


def _available(stock: StockItem) -> int | None:
    return None if stock.promisable >= STOCK_LIMIT - stock.reserved else stock.promisable
