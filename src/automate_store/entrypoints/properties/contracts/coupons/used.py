"""Uses of coupons: taken by one conditional write each, given back once, whoever comes at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from automate_store.application.errors import Contended
from automate_store.application.ports import Ports
from automate_store.application.ports.coupons import CouponUse
from automate_store.domain.coupons import Coupon
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.periods import Period
from automate_store.domain.orders import Order
from automate_store.entrypoints.properties.contracts.accounts import Accounts
from automate_store.entrypoints.properties.contracts.coupons.scene import (
    ANN,
    BOB,
    figures,
    give_back,
    new_coupon,
    new_use,
    put_coupon,
    redeem,
    uses_of,
)
from automate_store.entrypoints.properties.contracts.scene import (
    outcomes,
    price,
    put_order,
    put_stocked,
    still_waits,
)

HOUR = timedelta(hours=1)


@pytest.mark.asyncio
class UsedCoupons(Accounts):
    """The counter is the number of live uses, and no limit is ever passed."""

    async def test_a_use_is_counted_with_its_discount_and_its_time(self, store: Ports) -> None:
        coupon, one, two = await _coupon_and_orders(store)
        at = store.clock()
        await redeem(store, new_use(store, coupon, one, major=3), at=at + HOUR)
        await redeem(store, new_use(store, coupon, two, major=4), at=at)
        now = await figures(store, coupon)
        assert (now.uses, now.coupon.used_count) == (2, 2)
        assert (now.discount, now.last_used_at) == (price(store, 7), at + HOUR)

    async def test_no_more_are_used_than_the_limit_in_all(self, store: Ports) -> None:
        coupon, one, two, three = await _coupon_and_orders(store, orders=3, usage_limit=2)
        await redeem(store, new_use(store, coupon, one, email=ANN))
        await redeem(store, new_use(store, coupon, two, email=BOB))
        await _refused(store, new_use(store, coupon, three, email="eve@example.com"))
        assert await uses_of(store, coupon) == 2

    async def test_no_customer_uses_it_more_often_than_the_limit_for_one(
        self, store: Ports
    ) -> None:
        coupon, one, two, three, four = await _coupon_and_orders(
            store, orders=4, usage_limit_per_customer=2
        )
        await redeem(store, new_use(store, coupon, one, email=ANN))
        await redeem(store, new_use(store, coupon, two, email=ANN))
        await _refused(store, new_use(store, coupon, three, email=ANN))
        await redeem(store, new_use(store, coupon, four, email=BOB))
        assert await uses_of(store, coupon) == 3

    async def test_a_customer_is_known_by_account_and_by_email(self, store: Ports) -> None:
        coupon, one, two, three = await _coupon_and_orders(
            store, orders=3, usage_limit_per_customer=1
        )
        mine, other = await self.account(store), await self.account(store)
        await redeem(store, new_use(store, coupon, one, email=ANN, user_id=mine))
        await _refused(store, new_use(store, coupon, two, email=BOB, user_id=mine))
        await _refused(store, new_use(store, coupon, two, email=ANN, user_id=other))
        await _refused(store, new_use(store, coupon, two, email=ANN))
        await redeem(store, new_use(store, coupon, three, email=BOB, user_id=other))
        assert await uses_of(store, coupon) == 2

    async def test_what_is_not_active_is_not_used(self, store: Ports) -> None:
        coupon, order, _ = await _coupon_and_orders(store, active=False)
        await _refused(store, new_use(store, coupon, order))
        assert await uses_of(store, coupon) == 0

    async def test_it_is_used_from_its_start_on_and_before_its_end(self, store: Ports) -> None:
        at = store.clock()
        period = Period(at, at + HOUR)
        coupon, one, two = await _coupon_and_orders(store, period=period)
        moment = timedelta(microseconds=1)
        for outside in (at - moment, at + HOUR, at + 2 * HOUR):
            with pytest.raises(Contended):
                await redeem(store, new_use(store, coupon, one), at=outside)
        await redeem(store, new_use(store, coupon, one), at=at)
        await redeem(store, new_use(store, coupon, two), at=at + HOUR - moment)
        assert await uses_of(store, coupon) == 2

    async def test_an_unknown_coupon_is_not_used(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        await _refused(store, new_use(store, new_coupon(store), order))

    async def test_of_several_uses_all_are_taken_or_none(self, store: Ports) -> None:
        free, order, _ = await _coupon_and_orders(store)
        closed = await put_coupon(store, "CLOSED", active=False)
        for uses in ((free, closed), (closed, free)):
            await _refused(store, *(new_use(store, each, order) for each in uses))
            assert [await uses_of(store, each) for each in uses] == [0, 0]
        other = await put_coupon(store, "OTHER")
        await redeem(store, new_use(store, free, order), new_use(store, other, order))
        assert [await uses_of(store, each) for each in (free, other)] == [1, 1]

    async def test_an_order_uses_a_coupon_once(self, store: Ports) -> None:
        coupon, order, _ = await _coupon_and_orders(store)
        await redeem(store, new_use(store, coupon, order))
        await _refused(store, new_use(store, coupon, order))
        assert await uses_of(store, coupon) == 1
        await give_back(store, order)
        await _refused(store, new_use(store, coupon, order))
        assert await uses_of(store, coupon) == 0

    async def test_what_an_order_took_is_given_back_once(self, store: Ports) -> None:
        one, mine, others = await _coupon_and_orders(store)
        two = await put_coupon(store, "TWO")
        await redeem(store, new_use(store, one, mine), new_use(store, two, mine))
        await redeem(store, new_use(store, one, others, major=5))
        assert [await give_back(store, mine) for _ in range(3)] == [2, 0, 0]
        assert [await uses_of(store, each) for each in (one, two)] == [1, 0]
        kept, gone = await figures(store, one), await figures(store, two)
        assert (kept.discount, gone.discount) == (price(store, 5), Money.zero(one.currency))
        assert gone.last_used_at is None

    async def test_an_order_that_took_nothing_gives_nothing_back(self, store: Ports) -> None:
        coupon, one, two = await _coupon_and_orders(store)
        await redeem(store, new_use(store, coupon, one))
        assert await give_back(store, two) == 0
        assert await uses_of(store, coupon) == 1

    async def test_what_was_given_back_can_be_used_again(self, store: Ports) -> None:
        coupon, one, two = await _coupon_and_orders(
            store, usage_limit=1, usage_limit_per_customer=1
        )
        await redeem(store, new_use(store, coupon, one))
        await _refused(store, new_use(store, coupon, two))
        await give_back(store, one)
        await redeem(store, new_use(store, coupon, two))
        assert await uses_of(store, coupon) == 1

    async def test_what_was_rolled_back_was_neither_taken_nor_given_back(
        self, store: Ports
    ) -> None:
        coupon, one, two = await _coupon_and_orders(store)
        await redeem(store, new_use(store, coupon, one))
        with pytest.raises(ZeroDivisionError):
            async with store.unit_of_work() as work:
                await work.coupons.give_back(one.id, at=store.clock())
                await work.coupons.redeem([new_use(store, coupon, two)], at=store.clock())
                raise ZeroDivisionError
        assert await uses_of(store, coupon) == 1
        assert await give_back(store, one) == 1

    async def test_terms_that_were_read_before_a_use_do_not_undo_it(self, store: Ports) -> None:
        coupon, one, two = await _coupon_and_orders(store, usage_limit=9)
        async with store.unit_of_work() as work:
            read = (await work.coupons.get("spring")).coupon
            await redeem(store, new_use(store, coupon, one))
            await work.coupons.change(evolve(read, usage_limit=1))
        assert await uses_of(store, coupon) == 1
        await _refused(store, new_use(store, coupon, two))

    async def test_of_many_at_once_exactly_the_limit_is_taken(self, store: Ports) -> None:
        coupon, *orders = await _coupon_and_orders(store, orders=8, usage_limit=3)
        emails = [f"customer-{number}@example.com" for number in range(8)]
        uses = [
            new_use(store, coupon, order, email=email)
            for order, email in zip(orders, emails, strict=True)
        ]
        came_to = await outcomes(*(redeem(store, use) for use in uses))
        assert came_to.count(None) == 3
        assert {type(each) for each in came_to if each is not None} == {Contended}
        assert await uses_of(store, coupon) == 3

    async def test_one_customer_at_once_from_several_places_takes_what_one_may(
        self, store: Ports
    ) -> None:
        coupon, *orders = await _coupon_and_orders(store, orders=6, usage_limit_per_customer=1)
        mine = await self.account(store)
        uses = [
            new_use(store, coupon, order, email=ANN, user_id=mine if number % 2 else None)
            for number, order in enumerate(orders)
        ]
        came_to = await outcomes(*(redeem(store, use) for use in uses))
        assert came_to.count(None) == 1
        assert {type(each) for each in came_to if each is not None} == {Contended}
        assert await uses_of(store, coupon) == 1

    async def test_works_that_take_the_same_coupons_in_any_order_all_get_them(
        self, store: Ports
    ) -> None:
        one, *orders = await _coupon_and_orders(store, orders=6)
        two = await put_coupon(store, "TWO")
        pairs = [
            [new_use(store, coupon, order) for coupon in (one, two)[:: (-1) ** number]]
            for number, order in enumerate(orders)
        ]
        assert await outcomes(*(redeem(store, *pair) for pair in pairs)) == [None] * 6
        assert [await uses_of(store, each) for each in (one, two)] == [6, 6]

    async def test_a_use_that_comes_to_nothing_leaves_room_for_whoever_waited(
        self, store: Ports
    ) -> None:
        coupon, one, two = await _coupon_and_orders(store, usage_limit=1)
        waiting: list[asyncio.Task[None]] = []
        waited = False
        with pytest.raises(ZeroDivisionError):
            async with store.unit_of_work() as work:
                await work.coupons.redeem([new_use(store, coupon, one)], at=store.clock())
                # An adapter may keep a write back until something is read.
                await work.coupons.get("spring")
                waiting.append(asyncio.create_task(redeem(store, new_use(store, coupon, two))))
                waited = await still_waits(waiting[0])
                raise ZeroDivisionError
        await waiting[0]
        assert waited
        assert await uses_of(store, coupon) == 1

    async def test_what_two_give_back_at_once_is_given_back_once(self, store: Ports) -> None:
        one, mine, others = await _coupon_and_orders(store)
        two = await put_coupon(store, "TWO")
        await redeem(store, new_use(store, one, mine), new_use(store, two, mine))
        await redeem(store, new_use(store, one, others))
        came_to = await outcomes(*(give_back(store, mine) for _ in range(4)))
        assert sorted(each for each in came_to if isinstance(each, int)) == [0, 0, 0, 2]
        assert [await uses_of(store, each) for each in (one, two)] == [1, 0]

    async def test_uses_that_come_and_go_at_once_leave_the_counter_right(
        self, store: Ports
    ) -> None:
        coupon, *orders = await _coupon_and_orders(store, orders=6)

        async def come_and_go(order: Order, *, go: bool) -> None:
            await redeem(store, new_use(store, coupon, order))
            if go:
                await give_back(store, order)

        works = [come_and_go(order, go=number % 3 > 0) for number, order in enumerate(orders)]
        assert await outcomes(*works) == [None] * 6
        assert await uses_of(store, coupon) == 2


async def _coupon_and_orders(store: Ports, *, orders: int = 2, **terms: Any) -> Any:
    """A coupon on these terms, and so many orders that took nothing yet."""
    stocked = await put_stocked(store)
    coupon: Coupon = await put_coupon(store, **terms)
    return coupon, *[await put_order(store, stocked) for _ in range(orders)]


async def _refused(store: Ports, *uses: CouponUse) -> None:
    with pytest.raises(Contended):
        await redeem(store, *uses)
