"""Returns on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.returns import (
    ReceiveReturn,
    ReplaceReturn,
    RequestReturn,
    ReturnView,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import LineId, OrderId, ReturnId, VariantId
from automate_store.domain.returns import (
    Condition,
    Receipt,
    RefundLine,
    RefundPart,
    Replacement,
    Return,
    ReturnItem,
    ReturnKind,
    ReturnState,
)
from automate_store.entrypoints.http.wire.inputs import Count, Input, Text1000
from automate_store.entrypoints.http.wire.money import Amount, amount, maybe_amount
from automate_store.entrypoints.http.wire.orders import ITEM_LIMIT
from automate_store.entrypoints.http.wire.paging import Cursor, Limit

Words = Annotated[str, Meta(min_length=1, max_length=500)]
Reason = Annotated[
    str, Meta(min_length=1, max_length=100, description="One of those that the store accepts.")
]
PARTS = (
    "What it is for. `clawback` is for discounts that the goods which stay do not earn any more, "
    "where the store takes them back; above zero where a later return gives some of it again."
)


class ReturnQuery(Input, frozen=True, kw_only=True):
    """Whether it is only tried."""

    preview: Annotated[
        bool, Meta(description="Tell what would go back, line by line, and store nothing.")
    ] = False


class ReturnItemInput(Input, frozen=True, kw_only=True):
    """So many units of one item, why they go back, and what is to come for them."""

    item_id: UUID
    quantity: Count
    reason: Reason
    replacement_variant_id: Annotated[
        UUID | None,
        Meta(
            description="The variant that is to come for them, one for one, of any product; for "
            "a claim, typically the same. Without it their money goes back."
        ),
    ] = None


class ReturnInput(Input, frozen=True, kw_only=True):
    """What goes back, or is claimed as lost or damaged and stays where it is."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"comments"})

    kind: ReturnKind = ReturnKind.RETURN
    items: Annotated[list[ReturnItemInput], Meta(min_length=1, max_length=ITEM_LIMIT)]
    comments: Text1000 | None = None

    def command(self, order_id: OrderId) -> RequestReturn:
        """The wish in the words of the trade."""
        items = tuple(
            ReturnItem(item_id=LineId(each.item_id), quantity=each.quantity, reason=each.reason)
            for each in self.items
        )
        return RequestReturn(
            order_id=order_id,
            kind=self.kind,
            items=items,
            comments=self.comments,
            replacements={
                LineId(each.item_id): VariantId(each.replacement_variant_id)
                for each in self.items
                if each.replacement_variant_id is not None
            },
        )


class RejectReturnInput(Input, frozen=True, kw_only=True):
    """Why nothing is taken back; the customer is told so."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"reason"})

    reason: Words


class ReceiptInput(Input, frozen=True, kw_only=True):
    """What is accepted of one item, and why not all of it; only what is new is sold again."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"reason"})

    item_id: UUID
    accepted: Annotated[int, Meta(ge=0, le=1_000_000, description="Whole pieces.")]
    condition: Condition
    reason: Words | None = None


class ReceiveReturnInput(Input, frozen=True, kw_only=True):
    """What became of each item once it was looked at."""

    items: Annotated[list[ReceiptInput], Meta(min_length=1, max_length=ITEM_LIMIT)]

    def command(self, return_id: ReturnId) -> ReceiveReturn:
        """The news in the words of the trade; raises InvalidInput where one is named twice."""
        items = {
            LineId(each.item_id): Receipt(
                accepted=each.accepted, condition=each.condition, reason=each.reason
            )
            for each in self.items
        }
        if len(items) < len(self.items):
            raise InvalidInput.of("items", "names each item once")
        return ReceiveReturn(return_id=return_id, items=items)


class ReplaceItemInput(Input, frozen=True, kw_only=True):
    """What comes for all the units of one item that is claimed."""

    item_id: UUID
    replacement_variant_id: Annotated[
        UUID | None,
        Meta(description="The variant that comes, of any product; without it, the same again."),
    ] = None


ReplacedItems = Annotated[list[ReplaceItemInput], Meta(min_length=1, max_length=ITEM_LIMIT)]


class ReplaceReturnInput(Input, frozen=True, kw_only=True):
    """What staff send again; without items, what the customer asked for in the claim."""

    items: ReplacedItems | None = None

    def command(self, return_id: ReturnId) -> ReplaceReturn:
        """The word in those of the trade; raises InvalidInput where an item is named twice."""
        given = self.items or []
        items = {
            LineId(each.item_id): None
            if each.replacement_variant_id is None
            else VariantId(each.replacement_variant_id)
            for each in given
        }
        if len(items) < len(given):
            raise InvalidInput.of("items", "names each item once")
        return ReplaceReturn(return_id=return_id, items=items)


