"""Money that takes its time, and the end of its order's, at once, on real connections."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest

from automate_store.application.access import SYSTEM
from automate_store.application.expiry import expire_order
from automate_store.application.orders import OrderView, expire_orders
from automate_store.application.payments import PaymentView, settle_payment
from automate_store.application.ports import Ports
from automate_store.domain.orders import Order, OrderState
from automate_store.domain.payments import GatewayReport, PaymentState
from automate_store.entrypoints.properties.contracts.scene import outcomes, stock_now
from tests.adapters.postgres.meetings import Meeting
from tests.adapters.postgres.shops import Shop, bought

ROUNDS = 6
OVERDUE = 31
"""Minutes after which an order that nobody pays is over."""
PIECES = 3


@pytest.mark.parametrize("first", ["word", "time"])
async def test_money_on_its_way_holds_the_order_or_finds_it_over(shop: Shop, first: str) -> None:
    """The row lock alone sees to it: nobody does anything twice, or has to try again."""
    order = await bought([shop.mug], "order", shop.ports)
    intent = await shop.intend(order, "intent")
    meeting = Meeting(shop.at(OVERDUE), works=2)
    works: list[Awaitable[Any]] = [
        told(intent, PaymentState.PROCESSING, meeting.ports),
        expire_order(order.order.id, ports=meeting.ports),
    ]

    came_to = await outcomes(*(works if first == "word" else reversed(works)))

    assert [each for each in came_to if isinstance(each, BaseException)] == []
    assert meeting.opened == len(works), "whoever comes second waits, and reads what came of it"
    state = OrderState.PLACED if first == "word" else OrderState.CANCELLED
    assert await held(shop, [order]) == [state]
    # What is on its way can't be held up: it comes, and its order has its goods again.
    await told(intent, PaymentState.CAPTURED, shop.at(OVERDUE + 1))
    assert await held(shop, [order]) == [OrderState.CONFIRMED]


@pytest.mark.parametrize("end", [PaymentState.CAPTURED, PaymentState.FAILED])
async def test_orders_that_expire_by_the_batch_spare_those_whose_money_is_on_its_way(
    shop: Shop, end: PaymentState
) -> None:
    orders = [await bought([shop.mug], f"order-{turn}", shop.ports) for turn in range(ROUNDS)]
    intents = [await shop.intend(each, f"intent-{each.order.id}") for each in orders]
    late = shop.at(OVERDUE)

    came_to = await outcomes(
        *(told(each, PaymentState.PROCESSING, late) for each in intents),
        *(expire_orders(ports=late) for _ in range(3)),
    )

    assert [each for each in came_to if isinstance(each, BaseException)] == []
    then = await held(shop, orders)
    assert {*then} <= {OrderState.PLACED, OrderState.CANCELLED}
    for each in intents:
        await told(each, end, shop.at(OVERDUE + 1))
    paid = [OrderState.CONFIRMED] * ROUNDS
    assert await held(shop, orders) == (paid if end is PaymentState.CAPTURED else then)


async def told(view: PaymentView, state: PaymentState, ports: Ports) -> Order:
    """The order once its gateway has said so of the attempt."""
    payment = view.payment
    report = GatewayReport(
        intent_id=payment.intent_id or "late", state=state, amount=payment.amount
    )
    async with ports.unit_of_work() as work:
        settled = await settle_payment(payment, report, work=work, actor=SYSTEM, ports=ports)
    return settled.order


async def held(shop: Shop, orders: list[OrderView]) -> list[OrderState]:
    """What became of the orders, each of which holds its goods exactly while it is not over."""
    now = [await shop.now(each) for each in orders]
    kept = sum(each.state is not OrderState.CANCELLED for each in now)
    assert (await stock_now(shop.ports, shop.mug)).reserved == kept * PIECES
    assert await shop.wrong() == []
    return [each.state for each in now]
