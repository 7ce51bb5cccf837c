"""What every adapter of ``ports.order_lists.OrderLists`` promises."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.application.ports.order_lists import (
    FIRST_ITEMS,
    ListedItem,
    OrderFilter,
    OrderPlace,
    OrderRecord,
)
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderStatus, PaymentStatus
from automate_store.entrypoints.properties.contracts.accounts import Accounts
from automate_store.entrypoints.properties.contracts.scene import (
    Stocked,
    new_order,
    new_shipment,
    put_stocked,
)


@pytest.mark.asyncio
class OrderListsContract(Accounts):
    """Lists show each order that fits once, the last placed first, as it is now."""

    async def test_a_list_shows_an_order_as_it_is(self, store: Ports) -> None:
        order = await _placed(store, await put_stocked(store))
        (item,) = order.items

        (found,) = await _page(store)

        assert found == OrderRecord(
            id=order.id,
            number=order.number,
            status=order.status,
            payment_status=order.payment_status,
            fulfilment=order.fulfilment,
            email=order.email,
            total=order.total,
            credited=order.credited,
            first_items=(
                ListedItem(
                    id=item.id,
                    product_id=item.product_id,
                    variant_id=item.variant_id,
                    name=item.name,
                    image_url=None,
                    quantity=2,
                ),
            ),
            units=2,
            placed_at=order.placed_at,
            updated_at=order.updated_at,
        )

    async def test_a_list_tells_what_became_of_an_order(self, store: Ports) -> None:
        order = await _placed(store, await put_stocked(store))
        at = order.placed_at + timedelta(minutes=1)
        paid = order.pay(order.total, actor="gateway", at=at)
        shipped = paid.ship(new_shipment(store, paid), actor="staff", at=at)
        five = Money(500, order.total.currency)
        credited = shipped.refunded(
            five, of=order.total - five, reason="a stain", credit=five, actor="staff", at=at
        )
        await _save(store, credited)

        (found,) = await _page(store)

        assert (found.status, found.payment_status) == (
            OrderStatus.SHIPPED,
            PaymentStatus.PARTIALLY_REFUNDED,
        )
        assert (found.fulfilment, found.credited) == (credited.fulfilment, five)
        assert (found.total, found.updated_at) == (order.total, at)

    async def test_the_first_items_stand_for_all(self, store: Ports) -> None:
        stocked = [await put_stocked(store, name) for name in "abcde"]
        order = await _placed(store, *stocked, image_url="https://img.example/1.png")
        first, second = order.items[:2]
        left = order.cancel(
            "no", units={first.id: 2, second.id: 1}, actor="guest", at=order.placed_at
        )
        await _save(store, left)

        (found,) = await _page(store)

        assert [(each.name, each.quantity) for each in found.first_items] == [
            ("b", 1),
            ("c", 2),
            ("d", 2),
        ]
        assert len(found.first_items) == FIRST_ITEMS
        assert {each.image_url for each in found.first_items} == {"https://img.example/1.png"}
        assert found.units == 7

    async def test_the_last_placed_come_first(self, store: Ports) -> None:
        placed = await _five(store)
        assert [each.number for each in await _page(store)] == placed[::-1]

    async def test_a_page_goes_on_where_the_one_before_ended(self, store: Ports) -> None:
        placed = await _five(store)
        seen: list[str] = []
        before: OrderPlace | None = None
        while found := await _page(store, before=before, limit=2):
            assert len(found) <= 2
            seen += [each.number for each in found]
            before = found[-1].place
        assert seen == placed[::-1]

    async def test_of_one_moment_the_greater_id_comes_first(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        at = store.clock()
        placed = [await _placed(store, stocked, at=at) for _ in range(3)]
        ids = sorted((each.id for each in placed), reverse=True)
        first, *rest = await _page(store)
        assert [first.id, *(each.id for each in rest)] == ids
        after = await _page(store, before=first.place)
        assert [each.id for each in after] == ids[1:]

    async def test_an_account_has_its_own_orders(self, store: Ports) -> None:
        ann, bob = await self.account(store), await self.account(store)
        stocked = await put_stocked(store)
        mine = await _placed(store, stocked, user_id=ann)
        await _placed(store, stocked, user_id=bob)
        await _placed(store, stocked)
        assert await _numbers(store, OrderFilter(user_id=ann)) == [mine.number]

    async def test_orders_are_found_by_what_they_are(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        pending = await _placed(store, stocked, minutes=0, email="ann@example.com")
        paid = await _placed(store, stocked, minutes=1, email="bob@example.com")
        await _save(store, paid.pay(paid.total, actor="gateway", at=paid.placed_at))

        both = [paid.number, pending.number]
        assert await _numbers(store, OrderFilter()) == both
        assert await _numbers(store, OrderFilter(status=OrderStatus.PENDING)) == both[1:]
        assert await _numbers(store, OrderFilter(payment_status=PaymentStatus.PAID)) == both[:1]
        assert await _numbers(store, OrderFilter(email="ann@example.com")) == both[1:]
        assert await _numbers(store, OrderFilter(number=paid.number)) == both[:1]
        assert await _numbers(store, OrderFilter(placed_from=paid.placed_at)) == both[:1]
        assert await _numbers(store, OrderFilter(placed_until=paid.placed_at)) == both[1:]
        assert await _numbers(store, OrderFilter(to_ship=True)) == both[:1]
        assert await _numbers(store, OrderFilter(to_ship=False)) == both[1:]
        neither = OrderFilter(status=OrderStatus.PENDING, payment_status=PaymentStatus.PAID)
        assert await _numbers(store, neither) == []


async def _placed(
    store: Ports,
    *stocked: Stocked,
    minutes: int = 0,
    at: datetime | None = None,
    user_id: UserId | None = None,
    email: str = "ann@example.com",
    image_url: str | None = None,
) -> Order:
    moment = at or store.clock() + timedelta(minutes=minutes)
    order = new_order(store, *stocked, at=moment)
    items = tuple(evolve(item, image_url=image_url) for item in order.items)
    order = evolve(order, user_id=user_id, email=email, items=items)
    async with store.unit_of_work() as work:
        await work.orders.add(order)
    return order.saved()


async def _five(store: Ports) -> list[str]:
    """Five orders, a minute apart; their numbers, oldest first."""
    stocked = await put_stocked(store)
    return [(await _placed(store, stocked, minutes=number)).number for number in range(5)]


async def _page(
    store: Ports,
    wanted: OrderFilter | None = None,
    *,
    before: OrderPlace | None = None,
    limit: int = 10,
) -> tuple[OrderRecord, ...]:
    async with store.reading() as reads:
        return await reads.order_lists.page(wanted or OrderFilter(), before=before, limit=limit)


async def _numbers(store: Ports, wanted: OrderFilter) -> list[str]:
    return [each.number for each in await _page(store, wanted)]


async def _save(store: Ports, order: Order) -> None:
    async with store.unit_of_work() as work:
        await work.orders.save(order)
