"""A first order is one: whoever places many at once gets its price once."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal

import pytest

from automate_store.application.access import CartOwner
from automate_store.application.orders import OrderView, TotalChanged
from automate_store.application.promotions import PutPromotion, create_promotion
from automate_store.domain.kernel.money import Money
from automate_store.domain.promotions import FirstOrder, PercentOffItems
from tests.application.shopping import Street
from tests.application.trading import STAFF

AT_ONCE = 8
WELCOME = PutPromotion(
    code="welcome",
    name="A tenth off the first order",
    conditions=(FirstOrder(),),
    actions=(PercentOffItems(Decimal(10)),),
)
FULL, REDUCED = Money(4500, "USD"), Money(4100, "USD")
"""Two mugs at 20.00 and 5.00 for shipping; and with a tenth off the mugs."""


@pytest.fixture
async def welcoming(street: Street) -> Street:
    """A store that takes a tenth off first orders."""
    await create_promotion(WELCOME, actor=STAFF, ports=street.ports)
    return street


async def buy(street: Street, email: str, *, expected_total: Money | None = None) -> OrderView:
    return await street.place(await street.guest(), email=email, expected_total=expected_total)


async def test_of_many_orders_of_one_customer_at_once_one_is_the_first(welcoming: Street) -> None:
    spellings = ["ann@example.com", "ANN@Example.com"] * (AT_ONCE // 2)

    placed = await asyncio.gather(*(buy(welcoming, email) for email in spellings))

    totals = Counter(each.order.total for each in placed)
    assert totals == {REDUCED: 1, FULL: AT_ONCE - 1}


async def test_the_others_are_told_that_the_total_is_another_one(welcoming: Street) -> None:
    orders = [buy(welcoming, "ann@example.com", expected_total=REDUCED) for _ in range(AT_ONCE)]

    came_to = await asyncio.gather(*orders, return_exceptions=True)

    kinds = Counter(type(each) for each in came_to)
    assert kinds == {OrderView: 1, TotalChanged: AT_ONCE - 1}


async def test_customers_do_not_take_it_from_each_other(welcoming: Street) -> None:
    emails = [f"customer-{number}@example.com" for number in range(AT_ONCE)]

    placed = await asyncio.gather(*(buy(welcoming, email) for email in emails))

    assert {each.order.total for each in placed} == {REDUCED}


async def test_an_account_and_a_guest_of_one_email_have_one_first_order(welcoming: Street) -> None:
    mine = CartOwner.of(await welcoming.customer(), None)
    await welcoming.fill(mine)

    placed = await asyncio.gather(
        welcoming.place(mine, email="ann@example.com"), buy(welcoming, "ann@example.com")
    )

    assert sorted(each.order.total.minor for each in placed) == [REDUCED.minor, FULL.minor]


async def test_an_account_has_one_first_order_under_whatever_email(welcoming: Street) -> None:
    mine = CartOwner.of(await welcoming.customer(), None)
    totals = []

    for number in range(2):
        await welcoming.fill(mine)
        email = f"ann-{number}@example.com"
        totals.append((await welcoming.place(mine, email=email, key=email)).order.total)

    assert totals == [REDUCED, FULL]
