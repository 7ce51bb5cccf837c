"""Edits of orders on the wire."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta, Struct, field

from automate_store.application.orders import (
    Addition,
    ChangeAddress,
    EditOutcome,
    EditView,
    ModifyItems,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import LineId, OrderId, ProductId, VariantId
from automate_store.entrypoints.http.wire.carts import ItemToAdd
from automate_store.entrypoints.http.wire.inputs import Input, Text100
from automate_store.entrypoints.http.wire.money import Amount, amount
from automate_store.entrypoints.http.wire.orders import (
    ITEM_LIMIT,
    AddressInput,
    OrderAnswer,
    order_answer,
)
from automate_store.entrypoints.http.wire.pricing import QuoteAnswer, quote_answer

Why = Annotated[str, Meta(min_length=1, max_length=500)]
WHY = "For the order's timeline, which its customer can read."


class EditQuery(Input, frozen=True, kw_only=True):
    """Whether the change is only tried."""

    preview: Annotated[
        bool, Meta(description="Tell what the change would come to, and store nothing.")
    ] = False


class ItemQuantity(Input, frozen=True, kw_only=True):
    """How many of an item there are to be; none takes it out."""

    item_id: UUID
    quantity: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            description="Whole pieces: how many there are to be in all, not how many more or less.",
        ),
    ]


class ModifyItemsInput(Input, frozen=True, kw_only=True):
    """
    Other quantities of an order's items, and new ones; items that are not named stay.

    Units that stay cost what they cost; more of an item, and new ones, are a line of their
    own at today's price. Promotions stay as they were unless rerun_promotions asks for
    today's on all of it.
    """

    several_lines: ClassVar[frozenset[str]] = frozenset({"reason"})

    items: Annotated[
        list[ItemQuantity],
        Meta(max_length=ITEM_LIMIT, description="What changes alone; what is not named stays."),
    ] = field(default_factory=list)
    add: Annotated[
        list[ItemToAdd],
        Meta(max_length=ITEM_LIMIT, description="New lines, at today's price."),
    ] = field(default_factory=list)
    shipping_method: Annotated[
        Text100 | None, Meta(description="How it travels; without one, as it was to.")
    ] = None
    rerun_promotions: Annotated[
        bool,
        Meta(
            description="Whether today's promotions, and the order's own codes, act on all of it: "
            "units that stay keep their unit prices, and a code that does not apply any more "
            "refuses the change. Without it, what came off stays off, and nothing else comes off."
        ),
    ] = False
    reason: Annotated[Why | None, Meta(description=WHY)] = None

    def command(self, order_id: OrderId) -> ModifyItems:
        """The wish in the words of the trade; raises InvalidInput."""
        quantities = {LineId(item.item_id): item.quantity for item in self.items}
        if len(quantities) < len(self.items):
            raise InvalidInput.of("items", "names each item once")
        return ModifyItems(
            order_id=order_id,
            items=quantities,
            added=tuple(_addition(each) for each in self.add),
            shipping_method=self.shipping_method,
            rerun_promotions=self.rerun_promotions,
            reason=self.reason,
        )


class ChangeAddressInput(Input, frozen=True, kw_only=True):
    """Where the order is to go instead; without a method it travels as it was to."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"reason"})

    shipping_address: AddressInput
    shipping_method: Annotated[
        Text100 | None, Meta(description="How it travels; without one, as it was to.")
    ] = None
    reason: Annotated[Why | None, Meta(description=WHY)] = None

    def command(self, order_id: OrderId) -> ChangeAddress:
        """The wish in the words of the trade; raises InvalidInput."""
        return ChangeAddress(
            order_id=order_id,
            shipping_address=self.shipping_address.address(field="shipping_address"),
            shipping_method=self.shipping_method,
            reason=self.reason,
        )


class EditAnswer(Struct, frozen=True):
    """
    What became of a change, or would become of it.

    outcome: previewed, and nothing is stored; applied, and the order is like that; or staged:
    it waits beside the order for to_pay, until order.staged says. quote is what the order
    would cost, or costs, with the change in it.
    """

    outcome: EditOutcome
    to_pay: Annotated[
        Amount,
        Meta(description="What was not paid then, and is neither authorised nor on its way."),
    ]
    comes_back: Annotated[Amount, Meta(description="What was paid beyond what it costs then.")]
    quote: QuoteAnswer
    order: OrderAnswer


def edit_answer(view: EditView, *, to_staff: bool) -> EditAnswer:
    """The order, and what the change comes to."""
    return EditAnswer(
        view.outcome,
        amount(view.to_pay),
        amount(view.comes_back),
        quote_answer(view.quote, to_staff=to_staff),
        order_answer(view.order, to_staff=to_staff),
    )


def _addition(item: ItemToAdd) -> Addition:
    return Addition(
        product_id=ProductId(item.product_id) if item.product_id else None,
        variant_id=VariantId(item.variant_id) if item.variant_id else None,
        quantity=item.quantity,
    )
