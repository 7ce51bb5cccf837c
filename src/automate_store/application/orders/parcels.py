"""Parcels one by one: where they are, who carries them, and that they arrived."""

from __future__ import annotations

from attrs import evolve, frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.orders.fulfilling import by_staff, on_its_way
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.versions import Versions
from automate_store.domain.kernel.ids import OrderId, ShipmentId
from automate_store.domain.orders import (
    Order,
    change_tracking,
    deliver_parcel,
    lose_parcel,
    parcel_of,
)
from automate_store.domain.shipping import tracking_page


@frozen(kw_only=True)
class DeliverShipment:
    """The news that one parcel arrived."""

    order_id: OrderId
    shipment_id: ShipmentId


@frozen(kw_only=True)
class LoseShipment:
    """The news that one parcel will not arrive, and how that is known."""

    order_id: OrderId
    shipment_id: ShipmentId
    reason: str | None = None


@frozen(kw_only=True)
class ChangeTracking:
    """Who carries a parcel, and where to follow it; without an id, the order's latest."""

    order_id: OrderId
    shipment_id: ShipmentId | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None


async def deliver_shipment(
    command: DeliverShipment,
    *,
    versions: Versions | None,
    key: str | None,
    actor: Actor,
    ports: Ports,
) -> Order:
    """
    The order with that parcel arrived, completed where it was the last; once per key.

    Raises OrderNotFound, ShipmentNotFound, AlreadyDelivered, VersionConflict.
    """
    actor.may(Permission.SHIP_ORDERS)

    async def deliver(order: Order, work: Work) -> Order:
        arrived = deliver_parcel(order, command.shipment_id, actor=actor.name, at=ports.clock())
        await work.orders.save(arrived)
        before, after = on_its_way(order), on_its_way(arrived)
        subject, action = f"order:{order.id}", "deliver_shipment"
        await note(work, actor, action, subject, before=before, after=after, ports=ports)
        return arrived.saved()

    return await by_staff(command, deliver, versions=versions, key=key, actor=actor, ports=ports)


async def lose_shipment(
    command: LoseShipment,
    *,
    versions: Versions | None,
    key: str | None,
    actor: Actor,
    ports: Ports,
) -> Order:
    """
    The order with that parcel lost, closed where the customer was made good; once per key.

    Raises OrderNotFound, ShipmentNotFound, AlreadyDelivered, AlreadyLost, VersionConflict.
    """
    actor.may(Permission.SHIP_ORDERS)

    async def lose(order: Order, work: Work) -> Order:
        at, why = ports.clock(), command.reason
        lost = lose_parcel(order, command.shipment_id, reason=why, actor=actor.name, at=at)
        await work.orders.save(lost)
        before, after = on_its_way(order), on_its_way(lost)
        subject, action = f"order:{order.id}", "lose_shipment"
        await note(work, actor, action, subject, before=before, after=after, ports=ports)
        return lost.saved()

    return await by_staff(command, lose, versions=versions, key=key, actor=actor, ports=ports)


async def set_tracking(
    command: ChangeTracking,
    *,
    versions: Versions | None,
    key: str | None,
    actor: Actor,
    ports: Ports,
) -> Order:
    """
    The order whose parcel is carried so from now on; once per key.

    A link is made from the number for carriers that are known. Raises OrderNotFound,
    ShipmentNotFound, NothingShipped, VersionConflict.
    """
    actor.may(Permission.SHIP_ORDERS)

    async def change(order: Order, work: Work) -> Order:
        page = tracking_page(command.carrier, command.tracking_number)
        parcel = evolve(
            parcel_of(order, command.shipment_id),
            carrier=command.carrier,
            tracking_number=command.tracking_number,
            tracking_url=command.tracking_url or page,
        )
        changed = change_tracking(order, parcel, actor=actor.name, at=ports.clock())
        if changed is order:
            return order
        await work.orders.save(changed)
        subject, before, after = f"order:{order.id}", on_its_way(order), on_its_way(changed)
        await note(work, actor, "set_tracking", subject, before=before, after=after, ports=ports)
        return changed.saved()

    return await by_staff(command, change, versions=versions, key=key, actor=actor, ports=ports)
