"""What every adapter of ``ports.orders.Orders`` promises."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from attrs import evolve

from automate_store.application.errors import NumberTaken, VersionConflict
from automate_store.application.ports import Ports
from automate_store.application.ports.orders import TimelineEntry
from automate_store.domain.kernel.ids import LineId, OrderId, UserId
from automate_store.domain.orders import (
    Order,
    OrderEvent,
    OrderNotFound,
    OrderPlaced,
    abandon_staged,
    apply_edit,
    change_tracking,
    deliver_parcel,
    lose_parcel,
)
from automate_store.entrypoints.properties.contracts.order_locks import (
    OrderLocks,
    get_order,
    minutes_after,
    save_order,
)
from automate_store.entrypoints.properties.contracts.scene import (
    new_edit,
    new_order,
    new_product,
    new_shipment,
    outcomes,
    put_order,
    put_product,
    put_stocked,
    staged,
    still_waits,
)


@pytest.mark.asyncio
class OrdersContract(OrderLocks):
    """Orders are kept whole with all that happened to them, and changed by one at a time."""

    async def test_an_order_comes_back_as_it_was_added(self, store: Ports) -> None:
        order = new_order(store, await put_stocked(store, "a"), await put_stocked(store, "b"))
        async with store.unit_of_work() as work:
            await work.orders.add(order)
        assert await get_order(store, order) == order.saved()

    async def test_an_unknown_order_is_not_found(self, store: Ports) -> None:
        with pytest.raises(OrderNotFound):
            await get_order(store, new_order(store, await put_stocked(store)))

    async def test_a_number_is_taken_once(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        order = await put_order(store, stocked)
        twin = new_order(store, stocked, number=order.number)
        with pytest.raises(NumberTaken) as taken:
            async with store.unit_of_work() as work:
                await work.orders.add(twin)
        assert taken.value.number == order.number
        with pytest.raises(OrderNotFound):
            await get_order(store, twin)

    async def test_of_two_at_once_one_gets_the_number(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        both_ready = asyncio.Barrier(2)

        async def place() -> None:
            order = new_order(store, stocked, number="AAAA-BBBB")
            async with store.unit_of_work() as work:
                await both_ready.wait()
                await work.orders.add(order)

        came_to = await outcomes(place(), place())
        assert [type(each) for each in came_to if each is not None] == [NumberTaken]

    async def test_the_whole_life_of_an_order_is_kept(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store, "a"), await put_stocked(store, "b"))
        later: list[Callable[[Order], Order]] = [
            lambda each: each.payment_failed(
                "card declined", actor="gateway", at=minutes_after(each, 1)
            ),
            lambda each: each.pay(each.total, actor="gateway", at=minutes_after(each, 2)),
            lambda each: each.ship(
                new_shipment(store, each, lines=1), actor="staff", at=minutes_after(each, 3)
            ),
            lambda each: each.ship(
                new_shipment(store, each), actor="staff", at=minutes_after(each, 4)
            ),
            lambda each: each.deliver(actor="staff", at=minutes_after(each, 5)),
        ]
        for move in later:
            moved = move(await get_order(store, order))
            await save_order(store, moved)
            assert await get_order(store, order) == moved.saved()

    async def test_the_news_of_a_parcel_is_kept(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store, "a"), await put_stocked(store, "b"))
        paid = order.pay(order.total, actor="gateway", at=minutes_after(order, 1))
        one = paid.ship(
            new_shipment(store, paid, lines=1), actor="staff", at=minutes_after(order, 2)
        )
        rest = evolve(new_shipment(store, one), shipped_at=minutes_after(order, 3))
        both = one.ship(rest, actor="staff", at=minutes_after(order, 3))
        await save_order(store, both)
        first, second = both.shipments
        moved = evolve(first, carrier="UPS", tracking_number="2Z", tracking_url=None)
        later: list[Callable[[Order], Order]] = [
            lambda each: change_tracking(each, moved, actor="staff", at=minutes_after(order, 4)),
            lambda each: lose_parcel(
                each, first.id, reason="searched in vain", actor="staff", at=minutes_after(order, 5)
            ),
            lambda each: deliver_parcel(each, second.id, actor="staff", at=minutes_after(order, 5)),
            lambda each: deliver_parcel(each, first.id, actor="staff", at=minutes_after(order, 6)),
        ]
        for move in later:
            changed = move(await get_order(store, order))
            await save_order(store, changed)
            assert await get_order(store, order) == changed.saved()
        arrived = [each.delivered_at for each in (await get_order(store, order)).shipments]
        assert arrived == [minutes_after(order, 6), minutes_after(order, 5)]

    async def test_who_called_an_order_off_is_kept(self, store: Ports) -> None:
        ann, order = await self.account(store), await put_order(store, await put_stocked(store))
        cancelled = order.cancel("changed my mind", actor="customer", at=minutes_after(order, 1))
        await save_order(store, evolve(cancelled, cancelled_by=ann))
        assert (await get_order(store, order)).cancelled_by == ann

    async def test_a_cancelled_order_keeps_its_reason(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        cancelled = order.cancel("changed my mind", actor="guest", at=minutes_after(order, 1))
        await save_order(store, cancelled)
        assert await get_order(store, order) == cancelled.saved()

    async def test_a_deadline_that_moves_is_kept(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        waiting = order.await_payment(
            minutes_after(order, 60), latest=minutes_after(order, 60), at=minutes_after(order, 1)
        )
        await save_order(store, waiting)
        assert (await get_order(store, order)).expires_at == minutes_after(order, 60)

    async def test_an_edit_is_kept_while_it_waits_and_no_longer(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store, "a"))
        await save_order(store, order.pay(order.total, actor="gateway", at=minutes_after(order, 1)))
        edit = new_edit(store, order, await put_stocked(store, "b"))
        waiting = staged(store, await get_order(store, order), edit)
        await save_order(store, waiting)
        assert await get_order(store, order) == waiting.saved()
        left = abandon_staged(
            waiting.saved(), "not paid", actor="system", at=minutes_after(order, 2)
        )
        await save_order(store, left)
        assert await get_order(store, order) == left.saved()

    async def test_new_items_and_another_address_are_kept(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store, "a"), await put_stocked(store, "b"))
        edit = new_edit(store, order, await put_stocked(store, "c"))
        edited = apply_edit(
            order, edit, reason="one more", actor="guest", at=minutes_after(order, 1)
        )
        await save_order(store, edited)
        assert await get_order(store, order) == edited.saved()
        assert (await _timeline(store, order))[-1].kind == "order_edited"

    async def test_edits_past_their_deadline_are_found_the_longest_overdue_first(
        self, store: Ports
    ) -> None:
        cup, jug = await put_stocked(store, "cup"), await put_stocked(store, "jug")
        waiting = []
        for minutes in (20, 10, 30):
            order = await put_order(store, cup)
            paid = order.pay(order.total, actor="gateway", at=minutes_after(order, 1))
            await save_order(store, paid)
            lasts, edit = timedelta(minutes=minutes), new_edit(store, order, jug)
            waiting.append(staged(store, paid.saved(), edit, lasts=lasts))
            await save_order(store, waiting[-1])
        second, first, third = waiting
        at = store.clock() + timedelta(minutes=20)
        assert await _overdue(store, at) == (first.id, second.id)
        assert await _overdue(store, at, limit=1) == (first.id,)
        await save_order(store, abandon_staged(first.saved(), "no", actor="system", at=at))
        assert await _overdue(store, at + timedelta(hours=1)) == (second.id, third.id)

    async def test_a_lost_update_is_refused_and_leaves_no_trace(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        await save_order(store, order.cancel("first", actor="guest", at=minutes_after(order, 1)))
        with pytest.raises(VersionConflict):
            await save_order(
                store, order.cancel("second", actor="guest", at=minutes_after(order, 2))
            )
        assert (await get_order(store, order)).cancelled_reason == "first"
        assert [each.kind for each in await _timeline(store, order)] == [
            "order_placed",
            "order_cancelled",
        ]

    async def test_of_two_changes_at_once_one_is_refused(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        both_loaded = asyncio.Barrier(2)

        async def cancel(reason: str) -> None:
            async with store.unit_of_work() as work:
                loaded = await work.orders.get(order.id)
                await both_loaded.wait()
                await work.orders.save(
                    loaded.cancel(reason, actor="guest", at=minutes_after(order, 1))
                )

        came_to = await outcomes(cancel("one"), cancel("two"))
        assert [type(each) for each in came_to if each is not None] == [VersionConflict]

    async def test_an_order_that_was_never_added_can_not_be_saved(self, store: Ports) -> None:
        order = new_order(store, await put_stocked(store))
        with pytest.raises(VersionConflict):
            await save_order(store, order)

    async def test_who_ordered_before_is_known_by_email(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        assert await _any_of(store, email=order.email)
        assert not await _any_of(store, email="nobody@example.com")
        assert not await _any_of(store)

    async def test_the_order_that_others_are_asked_for_does_not_count(self, store: Ports) -> None:
        mine, stocked = await self.account(store), await put_stocked(store)
        order = evolve(new_order(store, stocked), user_id=mine)
        async with store.unit_of_work() as work:
            await work.orders.add(order)
        async with store.reading() as reads:
            assert not await reads.orders.any_of(mine, order.email, besides=order.id)
            await put_order(store, stocked)
            assert await reads.orders.any_of(mine, order.email, besides=order.id)

    async def test_who_ordered_before_is_known_by_account(self, store: Ports) -> None:
        mine, other = await self.account(store), await self.account(store)
        order = evolve(new_order(store, await put_stocked(store)), user_id=mine)
        async with store.unit_of_work() as work:
            await work.orders.add(order)
        assert await _any_of(store, user_id=mine, email="nobody@example.com")
        assert await _any_of(store, user_id=other, email=order.email)
        assert not await _any_of(store, user_id=other)

    async def test_a_cancelled_order_counts_for_nobody(self, store: Ports) -> None:
        mine, stocked = await self.account(store), await put_stocked(store)
        order = evolve(new_order(store, stocked), user_id=mine)
        async with store.unit_of_work() as work:
            await work.orders.add(order)
        await save_order(
            store, order.saved().cancel("no", actor="guest", at=minutes_after(order, 1))
        )
        assert not await _any_of(store, user_id=mine, email=order.email)
        await put_order(store, stocked)
        assert await _any_of(store, email=order.email)

    async def test_of_two_first_orders_at_once_the_later_knows_the_earlier(
        self, store: Ports
    ) -> None:
        stocked, mine = await put_stocked(store), await self.account(store)
        order = evolve(new_order(store, stocked), user_id=mine, email="ann@example.com")
        asked = [(None, order.email), (mine, None), (mine, "bob@example.com")]

        async def ask(user_id: UserId | None, email: str | None) -> bool:
            async with store.unit_of_work() as work:
                return await work.orders.any_of(user_id, email, lock=True)

        async with store.unit_of_work() as work:
            assert not await work.orders.any_of(mine, order.email, lock=True)
            late = [asyncio.create_task(ask(*who)) for who in asked]
            waited = [await still_waits(each) for each in late]
            await work.orders.add(order)
        assert (waited, [await each for each in late]) == ([True] * 3, [True] * 3)

    async def test_nobody_else_waits_for_whoever_may_order_first(self, store: Ports) -> None:
        mine, other = await self.account(store), await self.account(store)
        async with store.unit_of_work() as work, store.unit_of_work() as beside:
            assert not await work.orders.any_of(mine, "ann@example.com", lock=True)
            assert not await beside.orders.any_of(other, "bob@example.com", lock=True)
            assert not await beside.orders.any_of(mine, "ann@example.com")

    async def test_a_vendor_sold_the_lines_whose_products_are_theirs(self, store: Ports) -> None:
        ann, bob = await self.account(store), await self.account(store)
        anns, bobs = [
            await put_product(store, evolve(new_product(store, slug), vendor_id=vendor))
            for slug, vendor in (("a", ann), ("b", bob))
        ]
        order = await put_order(store, anns, bobs, await put_stocked(store, "of-the-store"))
        await put_order(store, anns)
        first, second, _ = order.items
        assert await _sold_by(store, ann, order.id) == {first.id}
        assert await _sold_by(store, bob, order.id) == {second.id}
        assert await _sold_by(store, await self.account(store), order.id) == frozenset()
        assert await _sold_by(store, ann, OrderId(store.ids.uuid())) == frozenset()

    async def test_who_sold_a_line_is_whose_the_product_is_today(self, store: Ports) -> None:
        ann, bob = await self.account(store), await self.account(store)
        sold = await put_product(store, evolve(new_product(store, "a"), vendor_id=ann))
        order = await put_order(store, sold)
        async with store.unit_of_work() as work:
            await work.products.save([evolve(sold.product, vendor_id=bob)])
        assert await _sold_by(store, ann, order.id) == frozenset()
        assert await _sold_by(store, bob, order.id) == {order.items[0].id}

    async def test_the_timeline_tells_all_that_happened_oldest_first(self, store: Ports) -> None:
        order = new_order(store, await put_stocked(store))
        failed = order.payment_failed("card declined", actor="gateway", at=minutes_after(order, 1))
        async with store.unit_of_work() as work:
            await work.orders.add(failed)
        paid = failed.saved().pay(order.total, actor="gateway", at=minutes_after(order, 2))
        await save_order(store, paid)
        timeline = await _timeline(store, order)
        assert [evolve(each, id=order.id) for each in timeline] == [
            TimelineEntry.of(event, id=order.id)
            for event in (*failed.events, *paid.events)
            if isinstance(event, OrderEvent)
        ]
        assert len({each.id for each in timeline}) == len(timeline) == 3

    async def test_the_timeline_says_what_each_event_alone_says(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        (placed,) = await _timeline(store, order)
        assert (placed.kind, placed.actor, placed.reason) == (OrderPlaced.code(), "guest", None)
        assert placed.data == {"total": str(order.total)}

    async def test_nothing_happened_to_an_unknown_order(self, store: Ports) -> None:
        async with store.reading() as reads:
            assert await reads.orders.timeline(OrderId(store.ids.uuid())) == ()


async def _any_of(store: Ports, *, user_id: UserId | None = None, email: str | None = None) -> bool:
    async with store.reading() as reads:
        return await reads.orders.any_of(user_id, email)


async def _overdue(store: Ports, at: datetime, *, limit: int = 9) -> tuple[OrderId, ...]:
    async with store.reading() as reads:
        return await reads.orders.edits_overdue(at, limit=limit)


async def _sold_by(store: Ports, vendor_id: UserId, order_id: OrderId) -> frozenset[LineId]:
    async with store.reading() as reads:
        return await reads.orders.sold_by(vendor_id, order_id)


async def _timeline(store: Ports, order: Order) -> tuple[TimelineEntry, ...]:
    async with store.reading() as reads:
        return await reads.orders.timeline(order.id)
