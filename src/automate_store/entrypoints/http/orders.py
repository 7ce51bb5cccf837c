"""Routes of orders: placing, reading, and what staff do with them."""

from __future__ import annotations

from automate_store.application import orders as use_cases
from automate_store.application.access import CartOwner, Permission
from automate_store.application.errors import CartOrdered, NumberTaken
from automate_store.application.orders import DeliverOrder, TotalChanged
from automate_store.application.ports.limits import Bucket
from automate_store.domain.carts import CartEmpty, CartNeedsAttention, CartNotFound
from automate_store.domain.coupons import CouponRefused
from automate_store.domain.inventory import NotReserved, OutOfStock
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import (
    ArrivesByItself,
    IllegalMove,
    LostAndOwed,
    NotCancellable,
    Order,
    OrderNotFound,
    ShipmentTooLarge,
)
from automate_store.domain.pricing import QuoteTooLarge
from automate_store.domain.shipping import (
    ShippingMethodUnknown,
    ShippingNotAvailable,
    ShippingRequired,
)
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.versions import tell_version, wanted_versions
from automate_store.entrypoints.http.wire.orders import (
    CancelOrderInput,
    OrderAnswer,
    PlaceOrderInput,
    ShipOrderInput,
    Timeline,
    order_answer,
    order_view_answer,
)
from automate_store.entrypoints.http.wire.orders import timeline as timeline_answer

routes = Routes("Orders")
staff_routes = Routes("Staff: orders")


@routes.post(
    "/orders",
    summary="Place an order",
    status=201,
    raises=(
        CartNotFound,
        CartOrdered,
        CartEmpty,
        CartNeedsAttention,
        OutOfStock,
        CouponRefused,
        TotalChanged,
        ShippingRequired,
        ShippingMethodUnknown,
        ShippingNotAvailable,
        QuoteTooLarge,
        NumberTaken,
    ),
    keyed=True,
    opens="cart",
    limit=Bucket.CHECKOUT,
)
async def place_order(call: Call, body: PlaceOrderInput) -> OrderAnswer:
    """
    The cart becomes an order: stock is reserved until expires_at, the cart is gone.

    Whoever is signed in opens the order with that; a guest is told a token, which opens it
    in the header X-Order-Token. The same key and body give the same order again.
    """
    owner = CartOwner.of(call.actor, call.cart_token)
    try:
        view = await use_cases.place_order(
            body.command(), owner=owner, key=call.key, ports=call.ports
        )
    except CartNotFound:
        _drop_cookie(call)
        raise
    _drop_cookie(call)
    call.headers.append((b"location", f"/api/v1/orders/{view.order.id}".encode()))
    return order_view_answer(view)


@routes.get(
    "/orders/{id}",
    summary="Show an order",
    raises=(OrderNotFound,),
    opens="order",
    versioned=True,
)
async def show_order(call: Call) -> OrderAnswer:
    """
    The order, for its customer, the guest with its token, and staff; for others it is not there.

    Its ETag is the version that If-Match takes.
    """
    view = await use_cases.read_order(
        _order_id(call), call.order_token, actor=call.actor, ports=call.ports
    )
    return _told(call, view.order)


@routes.put(
    "/orders/{id}/cancel",
    summary="Cancel an order, or some of it",
    raises=(OrderNotFound, IllegalMove, NotCancellable),
    versioned=True,
    keyed=True,
    opens="order",
    body_optional=True,
)
async def cancel_order(call: Call, body: CancelOrderInput) -> OrderAnswer:
    """
    The order without those items, or without all that has not shipped.

    What was paid for them goes back, shipping too where nothing is left to ship; what has
    shipped can be returned. If-Match keeps what changed meanwhile from being called off.
    """
    order = await use_cases.cancel_order(
        body.command(_order_id(call)),
        token=call.order_token,
        versions=wanted_versions(call),
        key=call.key,
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, order)


@routes.get(
    "/orders/{id}/timeline",
    summary="Show what happened to an order",
    raises=(OrderNotFound,),
    opens="order",
)
async def show_timeline(call: Call) -> Timeline:
    """All that happened to the order, oldest first; of disputes staff alone are told."""
    entries = await use_cases.read_timeline(
        _order_id(call), call.order_token, actor=call.actor, ports=call.ports
    )
    return timeline_answer(entries, to_staff=call.actor.can(Permission.READ_ORDERS))


@staff_routes.post(
    "/admin/orders/{id}/shipments",
    summary="Ship items of an order",
    status=201,
    raises=(
        OrderNotFound,
        IllegalMove,
        ShipmentTooLarge,
        NotReserved,
    ),
    versioned=True,
    keyed=True,
    needs=Permission.SHIP_ORDERS,
    body_optional=True,
)
async def ship_order(call: Call, body: ShipOrderInput) -> OrderAnswer:
    """The order with the parcel on its way; without items, all that is left to ship is in it."""
    command = body.command(_order_id(call))
    order = await use_cases.ship_order(
        command,
        versions=wanted_versions(call),
        key=call.key,
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, order)


@staff_routes.post(
    "/admin/orders/{id}/deliver",
    summary="Mark an order as delivered",
    raises=(OrderNotFound, IllegalMove, ArrivesByItself, LostAndOwed),
    versioned=True,
    keyed=True,
    needs=Permission.SHIP_ORDERS,
)
async def deliver_order(call: Call) -> OrderAnswer:
    """
    The order, completed: every parcel arrived that was not lost.

    What leaves after that, in exchange for what went back, is marked by its own parcel:
    `POST /admin/orders/{id}/shipments/{shipment_id}/deliver`.
    """
    command = DeliverOrder(order_id=_order_id(call))
    order = await use_cases.deliver_order(
        command,
        versions=wanted_versions(call),
        key=call.key,
        actor=call.actor,
        ports=call.ports,
    )
    return _told(call, order)


def _told(call: Call, order: Order) -> OrderAnswer:
    """The order as whoever asks may see it, with its version as the answer's tag."""
    tell_version(call, order.version)
    return order_answer(order, to_staff=call.actor.can(Permission.READ_ORDERS))


def _order_id(call: Call) -> OrderId:
    return OrderId(call.path_id("id", OrderNotFound))


def _drop_cookie(call: Call) -> None:
    """Take back the cookie of a guest's cart that was meant; one who is signed in meant none."""
    if call.actor.account_id is None and call.cart_cookie is not None:
        call.drop_cart_cookie()