class ReturnListQuery(Input, frozen=True, kw_only=True):
    """In which state, how many, from where on."""

    status: Annotated[
        ReturnState | None, Meta(description="Those in that state; all without one.")
    ] = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class RefundLineAnswer(Struct, frozen=True):
    """One reason for an amount; below zero for what is kept."""

    part: Annotated[RefundPart, Meta(description=PARTS)]
    item_id: UUID | None
    quantity: int
    amount: Amount


class RefundOutlook(Struct, frozen=True):
    """
    What goes back: as it looks now, until it is settled.

    due is what is to be paid, where what comes costs more than what goes back; else zero.
    """

    settled: bool
    lines: list[RefundLineAnswer]
    total: Amount
    due: Amount


class ReplacementAnswer(Struct, frozen=True):
    """
    What comes for units that go back, one for one.

    item_id is what it is in the order, once it is there; unit_price is before discounts.
    """

    item_id: UUID
    variant_id: UUID
    name: str
    sku: str
    attributes: dict[str, str]
    unit_price: Amount


class ReturnItemAnswer(Struct, frozen=True):
    """So many units of one item, why, what comes for them, and what became of them."""

    item_id: UUID
    quantity: int
    reason: str
    replacement: ReplacementAnswer | None
    accepted: int | None
    condition: Condition | None
    refused_reason: str | None


class ReturnAnswer(Struct, frozen=True, kw_only=True):
    """A return; one that was only tried has no id and no number."""

    id: UUID | None
    number: str | None
    order_id: UUID
    order_number: str
    kind: ReturnKind
    status: ReturnState
    items: list[ReturnItemAnswer]
    comments: str | None
    rejected_reason: str | None
    refund: RefundOutlook
    requested_at: datetime
    updated_at: datetime
    ended_at: datetime | None


class ReturnList(Struct, frozen=True):
    """The returns of one order, oldest first."""

    items: list[ReturnAnswer]


class ListedReturnAnswer(Struct, frozen=True, kw_only=True):
    """A return as a list shows it; refund is null until it is settled."""

    id: UUID
    number: str
    order_id: UUID
    order_number: str
    kind: ReturnKind
    status: ReturnState
    items: list[ReturnItemAnswer]
    refund: Amount | None
    requested_at: datetime
    updated_at: datetime


class ReturnPage(Struct, frozen=True):
    """Returns, the last asked for first; next_cursor leads on, null at the end."""

    items: list[ListedReturnAnswer]
    next_cursor: str | None


def return_answer(view: ReturnView, *, tried: bool = False) -> ReturnAnswer:
    """The return, and what goes back for it."""
    returned, refund = view.returned, view.refund
    return ReturnAnswer(
        id=None if tried else returned.id,
        number=None if tried else returned.number,
        order_id=returned.order_id,
        order_number=returned.order_number,
        kind=returned.kind,
        status=returned.state,
        items=_items(returned),
        comments=returned.comments,
        rejected_reason=returned.rejected_reason,
        refund=RefundOutlook(
            returned.settled,
            [_line(line) for line in refund.lines],
            amount(refund.total),
            amount(refund.due),
        ),
        requested_at=returned.requested_at,
        updated_at=returned.updated_at,
        ended_at=returned.ended_at,
    )


def return_list(views: Sequence[ReturnView]) -> ReturnList:
    """The returns of an order."""
    return ReturnList([return_answer(view) for view in views])


def return_page(found: Sequence[Return], next_cursor: str | None) -> ReturnPage:
    """A page of everybody's returns."""
    return ReturnPage([_listed(each) for each in found], next_cursor)


def _listed(returned: Return) -> ListedReturnAnswer:
    return ListedReturnAnswer(
        id=returned.id,
        number=returned.number,
        order_id=returned.order_id,
        order_number=returned.order_number,
        kind=returned.kind,
        status=returned.state,
        items=_items(returned),
        refund=maybe_amount(returned.refund.total if returned.refund else None),
        requested_at=returned.requested_at,
        updated_at=returned.updated_at,
    )


def _items(returned: Return) -> list[ReturnItemAnswer]:
    return [
        ReturnItemAnswer(
            item.item_id,
            item.quantity,
            item.reason,
            _replacement(item.replacement),
            item.accepted,
            item.condition,
            item.refused_reason,
        )
        for item in returned.items
    ]


def _replacement(comes: Replacement | None) -> ReplacementAnswer | None:
    if comes is None:
        return None
    item = comes.item
    return ReplacementAnswer(
        item_id=item.id,
        variant_id=item.variant_id,
        name=item.name,
        sku=item.sku,
        attributes=dict(item.attributes),
        unit_price=amount(item.unit_price),
    )


def _line(line: RefundLine) -> RefundLineAnswer:
    return RefundLineAnswer(line.part, line.item_id, line.quantity, amount(line.amount))
