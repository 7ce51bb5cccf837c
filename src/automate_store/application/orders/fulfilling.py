"""Fulfilling orders: parcels leave, parcels arrive."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.idempotency import keyed, once
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.retries import retrying
from automate_store.application.staging import abandon_edit
from automate_store.application.stock import sell_stock
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import LineId, OrderId, ShipmentId
from automate_store.domain.orders import ON_ITS_WAY, Order, Shipment


@frozen(kw_only=True)
class ShipOrder:
    """A wish to ship some items; None ships all that is left."""

    order_id: OrderId
    items: Mapping[LineId, int] | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None


@frozen(kw_only=True)
class DeliverOrder:
    """The news that every parcel of the order arrived."""

    order_id: OrderId


async def ship_order(command: ShipOrder, *, key: str | None, actor: Actor, ports: Ports) -> Order:
    """
    The order with the parcel on its way and the goods out of the warehouse; once per key.

    Raises OrderNotFound, IllegalMove, ShipmentTooLarge, or InvalidInput for items
    that the order does not have.
    """
    actor.may(Permission.SHIP_ORDERS)
    request = keyed(f"{actor.role}:{actor.name}", key, command)

    async def attempt() -> Order:
        async with ports.unit_of_work() as work:
            return await once(
                work, request, Order, lambda: _ship(command, work, actor, ports), ports.clock()
            )

    return await retrying(attempt)


async def deliver_order(
    command: DeliverOrder, *, key: str | None, actor: Actor, ports: Ports
) -> Order:
    """The order, completed; raises OrderNotFound or IllegalMove."""
    actor.may(Permission.SHIP_ORDERS)
    request = keyed(f"{actor.role}:{actor.name}", key, command)

    async def attempt() -> Order:
        async with ports.unit_of_work() as work:
            return await once(
                work, request, Order, lambda: _deliver(command, work, actor, ports), ports.clock()
            )

    return await retrying(attempt)


async def _ship(command: ShipOrder, work: Work, actor: Actor, ports: Ports) -> Order:
    order = await work.orders.get(command.order_id, lock=True)
    quantities = _quantities(command, order)
    order = await abandon_edit(order, ON_ITS_WAY, work=work, actor=actor, ports=ports)
    at = ports.clock()
    shipment = Shipment(
        id=ShipmentId(ports.ids.uuid()),
        order_id=order.id,
        items=quantities,
        carrier=command.carrier,
        tracking_number=command.tracking_number,
        tracking_url=command.tracking_url,
        shipped_at=at,
    )
    shipped = order.ship(shipment, actor=actor.name, at=at)
    await sell_stock(order, quantities, work=work, actor=actor, ports=ports)
    await work.orders.save(shipped)
    subject, before, after = f"order:{order.id}", _on_its_way(order), _on_its_way(shipped)
    await note(work, actor, "ship_order", subject, before=before, after=after, ports=ports)
    return shipped.saved()


async def _deliver(command: DeliverOrder, work: Work, actor: Actor, ports: Ports) -> Order:
    order = await work.orders.get(command.order_id, lock=True)
    delivered = order.deliver(actor=actor.name, at=ports.clock())
    await work.orders.save(delivered)
    subject, before, after = f"order:{order.id}", _on_its_way(order), _on_its_way(delivered)
    await note(work, actor, "deliver_order", subject, before=before, after=after, ports=ports)
    return delivered.saved()


def _on_its_way(order: Order) -> Mapping[str, object]:
    """What a parcel changes of an order: nothing of its customer, who may want to be forgotten."""
    return {
        "number": order.number,
        "state": order.state,
        "fulfilment": order.fulfilment,
        "shipments": order.shipments,
    }


def _quantities(command: ShipOrder, order: Order) -> dict[LineId, int]:
    if command.items is None:
        return {item.id: item.to_ship for item in order.items if item.to_ship}
    known = {item.id for item in order.items}
    faults = tuple(
        FieldError(f"items.{item_id}", "is not an item of the order, or not one or more")
        for item_id, quantity in command.items.items()
        if item_id not in known or quantity < 1
    )
    if faults or not command.items:
        raise InvalidInput(faults or (FieldError("items", "names at least one item"),))
    return dict(command.items)
