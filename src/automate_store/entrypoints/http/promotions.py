"""Routes of promotions: for staff."""

from __future__ import annotations

from automate_store.application import promotions as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import BadCursor, CartOrdered
from automate_store.domain.carts import CartNotFound
from automate_store.domain.catalog import SLUG
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.pricing import QuoteTooLarge
from automate_store.domain.promotions import (
    PromotionCodeTaken,
    PromotionHasCoupons,
    PromotionNotFound,
)
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.decoding import readable
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.paging import key_before, one_page
from automate_store.entrypoints.http.wire.promotions import (
    AddPromotion,
    ChangePromotion,
    PromotionAnswer,
    PromotionList,
    PromotionQuery,
    SimulatePromotion,
    SimulationAnswer,
    promotion_answer,
    promotion_list,
    simulation_answer,
    within,
)

staff_routes = Routes("Staff: promotions")


@staff_routes.get(
    "/admin/promotions",
    summary="List promotions",
    raises=(BadCursor,),
    needs=Permission.READ_PRICING,
)
async def list_promotions(call: Call, query: PromotionQuery) -> PromotionList:
    """Those switched off and past ones too, in the order of their codes."""
    after = key_before(query)
    if after is not None and not SLUG.fullmatch(after):
        raise BadCursor
    found = await use_cases.list_promotions(
        after=after, limit=query.limit + 1, actor=call.actor, ports=call.ports
    )
    return promotion_list(*one_page(found, query, lambda each: each.code))


@staff_routes.post(
    "/admin/promotions",
    summary="Make a promotion",
    status=201,
    raises=(PromotionCodeTaken,),
    needs=Permission.CHANGE_PRICING,
)
async def create_promotion(call: Call, body: AddPromotion) -> PromotionAnswer:
    """The new promotion, in force from the next quote on."""
    command = body.command(body.code, call.ports.policy.currency, call.ports.kinds)
    promotion = await use_cases.create_promotion(command, actor=call.actor, ports=call.ports)
    return promotion_answer(promotion)


@staff_routes.post(
    "/admin/promotions/simulate",
    summary="Try a promotion on a cart",
    raises=(PromotionNotFound, CartNotFound, CartOrdered, QuoteTooLarge),
    needs=Permission.READ_PRICING,
)
async def simulate_promotion(call: Call, body: SimulatePromotion) -> SimulationAnswer:
    """
    What the promotion would do to the cart, were it active and needed no code.

    Nothing is changed. A promotion that has the code of a stored one takes its place.
    """
    try:
        simulation = await use_cases.simulate_promotion(
            body.wanted(call.ports.policy.currency, call.ports.kinds),
            body.cart_token,
            at=body.at,
            actor=call.actor,
            ports=call.ports,
        )
    except InvalidInput as wrong:
        raise within("promotion", wrong) from wrong
    return simulation_answer(simulation)


@staff_routes.get(
    "/admin/promotions/{code}",
    summary="Show a promotion",
    raises=(PromotionNotFound,),
    needs=Permission.READ_PRICING,
)
async def show_promotion(call: Call) -> PromotionAnswer:
    """The promotion of that code."""
    found = await use_cases.get_promotion(_code(call), actor=call.actor, ports=call.ports)
    return promotion_answer(found)


@staff_routes.put(
    "/admin/promotions/{code}",
    summary="Change a promotion",
    raises=(PromotionNotFound,),
    needs=Permission.CHANGE_PRICING,
)
async def change_promotion(call: Call, body: ChangePromotion) -> PromotionAnswer:
    """The promotion as it acts from the next quote on; orders keep what it took."""
    code = _code(call)
    command = body.command(code, call.ports.policy.currency, call.ports.kinds)
    changed = await use_cases.change_promotion(code, command, actor=call.actor, ports=call.ports)
    return promotion_answer(changed)


@staff_routes.delete(
    "/admin/promotions/{code}",
    summary="Remove a promotion",
    raises=(PromotionNotFound, PromotionHasCoupons),
    needs=Permission.CHANGE_PRICING,
)
async def remove_promotion(call: Call) -> PromotionAnswer:
    """The promotion as it was; one that coupons open is switched off instead."""
    promotion = await use_cases.remove_promotion(_code(call), actor=call.actor, ports=call.ports)
    return promotion_answer(promotion)


def _code(call: Call) -> str:
    """The code in the path; raises PromotionNotFound for what can be none."""
    code = call.path("code")
    if not readable(code, longest=use_cases.TEXT_LENGTH):
        raise PromotionNotFound(code[: use_cases.TEXT_LENGTH])
    return code
