"""Moving an order's stock: the steps that placing, paying, shipping and expiring share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from automate_store.application.access import Actor
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.inventory import (
    Movement,
    MovementType,
    Reservation,
    ReservationState,
    StockChange,
    StockItem,
    crossed_threshold,
    demand,
    give_up,
    release,
    reserve,
    sell,
)
from automate_store.domain.kernel.ids import LineId, MovementId, ReservationId, VariantId
from automate_store.domain.orders import Order


async def reserve_stock(
    order: Order, stock: Mapping[VariantId, StockItem], *, work: Work, ports: Ports, at: datetime
) -> None:
    """Promise the order all it wants; raises OutOfStock, or Contended for another try."""
    until = order.expires_at
    await promise(order, order.wanted, stock, until=until, work=work, ports=ports, at=at)


async def promise(
    order: Order,
    wanted: Mapping[VariantId, int],
    stock: Mapping[VariantId, StockItem],
    *,
    until: datetime | None,
    work: Work,
    ports: Ports,
    at: datetime,
) -> None:
    """Promise the order that much until then; raises OutOfStock, or Contended for another try."""
    if not wanted:
        return
    changes = reserve(stock, wanted)
    items = await work.stock.apply(changes)
    held = tuple(
        Reservation(
            id=ReservationId(ports.ids.uuid()),
            order_id=order.id,
            variant_id=change.variant_id,
            location_id=change.location_id,
            quantity=change.reserved,
            state=ReservationState.HELD,
            expires_at=until,
        )
        for change in changes
    )
    await work.stock.hold(held)
    _report_low(items, changes, work, at)


async def claim_stock(order: Order, *, work: Work, actor: Actor, ports: Ports) -> None:
    """Keep what is promised to an order that is paid; what needs no parcel leaves at once."""
    await work.stock.claim(order.id)
    at_once = {item.id: item.quantity for item in order.items if not item.requires_shipping}
    await sell_stock(order, at_once, work=work, actor=actor, ports=ports)


async def release_stock(order: Order, *, work: Work) -> None:
    """Give back all that is still promised to the order."""
    held = await work.stock.held(order.id)
    if held:
        await work.stock.close(held, ReservationState.RELEASED)
        await work.stock.apply(release(held))


async def give_stock_up(
    order: Order, quantities: Mapping[LineId, int], *, work: Work, ports: Ports
) -> None:
    """Give back these pieces of what is promised to the order."""
    await give_variants_up(order, _by_variant(order, quantities), work=work, ports=ports)


async def give_variants_up(
    order: Order, wanted: Mapping[VariantId, int], *, work: Work, ports: Ports
) -> None:
    """Give back so many of each variant of what is promised to the order."""
    if not wanted:
        return
    held = await work.stock.held(order.id)
    given_up = give_up(held, wanted, new_id=ports.ids.uuid)
    await work.stock.close(given_up.closed, ReservationState.RELEASED)
    await work.stock.apply(given_up.changes)
    if given_up.rest:
        await work.stock.hold(given_up.rest)


async def sell_stock(
    order: Order, quantities: Mapping[LineId, int], *, work: Work, actor: Actor, ports: Ports
) -> None:
    """Take these pieces of the order out of the warehouse, with a movement for each variant."""
    wanted = _by_variant(order, quantities)
    if not wanted:
        return
    held = await work.stock.held(order.id)
    sale = sell(held, wanted, new_id=ports.ids.uuid)
    await work.stock.close(sale.closed, ReservationState.SOLD)
    items = await work.stock.apply(sale.changes)
    if sale.rest:
        await work.stock.hold(sale.rest)
    at = ports.clock()
    await work.stock.record(_sales(order, items, sale.changes, actor=actor, ports=ports, at=at))


async def sell_new(before: Order, after: Order, *, work: Work, actor: Actor, ports: Ports) -> None:
    """Take out of the warehouse what came into a paid order since and needs no parcel."""
    known = {item.id for item in before.items}
    at_once = {
        item.id: item.quantity
        for item in after.items
        if item.id not in known and not item.requires_shipping
    }
    await sell_stock(after, at_once, work=work, actor=actor, ports=ports)


def _by_variant(order: Order, quantities: Mapping[LineId, int]) -> dict[VariantId, int]:
    pieces = ((item.variant_id, quantities.get(item.id, 0)) for item in order.items)
    return demand((variant_id, many) for variant_id, many in pieces if many)


def _sales(
    order: Order,
    items: Iterable[StockItem],
    changes: Iterable[StockChange],
    *,
    actor: Actor,
    ports: Ports,
    at: datetime,
) -> list[Movement]:
    after = {(item.variant_id, item.location_id): item.on_hand for item in items}
    return [
        Movement(
            id=MovementId(ports.ids.uuid()),
            variant_id=change.variant_id,
            location_id=change.location_id,
            type=MovementType.SALE,
            quantity_change=change.on_hand,
            quantity_after=after[(change.variant_id, change.location_id)],
            reference_type="order",
            reference_id=order.id,
            notes=None,
            actor=actor.name,
            at=at,
        )
        for change in changes
    ]


def _report_low(
    items: Iterable[StockItem], changes: Iterable[StockChange], work: Work, at: datetime
) -> None:
    by_variant = {item.variant_id: item for item in items}
    for change in changes:
        event = crossed_threshold(by_variant[change.variant_id], change, at)
        if event is not None:
            work.record(event)
