"""Routes of returns: customers ask for their money's worth, staff look at what came."""

from __future__ import annotations

from automate_store.application import returns as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import BadCursor, NumberTaken
from automate_store.domain.catalog import VariantNotFound
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.ids import OrderId, ReturnId
from automate_store.domain.orders import NothingToExchange, OrderFull, OrderNotFound
from automate_store.domain.returns import (
    IllegalReturnMove,
    NothingToReplace,
    NotReturnable,
    ReasonNotAccepted,
    ReturnNotFound,
    TooManyAccepted,
)
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.paging import id_before, one_page
from automate_store.entrypoints.http.wire.returns import (
    ReceiveReturnInput,
    RejectReturnInput,
    ReplaceReturnInput,
    ReturnAnswer,
    ReturnInput,
    ReturnList,
    ReturnListQuery,
    ReturnPage,
    ReturnQuery,
    return_answer,
    return_list,
    return_page,
)

routes = Routes("Returns")
staff_routes = Routes("Staff: returns")


@routes.post(
    "/orders/{id}/return",
    summary="Return items of an order",
    status=201,
    other_status=200,
    raises=(
        OrderNotFound,
        ReasonNotAccepted,
        NotReturnable,
        NumberTaken,
        VariantNotFound,
        OutOfStock,
        OrderFull,
        NothingToExchange,
    ),
    keyed=True,
    opens="order",
)
async def request_return(call: Call, body: ReturnInput, query: ReturnQuery) -> ReturnAnswer:
    """
    The return, waiting for the store's word; with preview, what would go back, and no more.

    At most what arrived, was not asked back before, and is still in time. A claim is for what
    was lost or came damaged: nothing has to be sent. Where something is to come for an item,
    its price is agreed now, and it is kept once the return is approved.
    """
    command, token = body.command(_order_id(call)), call.order_token
    if query.preview:
        call.status = 200
        tried = await use_cases.preview_return(
            command, token=token, actor=call.actor, ports=call.ports
        )
        return return_answer(tried, tried=True)
    view = await use_cases.request_return(
        command, token=token, key=call.key, actor=call.actor, ports=call.ports
    )
    return return_answer(view)


@routes.get(
    "/orders/{id}/returns",
    summary="List the returns of an order",
    raises=(OrderNotFound,),
    opens="order",
)
async def list_returns(call: Call) -> ReturnList:
    """Every return of the order, the oldest first, with what goes back for each."""
    found = await use_cases.list_returns(
        _order_id(call), token=call.order_token, actor=call.actor, ports=call.ports
    )
    return return_list(found)


@routes.post(
    "/orders/{id}/returns/{return_id}/withdraw",
    summary="Withdraw a return",
    raises=(OrderNotFound, ReturnNotFound, IllegalReturnMove),
    keyed=True,
    opens="order",
)
async def withdraw_return(call: Call) -> ReturnAnswer:
    """The return that is not wanted any more, while nothing of it was received."""
    view = await use_cases.withdraw_return(
        _order_id(call),
        ReturnId(call.path_id("return_id", ReturnNotFound)),
        token=call.order_token,
        key=call.key,
        actor=call.actor,
        ports=call.ports,
    )
    return return_answer(view)


@staff_routes.get(
    "/admin/returns",
    summary="List returns",
    raises=(BadCursor,),
    needs=Permission.READ_ORDERS,
)
async def page_returns(call: Call, query: ReturnListQuery) -> ReturnPage:
    """Everybody's, the last asked for first."""
    before = id_before(query)
    found = await use_cases.page_returns(
        state=query.status,
        before=None if before is None else ReturnId(before),
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    return return_page(*one_page(found, query, lambda each: each.id))


@staff_routes.post(
    "/admin/returns/{id}/approve",
    summary="Approve a return",
    raises=(ReturnNotFound, IllegalReturnMove, OutOfStock),
    keyed=True,
    needs=Permission.HANDLE_RETURNS,
)
async def approve_return(call: Call) -> ReturnAnswer:
    """The return, which may be sent now, and what comes for it is kept; no money moves."""
    view = await use_cases.approve_return(
        _return_id(call), key=call.key, actor=call.actor, ports=call.ports
    )
    return return_answer(view)


@staff_routes.post(
    "/admin/returns/{id}/reject",
    summary="Reject a return",
    raises=(ReturnNotFound, IllegalReturnMove),
    keyed=True,
    needs=Permission.HANDLE_RETURNS,
)
async def reject_return(call: Call, body: RejectReturnInput) -> ReturnAnswer:
    """The return, refused for that reason; its units may be asked back again."""
    view = await use_cases.reject_return(
        _return_id(call), body.reason, key=call.key, actor=call.actor, ports=call.ports
    )
    return return_answer(view)


@staff_routes.post(
    "/admin/returns/{id}/receive",
    summary="Receive a return",
    raises=(ReturnNotFound, IllegalReturnMove, TooManyAccepted),
    keyed=True,
    needs=Permission.MOVE_MONEY,
)
async def receive_return(call: Call, body: ReceiveReturnInput) -> ReturnAnswer:
    """
    The return once its goods came and each item was looked at.

    What is as new is on the shelf again. What is accepted is paid back at once, where the
    store does so; where nothing is, the return is rejected. What comes for it is in the order,
    or waits beside it until what it costs more is paid.
    """
    view = await use_cases.receive_return(
        body.command(_return_id(call)), key=call.key, actor=call.actor, ports=call.ports
    )
    return return_answer(view)


@staff_routes.post(
    "/admin/returns/{id}/refund",
    summary="Pay a return back",
    raises=(ReturnNotFound, IllegalReturnMove),
    keyed=True,
    needs=Permission.MOVE_MONEY,
)
async def refund_return(call: Call) -> ReturnAnswer:
    """
    The return whose money is on its way back: once received, or a claim once approved.

    What was to come for it does not come then.
    """
    view = await use_cases.refund_return(
        _return_id(call), key=call.key, actor=call.actor, ports=call.ports
    )
    return return_answer(view)


@staff_routes.post(
    "/admin/returns/{id}/replace",
    summary="Replace what a claim is of",
    raises=(
        ReturnNotFound,
        IllegalReturnMove,
        NothingToReplace,
        NothingToExchange,
        VariantNotFound,
        OutOfStock,
        OrderFull,
    ),
    keyed=True,
    body_optional=True,
    needs=Permission.MOVE_MONEY,
)
async def replace_return(call: Call, body: ReplaceReturnInput) -> ReturnAnswer:
    """
    The approved claim, with what comes for its goods in the order, to be shipped.

    That is what its customer asked for, and of the items that are named here what is said of
    them: another variant, or the same again. Where it costs more than they did, it waits
    beside the order until that is paid.
    """
    view = await use_cases.replace_return(
        body.command(_return_id(call)), key=call.key, actor=call.actor, ports=call.ports
    )
    return return_answer(view)


def _order_id(call: Call) -> OrderId:
    return OrderId(call.path_id("id", OrderNotFound))


def _return_id(call: Call) -> ReturnId:
    return ReturnId(call.path_id("id", ReturnNotFound))
