"""What a return changes of its order: which units come back, when they came, what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from automate_store.domain.kernel.ids import LineId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders.items import OrderItem
from automate_store.domain.orders.order import Order


@frozen
class Arrival:
    """So many units of an item that reached the customer then; None is still on its way."""

    quantity: int
    at: datetime | None


def arrivals(order: Order, item: OrderItem) -> tuple[Arrival, ...]:
    """
    When the units of an item that left arrived; what needs no parcel did once it was paid.

    Of what was handed over before that was kept, nobody knows better than when it was bought.
    """
    if not item.requires_shipping:
        at = item.handed_over_at or order.placed_at
        return (Arrival(item.shipped, at),) if item.shipped else ()
    return tuple(
        Arrival(parcel.items[item.id], parcel.delivered_at)
        for parcel in order.shipments
        if item.id in parcel.items
    )


def ask_back(
    order: Order, units: Mapping[LineId, int], *, missing: Mapping[LineId, int]
) -> tuple[OrderItem, ...]:
    """The order's items with so many units asked back, of which so many never arrived."""
    return tuple(
        item.ask_back(units.get(item.id, 0), missing=missing.get(item.id, 0))
        for item in order.items
    )


def settle_return(
    order: Order,
    asked: Mapping[LineId, int],
    *,
    taken: Mapping[LineId, int],
    missing: Mapping[LineId, int],
) -> tuple[OrderItem, ...]:
    """
    The order's items once what was asked back came to an end, with what was taken back.

    So many of what was asked back never arrived.
    """
    return tuple(
        item.settle_return(
            asked.get(item.id, 0), taken=taken.get(item.id, 0), missing=missing.get(item.id, 0)
        )
        for item in order.items
    )


def paid_for_next(order: Order, units: Mapping[LineId, int]) -> dict[LineId, Money]:
    """What was paid for the next so many units of each item to leave it, tax included."""
    returned = {item.id: item.returned for item in order.items}
    return {
        line.id: line.gross_between(
            returned[line.id], returned[line.id] + units[line.id], order.quote.tax_mode
        )
        for line in order.quote.lines
        if units.get(line.id)
    }


def all_returned(order: Order, units: Mapping[LineId, int]) -> bool:
    """Whether all that was paid for is back, once these units are too."""
    gifts = {line.id for line in order.quote.lines if line.gift}
    return all(
        item.returned + units.get(item.id, 0) == item.quantity
        for item in order.items
        if item.id not in gifts
    )
