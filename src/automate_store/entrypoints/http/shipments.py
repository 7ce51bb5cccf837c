"""Routes of parcels, and of the status that staff set an order to."""

from __future__ import annotations

from automate_store.application import orders as use_cases
from automate_store.application.access import Permission
from automate_store.application.orders import DeliverShipment
from automate_store.domain.inventory import NotReserved
from automate_store.domain.kernel.ids import OrderId, ShipmentId
from automate_store.domain.orders import (
    AlreadyDelivered,
    AlreadyLost,
    LostAndOwed,
    NothingShipped,
    Order,
    OrderNotFound,
    ShipmentNotFound,
    StatusRefused,
)
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.versions import tell_version, wanted_versions
from automate_store.entrypoints.http.wire.orders import OrderAnswer, order_answer
from automate_store.entrypoints.http.wire.shipments import (
    LoseShipmentInput,
    ShipmentList,
    StatusInput,
    TrackingAnswer,
    TrackingInput,
    shipment_list,
    tracking_answer,
)

routes = Routes("Orders")
staff_routes = Routes("Staff: orders")


@routes.get(
    "/orders/{id}/shipments",
    summary="List an order's parcels",
    raises=(OrderNotFound,),
    opens="order",
)
async def list_shipments(call: Call) -> ShipmentList:
    """The parcels that left, the first one first: each shipped, delivered or lost."""
    return shipment_list(await _read(call))


@routes.get(
    "/orders/{id}/tracking",
    summary="Show where an order is",
    raises=(OrderNotFound,),
    opens="order",
)
async def show_tracking(call: Call) -> TrackingAnswer:
    """Each parcel with what is in it, who carries it and where it is; and what is to leave."""
    return tracking_answer(await _read(call))


@staff_routes.put(
    "/admin/orders/{id}/status",
    summary="Set an order's status",
    raises=(OrderNotFound, StatusRefused, LostAndOwed, NotReserved),
    versioned=True,
    keyed=True,
    needs=Permission.SHIP_ORDERS,
)
async def set_status(call: Call, body: StatusInput) -> OrderAnswer:
    """
    The order in that status, by the moves that lead there.

    shipped sends all that is left, delivered says that all of it arrived, cancelled calls
    the order off and pays it back. What is not possible now is refused with what is.
    """
    order = await use_cases.set_status(
        body.command(_order_id(call)),
        versions=wanted_versions(call),
        key=call.key,
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, order)


@staff_routes.put(
    "/admin/orders/{id}/tracking",
    summary="Change where a parcel is followed",
    raises=(OrderNotFound, ShipmentNotFound, NothingShipped),
    versioned=True,
    keyed=True,
    needs=Permission.SHIP_ORDERS,
)
async def set_tracking(call: Call, body: TrackingInput) -> OrderAnswer:
    """The order whose latest parcel, or the one that is named, is carried so from now on."""
    order = await use_cases.set_tracking(
        body.command(_order_id(call)),
        versions=wanted_versions(call),
        key=call.key,
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, order)


@staff_routes.post(
    "/admin/orders/{id}/shipments/{shipment_id}/deliver",
    summary="Mark a parcel as delivered",
    raises=(OrderNotFound, ShipmentNotFound, AlreadyDelivered),
    versioned=True,
    keyed=True,
    needs=Permission.SHIP_ORDERS,
)
async def deliver_shipment(call: Call) -> OrderAnswer:
    """
    The order with that parcel arrived; delivered itself where it was the last.

    One that was marked as lost may turn up.
    """
    order_id = _order_id(call)
    order = await use_cases.deliver_shipment(
        DeliverShipment(order_id=order_id, shipment_id=_shipment_id(call, order_id)),
        versions=wanted_versions(call),
        key=call.key,
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, order)


@staff_routes.post(
    "/admin/orders/{id}/shipments/{shipment_id}/lose",
    summary="Mark a parcel as lost",
    raises=(OrderNotFound, ShipmentNotFound, AlreadyDelivered, AlreadyLost),
    versioned=True,
    keyed=True,
    needs=Permission.SHIP_ORDERS,
    body_optional=True,
)
async def lose_shipment(call: Call, body: LoseShipmentInput) -> OrderAnswer:
    """
    The order with that parcel given up; the customer is told.

    A claim that was settled for all that was in a parcel marks it by itself. The order is
    over once no parcel is on its way and what is lost was paid back or replaced.
    """
    order_id = _order_id(call)
    order = await use_cases.lose_shipment(
        body.command(order_id, _shipment_id(call, order_id)),
        versions=wanted_versions(call),
        key=call.key,
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, order)


async def _read(call: Call) -> Order:
    view = await use_cases.read_order(
        _order_id(call), call.order_token, actor=call.actor, ports=call.ports
    )
    return view.order


def _told(call: Call, order: Order) -> OrderAnswer:
    """The order, with its version as the answer's tag."""
    tell_version(call, order.version)
    return order_answer(order, to_staff=True)


def _order_id(call: Call) -> OrderId:
    return OrderId(call.path_id("id", OrderNotFound))


def _shipment_id(call: Call, order_id: OrderId) -> ShipmentId:
    def missing(text: str) -> ShipmentNotFound:
        return ShipmentNotFound(str(order_id), text)

    return ShipmentId(call.path_id("shipment_id", missing))
