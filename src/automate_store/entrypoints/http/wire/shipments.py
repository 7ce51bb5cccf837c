"""Parcels on the wire: where they are, who carries them, and what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.orders import ChangeTracking, LoseShipment, SetStatus
from automate_store.domain.kernel.ids import LineId, OrderId, ShipmentId
from automate_store.domain.orders import (
    FulfilmentState,
    Order,
    OrderStatus,
    Shipment,
    ShipmentState,
)
from automate_store.entrypoints.http.wire.inputs import Input, Text100
from automate_store.entrypoints.http.wire.orders import (
    Link,
    ShipmentAnswer,
    refuse_no_link,
    shipment_answer,
)


class TrackingInput(Input, frozen=True, kw_only=True):
    """
    Who carries a parcel and where it is followed, in the place of what was known.

    Without an id, the order's latest parcel is meant; without a link, one is made from the
    number for carriers that are known.
    """

    shipment_id: UUID | None = None
    carrier: Text100 | None = None
    tracking_number: Text100 | None = None
    tracking_url: Link = None

    def command(self, order_id: OrderId) -> ChangeTracking:
        """The wish in the words of the trade; raises InvalidInput."""
        refuse_no_link(self.tracking_url)
        return ChangeTracking(
            order_id=order_id,
            shipment_id=None if self.shipment_id is None else ShipmentId(self.shipment_id),
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            tracking_url=self.tracking_url,
        )


class StatusInput(Input, frozen=True, kw_only=True):
    """
    What an order is to be from now on: shipped, delivered or cancelled.

    A reason is for one that is cancelled, a carrier and its number for one that ships.
    """

    several_lines: ClassVar[frozenset[str]] = frozenset({"reason"})

    status: OrderStatus
    reason: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    carrier: Text100 | None = None
    tracking_number: Text100 | None = None
    tracking_url: Link = None

    def command(self, order_id: OrderId) -> SetStatus:
        """The wish in the words of the trade; raises InvalidInput."""
        refuse_no_link(self.tracking_url)
        return SetStatus(
            order_id=order_id,
            status=self.status,
            reason=self.reason,
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            tracking_url=self.tracking_url,
        )


class LoseShipmentInput(Input, frozen=True, kw_only=True):
    """How it is known that a parcel will not arrive."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"reason"})

    reason: Annotated[str, Meta(min_length=1, max_length=500)] | None = None

    def command(self, order_id: OrderId, shipment_id: ShipmentId) -> LoseShipment:
        """The news in the words of the trade."""
        return LoseShipment(order_id=order_id, shipment_id=shipment_id, reason=self.reason)


class ShipmentList(Struct, frozen=True):
    """The parcels of an order, in the order in which they left."""

    items: list[ShipmentAnswer]


class TrackedItem(Struct, frozen=True):
    """So many of an item, as a parcel's picture shows it."""

    item_id: UUID
    name: str
    image_url: str | None
    quantity: int


class TrackedParcel(Struct, frozen=True, kw_only=True):
    """A parcel on its way, arrived or lost."""

    shipment_id: UUID
    status: ShipmentState
    items: list[TrackedItem]
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    shipped_at: datetime
    delivered_at: datetime | None
    lost_at: datetime | None


class TrackingAnswer(Struct, frozen=True, kw_only=True):
    """Where an order is: its parcels, and what is still to leave."""

    order_id: UUID
    number: str
    status: OrderStatus
    fulfilment_status: FulfilmentState
    parcels: list[TrackedParcel]
    to_ship: Annotated[list[TrackedItem], Meta(description="What has not left yet.")]
    delivered_at: Annotated[datetime | None, Meta(description="When the last parcel arrived.")]


def shipment_list(order: Order) -> ShipmentList:
    """The order's parcels."""
    return ShipmentList([shipment_answer(each) for each in order.shipments])


def tracking_answer(order: Order) -> TrackingAnswer:
    """Where the order is."""
    return TrackingAnswer(
        order_id=order.id,
        number=order.number,
        status=order.status,
        fulfilment_status=order.fulfilment,
        parcels=[_parcel(order, each) for each in order.shipments],
        to_ship=[] if order.cancelled_at else _items(order, order.unshipped),
        delivered_at=order.delivered_at,
    )


def _parcel(order: Order, shipment: Shipment) -> TrackedParcel:
    return TrackedParcel(
        shipment_id=shipment.id,
        status=shipment.state,
        items=_items(order, shipment.items),
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        tracking_url=shipment.tracking_url,
        shipped_at=shipment.shipped_at,
        delivered_at=shipment.delivered_at,
        lost_at=shipment.lost_at,
    )


def _items(order: Order, units: Mapping[LineId, int]) -> list[TrackedItem]:
    return [
        TrackedItem(item.id, item.name, item.image_url, units[item.id])
        for item in order.items
        if units.get(item.id)
    ]
