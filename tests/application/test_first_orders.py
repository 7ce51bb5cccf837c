"""A first order is one: whoever places many at once gets its price once."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal

import pytest
from attrs import frozen

from automate_store.adapters.postgres.engine import Pool
from automate_store.application.access import GUEST
from automate_store.application.carts import AddItem, add_to_cart
from automate_store.application.orders import OrderView, PlaceOrder, TotalChanged, place_order
from automate_store.application.ports import Ports
from automate_store.application.promotions import PutPromotion, create_promotion
from automate_store.domain.kernel.money import Money
from automate_store.domain.promotions import FirstOrder, PercentOffItems
from automate_store.entrypoints.properties.contracts.scene import (
    HOME,
    Stocked,
    price,
    put_stocked,
)
from automate_store.entrypoints.properties.orders import flat_shipping
from tests.application.trading import STAFF
from tests.contracts.shops import open_shop, ports_on

AT_ONCE = 8
WELCOME = PutPromotion(
    code="welcome",
    name="A tenth off the first order",
    conditions=(FirstOrder(),),
    actions=(PercentOffItems(Decimal(10)),),
)
FULL, REDUCED = Money(4500, "USD"), Money(4100, "USD")
"""Two mugs at 20.00 and 5.00 for shipping; and with a tenth off the mugs."""


@frozen
class Counting:
    """A store that takes a tenth off first orders, and counts what orders cost."""

    ports: Ports
    mug: Stocked

    @classmethod
    async def open(cls, ports: Ports) -> Counting:
        async with ports.unit_of_work() as work:
            await work.rules.put_shipping_methods([flat_shipping(price(ports, 5))])
        await create_promotion(WELCOME, actor=STAFF, ports=ports)
        return cls(ports, await put_stocked(ports, on_hand=100))

    async def buy(self, email: str, *, expected_total: Money | None = None) -> OrderView:
        item = AddItem(product_id=self.mug.product.id, variant_id=None, quantity=2)
        token = (await add_to_cart(None, (item,), ports=self.ports)).token
        assert token is not None
        command = PlaceOrder(
            email=email,
            shipping_address=HOME,
            shipping_method="flat",
            expected_total=expected_total,
        )
        return await place_order(command, cart_token=token, key="k", actor=GUEST, ports=self.ports)


@pytest.fixture
async def in_memory() -> Counting:
    return await Counting.open(open_shop().ports)


@pytest.fixture
async def on_postgres(pool: Pool) -> Counting:
    return await Counting.open(ports_on(pool))


@pytest.fixture(params=["in_memory", "on_postgres"])
def counting(request: pytest.FixtureRequest) -> Counting:
    opened: Counting = request.getfixturevalue(request.param)
    return opened


async def test_of_many_orders_of_one_customer_at_once_one_is_the_first(counting: Counting) -> None:
    spellings = ["ann@example.com", "ANN@Example.com"] * (AT_ONCE // 2)

    placed = await asyncio.gather(*map(counting.buy, spellings))

    totals = Counter(each.order.total for each in placed)
    assert totals == {REDUCED: 1, FULL: AT_ONCE - 1}


async def test_the_others_are_told_that_the_total_is_another_one(counting: Counting) -> None:
    orders = [counting.buy("ann@example.com", expected_total=REDUCED) for _ in range(AT_ONCE)]

    came_to = await asyncio.gather(*orders, return_exceptions=True)

    kinds = Counter(type(each) for each in came_to)
    assert kinds == {OrderView: 1, TotalChanged: AT_ONCE - 1}


async def test_customers_do_not_take_it_from_each_other(counting: Counting) -> None:
    emails = [f"customer-{number}@example.com" for number in range(AT_ONCE)]

    placed = await asyncio.gather(*map(counting.buy, emails))

    assert {each.order.total for each in placed} == {REDUCED}
