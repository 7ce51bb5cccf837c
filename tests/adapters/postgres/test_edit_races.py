"""Edits and what else happens to an order at once, on real connections: one winner each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from automate_store.application.access import SYSTEM
from automate_store.application.errors import VersionConflict
from automate_store.application.expiry import expire_order
from automate_store.application.orders import (
    EditView,
    OrderView,
    expire_orders,
)
from automate_store.application.payments import (
    PaymentView,
    settle_payment,
)
from automate_store.application.ports import Ports
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import EditClosed, EditGone, Order, OrderState
from automate_store.domain.payments import GatewayReport, PaymentState
from automate_store.entrypoints.properties.contracts.scene import outcomes
from tests.adapters.postgres.meetings import Meeting
from tests.adapters.postgres.shops import Shop

ROUNDS = 6


async def race(shop: Shop, round_of: Callable[[OrderView], list[Awaitable[Any]]]) -> list[Any]:
    """What each of the rounds came to, every one of an order of its own; the books agree."""
    orders = [await shop.buy() for _ in range(ROUNDS)]
    came_to = await asyncio.gather(*(outcomes(*round_of(each)) for each in orders))
    assert await shop.wrong() == []
    return [(bought, *told) for bought, told in zip(orders, came_to, strict=True)]


async def test_of_two_edits_from_one_version_one_is_made(shop: Shop) -> None:
    def both(bought: OrderView) -> list[Awaitable[Any]]:
        return [shop.edit(bought, "one", mugs=1), shop.edit(bought, "other", mugs=1, jugs=1)]

    for bought, *told in await race(shop, both):
        assert sorted(type(each).__name__ for each in told) == ["EditView", "VersionConflict"]
        assert (await shop.now(bought)).version == bought.order.version + 1


async def test_of_an_edit_and_a_cancellation_from_one_version_one_is_made(shop: Shop) -> None:
    def both(bought: OrderView) -> list[Awaitable[Any]]:
        return [shop.edit(bought, "edit", jugs=1), shop.cancel(bought)]

    for bought, edited, cancelled in await race(shop, both):
        assert isinstance(edited, VersionConflict) != isinstance(cancelled, VersionConflict)
        order = await shop.now(bought)
        assert (order.state is OrderState.CANCELLED) == isinstance(cancelled, Order)
        assert (order.staged is not None) == isinstance(edited, EditView)


async def test_what_shipped_is_not_edited_and_what_ships_gives_an_edit_up(shop: Shop) -> None:
    def both(bought: OrderView) -> list[Awaitable[Any]]:
        return [shop.edit(bought, "edit", mugs=2, jugs=1), shop.ship(bought)]

    for bought, edited, shipped in await race(shop, both):
        assert isinstance(shipped, Order)
        assert isinstance(edited, EditView | EditClosed | VersionConflict)
        order = await shop.now(bought)
        assert (order.staged, [each.shipped for each in order.items]) == (None, [2])


async def test_what_shipped_is_not_taken_out_and_what_is_out_does_not_ship(shop: Shop) -> None:
    def both(bought: OrderView) -> list[Awaitable[Any]]:
        return [shop.edit(bought, "edit", mugs=1), shop.ship(bought)]

    for bought, edited, shipped in await race(shop, both):
        assert isinstance(shipped, Order)
        (item,) = (await shop.now(bought)).items
        assert item.shipped == item.quantity == (1 if isinstance(edited, EditView) else 2)


async def test_a_difference_is_paid_or_its_edit_is_over(shop: Shop) -> None:
    intents: dict[Any, PaymentView] = {}
    bought = [await shop.buy() for _ in range(ROUNDS)]
    for each in bought:
        await shop.edit(each, "edit", jugs=1)
        intents[each.order.id] = await shop.intend(each, "rest")

    async def pay(each: OrderView) -> PaymentView:
        return await shop.confirm(each, intents[each.order.id], "rest-paid", shop.at(29))

    told = await outcomes(*map(pay, bought), *(expire_orders(ports=shop.at(31)) for _ in range(3)))

    assert await shop.wrong() == []
    for each, paid in zip(bought, told[:ROUNDS], strict=True):
        order = await shop.now(each)
        assert order.staged is None
        assert isinstance(paid, PaymentView | EditGone)
        assert len(order.items) == (2 if isinstance(paid, PaymentView) else 1)


async def test_money_for_a_difference_makes_the_edit_or_goes_back(shop: Shop) -> None:
    bought = [await shop.buy() for _ in range(ROUNDS)]
    intents = []
    for each in bought:
        await shop.edit(each, "edit", jugs=1)
        intents.append(await shop.intend(each, "rest"))

    expiring = [expire_orders(ports=shop.at(31)) for _ in range(3)]
    landing = (landed(each, shop.at(31)) for each in intents)
    told = await outcomes(*landing, *expiring)

    assert [each for each in told if isinstance(each, StoreError)] == []
    assert await shop.wrong() == []
    for each in bought:
        assert await kept(shop, each) == (await shop.now(each)).total


@pytest.mark.parametrize("first", ["money", "time"])
async def test_whichever_reads_an_edit_first_ends_it_and_the_other_sees_that(
    shop: Shop, first: str
) -> None:
    """The row lock alone sees to it: nobody does anything twice, or has to try again."""
    bought = await shop.buy()
    await shop.edit(bought, "edit", jugs=1)
    intent = await shop.intend(bought, "rest")
    meeting = Meeting(shop.at(31), works=2)
    works: list[Awaitable[Any]] = [
        landed(intent, meeting.ports),
        expire_order(bought.order.id, ports=meeting.ports),
    ]
    told = await outcomes(*(works if first == "money" else reversed(works)))

    assert [each for each in told if isinstance(each, BaseException)] == []
    assert meeting.opened == len(works), "whoever comes second waits, and reads what came of it"
    order = await shop.now(bought)
    assert order.staged is None
    assert await kept(shop, bought) == order.total
    assert await shop.wrong() == []


async def landed(view: PaymentView, ports: Ports) -> Order:
    """The order once the money for an attempt came, whatever has become of it."""
    payment = view.payment
    report = GatewayReport(
        intent_id=payment.intent_id or "late",
        state=PaymentState.CAPTURED,
        amount=payment.amount,
    )
    async with ports.unit_of_work() as work:
        settled = await settle_payment(payment, report, work=work, actor=SYSTEM, ports=ports)
    return settled.order


async def kept(shop: Shop, bought: OrderView) -> Money:
    """What the shop has of the order's money, of which nothing waits any more."""
    assert (await shop.now(bought)).staged is None
    async with shop.ports.reading() as reads:
        payments = await reads.payments.of_order(bought.order.id)
    return Money.total((one.refundable for one in payments), "USD")
