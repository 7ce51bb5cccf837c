"""Use cases of inventory: staff count, restock and look."""

from __future__ import annotations

from attrs import evolve, frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.idempotency import keyed, once
from automate_store.application.ports import Ports
from automate_store.application.ports.inventory import LowStock
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.retries import retrying
from automate_store.domain.inventory import (
    DEFAULT_LOCATION,
    Movement,
    MovementType,
    StockChange,
    StockItem,
    StockNotFound,
    crossed_threshold,
    overcommitted,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import MovementId, VariantId

NOTE_LENGTH = 1_000
UNMET_SHOWN = 100


@frozen(kw_only=True)
class AdjustStock:
    """A change of what is on hand, by so many, with the reason that the ledger keeps."""

    variant_id: VariantId
    change: int
    type: MovementType
    note: str


@frozen(kw_only=True)
class Adjusted:
    """The stock after the change, its movement, and the orders it can't meet any more."""

    item: StockItem
    movement: Movement
    unmet_orders: tuple[str, ...]


async def adjust_stock(
    command: AdjustStock, *, key: str | None, actor: Actor, ports: Ports
) -> Adjusted:
    """
    The stock, changed by so many, and the movement of it; once per key.

    A count below what is reserved is taken, reported as an event, and the orders that
    can't be met are listed, at most UNMET_SHOWN. Raises StockNotFound, InvalidInput.
    """
    actor.may(Permission.ADJUST_STOCK)
    _check(command)
    request = keyed(f"{actor.role}:{actor.name}", key, command)

    async def attempt() -> Adjusted:
        async with ports.unit_of_work() as work:
            return await once(
                work, request, Adjusted, lambda: _adjust(command, work, actor, ports), ports.clock()
            )

    return await retrying(attempt)


async def low_stock(
    *, after: VariantId | None, limit: int, actor: Actor, ports: Ports
) -> tuple[LowStock, ...]:
    """Tracked items at or below their threshold, in id order."""
    actor.may(Permission.READ_STOCK)
    async with ports.reading() as reads:
        return await reads.stock.low(after=after, limit=limit)


async def list_movements(
    variant_id: VariantId | None,
    *,
    before: MovementId | None,
    limit: int,
    actor: Actor,
    ports: Ports,
) -> tuple[Movement, ...]:
    """The ledger, newest first, of one variant or of all."""
    actor.may(Permission.READ_STOCK)
    async with ports.reading() as reads:
        return await reads.stock.movements(variant_id, before=before, limit=limit)


async def _adjust(command: AdjustStock, work: Work, actor: Actor, ports: Ports) -> Adjusted:
    at = ports.clock()
    change = StockChange(variant_id=command.variant_id, on_hand=command.change)
    stock = await work.stock.of([command.variant_id])
    if command.variant_id not in stock:
        raise StockNotFound(command.variant_id)
    _ = stock[command.variant_id].changed(change)
    (item,) = await work.stock.apply([change])
    movement = Movement(
        id=MovementId(ports.ids.uuid()),
        variant_id=item.variant_id,
        location_id=DEFAULT_LOCATION,
        type=command.type,
        quantity_change=command.change,
        quantity_after=item.on_hand,
        reference_type="manual",
        reference_id=None,
        notes=command.note,
        actor=actor.name,
        at=at,
    )
    await work.stock.record([movement])
    for event in (crossed_threshold(item, change, at), overcommitted(item, at)):
        if event is not None:
            work.record(event)
    before = evolve(item, on_hand=item.on_hand - command.change)
    subject = f"stock:{item.variant_id}"
    await note(work, actor, "adjust_stock", subject, before=before, after=item, ports=ports)
    unmet = await _unmet(item, work)
    return Adjusted(item=item, movement=movement, unmet_orders=unmet)


async def _unmet(item: StockItem, work: Work) -> tuple[str, ...]:
    if item.on_hand >= item.reserved or not item.tracked:
        return ()
    return await work.stock.committed_orders(item.variant_id, limit=UNMET_SHOWN)


def _check(command: AdjustStock) -> None:
    if command.change == 0:
        raise InvalidInput.of("change", "is not zero")
    if command.type not in {MovementType.ADJUSTMENT, MovementType.RESTOCK}:
        raise InvalidInput.of("type", "is adjustment or restock; sales and returns book themselves")
    if command.type is MovementType.RESTOCK and command.change < 0:
        raise InvalidInput.of("change", "is above zero for a restock")
    if not 1 <= len(command.note.strip()) <= NOTE_LENGTH:
        raise InvalidInput.of("note", f"says why, in 1 to {NOTE_LENGTH} characters")
