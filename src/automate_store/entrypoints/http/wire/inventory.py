"""Stock on the wire; for staff only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.inventory import NOTE_LENGTH, Adjusted, AdjustStock
from automate_store.application.ports.inventory import LowStock
from automate_store.domain.inventory import STOCK_LIMIT, Movement, MovementType, StockItem
from automate_store.domain.kernel.ids import VariantId
from automate_store.entrypoints.http.wire.inputs import Input
from automate_store.entrypoints.http.wire.paging import Cursor, Limit


class BookedByHand(StrEnum):
    """What staff may book: sales and returns book themselves."""

    ADJUSTMENT = "adjustment"
    RESTOCK = "restock"


class AdjustStockInput(Input, frozen=True, kw_only=True):
    """By how many pieces, and why."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"note"})

    variant_id: UUID
    change: Annotated[
        int, Meta(ge=-STOCK_LIMIT, le=STOCK_LIMIT, description="Above zero adds, below takes.")
    ]
    type: BookedByHand = BookedByHand.ADJUSTMENT
    note: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH)]

    def command(self) -> AdjustStock:
        """The wish in the words of the trade."""
        return AdjustStock(
            variant_id=VariantId(self.variant_id),
            change=self.change,
            type=MovementType(self.type.value),
            note=self.note,
        )


class LowStockQuery(Input, frozen=True, kw_only=True):
    """How many, from where on."""

    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class MovementQuery(Input, frozen=True, kw_only=True):
    """Of which variant (all without one), how many, from where on."""

    variant_id: UUID | None = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class StockAnswer(Struct, frozen=True):
    """One variant's stock: available is on hand less reserved."""

    variant_id: UUID
    on_hand: int
    reserved: int
    available: int
    tracked: bool
    allow_backorder: bool
    backorder_limit: int | None
    low_stock_threshold: int


class MovementAnswer(Struct, frozen=True):
    """One entry of the ledger."""

    id: UUID
    variant_id: UUID
    type: MovementType
    quantity_change: int
    quantity_after: int
    reference_type: str | None
    reference_id: UUID | None
    notes: str | None
    actor: str
    at: datetime


class AdjustedAnswer(Struct, frozen=True):
    """The stock after it, its entry in the ledger, and the orders it can't meet any more."""

    stock: StockAnswer
    movement: MovementAnswer
    unmet_orders: tuple[str, ...]


class LowStockItem(Struct, frozen=True):
    """A variant at or below its threshold."""

    sku: str
    product_name: str
    stock: StockAnswer


class LowStockList(Struct, frozen=True):
    """Variants that run low, in the order of their ids."""

    items: list[LowStockItem]
    next_cursor: str | None


class MovementList(Struct, frozen=True):
    """The ledger, newest first."""

    items: list[MovementAnswer]
    next_cursor: str | None


def adjusted_answer(adjusted: Adjusted) -> AdjustedAnswer:
    """The stock after the change."""
    return AdjustedAnswer(
        stock_answer(adjusted.item), _movement(adjusted.movement), adjusted.unmet_orders
    )


def low_stock_list(found: Sequence[LowStock], next_cursor: str | None) -> LowStockList:
    """A page of what runs low."""
    items = [LowStockItem(each.sku, each.product_name, stock_answer(each.item)) for each in found]
    return LowStockList(items, next_cursor)


def movement_list(found: Sequence[Movement], next_cursor: str | None) -> MovementList:
    """A page of the ledger."""
    return MovementList([_movement(each) for each in found], next_cursor)


def stock_answer(item: StockItem) -> StockAnswer:
    """The stock."""
    return StockAnswer(
        item.variant_id,
        item.on_hand,
        item.reserved,
        item.available,
        item.tracked,
        item.allow_backorder,
        item.backorder_limit,
        item.low_stock_threshold,
    )


def _movement(movement: Movement) -> MovementAnswer:
    return MovementAnswer(
        movement.id,
        movement.variant_id,
        movement.type,
        movement.quantity_change,
        movement.quantity_after,
        movement.reference_type,
        movement.reference_id,
        movement.notes,
        movement.actor,
        movement.at,
    )
