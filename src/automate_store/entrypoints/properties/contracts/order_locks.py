"""What every adapter of ``ports.orders.Orders`` promises of two who want the same order."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.domain.kernel.errors import Stale
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import Order
from automate_store.entrypoints.properties.contracts.accounts import Accounts
from automate_store.entrypoints.properties.contracts.scene import (
    outcomes,
    put_order,
    put_stocked,
    still_waits,
)


@pytest.mark.asyncio
class OrderLocks(Accounts):
    """Whoever locks an order has it alone; others wait, and see what became of it."""

    async def test_a_locked_order_waits_and_is_then_read_as_it_became(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))

        async def look() -> Order:
            async with store.unit_of_work() as work:
                return await work.orders.get(order.id, lock=True)

        async with store.unit_of_work() as work:
            locked = await work.orders.get(order.id, lock=True)
            late = asyncio.create_task(look())
            waited = await still_waits(late)
            cancelled = locked.cancel("called off", actor="staff", at=minutes_after(order, 1))
            await work.orders.save(cancelled)
        assert (waited, await late) == (True, cancelled.saved())

    async def test_an_order_that_is_held_is_what_was_read_or_not(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        async with store.unit_of_work() as work:
            assert await work.orders.hold(order)
        await save_order(
            store, order.cancel("called off", actor="staff", at=minutes_after(order, 1))
        )
        async with store.unit_of_work() as work:
            assert not await work.orders.hold(order)
            assert await work.orders.hold(await work.orders.get(order.id))
            assert not await work.orders.hold(evolve(order, id=OrderId(store.ids.uuid())))

    async def test_who_holds_an_order_waits_and_keeps_others_waiting(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))

        async def hold() -> bool:
            async with store.unit_of_work() as work:
                return await work.orders.hold(order)

        async with store.unit_of_work() as work:
            assert await work.orders.hold(order)
            late = asyncio.create_task(hold())
            waited = await still_waits(late)
            await work.orders.save(
                order.cancel("called off", actor="staff", at=minutes_after(order, 1))
            )
        assert (waited, await late) == (True, False)

    async def test_an_order_that_is_locked_can_still_be_read(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        async with store.unit_of_work() as work:
            await work.orders.get(order.id, lock=True)
            assert await get_order(store, order) == order

    async def test_works_that_lock_in_a_circle_are_not_stuck(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        one, two = await put_order(store, stocked), await put_order(store, stocked)
        both_hold_one = asyncio.Barrier(2)

        async def lock(first: Order, second: Order) -> None:
            async with store.unit_of_work() as work:
                await work.orders.get(first.id, lock=True)
                await both_hold_one.wait()
                await work.orders.get(second.id, lock=True)

        came_to = await outcomes(lock(one, two), lock(two, one))
        turned_away = [each for each in came_to if each is not None]
        assert len(turned_away) == 1
        assert isinstance(turned_away[0], Stale)


async def get_order(store: Ports, order: Order) -> Order:
    """The order as it is stored now."""
    async with store.reading() as reads:
        return await reads.orders.get(order.id)


async def save_order(store: Ports, order: Order) -> None:
    """Store the changed order."""
    async with store.unit_of_work() as work:
        await work.orders.save(order)


def minutes_after(order: Order, minutes: int) -> datetime:
    """So many minutes after the order was placed."""
    return order.placed_at + timedelta(minutes=minutes)
