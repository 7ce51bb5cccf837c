"""Fulfilling orders: parcels leave, parcels arrive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from attrs import frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.idempotency import keyed, once
from automate_store.application.orders.naming import named_units
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.retries import retrying
from automate_store.application.staging import make_way
from automate_store.application.stock import sell_stock
from automate_store.application.versions import Versions, based_on
from automate_store.domain.kernel.ids import LineId, OrderId, ShipmentId
from automate_store.domain.orders import ON_ITS_WAY, Order, Shipment, deliver_all
from automate_store.domain.shipping import tracking_page


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


async def ship_order(
    command: ShipOrder, *, versions: Versions | None, key: str | None, actor: Actor, ports: Ports
) -> Order:
    """
    The order with the parcel on its way and the goods out of the warehouse; once per key.

    Raises OrderNotFound, VersionConflict, IllegalMove, ShipmentTooLarge, or InvalidInput for
    items that the order does not have.
    """
    actor.may(Permission.SHIP_ORDERS)

    async def ship(order: Order, work: Work) -> Order:
        return await ship_now(order, command, work=work, actor=actor, ports=ports)

    return await by_staff(command, ship, versions=versions, key=key, actor=actor, ports=ports)


async def deliver_order(
    command: DeliverOrder,
    *,
    versions: Versions | None,
    key: str | None,
    actor: Actor,
    ports: Ports,
) -> Order:
    """
    The order, completed.

    Raises OrderNotFound, VersionConflict, ArrivesByItself, LostAndOwed or IllegalMove.
    """
    actor.may(Permission.SHIP_ORDERS)

    async def deliver(order: Order, work: Work) -> Order:
        return await deliver_now(order, work=work, actor=actor, ports=ports)

    return await by_staff(command, deliver, versions=versions, key=key, actor=actor, ports=ports)


class AboutAnOrder(Protocol):
    """A command that names its order."""

    @property
    def order_id(self) -> OrderId:
        """Which order is meant."""


async def by_staff(
    command: AboutAnOrder,
    change: Callable[[Order, Work], Awaitable[Order]],
    *,
    versions: Versions | None,
    key: str | None,
    actor: Actor,
    ports: Ports,
) -> Order:
    """The order, locked and changed in one work by one of the staff; once per key."""
    request = keyed(f"{actor.role}:{actor.name}", key, command)

    async def attempt() -> Order:
        async with ports.unit_of_work() as work:

            async def changed() -> Order:
                order = await work.orders.get(command.order_id, lock=True)
                based_on(versions, order.version, kind="order", id=order.id)
                return await change(order, work)

            return await once(work, request, Order, changed, ports.clock())

    return await retrying(attempt)


async def ship_now(
    order: Order, command: ShipOrder, *, work: Work, actor: Actor, ports: Ports
) -> Order:
    """The locked order with the parcel on its way, saved."""
    quantities = _quantities(command, order)
    order = await make_way(order, ON_ITS_WAY, work=work, actor=actor, ports=ports)
    at = ports.clock()
    page = tracking_page(command.carrier, command.tracking_number)
    shipment = Shipment(
        id=ShipmentId(ports.ids.uuid()),
        order_id=order.id,
        items=quantities,
        carrier=command.carrier,
        tracking_number=command.tracking_number,
        tracking_url=command.tracking_url or page,
        shipped_at=at,
    )
    shipped = order.ship(shipment, actor=actor.name, at=at)
    await sell_stock(order, quantities, work=work, actor=actor, ports=ports)
    await work.orders.save(shipped)
    subject, before, after = f"order:{order.id}", on_its_way(order), on_its_way(shipped)
    await note(work, actor, "ship_order", subject, before=before, after=after, ports=ports)
    return shipped.saved()


async def deliver_now(order: Order, *, work: Work, actor: Actor, ports: Ports) -> Order:
    """The locked order, all of it arrived, saved."""
    delivered = deliver_all(order, actor=actor.name, at=ports.clock())
    await work.orders.save(delivered)
    subject, before, after = f"order:{order.id}", on_its_way(order), on_its_way(delivered)
    await note(work, actor, "deliver_order", subject, before=before, after=after, ports=ports)
    return delivered.saved()


def on_its_way(order: Order) -> Mapping[str, object]:
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
    return dict(named_units(command.items, order))
