"""Sales on the wire: what a vendor may know of an order."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from automate_store.application.orders import Sale
from automate_store.domain.orders import OrderStatus
from automate_store.entrypoints.http.wire.orders import OrderItemAnswer, order_item_answer


class SaleAnswer(Struct, frozen=True, kw_only=True):
    """
    What of an order is the vendor's own; whoever bought it is not told.

    It is no order with parts left out: nothing that is added to orders one day can show
    here by itself.
    """

    order_id: UUID
    number: str
    status: OrderStatus
    items: list[OrderItemAnswer]
    placed_at: datetime
    updated_at: datetime


def sale_answer(sale: Sale) -> SaleAnswer:
    """The sale."""
    return SaleAnswer(
        order_id=sale.order_id,
        number=sale.number,
        status=sale.status,
        items=[order_item_answer(line.item, line.quoted, line.status) for line in sale.lines],
        placed_at=sale.placed_at,
        updated_at=sale.updated_at,
    )
