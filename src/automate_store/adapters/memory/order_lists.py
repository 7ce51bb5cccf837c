"""Lists of orders in memory."""

from __future__ import annotations

from datetime import datetime

from automate_store.adapters.memory.session import Session
from automate_store.application.ports.order_lists import (
    FIRST_ITEMS,
    ListedItem,
    OrderFilter,
    OrderPlace,
    OrderRecord,
)
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import Order, OrderItem, OrderStatus, item_status


class MemoryOrderLists:
    """Implements ``ports.order_lists.OrderLists``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def page(
        self, wanted: OrderFilter, *, before: OrderPlace | None, limit: int
    ) -> tuple[OrderRecord, ...]:
        """Orders that fit, the last placed first, after that place."""
        await self._session.turn()
        found = [_record(each) for each in self._tables.orders.values() if _fits(each, wanted)]
        found.sort(key=lambda each: _key(each.place), reverse=True)
        rest = [each for each in found if before is None or _key(each.place) < _key(before)]
        return tuple(rest[:limit])


def _key(place: OrderPlace) -> tuple[datetime, OrderId]:
    return place.placed_at, place.id


def _fits(order: Order, wanted: OrderFilter) -> bool:
    return (
        wanted.user_id in {None, order.user_id}
        and wanted.status in {None, order.status}
        and wanted.payment_status in {None, order.payment_status}
        and wanted.email in {None, order.email}
        and wanted.to_ship in {None, _waits(order)}
        and wanted.number in {None, order.number}
        and (wanted.placed_from is None or wanted.placed_from <= order.placed_at)
        and (wanted.placed_until is None or order.placed_at < wanted.placed_until)
    )


def _waits(order: Order) -> bool:
    return any(item_status(order, item) is OrderStatus.PROCESSING for item in order.items)


def _record(order: Order) -> OrderRecord:
    kept = [item for item in order.items if item.quantity]
    return OrderRecord(
        id=order.id,
        number=order.number,
        status=order.status,
        payment_status=order.payment_status,
        fulfilment=order.fulfilment,
        email=order.email,
        total=order.total,
        credited=order.credited,
        first_items=tuple(_listed(item) for item in kept[:FIRST_ITEMS]),
        units=sum(item.quantity for item in kept),
        placed_at=order.placed_at,
        updated_at=order.updated_at,
    )


def _listed(item: OrderItem) -> ListedItem:
    return ListedItem(
        id=item.id,
        product_id=item.product_id,
        variant_id=item.variant_id,
        name=item.name,
        image_url=item.image_url,
        quantity=item.quantity,
    )
