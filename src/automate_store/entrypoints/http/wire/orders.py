"""Orders on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from automate_store.application.orders import CancelOrder, OrderView, PlaceOrder, ShipOrder
from automate_store.application.ports.orders import TimelineEntry
from automate_store.domain.identity import Address
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import LineId, OrderId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    FulfilmentState,
    Order,
    OrderItem,
    OrderStatus,
    PaymentStatus,
    Shipment,
    ShipmentState,
    item_status,
)
from automate_store.domain.pricing import QuotedLine
from automate_store.entrypoints.http.wire.inputs import (
    Count,
    Country,
    Input,
    Phone,
    Text20,
    Text100,
    Text255,
    Text500,
    Text1000,
)
from automate_store.entrypoints.http.wire.money import Amount, amount, money
from automate_store.entrypoints.http.wire.pricing import QuoteAnswer, quote_answer
from automate_store.entrypoints.http.wire.staged import (
    AddressAnswer,
    StagedEditAnswer,
    address_answer,
    staged_answer,
)

_TOLD_AS_THEY_ARE = frozenset({"customer", "guest", "gateway", "system"})
ITEM_LIMIT = 100
"""Of one request; what is left goes with the next parcel."""


class AddressInput(Input, frozen=True, kw_only=True):
    """Where to post to; which parts are needed depends on the country."""

    first_name: Text100
    last_name: Text100
    company: Text100 | None = None
    address_line_1: Text255
    address_line_2: Text255 | None = None
    city: Text100
    state: Text100 | None = None
    postal_code: Text20 | None = None
    country: Country
    phone: Phone | None = None

    def address(self, *, field: str) -> Address:
        """The address; raises InvalidInput, naming each field from the body's root."""
        try:
            return Address(**{name: getattr(self, name) for name in self.__struct_fields__})
        except InvalidInput as wrong:
            faults = (FieldError(f"{field}.{each.field}", each.reason) for each in wrong.errors)
            raise InvalidInput(tuple(faults)) from wrong


class PlaceOrderInput(Input, frozen=True, kw_only=True):
    """
    The cart becomes an order.

    Without a billing address the shipping address bills too; without a method the
    cart's is taken. expected_total is the total that the customer agreed to: where it
    would be another one, nothing is ordered.
    """

    several_lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    email: Text255
    shipping_address: AddressInput
    billing_address: AddressInput | None = None
    shipping_method: Text100 | None = None
    expected_total: Amount | None = None
    notes: Text1000 | None = None

    def command(self) -> PlaceOrder:
        """The wish in the words of the trade; raises InvalidInput."""
        billing, expected = self.billing_address, self.expected_total
        return PlaceOrder(
            email=self.email,
            shipping_address=self.shipping_address.address(field="shipping_address"),
            billing_address=billing.address(field="billing_address") if billing else None,
            shipping_method=self.shipping_method,
            expected_total=money(expected, field="expected_total") if expected else None,
            notes=self.notes,
        )


class ItemCount(Input, frozen=True, kw_only=True):
    """So many of one item of the order."""

    item_id: UUID
    quantity: Count


ItemCounts = Annotated[list[ItemCount], Meta(min_length=1, max_length=ITEM_LIMIT)]


def item_counts(items: list[ItemCount] | None) -> dict[LineId, int] | None:
    """How many of each item; raises InvalidInput where one is named twice."""
    if items is None:
        return None
    quantities = {LineId(item.item_id): item.quantity for item in items}
    if len(quantities) < len(items):
        raise InvalidInput.of("items", "names each item once")
    return quantities


class CancelOrderInput(Input, frozen=True, kw_only=True):
    """What is called off, and why; without items, all that has not shipped is."""

    several_lines: ClassVar[frozenset[str]] = frozenset({"reason"})

    items: ItemCounts | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=500)] | None = None

    def command(self, order_id: OrderId) -> CancelOrder:
        """The wish in the words of the trade; raises InvalidInput."""
        return CancelOrder(order_id=order_id, items=item_counts(self.items), reason=self.reason)


Link = Annotated[Text500 | None, Meta(description="An http or https address.")]


def refuse_no_link(tracking_url: str | None) -> None:
    """Nothing, where a browser may be sent there; raises InvalidInput."""
    if tracking_url and not tracking_url.startswith(("https://", "http://")):
        raise InvalidInput.of("tracking_url", "is an http or https address")


class ShipOrderInput(Input, frozen=True, kw_only=True):
    """A parcel: what is in it and who carries it; without items, all that is left is in it."""

    items: ItemCounts | None = None
    carrier: Text100 | None = None
    tracking_number: Text100 | None = None
    tracking_url: Link = None

    def command(self, order_id: OrderId) -> ShipOrder:
        """The wish in the words of the trade; raises InvalidInput."""
        refuse_no_link(self.tracking_url)
        return ShipOrder(
            order_id=order_id,
            items=item_counts(self.items),
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            tracking_url=self.tracking_url,
        )


