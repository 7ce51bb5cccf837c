"""What an order's parcels tell of its items: what arrived, what is awaited, and what is lost."""

from __future__ import annotations

from collections.abc import Sequence

from automate_store.domain.orders.items import OrderItem, Shipment, ShipmentState
from automate_store.domain.orders.lives import OrderPaymentState


def awaited(
    items: Sequence[OrderItem], parcels: Sequence[Shipment], payment: OrderPaymentState
) -> tuple[Shipment, ...]:
    """The parcels that are on their way, or are lost and for which nobody was made good."""
    owing = {item.id for item in items if _owed(item, parcels)}
    # Of an order whose money all went back there is nothing left to be made good.
    if payment is OrderPaymentState.REFUNDED:
        owing = set()
    return tuple(
        parcel
        for parcel in parcels
        if parcel.state is ShipmentState.SHIPPED
        or (parcel.state is ShipmentState.LOST and owing & parcel.items.keys())
    )


def back_by(items: Sequence[OrderItem], parcels: Sequence[Shipment]) -> tuple[str, ...]:
    """In what ways their money may come back: returned where any came, claimed where any left."""
    free = [item for item in items if item.to_return]
    came = any(_arrived(item, parcels) for item in free)
    return (*(("return",) if came else ()), *(("claim",) if free and parcels else ()))


def missing(item: OrderItem, parcels: Sequence[Shipment]) -> int:
    """How many of the item were asked back and have not arrived."""
    return min(item.claimed + item.lost, item.shipped - _arrived(item, parcels))


def unclaimed(item: OrderItem, parcels: Sequence[Shipment]) -> int:
    """How many of the item have not arrived, and were not asked back for that."""
    if not item.requires_shipping:
        return 0
    away = item.shipped - _arrived(item, parcels) - missing(item, parcels)
    return min(away, item.to_return)


def newly_lost(items: Sequence[OrderItem], parcels: Sequence[Shipment]) -> tuple[Shipment, ...]:
    """The parcels, first out first, all of whose units were made good because they never came."""
    left = {item.id: item.lost - _within(item, parcels, ShipmentState.LOST) for item in items}
    found = []
    for parcel in parcels:
        moving = parcel.state is ShipmentState.SHIPPED
        if moving and all(many <= left[each] for each, many in parcel.items.items()):
            found.append(parcel)
            for each, many in parcel.items.items():
                left[each] -= many
    return tuple(found)


def _owed(item: OrderItem, parcels: Sequence[Shipment]) -> bool:
    """Whether more of it is in lost parcels than was made good."""
    made_good = max(item.lost, item.returned - _arrived(item, parcels))
    return _within(item, parcels, ShipmentState.LOST) > made_good


def _arrived(item: OrderItem, parcels: Sequence[Shipment]) -> int:
    """How many of it are with the customer; what needs no parcel is."""
    if not item.requires_shipping:
        return item.shipped
    return _within(item, parcels, ShipmentState.DELIVERED)


def _within(item: OrderItem, parcels: Sequence[Shipment], state: ShipmentState) -> int:
    return sum(parcel.items.get(item.id, 0) for parcel in parcels if parcel.state is state)
