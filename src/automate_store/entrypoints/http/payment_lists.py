"""Routes of lists of payments: those of an order, and, for staff, everybody's."""

from __future__ import annotations

from automate_store.application import payments as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import BadCursor
from automate_store.domain.kernel.ids import OrderId, PaymentId
from automate_store.domain.orders import OrderNotFound
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.paging import id_before, one_page
from automate_store.entrypoints.http.wire.payment_lists import (
    PaymentPage,
    PaymentQuery,
    PaymentsOfOrder,
    payment_page,
    payments_of_order,
)

routes = Routes("Payments")
staff_routes = Routes("Staff: payments")


@routes.get(
    "/orders/{id}/payments",
    summary="List an order's payments",
    raises=(OrderNotFound,),
    opens="order",
)
async def list_payments(call: Call) -> PaymentsOfOrder:
    """
    What was paid of the order, what is to be paid, and each attempt, the oldest first.

    For its customer, the guest with its token, and staff.
    """
    order_id = OrderId(call.path_id("id", OrderNotFound))
    view = await use_cases.list_payments(
        order_id, token=call.order_token, actor=call.actor, ports=call.ports
    )
    return payments_of_order(view)


@staff_routes.get(
    "/admin/payments",
    summary="List everybody's payments",
    raises=(BadCursor,),
    needs=Permission.READ_ORDERS,
)
async def page_payments(call: Call, query: PaymentQuery) -> PaymentPage:
    """
    Payments of every order, the last begun first.

    Those that are `authorised` wait to be captured or given up; those of one order are at
    `/orders/{id}/payments`.
    """
    before = id_before(query)
    found = await use_cases.page_payments(
        state=query.status,
        before=None if before is None else PaymentId(before),
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    return payment_page(*one_page(found, query, lambda each: each.id))
