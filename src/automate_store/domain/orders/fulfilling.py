"""What becomes of an order's parcels, one by one, and what its status may be set to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import evolve, frozen

from automate_store.domain.kernel.errors import NotFound, RuleBroken
from automate_store.domain.kernel.ids import ShipmentId
from automate_store.domain.orders.events import OrderTrackingChanged, ParcelDelivered
from automate_store.domain.orders.items import OrderItem, Shipment, ShipmentState
from automate_store.domain.orders.lives import FulfilmentState, OrderState, OrderStatus
from automate_store.domain.orders.order import Order


@frozen
class ShipmentNotFound(NotFound):
    """The order has no such parcel."""

    says = "Order {number} has no shipment {shipment!r}."
    number: str
    shipment: str


@frozen
class NothingShipped(RuleBroken):
    """No parcel of the order has left, so there is none to be followed."""

    says = "Nothing of order {number} has been shipped, so that there is no parcel to follow."
    number: str
    allowed: tuple[str, ...]


@frozen
class AlreadyDelivered(RuleBroken):
    """The parcel arrived before; when it did is told to customers, and stays."""

    says = "Shipment {shipment} of order {number} arrived on {delivered_at:%Y-%m-%d %H:%M} UTC."
    number: str
    shipment: ShipmentId
    delivered_at: datetime


@frozen
class ArrivesByItself(RuleBroken):
    """The order arrived before; what came in exchange since is delivered parcel by parcel."""

    says = "Order {number} arrived before; what left since arrives by its own parcel: {shipments}."
    number: str
    shipments: tuple[str, ...]
    """Those on their way."""


@frozen
class LostAndOwed(RuleBroken):
    """Not all of it can arrive: parcels are lost, for which the customer was not made good."""

    says = "Shipments {shipments} of order {number} are lost; pay them back, or replace them."
    number: str
    shipments: tuple[str, ...]


@frozen
class StatusRefused(RuleBroken):
    """The order's status can't be set to that now; ``allowed`` is what it can be set to."""

    says = "Order {number} is {current} and can't be set to {wanted}: {why}; {then}."
    number: str
    current: OrderStatus
    wanted: OrderStatus
    why: str
    allowed: tuple[OrderStatus, ...]

    def __str__(self) -> str:
        can = f"it can be set to {' or '.join(self.allowed)}"
        then = can if self.allowed else "it can't be set to anything else"
        return self.says.format_map({**self.fields(), "then": then})


def deliver_all(order: Order, *, actor: str, at: datetime) -> Order:
    """
    The order, completed: every parcel arrived that was not lost.

    Raises ArrivesByItself, LostAndOwed or IllegalMove.
    """
    moving = _those(order.shipments, ShipmentState.SHIPPED)
    if order.state is OrderState.COMPLETED and moving:
        raise ArrivesByItself(order.number, moving)
    if order.state is OrderState.CONFIRMED and (owed := lost_and_owed(order)):
        raise LostAndOwed(order.number, owed)
    return order.deliver(actor=actor, at=at)


def deliver_parcel(order: Order, shipment_id: ShipmentId, *, actor: str, at: datetime) -> Order:
    """
    The order with that parcel arrived; completed where all has shipped and nothing is awaited.

    One that was lost may turn up. Raises ShipmentNotFound, AlreadyDelivered.
    """
    parcel = parcel_of(order, shipment_id)
    if parcel.delivered_at is not None:
        raise AlreadyDelivered(order.number, parcel.id, parcel.delivered_at)
    event = ParcelDelivered(
        at=at, order_id=order.id, number=order.number, actor=actor, shipment_id=parcel.id
    )
    parcels = with_parcel(order, evolve(parcel, delivered_at=at, lost_at=None))
    arrived = order.after(event, shipments=parcels, updated_at=at)
    if order.fulfilment is FulfilmentState.LOST:
        return evolve(arrived, fulfilment=FulfilmentState.DELIVERED, delivered_at=at)
    # What came in exchange for what went back arrives after its order.
    over = order.state is OrderState.COMPLETED
    if over or arrived.unshipped or arrived.awaited:
        return arrived
    return arrived.deliver(actor=actor, at=at)


def change_tracking(order: Order, parcel: Shipment, *, actor: str, at: datetime) -> Order:
    """The order with that parcel in the place of the one of its id; the same where it is equal."""
    if parcel == parcel_of(order, parcel.id):
        return order
    event = OrderTrackingChanged(
        at=at, order_id=order.id, number=order.number, actor=actor, shipment_id=parcel.id
    )
    return order.after(event, shipments=with_parcel(order, parcel), updated_at=at)


def parcel_of(order: Order, shipment_id: ShipmentId | None) -> Shipment:
    """The order's parcel of that id, or its latest; raises ShipmentNotFound, NothingShipped."""
    if shipment_id is None:
        if not order.shipments:
            raise NothingShipped(order.number, order.allowed)
        return order.shipments[-1]
    for parcel in order.shipments:
        if parcel.id == shipment_id:
            return parcel
    raise ShipmentNotFound(order.number, str(shipment_id))


