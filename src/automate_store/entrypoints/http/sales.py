"""Routes of vendors: what they sold."""

from __future__ import annotations

from automate_store.application import orders as use_cases
from automate_store.application.access import Permission
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import OrderNotFound
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.sales import SaleAnswer, sale_answer

routes = Routes("Sales")


@routes.get(
    "/sales/{id}",
    summary="Show what was sold in an order",
    raises=(OrderNotFound,),
    needs=Permission.READ_OWN_SALES,
)
async def show_sale(call: Call) -> SaleAnswer:
    """The vendor's own items of the order; one without any is not there."""
    order_id = OrderId(call.path_id("id", OrderNotFound))
    return sale_answer(await use_cases.read_sale(order_id, actor=call.actor, ports=call.ports))
