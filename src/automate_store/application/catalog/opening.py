"""The first stock of new variants."""

from __future__ import annotations

from collections.abc import Mapping

from automate_store.application.access import Actor
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.inventory import (
    DEFAULT_LOCATION,
    Movement,
    MovementType,
    StockItem,
)
from automate_store.domain.kernel.ids import MovementId, VariantId

NOTE = "first stock"


async def open_stock(
    on_hand: Mapping[VariantId, int], *, work: Work, actor: Actor, ports: Ports
) -> None:
    """Track the new variants, with so many on hand of each; what there is, the ledger tells."""
    if not on_hand:
        return
    items = [_item(variant_id, quantity, ports) for variant_id, quantity in on_hand.items()]
    await work.stock.put(items)
    if movements := [_movement(item, actor, ports) for item in items if item.on_hand]:
        await work.stock.record(movements)


def _item(variant_id: VariantId, on_hand: int, ports: Ports) -> StockItem:
    return StockItem(
        variant_id=variant_id,
        location_id=DEFAULT_LOCATION,
        on_hand=on_hand,
        reserved=0,
        tracked=True,
        allow_backorder=False,
        backorder_limit=None,
        low_stock_threshold=ports.policy.low_stock_threshold,
    )


def _movement(item: StockItem, actor: Actor, ports: Ports) -> Movement:
    return Movement(
        id=MovementId(ports.ids.uuid()),
        variant_id=item.variant_id,
        location_id=item.location_id,
        type=MovementType.RESTOCK,
        quantity_change=item.on_hand,
        quantity_after=item.on_hand,
        reference_type="manual",
        reference_id=None,
        notes=NOTE,
        actor=actor.name,
        at=ports.clock(),
    )
