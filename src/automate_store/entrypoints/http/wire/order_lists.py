"""Lists of orders on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.errors import BadCursor
from automate_store.application.ports.order_lists import (
    FIRST_ITEMS,
    ListedItem,
    OrderFilter,
    OrderPlace,
    OrderRecord,
)
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import FulfilmentState, OrderStatus, PaymentStatus
from automate_store.entrypoints.http.wire.inputs import Input, Text255
from automate_store.entrypoints.http.wire.money import Amount, amount
from automate_store.entrypoints.http.wire.paging import Cursor, Limit, PageQuery, key_before

Moment = Annotated[datetime, Meta(tz=True)]
STATUS = Meta(description="The one that orders show; any without it.")


class OwnOrderQuery(Input, frozen=True, kw_only=True):
    """Of which status, how many, from where on."""

    status: Annotated[OrderStatus | None, STATUS] = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class OrderQuery(Input, frozen=True, kw_only=True):
    """Which, how many, from where on; placed_until is the first moment that counts no more."""

    status: Annotated[OrderStatus | None, STATUS] = None
    payment_status: Annotated[PaymentStatus | None, STATUS] = None
    email: Annotated[Text255 | None, Meta(description="Whole, in any case.")] = None
    number: Annotated[
        Annotated[str, Meta(min_length=1, max_length=50)] | None,
        Meta(description="Whole, in any case, with or without its dash."),
    ] = None
    placed_from: Annotated[
        Moment | None,
        Meta(description="The first moment that counts, such as 2026-03-01T00:00:00Z."),
    ] = None
    placed_until: Annotated[
        Moment | None, Meta(description="The first moment that counts no more.")
    ] = None
    to_ship: Annotated[
        bool | None,
        Meta(description="Whether something of it is paid and has not left, exchanges included."),
    ] = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None

    def filter(self) -> OrderFilter:
        """The wish in the words of the trade."""
        return OrderFilter(
            status=self.status,
            payment_status=self.payment_status,
            email=self.email,
            number=self.number,
            placed_from=self.placed_from,
            placed_until=self.placed_until,
            to_ship=self.to_ship,
        )


class ListedItemAnswer(Struct, frozen=True):
    """An item of an order, as a list shows it."""

    id: UUID
    product_id: UUID
    variant_id: UUID
    name: str
    image_url: str | None
    quantity: int


class ListedOrderAnswer(Struct, frozen=True, kw_only=True):
    """An order as a list shows it; all of it is at /orders/{id}."""

    id: UUID
    number: str
    status: OrderStatus
    payment_status: PaymentStatus
    fulfilment_status: FulfilmentState
    email: str
    total: Amount
    credited: Annotated[Amount, Meta(description="Given back of what is in the order.")]
    first_items: Annotated[
        list[ListedItemAnswer], Meta(description=f"The first {FIRST_ITEMS}, for a picture of it.")
    ]
    item_count: Annotated[int, Meta(description="How many pieces are in the order.")]
    placed_at: datetime
    updated_at: datetime


class OrderList(Struct, frozen=True):
    """Orders, the last placed first."""

    items: list[ListedOrderAnswer]
    next_cursor: str | None


def place_before(query: PageQuery) -> OrderPlace | None:
    """Where the page before ended; raises BadCursor."""
    key = key_before(query)
    if key is None:
        return None
    moment, _, order_id = key.partition(" ")
    try:
        place = OrderPlace(placed_at=datetime.fromisoformat(moment), id=OrderId(UUID(order_id)))
    except ValueError:
        raise BadCursor from None
    # Written anew, so that each place has one key, and its moment says where on Earth it is.
    if place.placed_at.tzinfo is None or place_key(place) != key:
        raise BadCursor
    return place


def place_key(place: OrderPlace) -> str:
    """The place as a cursor carries it."""
    return f"{place.placed_at.isoformat()} {place.id}"


def order_list(orders: Sequence[OrderRecord], next_cursor: str | None) -> OrderList:
    """A page of them."""
    return OrderList([_listed(each) for each in orders], next_cursor)


def _listed(order: OrderRecord) -> ListedOrderAnswer:
    return ListedOrderAnswer(
        id=order.id,
        number=order.number,
        status=order.status,
        payment_status=order.payment_status,
        fulfilment_status=order.fulfilment,
        email=order.email,
        total=amount(order.total),
        credited=amount(order.credited),
        first_items=[_item(each) for each in order.first_items],
        item_count=order.units,
        placed_at=order.placed_at,
        updated_at=order.updated_at,
    )


def _item(item: ListedItem) -> ListedItemAnswer:
    return ListedItemAnswer(
        item.id, item.product_id, item.variant_id, item.name, item.image_url, item.quantity
    )
