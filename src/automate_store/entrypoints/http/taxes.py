"""Routes of taxes: for staff."""

from __future__ import annotations

from automate_store.application import taxes as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import BadCursor
from automate_store.domain.catalog import SLUG
from automate_store.domain.taxes import TaxRateCodeTaken, TaxRateNotFound
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.decoding import readable
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.paging import key_before, one_page
from automate_store.entrypoints.http.wire.taxes import (
    AddTaxRate,
    ChangeTaxRate,
    TaxRateAnswer,
    TaxRateList,
    TaxRateQuery,
    tax_rate_answer,
    tax_rate_list,
)

staff_routes = Routes("Staff: taxes")


@staff_routes.get(
    "/admin/taxes", summary="List tax rates", raises=(BadCursor,), needs=Permission.READ_PRICING
)
async def list_tax_rates(call: Call, query: TaxRateQuery) -> TaxRateList:
    """Past and future ones too, in the order of their codes."""
    after = key_before(query)
    if after is not None and not SLUG.fullmatch(after):
        raise BadCursor
    found = await use_cases.list_tax_rates(
        after=after or "", limit=query.limit + 1, actor=call.actor, ports=call.ports
    )
    return tax_rate_list(*one_page(found, query, lambda each: each.code))


@staff_routes.post(
    "/admin/taxes",
    summary="Collect a tax",
    status=201,
    raises=(TaxRateCodeTaken,),
    needs=Permission.CHANGE_PRICING,
)
async def add_tax_rate(call: Call, body: AddTaxRate) -> TaxRateAnswer:
    """The new rate, in every quote from the next one on."""
    rate = await use_cases.add_tax_rate(body.command(body.code), actor=call.actor, ports=call.ports)
    return tax_rate_answer(rate)


@staff_routes.get(
    "/admin/taxes/{code}",
    summary="Show a tax rate",
    raises=(TaxRateNotFound,),
    needs=Permission.READ_PRICING,
)
async def show_tax_rate(call: Call) -> TaxRateAnswer:
    """The rate of that code."""
    rate = await use_cases.get_tax_rate(_code(call), actor=call.actor, ports=call.ports)
    return tax_rate_answer(rate)


@staff_routes.put(
    "/admin/taxes/{code}",
    summary="Change a tax rate",
    raises=(TaxRateNotFound,),
    needs=Permission.CHANGE_PRICING,
)
async def change_tax_rate(call: Call, body: ChangeTaxRate) -> TaxRateAnswer:
    """
    The rate as it is in every quote from the next one on; orders keep what they were taxed by.

    A rate that rises on a known day is better ended then, and followed by a new one.
    """
    command = body.command(_code(call))
    return tax_rate_answer(
        await use_cases.change_tax_rate(command, actor=call.actor, ports=call.ports)
    )


@staff_routes.delete(
    "/admin/taxes/{code}",
    summary="Stop collecting a tax",
    raises=(TaxRateNotFound,),
    needs=Permission.CHANGE_PRICING,
)
async def remove_tax_rate(call: Call) -> TaxRateAnswer:
    """The rate as it was; orders keep what they were taxed by."""
    rate = await use_cases.remove_tax_rate(_code(call), actor=call.actor, ports=call.ports)
    return tax_rate_answer(rate)


def _code(call: Call) -> str:
    """The code in the path; raises TaxRateNotFound for what can be none."""
    code = call.path("code")
    if not readable(code, longest=use_cases.TEXT_LENGTH):
        raise TaxRateNotFound(code[: use_cases.TEXT_LENGTH])
    return code
