"""Reading an order: by its token for guests, by its id for staff, in part for vendors."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from automate_store.application.access import Actor, Permission, open_order
from automate_store.application.ports import Ports
from automate_store.application.ports.orders import TimelineEntry
from automate_store.domain.kernel.ids import LineId, OrderId
from automate_store.domain.orders import (
    Order,
    OrderDisputed,
    OrderDisputeEnded,
    OrderItem,
    OrderNotFound,
    OrderStatus,
    item_status,
)
from automate_store.domain.pricing import QuotedLine

_FOR_STAFF = frozenset(event.code() for event in (OrderDisputed, OrderDisputeEnded))


@frozen(kw_only=True)
class OrderView:
    """An order as its answer shows it; ``token`` is set where it has just been placed."""

    order: Order
    token: str | None = None


@frozen(kw_only=True)
class SoldLine:
    """A line of an order, with what is paid for it; None where all of it was called off."""

    item: OrderItem
    quoted: QuotedLine | None
    status: OrderStatus


@frozen(kw_only=True)
class Sale:
    """What of an order one vendor sold: those lines and their money, and nothing of who bought."""

    order_id: OrderId
    number: str
    status: OrderStatus
    placed_at: datetime
    updated_at: datetime
    lines: tuple[SoldLine, ...]

    @classmethod
    def of(cls, order: Order, sold: frozenset[LineId]) -> Sale:
        """The part of the order that is in those lines."""
        quoted = {line.id: line for line in order.quote.lines}
        return cls(
            order_id=order.id,
            number=order.number,
            status=order.status,
            placed_at=order.placed_at,
            updated_at=order.updated_at,
            lines=tuple(
                SoldLine(item=item, quoted=quoted.get(item.id), status=item_status(order, item))
                for item in order.items
                if item.id in sold
            ),
        )


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
    """
    All that happened to the order, oldest first; raises OrderNotFound.

    Of its disputes staff alone are told: whoever opens the order need not be whose card it was.
    """
    staff = Permission.READ_ORDERS
    async with ports.reading() as reads:
        await open_order(order_id, token, actor=actor, staff=staff, reads=reads)
        told = await reads.orders.timeline(order_id)
        hidden = frozenset() if actor.can(staff) else _FOR_STAFF
        return tuple(entry for entry in told if entry.kind not in hidden)


async def read_sale(order_id: OrderId, *, actor: Actor, ports: Ports) -> Sale:
    """What of the order the vendor sold; raises OrderNotFound where it holds nothing of theirs."""
    actor.may(Permission.READ_OWN_SALES)
    vendor_id = actor.account()
    async with ports.reading() as reads:
        sold = await reads.orders.sold_by(vendor_id, order_id)
        if not sold:
            raise OrderNotFound(str(order_id))
        return Sale.of(await reads.orders.get(order_id), sold)
