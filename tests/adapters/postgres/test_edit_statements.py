"""An edit runs as many statements for a full order as for a small one, and says how many."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

import pytest
from attrs import evolve

from automate_store.adapters.postgres.engine import PoolSettings
from automate_store.application.access import GUEST
from automate_store.application.orders import (
    Addition,
    ChangeAddress,
    EditOutcome,
    ModifyItems,
    edit_order,
    preview_edit,
)
from automate_store.application.payments import (
    ConfirmPayment,
    CreateIntent,
    confirm_payment,
    create_intent,
)
from automate_store.application.ports import Ports
from automate_store.entrypoints.properties.contracts.scene import Stocked, put_stocked
from tests.adapters.postgres.shops import bought, paid, put_up_shipping
from tests.adapters.postgres.test_purchase_statements import CountingPool
from tests.application.trading import HOME
from tests.contracts.shops import ports_on

FULL = 30
T = TypeVar("T")
EXPECTED = {"preview": 4, "unpaid": 18, "move": 14, "paid": 21, "stage": 12, "settle": 14}
"""
What each step takes with its key, its lock and its commit; one more is to be explained.

A step that changes the order leaves its jobs behind in one, the mail of the change among them.

The preview is of an order that is not paid, so that it looks at what came of its money.
"""
AWAY = evolve(HOME, city="Los Angeles", state="CA", postal_code="90001")


@pytest.fixture
async def pool(postgres_url: str) -> AsyncIterator[CountingPool]:
    counting = CountingPool(PoolSettings(url=postgres_url))
    yield counting
    counting.close()


async def test_no_step_of_an_edit_asks_for_each_line(pool: CountingPool) -> None:
    ports = ports_on(pool)
    await put_up_shipping(ports)
    stocked = [await put_stocked(ports, f"mug-{number}", on_hand=500) for number in range(FULL)]
    await _edited(stocked[:1], "warm", pool, ports)

    small = await _edited(stocked[:2], "small", pool, ports)
    full = await _edited(stocked, "full", pool, ports)

    assert full == small == EXPECTED


async def _edited(
    stocked: Sequence[Stocked], key: str, pool: CountingPool, ports: Ports
) -> dict[str, int]:
    """How many statements each step took of an order with three of each."""
    ran: dict[str, int] = {}

    async def step(name: str, doing: Callable[[], Awaitable[T]]) -> T:
        before = pool.ran
        done = await doing()
        ran[name] = pool.ran - before
        return done

    order = await bought(stocked, key, ports)
    order_id, token = order.order.id, order.token
    ids = [item.id for item in order.order.items]
    more = tuple(Addition(variant_id=each.variant_id, quantity=1) for each in stocked)

    async def edit(name: str, wish: ModifyItems | ChangeAddress, outcome: EditOutcome) -> None:
        view = await step(
            name,
            lambda: edit_order(
                wish, token=token, versions=None, key=key + name, actor=GUEST, ports=ports
            ),
        )
        assert view.outcome is outcome

    fewer = ModifyItems(order_id=order_id, items=dict.fromkeys(ids, 2))
    await step(
        "preview",
        lambda: preview_edit(fewer, token=token, versions=None, actor=GUEST, ports=ports),
    )
    await edit("unpaid", fewer, EditOutcome.APPLIED)
    await paid(order, key, ports)
    await edit("move", ChangeAddress(order_id=order_id, shipping_address=AWAY), EditOutcome.APPLIED)
    fewest = ModifyItems(order_id=order_id, items=dict.fromkeys(ids, 1))
    await edit("paid", fewest, EditOutcome.APPLIED)
    await edit("stage", ModifyItems(order_id=order_id, added=more), EditOutcome.STAGED)
    intend = CreateIntent(order_id=order_id, gateway="manual")
    intent = await create_intent(intend, token=token, key=f"{key}rest", actor=GUEST, ports=ports)
    confirm = ConfirmPayment(order_id=order_id, payment_id=intent.payment.id)
    await step(
        "settle",
        lambda: confirm_payment(confirm, token=token, key=f"{key}r", actor=GUEST, ports=ports),
    )
    return ran
