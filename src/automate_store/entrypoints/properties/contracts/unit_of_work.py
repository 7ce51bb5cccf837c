"""What every unit of work promises: all or nothing, and nothing before its time."""

from __future__ import annotations

import asyncio

import pytest

from automate_store.application.ports import Ports
from automate_store.domain.carts import CartNotFound
from automate_store.domain.kernel.errors import NotFound
from automate_store.domain.orders import OrderNotFound
from automate_store.entrypoints.properties.contracts.scene import (
    new_cart,
    new_order,
    new_payment,
    put_stocked,
    stock_now,
)


@pytest.mark.asyncio
class UnitOfWorkContract:
    """One transaction over every repository: everything in it is kept, or nothing is."""

    async def test_a_clean_exit_keeps_everything(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=10)
        order, cart = new_order(store, stocked), new_cart(store, stocked)
        async with store.unit_of_work() as work:
            await work.orders.add(order)
            await work.carts.add(cart)
            await work.stock.apply([stocked.change(reserved=2)])
            await work.payments.add(new_payment(store, order))
        assert cart.token_hash is not None
        async with store.reading() as reads:
            assert (await reads.orders.get(order.id)).number == order.number
            assert (await reads.carts.by_token(cart.token_hash)).cart.id == cart.id
            assert len(await reads.payments.of_order(order.id)) == 1
        assert (await stock_now(store, stocked)).reserved == 2

    async def test_any_exception_forgets_everything(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=10)
        order, cart = new_order(store, stocked), new_cart(store, stocked)
        with pytest.raises(ZeroDivisionError):
            async with store.unit_of_work() as work:
                await work.orders.add(order)
                await work.carts.add(cart)
                await work.stock.apply([stocked.change(reserved=2)])
                await work.payments.add(new_payment(store, order))
                raise ZeroDivisionError
        assert cart.token_hash is not None
        async with store.reading() as reads:
            with pytest.raises(OrderNotFound):
                await reads.orders.get(order.id)
            with pytest.raises(CartNotFound):
                await reads.carts.by_token(cart.token_hash)
            assert await reads.payments.of_order(order.id) == ()
            assert await reads.orders.timeline(order.id) == ()
        assert await stock_now(store, stocked) == stocked.stock

    async def test_a_work_that_is_cancelled_forgets_everything(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=10)
        reserved = asyncio.Event()

        async def reserve_and_hang() -> None:
            async with store.unit_of_work() as work:
                await work.stock.apply([stocked.change(reserved=2)])
                reserved.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(reserve_and_hang())
        signal = asyncio.create_task(reserved.wait())
        await asyncio.wait({task, signal}, return_when=asyncio.FIRST_COMPLETED)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await stock_now(store, stocked) == stocked.stock
        async with store.unit_of_work() as work:
            await work.stock.apply([stocked.change(reserved=10)])

    async def test_nobody_sees_what_is_not_committed(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=10)
        order = new_order(store, stocked)
        async with store.unit_of_work() as work:
            await work.orders.add(order)
            await work.stock.apply([stocked.change(reserved=2)])
            async with store.reading() as reads, store.unit_of_work() as other:
                for outside in (reads, other):
                    with pytest.raises(NotFound):
                        await outside.orders.get(order.id)
                    seen = await outside.stock.of([stocked.variant_id])
                    assert seen == {stocked.variant_id: stocked.stock}

    async def test_a_work_sees_its_own_changes(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=10)
        order = new_order(store, stocked)
        async with store.unit_of_work() as work:
            await work.orders.add(order)
            await work.stock.apply([stocked.change(reserved=2)])
            assert await work.orders.get(order.id) == order.saved()
            seen = await work.stock.of([stocked.variant_id])
            assert seen[stocked.variant_id].reserved == 2

    async def test_a_reading_sees_what_was_committed_since_it_began(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=10)
        async with store.reading() as reads:
            await reads.stock.of([stocked.variant_id])
            async with store.unit_of_work() as work:
                await work.stock.apply([stocked.change(reserved=2)])
            seen = await reads.stock.of([stocked.variant_id])
        assert seen[stocked.variant_id].reserved == 2

    async def test_works_one_after_the_other_build_on_each_other(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=10)
        for _ in range(5):
            async with store.unit_of_work() as work:
                await work.stock.apply([stocked.change(on_hand=-1)])
        assert (await stock_now(store, stocked)).on_hand == 5

    async def test_an_error_passes_through_as_it_is(self, store: Ports) -> None:
        with pytest.raises(ZeroDivisionError, match="as it is"):
            async with store.unit_of_work():
                raise ZeroDivisionError("as it is")
