"""Routes of accounts for staff: who there is, and what they are to the store."""

from __future__ import annotations

from automate_store.application import identity as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import BadCursor
from automate_store.domain.identity import AccountNotFound, LastAdmin
from automate_store.domain.kernel.ids import UserId
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.customers import (
    CustomerAnswer,
    CustomerList,
    CustomerQuery,
    StandingInput,
    customer_answer,
    customer_list,
)
from automate_store.entrypoints.http.wire.paging import id_before, one_page

staff_routes = Routes("Staff: customers")


@staff_routes.get(
    "/admin/customers",
    summary="List accounts",
    raises=(BadCursor,),
    needs=Permission.READ_CUSTOMERS,
)
async def list_customers(call: Call, query: CustomerQuery) -> CustomerList:
    """Accounts of customers and of staff, in the order of their making."""
    after = id_before(query)
    found = await use_cases.list_accounts(
        after=UserId(after) if after else None,
        limit=query.limit + 1,
        role=query.role,
        actor=call.actor,
        ports=call.ports,
    )
    return customer_list(*one_page(found, query, lambda account: account.id))


@staff_routes.get(
    "/admin/customers/{id}",
    summary="Show an account",
    raises=(AccountNotFound,),
    needs=Permission.READ_CUSTOMERS,
)
async def show_customer(call: Call) -> CustomerAnswer:
    """The account."""
    found = await use_cases.find_account(_id(call), actor=call.actor, ports=call.ports)
    return customer_answer(found)


@staff_routes.put(
    "/admin/customers/{id}/standing",
    summary="Change what an account is",
    raises=(AccountNotFound, LastAdmin),
    needs=Permission.CHANGE_CUSTOMERS,
)
async def change_standing(call: Call, body: StandingInput) -> CustomerAnswer:
    """The account in its role and groups, from its next request on."""
    changed = await use_cases.change_standing(
        _id(call), body.command(), actor=call.actor, ports=call.ports
    )
    return customer_answer(changed)


@staff_routes.delete(
    "/admin/customers/{id}/sessions",
    summary="Sign somebody out everywhere",
    raises=(AccountNotFound,),
    needs=Permission.CHANGE_CUSTOMERS,
)
async def end_sessions_of(call: Call) -> CustomerAnswer:
    """The account, none of whose tokens opens anything from now on."""
    found = await use_cases.end_sessions_of(_id(call), actor=call.actor, ports=call.ports)
    return customer_answer(found)


def _id(call: Call) -> UserId:
    return UserId(call.path_id("id", AccountNotFound))
