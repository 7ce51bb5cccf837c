"""Reading an order: by its token for guests, by its id for staff."""

from __future__ import annotations

from attrs import frozen

from automate_store.application.access import Actor, Permission, open_order
from automate_store.application.ports import Ports
from automate_store.application.ports.orders import TimelineEntry
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import Order


@frozen(kw_only=True)
class OrderView:
    """An order as its answer shows it; ``token`` is set where it has just been placed."""

    order: Order
    token: str | None = None


async def read_order(
    order_id: OrderId, token: str | None, *, actor: Actor, ports: Ports
) -> OrderView:
    """The order; one whose token does not fit answers like one that is not there."""
    async with ports.reading() as reads:
        return OrderView(
            order=await open_order(
                order_id, token, actor=actor, staff=Permission.READ_ORDERS, reads=reads
            )
        )


async def read_timeline(
    order_id: OrderId, token: str | None, *, actor: Actor, ports: Ports
) -> tuple[TimelineEntry, ...]:
    """All that happened to the order, oldest first; raises OrderNotFound."""
    async with ports.reading() as reads:
        await open_order(order_id, token, actor=actor, staff=Permission.READ_ORDERS, reads=reads)
        return await reads.orders.timeline(order_id)
