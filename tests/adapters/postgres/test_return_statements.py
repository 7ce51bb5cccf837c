"""A return runs as many statements for a full order as for a small one, and says how many."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

import pytest

from automate_store.adapters.postgres.engine import PoolSettings
from automate_store.application.access import GUEST
from automate_store.application.orders import DeliverOrder, ShipOrder, deliver_order, ship_order
from automate_store.application.ports import Ports
from automate_store.application.returns import (
    ReceiveReturn,
    RequestReturn,
    approve_return,
    list_returns,
    preview_return,
    receive_return,
    request_return,
)
from automate_store.domain.returns import Condition, Receipt, ReturnItem, ReturnKind
from automate_store.entrypoints.properties.contracts.scene import Stocked, put_stocked
from tests.adapters.postgres.shops import STAFF, bought, paid, put_up_shipping
from tests.adapters.postgres.test_purchase_statements import CountingPool
from tests.contracts.shops import ports_on

FULL = 30
T = TypeVar("T")
EXPECTED = {"preview": 2, "ask": 11, "approve": 15, "receive": 21, "list": 2}
"""What each step takes with its key, its lock and its commit; one more is to be explained."""


@pytest.fixture
async def pool(postgres_url: str) -> AsyncIterator[CountingPool]:
    counting = CountingPool(PoolSettings(url=postgres_url))
    yield counting
    counting.close()


async def test_no_step_of_a_return_asks_for_each_line(pool: CountingPool) -> None:
    ports = ports_on(pool)
    await put_up_shipping(ports)
    stocked = [await put_stocked(ports, f"mug-{number}", on_hand=500) for number in range(FULL)]
    await _returned(stocked[:1], "warm", pool, ports)

    small = await _returned(stocked[:2], "small", pool, ports)
    full = await _returned(stocked, "full", pool, ports)

    assert full == small == EXPECTED


async def _returned(
    stocked: Sequence[Stocked], key: str, pool: CountingPool, ports: Ports
) -> dict[str, int]:
    """How many statements each step took of a return of one of each."""
    ran: dict[str, int] = {}

    async def step(name: str, doing: Callable[[], Awaitable[T]]) -> T:
        before = pool.ran
        done = await doing()
        ran[name] = pool.ran - before
        return done

    order = await bought(stocked, key, ports)
    order_id, token = order.order.id, order.token
    await paid(order, key, ports)
    left, there = ShipOrder(order_id=order_id), DeliverOrder(order_id=order_id)
    await ship_order(left, versions=None, key=f"{key}s", actor=STAFF, ports=ports)
    await deliver_order(there, versions=None, key=f"{key}d", actor=STAFF, ports=ports)
    items = [
        ReturnItem(item_id=item.id, quantity=1, reason="defective") for item in order.order.items
    ]
    wish = RequestReturn(order_id=order_id, kind=ReturnKind.RETURN, items=tuple(items))
    look = {item.item_id: Receipt(accepted=1, condition=Condition.NEW) for item in items}
    await step("preview", lambda: preview_return(wish, token=token, actor=GUEST, ports=ports))
    asked = await step(
        "ask",
        lambda: request_return(wish, token=token, key=f"{key}a", actor=GUEST, ports=ports),
    )
    returned = asked.returned.id
    await step("approve", lambda: approve_return(returned, key=f"{key}y", actor=STAFF, ports=ports))
    receive = ReceiveReturn(return_id=returned, items=look)
    await step("receive", lambda: receive_return(receive, key=f"{key}r", actor=STAFF, ports=ports))
    await step("list", lambda: list_returns(order_id, token=token, actor=GUEST, ports=ports))
    return ran
