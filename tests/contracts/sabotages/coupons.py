"""The ways to break coupons and promotions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from automate_store.adapters.memory.rows import StoredUse
from automate_store.domain.coupons import CouponNotFound
from automate_store.domain.kernel.periods import Period
from automate_store.domain.promotions import BUILT_IN
from tests.contracts.sabotages.making import Broken, answers, backwards, does_nothing
from tests.contracts.sabotages.ways import gets_without_a_lock


async def forgets_accounts(_coupons: Any, original: Any, codes: Any, **asked: Any) -> Any:
    return await original(codes, user_id=None, email=asked["email"])


async def forgets_emails(_coupons: Any, original: Any, codes: Any, **asked: Any) -> Any:
    return await original(codes, user_id=asked["user_id"], email=None)


async def knows_codes_by_their_case(_coupons: Any, original: Any, codes: Any, **asked: Any) -> Any:
    told = await original(codes, **asked)
    return tuple(
        each if each.coupon is None or each.coupon.code == each.code else evolve(each, coupon=None)
        for each in told
    )


async def finds_by_case(_coupons: Any, original: Any, code: str, **asked: Any) -> Any:
    found = await original(code, **asked)
    if found.coupon.code != code:
        raise CouponNotFound(code)
    return found


async def counts_what_was_given_back(coupons: Any, original: Any, code: str, **asked: Any) -> Any:
    found = await original(code, **asked)
    rows = [key for key, _ in coupons._tables.coupon_uses.items() if key[0] == found.coupon.id]
    return evolve(found, uses=len(rows))


async def forgets_the_batch(_coupons: Any, original: Any, **page: Any) -> Any:
    return await original(**{**page, "batch_id": None})


async def forgets_the_prefix(_coupons: Any, original: Any, **page: Any) -> Any:
    return await original(**{**page, "prefix": ""})


async def forgets_the_last_of_a_full_page(_coupons: Any, original: Any, **page: Any) -> Any:
    found = await original(**page)
    return found[:-1] if len(found) == page["limit"] else found


async def begins_anew(_coupons: Any, original: Any, **page: Any) -> Any:
    return await original(before=None, limit=page["limit"])


async def adds_what_it_can(coupons: Any, _original: Any, added: Any) -> None:
    for coupon in added:
        await coupons._session.turn()
        coupons._put(coupon)


async def adds_on_one_lots_terms(_coupons: Any, original: Any, added: Any) -> None:
    first = added[0]
    await original([evolve(first, id=each.id, code=each.code) for each in added])


async def writes_the_count_too(coupons: Any, original: Any, coupon: Any) -> None:
    await original(coupon)
    coupons._put(coupon)


async def changes_what_is_not_there(coupons: Any, _original: Any, coupon: Any) -> None:
    known = await coupons._locked(coupon.id)
    coupons._put(coupon if known is None else evolve(coupon, used_count=known.used_count))


def redeems(**forgotten: object) -> Broken:
    """Take the use with those terms of its coupon looked away from."""

    async def broken(coupons: Any, _original: Any, uses: Any, *, at: Any) -> None:
        for use in uses:
            coupon = await coupons._locked(use.coupon_id)
            if coupon is None or not coupons._may_use(evolve(coupon, **forgotten), use, at):
                await _original([use], at=at)
            _take(coupons, coupon, use, at)

    broken.__qualname__ = f"forgets {', '.join(forgotten)}"
    return broken


async def looks_before_it_locks(coupons: Any, original: Any, uses: Any, *, at: Any) -> None:
    for use in uses:
        (seen,) = [each for each in coupons._tables.coupons.values() if each.id == use.coupon_id]
        if not coupons._may_use(seen, use, at):
            await original(uses, at=at)
        await coupons._session.turn()
        coupon = await coupons._locked(use.coupon_id)
        _take(coupons, coupon, use, at)


async def writes_an_absolute_count(coupons: Any, original: Any, uses: Any, *, at: Any) -> None:
    seen = {each.id: each for each in coupons._tables.coupons.values()}
    await coupons._session.turn()
    await original(uses, at=at)
    for use in uses:
        before = seen[use.coupon_id].used_count
        coupon = await coupons._locked(use.coupon_id)
        coupons._put(evolve(coupon, used_count=before + 1))


async def takes_it_again(coupons: Any, original: Any, uses: Any, *, at: Any) -> None:
    for use in uses:
        coupons._tables.coupon_uses.drop((use.coupon_id, use.order_id))
    await original(uses, at=at)


async def takes_what_it_can(coupons: Any, original: Any, uses: Any, *, at: Any) -> None:
    await original(uses[:1], at=at)
    for use in uses[1:]:
        coupon = await coupons._locked(use.coupon_id)
        if coupons._may_use(coupon, use, at):
            await original([use], at=at)


async def waits_for_nobody(coupons: Any, original: Any, uses: Any, *, at: Any) -> None:
    held = coupons._session.locks
    object.__setattr__(coupons._session, "locks", type(held)())
    await original(uses, at=at)
    object.__setattr__(coupons._session, "locks", held)


async def gives_back_twice(coupons: Any, original: Any, order_id: Any, *, at: Any) -> int:
    uses = coupons._tables.coupon_uses
    for key, stored in uses.items():
        if key[1] == order_id:
            uses.put(key, evolve(stored, given_back_at=None))
    return int(await original(order_id, at=at))


async def gives_back_one(coupons: Any, original: Any, order_id: Any, *, at: Any) -> int:
    uses = coupons._tables.coupon_uses
    mine = [(key, each) for key, each in uses.items() if key[1] == order_id]
    for key, stored in mine[1:]:
        uses.put(key, evolve(stored, given_back_at=at))
    return int(await original(order_id, at=at))


async def gives_back_rows_alone(coupons: Any, original: Any, order_id: Any, *, at: Any) -> int:
    before = coupons._tables.coupons.values()
    given = int(await original(order_id, at=at))
    for coupon in before:
        coupons._put(coupon)
    return given


def _take(coupons: Any, coupon: Any, use: Any, at: Any) -> None:
    coupons._put(evolve(coupon, used_count=coupon.used_count + 1))
    stored = StoredUse(use=use, used_at=at)
    coupons._tables.coupon_uses.put((use.coupon_id, use.order_id), stored)


OF_COUPONS: Mapping[str, list[Broken]] = {
    "presented": [backwards, forgets_accounts, forgets_emails, knows_codes_by_their_case],
    "get": [finds_by_case, counts_what_was_given_back, gets_without_a_lock],
    "page": [backwards, forgets_the_batch, forgets_the_prefix, forgets_the_last_of_a_full_page],
    "batches": [backwards, begins_anew],
    "add": [does_nothing, adds_what_it_can, adds_on_one_lots_terms],
    "add_batch": [does_nothing],
    "change": [does_nothing, writes_the_count_too, changes_what_is_not_there],
    "redeem": [
        does_nothing,
        redeems(usage_limit=None),
        redeems(usage_limit_per_customer=None),
        redeems(active=True),
        redeems(period=Period()),
        looks_before_it_locks,
        writes_an_absolute_count,
        takes_it_again,
        takes_what_it_can,
        waits_for_nobody,
    ],
    "give_back": [
        does_nothing,
        answers(1),
        gives_back_twice,
        gives_back_one,
        gives_back_rows_alone,
    ],
}


async def adds_over_another(rules: Any, original: Any, promotion: Any) -> None:
    rules._tables.promotions.drop(promotion.code)
    await original(promotion)


def loses(kind: str) -> Broken:
    """Store the promotion without its parts of that kind."""

    async def broken(_rules: Any, original: Any, promotion: Any) -> None:
        conditions = tuple(each for each in promotion.conditions if each.kind != kind)
        actions = tuple(each for each in promotion.actions if each.kind != kind)
        await original(evolve(promotion, conditions=conditions, actions=actions))

    broken.__qualname__ = f"loses {kind}"
    return broken


async def adds_what_it_should_change(rules: Any, _original: Any, promotion: Any) -> None:
    await rules._session.take("promotion", promotion.code)
    rules._tables.promotions.put(promotion.code, promotion)


async def takes_the_code_of_another(rules: Any, original: Any, promotion: Any) -> None:
    known = rules._tables.promotions.get(promotion.code)
    if known is not None and known.id != promotion.id:
        rules._tables.promotions.drop(promotion.code)
    await original(promotion)


async def removes_what_coupons_open(rules: Any, _original: Any, promotion: Any) -> None:
    rules._tables.promotions.drop(await rules._known_promotion(promotion))


async def removes_by_code(rules: Any, original: Any, promotion: Any) -> None:
    known = rules._tables.promotions.get(promotion.code)
    await original(promotion if known is None else known)


OF_PROMOTIONS: Mapping[str, list[Broken]] = {
    "add_promotion": [
        does_nothing,
        adds_over_another,
        *(loses(kind) for kind in (*BUILT_IN.conditions, *BUILT_IN.actions)),
    ],
    "change_promotion": [does_nothing, adds_what_it_should_change, takes_the_code_of_another],
    "remove_promotion": [does_nothing, removes_what_coupons_open, removes_by_code],
}
