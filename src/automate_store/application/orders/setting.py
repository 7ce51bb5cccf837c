"""Setting an order's status: in the owner's words, by the moves that lead there."""

from __future__ import annotations

from attrs import frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.orders.cancelling import BY_STAFF, CancelOrder, cancel_now
from automate_store.application.orders.fulfilling import (
    ShipOrder,
    by_staff,
    deliver_now,
    ship_now,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.versions import Versions
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import Order, OrderStatus, may_be_set_to


@frozen(kw_only=True)
class SetStatus:
    """What an order is to be from now on; a carrier is for one that ships."""

    order_id: OrderId
    status: OrderStatus
    reason: str | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None


async def set_status(
    command: SetStatus,
    *,
    versions: Versions | None,
    key: str | None,
    actor: Actor,
    ports: Ports,
) -> Order:
    """
    The order in that status: all that is left shipped, all of it arrived, or called off.

    Once per key. Raises OrderNotFound, VersionConflict, StatusRefused, and NotAllowed for
    whoever ships orders but calls none off.
    """
    actor.may(Permission.SHIP_ORDERS)
    if command.status is OrderStatus.CANCELLED:
        actor.may(Permission.MOVE_MONEY)

    async def change(order: Order, work: Work) -> Order:
        order = may_be_set_to(order, command.status)
        if command.status is OrderStatus.SHIPPED:
            return await ship_now(order, _parcel(command), work=work, actor=actor, ports=ports)
        if command.status is OrderStatus.DELIVERED:
            return await deliver_now(order, work=work, actor=actor, ports=ports)
        assert command.status is OrderStatus.CANCELLED, "nothing else may be set"
        off = CancelOrder(order_id=order.id, reason=command.reason or BY_STAFF)
        return await cancel_now(order, off, work=work, actor=actor, ports=ports)

    return await by_staff(command, change, versions=versions, key=key, actor=actor, ports=ports)


def _parcel(command: SetStatus) -> ShipOrder:
    """All that is left, in one parcel."""
    return ShipOrder(
        order_id=command.order_id,
        carrier=command.carrier,
        tracking_number=command.tracking_number,
        tracking_url=command.tracking_url,
    )
