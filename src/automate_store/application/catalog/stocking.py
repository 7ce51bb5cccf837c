"""The stock of imported variants: counted in once, and again only where that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from attrs import define, evolve, field, frozen

from automate_store.application.access import Actor
from automate_store.application.catalog.settling import Settled
from automate_store.application.ports import Ports
from automate_store.application.ports.catalog_files import VariantListing
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.inventory import (
    DEFAULT_LOCATION,
    Movement,
    MovementType,
    StockChange,
    StockItem,
    crossed_threshold,
    overcommitted,
)
from automate_store.domain.kernel.ids import MovementId, ProductId, VariantId

NOTE = "catalogue import"


@frozen
class _Row:
    """A variant of the file, with the ids that it has now."""

    product_id: ProductId
    variant_id: VariantId
    listing: VariantListing
    silent: frozenset[str]


@define
class _Plan:
    """What is to be written: items that are new, flags that differ, counts that differ."""

    new: list[StockItem] = field(factory=list)
    flagged: list[StockItem] = field(factory=list)
    changes: list[StockChange] = field(factory=list)
    touched: set[ProductId] = field(factory=set)


async def stock_up(
    settled: Sequence[Settled], *, with_stock: bool, work: Work, actor: Actor, ports: Ports
) -> frozenset[ProductId]:
    """
    Put the stock of new variants into the ledger; the products whose stock has changed.

    A variant that had stock keeps its quantities, and takes on only how it is tracked,
    unless ``with_stock`` asks for the file's count.
    """
    at = ports.clock()
    known = [one.id for each in settled if each.stored for one in each.stored.variants]
    stock = await work.stock.of(known) if known else {}
    plan = _Plan()
    for row in _rows(settled):
        _plan(plan, row, stock.get(row.variant_id), with_stock=with_stock, ports=ports)
    if plan.new or plan.flagged:
        await work.stock.put([*plan.new, *plan.flagged])
    restocked = [(item, item.on_hand) for item in plan.new if item.on_hand]
    counted = await _count(plan.changes, work, at) if plan.changes else []
    book = partial(_movement, actor=actor, ports=ports, at=at)
    movements = [
        *(book(item, by, MovementType.RESTOCK) for item, by in restocked),
        *(book(item, by, MovementType.ADJUSTMENT) for item, by in counted),
    ]
    if movements:
        await work.stock.record(movements)
    return frozenset(plan.touched)


def _rows(settled: Sequence[Settled]) -> list[_Row]:
    return [
        _Row(each.product.id, variant.id, listing, each.listing.silent)
        for each in settled
        for variant, listing in zip(each.product.variants, each.listing.variants, strict=True)
    ]


def _plan(
    plan: _Plan, row: _Row, item: StockItem | None, *, with_stock: bool, ports: Ports
) -> None:
    listing, quantity = row.listing, row.listing.quantity
    if item is None:
        fresh = StockItem(
            variant_id=row.variant_id,
            location_id=DEFAULT_LOCATION,
            on_hand=quantity or 0,
            reserved=0,
            tracked=listing.tracked,
            allow_backorder=listing.allow_backorder,
            backorder_limit=None,
            low_stock_threshold=ports.policy.low_stock_threshold,
        )
        plan.new.append(fresh)
        return
    flags = {
        name: getattr(listing, name)
        for name in ("tracked", "allow_backorder")
        if name not in row.silent
    }
    if (flagged := evolve(item, **flags)) != item:
        plan.flagged.append(flagged)
        plan.touched.update([row.product_id])
    if with_stock and quantity is not None and quantity != item.on_hand:
        by = quantity - item.on_hand
        plan.changes.append(StockChange(variant_id=row.variant_id, on_hand=by))
        plan.touched.update([row.product_id])


async def _count(
    changes: Sequence[StockChange], work: Work, at: datetime
) -> list[tuple[StockItem, int]]:
    by_variant = {change.variant_id: change for change in changes}
    items = await work.stock.apply(changes)
    for item in items:
        for event in (
            crossed_threshold(item, by_variant[item.variant_id], at),
            overcommitted(item, at),
        ):
            if event is not None:
                work.record(event)
    return [(item, by_variant[item.variant_id].on_hand) for item in items]


def _movement(
    item: StockItem,
    change: int,
    kind: MovementType,
    *,
    actor: Actor,
    ports: Ports,
    at: datetime,
) -> Movement:
    return Movement(
        id=MovementId(ports.ids.uuid()),
        variant_id=item.variant_id,
        location_id=item.location_id,
        type=kind,
        quantity_change=change,
        quantity_after=item.on_hand,
        reference_type="manual",
        reference_id=None,
        notes=NOTE,
        actor=actor.name,
        at=at,
    )
