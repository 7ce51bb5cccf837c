"""Routes of coupons: for staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from automate_store.application import coupons as use_cases
from automate_store.application.access import Permission
from automate_store.application.errors import BadCursor
from automate_store.application.ports.coupons import CouponFigures
from automate_store.application.promotions import promotion_codes
from automate_store.domain.coupons import CODE, CODE_LENGTH, CouponCodeTaken, CouponNotFound
from automate_store.domain.kernel.ids import BatchId, PromotionId
from automate_store.domain.promotions import PromotionNotFound
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.decoding import readable
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.coupons import (
    AddCoupon,
    BatchQuery,
    ChangeCoupon,
    CouponAnswer,
    CouponBatchAnswer,
    CouponBatchList,
    CouponList,
    CouponQuery,
    GenerateCoupons,
    batch_answer,
    batch_list,
    coupon_answer,
    coupon_list,
)
from automate_store.entrypoints.http.wire.paging import id_before, key_before, one_page

staff_routes = Routes("Staff: coupons")


@staff_routes.get(
    "/admin/coupons", summary="List coupons", raises=(BadCursor,), needs=Permission.READ_PRICING
)
async def list_coupons(call: Call, query: CouponQuery) -> CouponList:
    """Those that ended too, in the order of their codes, with what became of each."""
    after = key_before(query)
    if after is not None and not (CODE.fullmatch(after) and len(after) <= CODE_LENGTH):
        raise BadCursor
    found = await use_cases.list_coupons(
        prefix=query.prefix,
        batch_id=None if query.batch_id is None else BatchId(query.batch_id),
        after=after,
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    page, cursor = one_page(found, query, lambda each: each.coupon.code)
    return coupon_list(page, await _opened(page, call), cursor)


@staff_routes.post(
    "/admin/coupons",
    summary="Make a coupon",
    status=201,
    raises=(CouponCodeTaken, PromotionNotFound),
    needs=Permission.CHANGE_PRICING,
)
async def create_coupon(call: Call, body: AddCoupon) -> CouponAnswer:
    """The new coupon, to be redeemed at once."""
    made = await use_cases.create_coupon(
        body.code, body.terms(), actor=call.actor, ports=call.ports
    )
    return await _answer(made, call)


@staff_routes.get(
    "/admin/coupons/{code}",
    summary="Show a coupon",
    raises=(CouponNotFound,),
    needs=Permission.READ_PRICING,
)
async def show_coupon(call: Call) -> CouponAnswer:
    """The coupon of that code, in whatever case it is written, with what became of it."""
    found = await use_cases.get_coupon(_code(call), actor=call.actor, ports=call.ports)
    return await _answer(found, call)


@staff_routes.put(
    "/admin/coupons/{code}",
    summary="Change a coupon",
    raises=(CouponNotFound, PromotionNotFound),
    needs=Permission.CHANGE_PRICING,
)
async def change_coupon(call: Call, body: ChangeCoupon) -> CouponAnswer:
    """The coupon on other terms from now on, its code and uses kept."""
    changed = await use_cases.change_coupon(
        _code(call), body.terms(), actor=call.actor, ports=call.ports
    )
    return await _answer(changed, call)


@staff_routes.delete(
    "/admin/coupons/{code}",
    summary="End a coupon",
    raises=(CouponNotFound,),
    needs=Permission.CHANGE_PRICING,
)
async def deactivate_coupon(call: Call) -> CouponAnswer:
    """The coupon, which opens nothing from now on; it is kept, since orders have used it."""
    ended = await use_cases.deactivate_coupon(_code(call), actor=call.actor, ports=call.ports)
    return await _answer(ended, call)


@staff_routes.get(
    "/admin/coupon-batches",
    summary="List batches of codes",
    raises=(BadCursor,),
    needs=Permission.READ_PRICING,
)
async def list_batches(call: Call, query: BatchQuery) -> CouponBatchList:
    """What was generated, newest first; the codes of each are coupons."""
    before = id_before(query)
    found = await use_cases.list_batches(
        before=BatchId(before) if before else None,
        limit=query.limit + 1,
        actor=call.actor,
        ports=call.ports,
    )
    page, cursor = one_page(found, query, lambda each: each.id)
    return batch_list(page, cursor)


@staff_routes.post(
    "/admin/coupon-batches",
    summary="Generate codes",
    status=201,
    raises=(PromotionNotFound,),
    needs=Permission.CHANGE_PRICING,
)
async def generate_coupons(call: Call, body: GenerateCoupons) -> CouponBatchAnswer:
    """The batch; no code can be guessed, and none has letters that are taken for others."""
    batch = await use_cases.generate_coupons(
        body.prefix, body.amount, body.terms(), actor=call.actor, ports=call.ports
    )
    return batch_answer(batch)


async def _answer(figures: CouponFigures, call: Call) -> CouponAnswer:
    return coupon_answer(figures, await _opened([figures], call))


async def _opened(figures: Sequence[CouponFigures], call: Call) -> Mapping[PromotionId, str]:
    promotions = (each.coupon.promotion_id for each in figures)
    opened = {promotion for promotion in promotions if promotion is not None}
    return await promotion_codes(opened, actor=call.actor, ports=call.ports) if opened else {}


def _code(call: Call) -> str:
    """The code in the path; raises CouponNotFound for what can be none."""
    code = call.path("code").strip()
    if not readable(code, longest=CODE_LENGTH):
        raise CouponNotFound(code[:CODE_LENGTH])
    return code
