"""Expiring orders: what nobody paid for in time goes back on the shelf, once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from automate_store.application.access import SYSTEM
from automate_store.application.ports import Ports
from automate_store.application.retries import retrying
from automate_store.application.stock import release_stock
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.ids import OrderId, VariantId
from automate_store.domain.orders import OrderState

EXPIRY_BATCH = 200
T = TypeVar("T")


async def expire_orders(*, ports: Ports, variant_ids: Sequence[VariantId] | None = None) -> int:
    """
    Cancel the orders whose time to pay is over and release their stock; how many.

    Only those that hold one of the variants where some are named. At most
    EXPIRY_BATCH at a call; each in a transaction of its own, so that one that is
    being paid right now does not keep the others waiting.
    """
    async with ports.reading() as reads:
        due = await reads.stock.overdue(ports.clock(), variant_ids=variant_ids, limit=EXPIRY_BATCH)
    expired = 0
    for order_id in due:
        expired += await _expire(order_id, ports)
    return expired


async def making_room(attempt: Callable[[], Awaitable[T]], *, ports: Ports) -> T:
    """
    What the attempt gives; one that is short of stock is made anew where some was overdue.

    So an order's time to pay ends by the clock, whether or not a worker runs.
    """
    try:
        return await retrying(attempt)
    except OutOfStock as short:
        variant_ids = tuple(shortage.variant_id for shortage in short.shortages)
        if not await expire_orders(ports=ports, variant_ids=variant_ids):
            raise
        return await retrying(attempt)


async def _expire(order_id: OrderId, ports: Ports) -> bool:
    async def attempt() -> bool:
        async with ports.unit_of_work() as work:
            at = ports.clock()
            order = await work.orders.get(order_id, lock=True)
            if order.state is not OrderState.PLACED or not order.overdue(at):
                return False
            expired = order.expire(actor=SYSTEM.name, at=at)
            await release_stock(expired, work=work)
            await work.orders.save(expired)
            return True

    return await retrying(attempt)
