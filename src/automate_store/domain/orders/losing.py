"""
Parcels that never arrive: given up by staff, or because they were claimed and made good.

An order whose last parcel is lost stays open until the customer has been made good: their
money went back, or other goods were sent. Then there is nothing left to wait for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import ShipmentId
from automate_store.domain.orders.events import OrderClosed, ParcelClaimedLost, ParcelLost
from automate_store.domain.orders.fulfilling import AlreadyDelivered, parcel_of, with_parcel
from automate_store.domain.orders.items import Shipment
from automate_store.domain.orders.lives import FulfilmentState, OrderState
from automate_store.domain.orders.order import Order
from automate_store.domain.orders.parcels import newly_lost


@frozen
class AlreadyLost(RuleBroken):
    """The parcel was given up before; it may still turn up, and be delivered."""

    says = "Shipment {shipment} of order {number} was lost on {lost_at:%Y-%m-%d %H:%M} UTC."
    number: str
    shipment: ShipmentId
    lost_at: datetime


def lose_parcel(
    order: Order, shipment_id: ShipmentId, *, reason: str | None, actor: str, at: datetime
) -> Order:
    """
    The order with that parcel lost, closed where nothing of it is awaited any more.

    Raises ShipmentNotFound, AlreadyDelivered, AlreadyLost.
    """
    parcel = parcel_of(order, shipment_id)
    if parcel.delivered_at is not None:
        raise AlreadyDelivered(order.number, parcel.id, parcel.delivered_at)
    if parcel.lost_at is not None:
        raise AlreadyLost(order.number, parcel.id, parcel.lost_at)
    event = ParcelLost(reason=reason, **_told(order, parcel, actor, at))
    return closed(_lost(order, parcel, event), actor=actor, at=at)


def made_good(order: Order, *, reason: str, actor: str, at: datetime) -> Order:
    """The order whose parcels are lost that were made good whole, closed where that is all."""
    for parcel in newly_lost(order.items, order.shipments):
        event = ParcelClaimedLost(reason=reason, **_told(order, parcel, actor, at))
        order = _lost(order, parcel, event)
    return closed(order, actor=actor, at=at)


def closed(order: Order, *, actor: str, at: datetime) -> Order:
    """The order, completed where all has shipped and nothing is awaited; else itself."""
    sent = order.fulfilment is FulfilmentState.SHIPPED and not order.unshipped
    if order.state is not OrderState.CONFIRMED or not sent:
        return order
    # What comes for lost goods may wait beside it until it is paid for.
    if order.awaited or order.staged is not None:
        return order
    event = OrderClosed(at=at, order_id=order.id, number=order.number, actor=actor)
    came = [each.delivered_at for each in order.shipments if each.delivered_at is not None]
    downloads = any(item.shipped and not item.requires_shipping for item in order.items)
    ended = FulfilmentState.DELIVERED if came or downloads else FulfilmentState.LOST
    return order.after(
        event,
        state=OrderState.COMPLETED,
        fulfilment=ended,
        delivered_at=max(came, default=None),
        updated_at=at,
    )


def _lost(order: Order, parcel: Shipment, event: ParcelLost) -> Order:
    parcels = with_parcel(order, evolve(parcel, lost_at=event.at))
    return order.after(event, shipments=parcels, updated_at=event.at)


def _told(order: Order, parcel: Shipment, actor: str, at: datetime) -> dict[str, Any]:
    """What each of its events says."""
    return {
        "at": at,
        "actor": actor,
        "order_id": order.id,
        "number": order.number,
        "shipment_id": parcel.id,
    }