class OrderItemAnswer(Struct, frozen=True):
    """What was bought, as it was then; total is what is paid for it, tax included."""

    id: UUID
    product_id: UUID
    variant_id: UUID
    name: str
    sku: str
    attributes: Mapping[str, str]
    image_url: str | None
    requires_shipping: bool
    status: Annotated[OrderStatus, Meta(description="Of this item; refunded is all returned.")]
    quantity: int
    cancelled: Annotated[int, Meta(description="Called off, and not in the quantity.")]
    shipped: int
    returning: Annotated[int, Meta(description="Asked back, and not settled yet.")]
    returned: Annotated[int, Meta(description="Taken back, and still in the quantity.")]
    unit_price: Amount
    subtotal: Amount
    discount: Amount
    tax: Amount
    total: Amount


class ShipmentItem(Struct, frozen=True):
    """So many of one item."""

    item_id: UUID
    quantity: int


class ShipmentAnswer(Struct, frozen=True):
    """A parcel on its way, arrived or lost."""

    id: UUID
    status: ShipmentState
    items: list[ShipmentItem]
    carrier: str | None
    tracking_number: str | None
    tracking_url: str | None
    shipped_at: datetime
    delivered_at: datetime | None
    lost_at: datetime | None


class OrderAnswer(Struct, frozen=True):
    """
    An order.

    token is told to the guest who placed it: it opens the order, in the header
    X-Order-Token. expires_at is when an unpaid order is given up, null once it is paid.
    """

    id: UUID
    number: str
    version: Annotated[int, Meta(description="What If-Match asks for; it grows with each change.")]
    status: OrderStatus
    payment_status: PaymentStatus
    fulfilment_status: FulfilmentState
    email: str
    items: list[OrderItemAnswer]
    quote: QuoteAnswer
    staged: StagedEditAnswer | None
    credited: Annotated[Amount, Meta(description="Given back of what is in the order.")]
    shipping_address: AddressAnswer
    billing_address: AddressAnswer
    notes: str | None
    shipments: list[ShipmentAnswer]
    placed_at: datetime
    updated_at: datetime
    expires_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    cancelled_reason: str | None
    token: str | UnsetType = UNSET


class TimelineItem(Struct, frozen=True):
    """One thing that happened: what, when, by whom, and why where there is a why."""

    id: UUID
    at: datetime
    kind: str
    actor: str
    reason: str | None
    data: Mapping[str, str]


class Timeline(Struct, frozen=True):
    """All that happened to the order, oldest first."""

    items: list[TimelineItem]


def order_view_answer(view: OrderView, *, to_staff: bool = False) -> OrderAnswer:
    """The order, with its token where it has just been placed."""
    return order_answer(view.order, token=view.token, to_staff=to_staff)


def order_answer(order: Order, *, token: str | None = None, to_staff: bool = False) -> OrderAnswer:
    """The order."""
    quoted = {line.id: line for line in order.quote.lines}
    return OrderAnswer(
        id=order.id,
        number=order.number,
        version=order.version,
        status=order.status,
        payment_status=order.payment_status,
        fulfilment_status=order.fulfilment,
        email=order.email,
        items=[
            order_item_answer(item, quoted.get(item.id), item_status(order, item))
            for item in order.items
        ],
        quote=quote_answer(order.quote, to_staff=to_staff),
        staged=staged_answer(order, order.staged, to_staff=to_staff) if order.staged else None,
        credited=amount(order.credited),
        shipping_address=address_answer(order.shipping_address),
        billing_address=address_answer(order.billing_address),
        notes=order.notes,
        shipments=[shipment_answer(each) for each in order.shipments],
        placed_at=order.placed_at,
        updated_at=order.updated_at,
        expires_at=order.expires_at,
        delivered_at=order.delivered_at,
        cancelled_at=order.cancelled_at,
        cancelled_reason=order.cancelled_reason,
        token=token or UNSET,
    )


def timeline(entries: tuple[TimelineEntry, ...], *, to_staff: bool) -> Timeline:
    """The entries, as a list; who of the staff it was is told to staff alone."""
    told = [(e, e.actor if to_staff else actor_told(e.actor)) for e in entries]
    return Timeline([TimelineItem(e.id, e.at, e.kind, who, e.reason, e.data) for e, who in told])


def actor_told(actor: str) -> str:
    """Whom a customer is told that it was: themselves, the shop, or what acts by itself."""
    role = actor.partition(":")[0]
    return role if role in _TOLD_AS_THEY_ARE else "shop"


def order_item_answer(
    item: OrderItem, line: QuotedLine | None, status: OrderStatus
) -> OrderItemAnswer:
    """What was bought, with what is paid for it; nothing where all of it was called off."""
    nothing = Money.zero(item.unit_price.currency)
    return OrderItemAnswer(
        item.id,
        item.product_id,
        item.variant_id,
        item.name,
        item.sku,
        item.attributes,
        item.image_url,
        item.requires_shipping,
        status,
        item.quantity,
        item.cancelled,
        item.shipped,
        item.returning,
        item.returned,
        amount(item.unit_price),
        amount(line.subtotal if line else nothing),
        amount(line.discount if line else nothing),
        amount(line.tax if line else nothing),
        amount(line.gross if line else nothing),
    )


def shipment_answer(shipment: Shipment) -> ShipmentAnswer:
    """The parcel."""
    return ShipmentAnswer(
        shipment.id,
        shipment.state,
        [ShipmentItem(item_id, quantity) for item_id, quantity in shipment.items.items()],
        shipment.carrier,
        shipment.tracking_number,
        shipment.tracking_url,
        shipment.shipped_at,
        shipment.delivered_at,
        shipment.lost_at,
    )