def with_parcel(order: Order, parcel: Shipment) -> tuple[Shipment, ...]:
    """The order's parcels, that one in the place of the one of its id."""
    return tuple(parcel if each.id == parcel.id else each for each in order.shipments)


def lost_and_owed(order: Order) -> tuple[str, ...]:
    """The ids of its lost parcels for which the customer was not made good."""
    return _those(order.awaited, ShipmentState.LOST)


def item_status(order: Order, item: OrderItem) -> OrderStatus:
    """
    What an item looks like from outside, in the words of an order's status.

    It is shipped or delivered once all of it is; ``refunded`` is all of it returned. What is
    lost is on its way until the customer has been made good.
    """
    if order.state is OrderState.CANCELLED or not item.quantity:
        return OrderStatus.CANCELLED
    if order.state is OrderState.PLACED:
        return OrderStatus.PENDING
    if item.returned == item.quantity:
        return OrderStatus.REFUNDED
    if item.to_ship:
        return OrderStatus.PROCESSING
    on_its_way = any(item.id in each.items for each in order.awaited)
    return OrderStatus.SHIPPED if on_its_way else OrderStatus.DELIVERED


def may_be_set_to(order: Order, wanted: OrderStatus) -> Order:
    """The order itself, where staff may set its status to that now; raises StatusRefused."""
    allowed = next_statuses(order)
    if wanted not in allowed:
        raise StatusRefused(order.number, order.status, wanted, _why(order, wanted), allowed)
    return order


def next_statuses(order: Order) -> tuple[OrderStatus, ...]:
    """What staff may set the order's status to now; being paid and returned are no settings."""
    if order.state is OrderState.PLACED:
        return (OrderStatus.CANCELLED,)
    if order.state is not OrderState.CONFIRMED:
        return ()
    if order.fulfilment is FulfilmentState.UNFULFILLED:
        return (OrderStatus.SHIPPED, OrderStatus.CANCELLED)
    if order.unshipped:
        return (OrderStatus.SHIPPED,)
    return () if lost_and_owed(order) else (OrderStatus.DELIVERED,)


def _why(order: Order, wanted: OrderStatus) -> str:
    """What keeps the order from being set to that, in words."""
    if wanted is order.status:
        return "it is so already"
    if order.state in {OrderState.CANCELLED, OrderState.COMPLETED} and wanted in _BY_STAFF:
        return "its life is over"
    return {
        OrderStatus.PENDING: "no order waits for its payment again",
        OrderStatus.PROCESSING: "it is being processed once it is paid, and until it has shipped",
        OrderStatus.SHIPPED: "what is not paid does not ship",
        OrderStatus.DELIVERED: "not all of it has shipped, or some of it is lost and owed",
        OrderStatus.CANCELLED: "some of it has shipped, so that only the rest can be called off",
        OrderStatus.REFUNDED: "that follows from a return of all of it",
    }[wanted]


_BY_STAFF = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.CANCELLED})


def _those(parcels: Iterable[Shipment], state: ShipmentState) -> tuple[str, ...]:
    return tuple(str(each.id) for each in parcels if each.state is state)
