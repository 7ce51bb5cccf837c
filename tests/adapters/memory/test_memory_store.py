"""What the store in memory adds to the ports: events to look at, reactions, and its own sources."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from automate_store.adapters.memory import MemoryClock, MemoryGateway, MemoryIds, MemoryShop
from automate_store.application.errors import GatewayUnavailable
from automate_store.application.ports import Ports
from automate_store.domain.inventory import StockRanLow
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import OrderPlaced
from automate_store.domain.payments import PaymentState
from automate_store.entrypoints.properties.contracts.scene import (
    new_cart,
    new_order,
    new_payment,
    put_stocked,
)
from automate_store.entrypoints.properties.moments import NOON
from tests.contracts.shops import open_shop

LOW = StockRanLow(at=NOON, variant_id=VariantId(UUID(int=1)), available=1, threshold=2)


@pytest.fixture
def shop() -> MemoryShop:
    return open_shop()


async def test_events_are_kept_with_an_id_once_they_are_committed(shop: MemoryShop) -> None:
    order = new_order(shop.ports, await put_stocked(shop.ports))
    async with shop.store.unit_of_work() as work:
        await work.orders.add(order)
        work.record(LOW)
        assert shop.store.events == []
    assert [each.event for each in shop.store.events] == [*order.events, LOW]
    assert len({each.id for each in shop.store.events}) == 2


async def test_events_of_a_work_that_failed_are_never_heard(shop: MemoryShop) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - that the work itself fails is the point
        async with shop.store.unit_of_work() as work:
            work.record(LOW)
            raise ZeroDivisionError
    assert shop.store.events == []


async def test_the_timeline_knows_an_event_by_the_id_that_reactions_do(shop: MemoryShop) -> None:
    order = new_order(shop.ports, await put_stocked(shop.ports))
    async with shop.store.unit_of_work() as work:
        await work.orders.add(order)
    async with shop.store.reading() as reads:
        (entry,) = await reads.orders.timeline(order.id)
    assert entry.id == shop.store.events[0].id


async def test_a_reaction_hears_each_event_once_and_what_follows_it(shop: MemoryShop) -> None:
    heard: list[UUID] = []

    async def runs_low(event: Event, event_id: UUID, ports: Ports) -> None:
        heard.append(event_id)
        async with ports.unit_of_work() as work:
            await work.orders.add(new_order(ports, await put_stocked(ports)))
        assert isinstance(event, StockRanLow)

    async def placed(_event: Event, event_id: UUID, _ports: Ports) -> None:
        heard.append(event_id)

    async with shop.store.unit_of_work() as work:
        work.record(LOW)
    handled = await shop.store.react({StockRanLow: runs_low, OrderPlaced: placed}, shop.ports)
    assert handled == 2
    assert heard == [each.id for each in shop.store.events]
    assert await shop.store.react({StockRanLow: runs_low}, shop.ports) == 0


async def test_an_event_whose_reaction_failed_is_heard_again(shop: MemoryShop) -> None:
    fails = [True, False]

    async def reaction(_event: Event, _event_id: UUID, _ports: Ports) -> None:
        if fails.pop(0):
            raise ZeroDivisionError

    async with shop.store.unit_of_work() as work:
        work.record(LOW)
    with pytest.raises(ZeroDivisionError):
        await shop.store.react({StockRanLow: reaction}, shop.ports)
    assert await shop.store.react({StockRanLow: reaction}, shop.ports) == 1


async def test_a_reading_can_not_write(shop: MemoryShop) -> None:
    with pytest.raises(AssertionError, match="a reading"):
        async with shop.store.reading() as reads:
            await reads.carts.add(new_cart(shop.ports))


async def test_works_interleave_at_every_call(shop: MemoryShop) -> None:
    stocked = await put_stocked(shop.ports)
    turns: list[str] = []

    async def look(name: str) -> None:
        async with shop.store.reading() as reads:
            for _ in range(3):
                await reads.stock.of([stocked.variant_id])
                turns.append(name)

    await asyncio.gather(look("a"), look("b"))
    assert turns == ["a", "b"] * 3


async def test_a_gateway_can_decline_and_lose_its_answers(shop: MemoryShop) -> None:
    payment = new_payment(shop.ports, new_order(shop.ports, await put_stocked(shop.ports)))
    gateway = MemoryGateway()
    gateway.decline("no funds")
    declined = await gateway.confirm(payment)
    assert (declined.state, declined.failure) == (PaymentState.FAILED, "no funds")
    other = new_payment(shop.ports, new_order(shop.ports, await put_stocked(shop.ports, "cup")))
    gateway.decline("")
    gateway.hide(hidden=True)
    with pytest.raises(GatewayUnavailable):
        await gateway.confirm(other)
    gateway.hide(hidden=False)
    assert (await gateway.fetch(other)).state is PaymentState.CAPTURED
    assert gateway.captures == [other.id]
    assert other.amount > Money.zero(other.amount.currency)


def test_the_clock_moves_forward_when_it_is_told_to_and_never_back() -> None:
    clock = MemoryClock(NOON)
    assert clock() == clock() == NOON
    assert clock.advance(timedelta(hours=1)) == clock() == NOON + timedelta(hours=1)
    with pytest.raises(AssertionError):
        clock.advance(-timedelta(microseconds=1))


def test_the_same_seed_gives_the_same_names_and_another_one_others() -> None:
    first, same, other = MemoryIds(1), MemoryIds(1), MemoryIds(2)
    names = [(each.uuid(), each.token(), each.order_number()) for each in (first, same, other)]
    assert names[0] == names[1]
    assert not set(names[0]) & set(names[2])
