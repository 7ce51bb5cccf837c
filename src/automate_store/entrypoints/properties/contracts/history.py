"""What every adapter of ``ports.history.OrderHistory`` promises."""

from __future__ import annotations

import pytest

from automate_store.application.ports import Ports
from automate_store.domain.orders import Order, OrderNotFound
from automate_store.entrypoints.properties.contracts.scene import put_order, put_stocked


@pytest.mark.asyncio
class OrderHistoryContract:
    """What an order cost before it was another thing is kept, and told oldest first."""

    async def test_an_order_is_found_by_its_number_in_any_case(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        async with store.reading() as reads:
            assert await reads.history.find(order.number.lower()) == order.id
            with pytest.raises(OrderNotFound):
                await reads.history.find("NO-NUMBER")

    async def test_an_order_that_never_changed_has_no_past(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        paid = order.pay(order.total, actor="gateway", at=store.clock())
        async with store.unit_of_work() as work:
            await work.orders.save(paid)
        async with store.reading() as reads:
            assert await reads.history.quotes(order.id) == ()

    async def test_each_quote_is_kept_until_another_takes_its_place(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store), quantity=3)
        once = await _without_one(store, order)
        twice = await _without_one(store, once)
        async with store.reading() as reads:
            past = await reads.history.quotes(order.id)
        assert [(each.version, each.quote) for each in past] == [
            (order.version, order.quote),
            (once.version, once.quote),
        ]
        assert [each.until for each in past] == [once.updated_at, twice.updated_at]


async def _without_one(store: Ports, order: Order) -> Order:
    units = {order.items[0].id: 1}
    less = order.cancel("one is enough", units=units, actor="guest", at=store.clock())
    async with store.unit_of_work() as work:
        await work.orders.save(less)
    return less.saved()
