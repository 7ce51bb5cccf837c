"""What every adapter of ``ports.inventory.Stock`` promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from attrs import evolve

from automate_store.application.errors import Contended
from automate_store.application.ports import Ports
from automate_store.application.retries import retrying
from automate_store.domain.inventory import ReservationState, release
from automate_store.domain.kernel.errors import Stale
from automate_store.domain.kernel.ids import MovementId, VariantId
from automate_store.domain.orders import Order
from automate_store.entrypoints.properties.contracts.scene import (
    Stocked,
    new_movement,
    new_reservation,
    outcomes,
    put_order,
    put_reservation,
    put_stocked,
    still_waits,
    stock_now,
)

HOUR = timedelta(hours=1)


@pytest.mark.asyncio
class StockContract:
    """Stock is promised once, moved whole, and told truly; ``store`` gives an empty store."""

    async def test_stock_comes_back_as_it_was_put(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        async with store.reading() as reads:
            assert await reads.stock.of([stocked.variant_id]) == {stocked.variant_id: stocked.stock}

    async def test_a_variant_without_stock_is_left_out(self, store: Ports) -> None:
        unknown = VariantId(store.ids.uuid())
        async with store.reading() as reads:
            assert await reads.stock.of([unknown]) == {}

    async def test_putting_again_keeps_quantities_and_takes_the_rest(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=10)
        async with store.unit_of_work() as work:
            await work.stock.apply([stocked.change(reserved=3)])
        again = evolve(stocked.stock, on_hand=99, reserved=0, low_stock_threshold=7)
        async with store.unit_of_work() as work:
            await work.stock.put([again])
        assert await stock_now(store, stocked) == evolve(again, on_hand=10, reserved=3)

    async def test_a_change_gives_the_item_after_it(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=10)
        async with store.unit_of_work() as work:
            (after,) = await work.stock.apply([stocked.change(on_hand=-2, reserved=4)])
        assert after == evolve(stocked.stock, on_hand=8, reserved=4)
        assert await stock_now(store, stocked) == after

    async def test_all_that_is_available_can_be_reserved(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=3)
        async with store.unit_of_work() as work:
            await work.stock.apply([stocked.change(reserved=3)])
        assert (await stock_now(store, stocked)).available == 0

    async def test_one_more_than_available_is_contended(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=3)
        with pytest.raises(Contended):
            async with store.unit_of_work() as work:
                await work.stock.apply([stocked.change(reserved=4)])
        assert await stock_now(store, stocked) == stocked.stock

    async def test_backorders_go_to_their_limit_and_no_further(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=3)
        async with store.unit_of_work() as work:
            limited = evolve(stocked.stock, allow_backorder=True, backorder_limit=2)
            await work.stock.put([limited])
        async with store.unit_of_work() as work:
            await work.stock.apply([stocked.change(reserved=5)])
        with pytest.raises(Contended):
            async with store.unit_of_work() as work:
                await work.stock.apply([stocked.change(reserved=1)])

    async def test_what_is_without_limit_can_always_be_reserved(self, store: Ports) -> None:
        one, two = await put_stocked(store, "a", on_hand=0), await put_stocked(store, "b")
        async with store.unit_of_work() as work:
            untracked = evolve(one.stock, tracked=False)
            await work.stock.put([untracked, evolve(two.stock, allow_backorder=True)])
        async with store.unit_of_work() as work:
            await work.stock.apply([one.change(reserved=1_000), two.change(reserved=1_000)])
        assert [(await stock_now(store, each)).reserved for each in (one, two)] == [1_000] * 2

    async def test_no_less_than_nothing_is_reserved(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        with pytest.raises(Contended):
            async with store.unit_of_work() as work:
                await work.stock.apply([stocked.change(reserved=-1)])

    async def test_a_count_below_what_is_reserved_is_taken(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=10)
        async with store.unit_of_work() as work:
            await work.stock.apply([stocked.change(reserved=8)])
            (counted,) = await work.stock.apply([stocked.change(on_hand=-6)])
        assert (counted.on_hand, counted.reserved) == (4, 8)

    async def test_changes_are_applied_all_or_none(self, store: Ports) -> None:
        plenty, scarce = await put_stocked(store, "a"), await put_stocked(store, "b", on_hand=1)
        with pytest.raises(Contended):
            async with store.unit_of_work() as work:
                await work.stock.apply([plenty.change(reserved=2), scarce.change(reserved=2)])
        assert await stock_now(store, plenty) == plenty.stock
        assert await stock_now(store, scarce) == scarce.stock

    async def test_a_variant_without_stock_can_not_be_changed(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        unknown = evolve(stocked.change(reserved=1), variant_id=VariantId(store.ids.uuid()))
        with pytest.raises(Contended):
            async with store.unit_of_work() as work:
                await work.stock.apply([unknown])

    async def test_two_at_once_never_promise_the_last_piece_twice(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=1)
        both_looked = asyncio.Barrier(2)

        async def buy() -> None:
            async with store.unit_of_work() as work:
                assert (await work.stock.of([stocked.variant_id]))[stocked.variant_id].available
                await both_looked.wait()
                await work.stock.apply([stocked.change(reserved=1)])

        came_to = await outcomes(buy(), buy())
        assert [type(each) for each in came_to if each is not None] == [Contended]
        assert (await stock_now(store, stocked)).available == 0

    async def test_a_storm_of_buyers_sells_all_and_no_more(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=5)

        async def buy() -> None:
            async with store.unit_of_work() as work:
                await work.stock.apply([stocked.change(reserved=1)])

        came_to = await outcomes(*(buy() for _ in range(12)))
        assert came_to.count(None) == 5
        assert all(isinstance(each, Contended) for each in came_to if each is not None)
        assert (await stock_now(store, stocked)).reserved == 5

    async def test_changes_in_any_order_do_not_block_one_another_for_ever(
        self, store: Ports
    ) -> None:
        one, two = await put_stocked(store, "a"), await put_stocked(store, "b")

        async def both(first: Stocked, second: Stocked) -> None:
            async with store.unit_of_work() as work:
                await work.stock.apply([first.change(reserved=1), second.change(reserved=1)])

        came_to = await outcomes(both(one, two), both(two, one), both(one, two), both(two, one))
        assert came_to == [None] * 4
        assert [(await stock_now(store, each)).reserved for each in (one, two)] == [4, 4]

    async def test_held_reservations_come_back_in_id_order(self, store: Ports) -> None:
        order, stocked = await _order(store)
        first = await put_reservation(store, order, stocked, 1)
        second = await put_reservation(store, order, stocked, 2, HOUR)
        async with store.unit_of_work() as work:
            assert await work.stock.held(order.id) == (first, second)

    async def test_nothing_is_held_for_another_order(self, store: Ports) -> None:
        order, stocked = await _order(store)
        other = await put_order(store, stocked)
        await put_reservation(store, order, stocked, 1)
        async with store.unit_of_work() as work:
            assert await work.stock.held(other.id) == ()

    async def test_what_has_ended_is_no_longer_held(self, store: Ports) -> None:
        order, stocked = await _order(store)
        sold = await put_reservation(store, order, stocked, 1)
        live = await put_reservation(store, order, stocked, 2)
        released = await put_reservation(store, order, stocked, 3)
        async with store.unit_of_work() as work:
            await work.stock.close([sold], ReservationState.SOLD)
            await work.stock.close([released], ReservationState.RELEASED)
        async with store.unit_of_work() as work:
            assert await work.stock.held(order.id) == (live,)

    async def test_a_reservation_ends_once(self, store: Ports) -> None:
        order, stocked = await _order(store)
        reservation = await put_reservation(store, order, stocked, 1)
        async with store.unit_of_work() as work:
            await work.stock.close([reservation], ReservationState.SOLD)
        with pytest.raises(Contended):
            async with store.unit_of_work() as work:
                await work.stock.close([reservation], ReservationState.RELEASED)

    async def test_reservations_are_closed_all_or_none(self, store: Ports) -> None:
        order, stocked = await _order(store)
        ended = await put_reservation(store, order, stocked, 1)
        live = await put_reservation(store, order, stocked, 2)
        async with store.unit_of_work() as work:
            await work.stock.close([ended], ReservationState.SOLD)
        with pytest.raises(Contended):
            async with store.unit_of_work() as work:
                await work.stock.close([live, ended], ReservationState.RELEASED)
        async with store.unit_of_work() as work:
            assert await work.stock.held(order.id) == (live,)

    async def test_whoever_looks_at_what_is_held_keeps_others_waiting(self, store: Ports) -> None:
        order, stocked = await _order(store)
        await put_reservation(store, order, stocked, 3)

        async def give_back() -> int:
            async with store.unit_of_work() as work:
                held = await work.stock.held(order.id)
                if held:
                    await work.stock.close(held, ReservationState.RELEASED)
                    await work.stock.apply(release(held))
                return len(held)

        async with store.unit_of_work() as work:
            held = await work.stock.held(order.id)
            late = asyncio.create_task(give_back())
            waited = await still_waits(late)
            await work.stock.close(held, ReservationState.RELEASED)
            await work.stock.apply(release(held))
        assert (waited, await late) == (True, 0)
        assert await stock_now(store, stocked) == stocked.stock

    async def test_a_claim_takes_the_deadline_off(self, store: Ports) -> None:
        order, stocked = await _order(store)
        due = await put_reservation(store, order, stocked, 1, HOUR)
        async with store.unit_of_work() as work:
            await work.stock.claim(order.id)
        async with store.unit_of_work() as work:
            assert await work.stock.held(order.id) == (evolve(due, expires_at=None),)

    async def test_what_is_pressed_has_that_deadline_and_nothing_else_has(
        self, store: Ports
    ) -> None:
        stocked = await put_stocked(store)
        order, other = await put_order(store, stocked), await put_order(store, stocked)
        paid = await put_reservation(store, order, stocked, 1, None)
        ended = await put_reservation(store, order, stocked, 1, None)
        theirs = await put_reservation(store, other, stocked, 1, None)
        until = store.clock() + HOUR
        async with store.unit_of_work() as work:
            await work.stock.close([ended], ReservationState.RELEASED)
            await work.stock.press(order.id, until)
        async with store.unit_of_work() as work:
            assert await work.stock.held(order.id) == (evolve(paid, expires_at=until),)
            assert await work.stock.held(other.id) == (theirs,)

    async def test_overdue_orders_come_oldest_first_and_once(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        late, early = await put_order(store, stocked), await put_order(store, stocked)
        await put_reservation(store, late, stocked, 1, 2 * HOUR)
        await put_reservation(store, early, stocked, 1, HOUR)
        await put_reservation(store, early, stocked, 1, HOUR)
        at = store.clock() + 2 * HOUR
        async with store.reading() as reads:
            assert await reads.stock.overdue(at, variant_ids=None, limit=9) == (early.id, late.id)
            assert await reads.stock.overdue(at, variant_ids=None, limit=1) == (early.id,)

    async def test_a_deadline_is_over_at_its_very_instant(self, store: Ports) -> None:
        order, stocked = await _order(store)
        reservation = await put_reservation(store, order, stocked, 1, HOUR)
        assert reservation.expires_at is not None
        just_before = reservation.expires_at - timedelta(microseconds=1)
        async with store.reading() as reads:
            assert await reads.stock.overdue(just_before, variant_ids=None, limit=9) == ()
            due = await reads.stock.overdue(reservation.expires_at, variant_ids=None, limit=9)
        assert due == (order.id,)

    async def test_overdue_can_be_asked_of_some_variants(self, store: Ports) -> None:
        one, two = await put_stocked(store, "a"), await put_stocked(store, "b")
        order = await put_order(store, one)
        await put_reservation(store, order, one, 1, HOUR)
        at = store.clock() + HOUR
        async with store.reading() as reads:
            named = [two.variant_id, one.variant_id]
            assert await reads.stock.overdue(at, variant_ids=named, limit=9) == (order.id,)
            assert await reads.stock.overdue(at, variant_ids=[two.variant_id], limit=9) == ()

    async def test_what_is_claimed_or_ended_is_never_overdue(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        paid, gone = await put_order(store, stocked), await put_order(store, stocked)
        await put_reservation(store, paid, stocked, 1, HOUR)
        ended = await put_reservation(store, gone, stocked, 1, HOUR)
        async with store.unit_of_work() as work:
            await work.stock.claim(paid.id)
            await work.stock.close([ended], ReservationState.RELEASED)
        async with store.reading() as reads:
            at = store.clock() + 2 * HOUR
            assert await reads.stock.overdue(at, variant_ids=None, limit=9) == ()

    async def test_the_ledger_comes_newest_first_page_by_page(self, store: Ports) -> None:
        one, two = await put_stocked(store, "a"), await put_stocked(store, "b")
        first, second = new_movement(store, one, 1, 11), new_movement(store, two, -1, 9)
        third = new_movement(store, one, 2, 13)
        async with store.unit_of_work() as work:
            await work.stock.record([first, second])
        async with store.unit_of_work() as work:
            await work.stock.record([third])
        async with store.reading() as reads:
            ledger = reads.stock.movements
            assert await ledger(None, before=None, limit=9) == (third, second, first)
            assert await ledger(None, before=third.id, limit=1) == (second,)
            assert await ledger(one.variant_id, before=None, limit=9) == (third, first)
            assert await ledger(one.variant_id, before=third.id, limit=9) == (first,)
            assert await ledger(None, before=MovementId(store.ids.uuid()), limit=9) == ()

    async def test_low_stock_is_at_or_below_its_threshold(self, store: Ports) -> None:
        low = await put_stocked(store, "low", on_hand=2)
        await put_stocked(store, "enough", on_hand=3)
        promised = await put_stocked(store, "promised", on_hand=3)
        untracked = await put_stocked(store, "untracked", on_hand=0)
        async with store.unit_of_work() as work:
            await work.stock.apply([promised.change(reserved=1)])
            await work.stock.put([evolve(untracked.stock, tracked=False)])
        async with store.reading() as reads:
            found = await reads.stock.low(after=None, limit=9)
            rest = await reads.stock.low(after=low.variant_id, limit=9)
            first = await reads.stock.low(after=None, limit=1)
        assert [(each.sku, each.product_name) for each in found] == [
            ("LOW-1", "low"),
            ("PROMISED-1", "promised"),
        ]
        assert (found[:1], found[1:]) == (first, rest)
        assert found[1].item == await stock_now(store, promised)

    async def test_what_is_sold_no_more_is_not_low(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=0)
        async with store.unit_of_work() as work:
            product = await work.products.get(stocked.product.id)
            (variant,) = product.variants
            other = evolve(variant, id=VariantId(store.ids.uuid()), sku="OTHER")
            await work.products.save([evolve(product, variants=(other,))])
        async with store.reading() as reads:
            assert await reads.stock.low(after=None, limit=9) == ()

    async def test_orders_that_hold_stock_come_oldest_first(self, store: Ports) -> None:
        stocked, other = await put_stocked(store, "a"), await put_stocked(store, "b")
        at = store.clock()
        newer = await put_order(store, stocked, at=at)
        older = await put_order(store, stocked, at=at - HOUR)
        for order in (newer, older):
            await put_reservation(store, order, stocked, 1)
        await put_reservation(store, await put_order(store, other), other, 1)
        gone = await put_order(store, stocked, at=at - 2 * HOUR)
        ended = await put_reservation(store, gone, stocked, 1)
        async with store.unit_of_work() as work:
            await work.stock.close([ended], ReservationState.RELEASED)
        async with store.reading() as reads:
            holders = reads.stock.committed_orders
            assert await holders(stocked.variant_id, limit=9) == (older.number, newer.number)
            assert await holders(stocked.variant_id, limit=1) == (older.number,)

    async def test_reserve_and_release_at_once_leave_nothing_behind(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=2)

        async def come_and_go() -> None:
            order = await put_order(store, stocked)
            reservation = new_reservation(store, order, stocked, 1)

            async def take() -> None:
                async with store.unit_of_work() as work:
                    await work.stock.hold([reservation])
                    await work.stock.apply([stocked.change(reserved=1)])

            await retrying(take)
            async with store.unit_of_work() as work:
                held = await work.stock.held(order.id)
                await work.stock.close(held, ReservationState.RELEASED)
                await work.stock.apply(release(held))

        came_to = await outcomes(*(come_and_go() for _ in range(6)))
        assert all(each is None or isinstance(each, Stale) for each in came_to)
        assert await stock_now(store, stocked) == stocked.stock


async def _order(store: Ports) -> tuple[Order, Stocked]:
    stocked = await put_stocked(store)
    return await put_order(store, stocked), stocked
