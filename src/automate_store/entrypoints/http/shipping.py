"""Routes of shipping methods: for staff."""

from __future__ import annotations

from automate_store.application import shipping as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import BadCursor
from automate_store.domain.catalog import SLUG
from automate_store.domain.shipping import ShippingMethodCodeTaken, ShippingMethodNotFound
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.decoding import readable
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.paging import key_before, one_page
from automate_store.entrypoints.http.wire.shipping import (
    AddShippingMethod,
    ChangeShippingMethod,
    ShippingMethodAnswer,
    ShippingMethodList,
    ShippingMethodQuery,
    shipping_method_answer,
    shipping_method_list,
)

staff_routes = Routes("Staff: shipping")


@staff_routes.get(
    "/admin/shipping-methods",
    summary="List shipping methods",
    raises=(BadCursor,),
    needs=Permission.READ_PRICING,
)
async def list_shipping_methods(call: Call, query: ShippingMethodQuery) -> ShippingMethodList:
    """Those that are not offered now too, in the order of their codes."""
    after = key_before(query)
    if after is not None and not SLUG.fullmatch(after):
        raise BadCursor
    found = await use_cases.list_shipping_methods(
        after=after or "", limit=query.limit + 1, actor=call.actor, ports=call.ports
    )
    return shipping_method_list(*one_page(found, query, lambda each: each.code))


@staff_routes.post(
    "/admin/shipping-methods",
    summary="Offer a shipping method",
    status=201,
    raises=(ShippingMethodCodeTaken,),
    needs=Permission.CHANGE_PRICING,
)
async def add_shipping_method(call: Call, body: AddShippingMethod) -> ShippingMethodAnswer:
    """The new method, offered from the next quote on."""
    command = body.command(body.code, call.ports.policy.currency)
    method = await use_cases.add_shipping_method(command, actor=call.actor, ports=call.ports)
    return shipping_method_answer(method)


@staff_routes.get(
    "/admin/shipping-methods/{code}",
    summary="Show a shipping method",
    raises=(ShippingMethodNotFound,),
    needs=Permission.READ_PRICING,
)
async def show_shipping_method(call: Call) -> ShippingMethodAnswer:
    """The method of that code."""
    found = await use_cases.get_shipping_method(_code(call), actor=call.actor, ports=call.ports)
    return shipping_method_answer(found)


@staff_routes.put(
    "/admin/shipping-methods/{code}",
    summary="Change a shipping method",
    raises=(ShippingMethodNotFound,),
    needs=Permission.CHANGE_PRICING,
)
async def change_shipping_method(call: Call, body: ChangeShippingMethod) -> ShippingMethodAnswer:
    """The method as it is offered from the next quote on; orders keep what they paid for it."""
    command = body.command(_code(call), call.ports.policy.currency)
    method = await use_cases.change_shipping_method(command, actor=call.actor, ports=call.ports)
    return shipping_method_answer(method)


@staff_routes.delete(
    "/admin/shipping-methods/{code}",
    summary="Remove a shipping method",
    raises=(ShippingMethodNotFound,),
    needs=Permission.CHANGE_PRICING,
)
async def remove_shipping_method(call: Call) -> ShippingMethodAnswer:
    """The method as it was; a cart that has chosen it says that it is gone."""
    method = await use_cases.remove_shipping_method(_code(call), actor=call.actor, ports=call.ports)
    return shipping_method_answer(method)


def _code(call: Call) -> str:
    """The code in the path; raises ShippingMethodNotFound for what can be none."""
    code = call.path("code")
    if not readable(code, longest=use_cases.TEXT_LENGTH):
        raise ShippingMethodNotFound(code[: use_cases.TEXT_LENGTH])
    return code
