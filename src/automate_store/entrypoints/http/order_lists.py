"""Routes of lists of orders: one's own, and, for staff, everybody's."""

from __future__ import annotations

from automate_store.application import orders as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import BadCursor
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.order_lists import (
    OrderList,
    OrderQuery,
    OwnOrderQuery,
    order_list,
    place_before,
    place_key,
)
from automate_store.entrypoints.http.wire.paging import one_page

routes = Routes("Orders")
staff_routes = Routes("Staff: orders")


@routes.get(
    "/orders",
    summary="List one's own orders",
    raises=(BadCursor,),
    needs=Permission.HAVE_ACCOUNT,
)
async def list_orders(call: Call, query: OwnOrderQuery) -> OrderList:
    """The account's orders, the last placed first; guests open theirs by its token."""
    found = await use_cases.list_own_orders(
        status=query.status,
        before=place_before(query),
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    return order_list(*one_page(found, query, lambda order: place_key(order.place)))


@staff_routes.get(
    "/admin/orders",
    summary="List everybody's orders",
    raises=(BadCursor,),
    needs=Permission.READ_ORDERS,
)
async def list_staff_orders(call: Call, query: OrderQuery) -> OrderList:
    """Orders of customers and of guests, the last placed first."""
    found = await use_cases.list_orders(
        query.filter(),
        before=place_before(query),
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    return order_list(*one_page(found, query, lambda order: place_key(order.place)))
