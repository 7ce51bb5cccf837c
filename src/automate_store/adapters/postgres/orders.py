"""
Orders in Postgres: one row an order, rows for its items, parcels and timeline.

The quote is kept whole in ``orders.details``; the amounts in the owner's columns are
drawn from it, so that SQL can read what Python decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import attrs
from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Record, Row, from_json, json_text
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import NumberTaken, VersionConflict
from automate_store.application.ports.orders import TimelineEntry
from automate_store.application.ports.sources import Ids
from automate_store.domain.identity import Address
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import CartId, LineId, OrderId, ProductId, UserId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    FulfilmentState,
    Order,
    OrderEvent,
    OrderItem,
    OrderNotFound,
    OrderPaymentState,
    OrderState,
    OrderStatus,
    Shipment,
)
from automate_store.domain.pricing import Quote

_GET = text("""
    SELECT o.id, o.order_number, o.cart_id, o.user_id, o.token_hash, o.guest_email, o.currency,
        o.state, o.payment_state, o.fulfilment_state, o.expires_at, o.version, o.placed_at,
        o.updated_at, o.cancelled_at, o.cancelled_reason, o.delivered_at, o.notes,
        o.details::text AS quote, o.shipping_address::text AS shipping_address,
        o.billing_address::text AS billing_address,
        (SELECT json_agg(json_build_object(
            'id', i.id, 'product_id', i.product_id, 'variant_id', i.product_variant_id,
            'name', i.product_name, 'sku', i.product_sku, 'snapshot', i.product_snapshot,
            'unit_price', i.unit_price::text, 'quantity', i.quantity,
            'shipped', i.shipped_quantity) ORDER BY i.position)
         FROM order_items i WHERE i.order_id = o.id)::text AS items,
        CASE WHEN o.fulfilment_state = 'unfulfilled' THEN NULL ELSE
        (SELECT json_agg(json_build_object(
            'id', s.id, 'order_id', s.order_id, 'carrier', s.carrier,
            'tracking_number', s.tracking_number, 'tracking_url', s.tracking_url,
            'shipped_at', s.shipped_at, 'delivered_at', s.delivered_at,
            'items', (SELECT json_object_agg(n.order_item_id, n.quantity)
                      FROM shipment_items n WHERE n.shipment_id = s.id))
            ORDER BY s.shipped_at, s.id)
         FROM shipments s WHERE s.order_id = o.id) END::text AS shipments
    FROM orders o WHERE o.id = :id
""")

_ANY_OF = text("""
    SELECT EXISTS (SELECT 1 FROM orders WHERE state <> 'cancelled'
            AND guest_email = CAST(:email AS varchar))
        OR EXISTS (SELECT 1 FROM orders WHERE state <> 'cancelled'
            AND user_id = CAST(:user_id AS uuid))
""")

_LOCK = text("SELECT 1 FROM orders WHERE id = :id FOR UPDATE")

_ADD = text("""
    WITH placed AS (
        INSERT INTO orders (id, order_number, cart_id, user_id, guest_email, token_hash, status,
            payment_status, state, payment_state, fulfilment_state, subtotal, tax_rate,
            tax_amount, shipping_amount, discount_amount, total_amount, currency, details,
            shipping_address, billing_address, shipping_method, shipping_method_name, notes,
            expires_at, version, placed_at, delivered_at, created_at, updated_at)
        VALUES (:id, :number, :cart_id, :user_id, :email, :token_hash,
            CAST(:status AS order_status), CAST(:payment_status AS payment_status), :state,
            :payment_state, :fulfilment_state, :subtotal, :tax_rate, :tax_amount,
            :shipping_amount, :discount_amount, :total_amount, :currency,
            CAST(:details AS jsonb), CAST(:shipping_address AS jsonb),
            CAST(:billing_address AS jsonb), :shipping_method, :shipping_method_name, :notes,
            :expires_at, :version, :placed_at, :delivered_at, :placed_at, :updated_at)
    ), lines AS (
        INSERT INTO order_items (id, order_id, product_id, product_variant_id, position,
            product_name, product_sku, product_snapshot, quantity, unit_price, total_price,
            discount_amount, tax_amount, net_amount, gross_amount, details, status,
            shipped_quantity, cancelled_quantity, created_at)
        SELECT i.id, :id, i.product_id, i.variant_id, i.position, i.name, i.sku,
            CAST(i.snapshot AS jsonb), i.quantity, i.unit_price, i.total, i.discount, i.tax,
            i.net, i.gross, '{}', CAST(i.status AS order_status), i.shipped, 0, :placed_at
        FROM unnest(CAST(:item_ids AS uuid[]), CAST(:product_ids AS uuid[]),
            CAST(:variant_ids AS uuid[]), CAST(:positions AS int[]), CAST(:names AS text[]),
            CAST(:skus AS text[]), CAST(:snapshots AS text[]), CAST(:quantities AS int[]),
            CAST(:unit_prices AS numeric[]), CAST(:totals AS numeric[]),
            CAST(:discounts AS numeric[]), CAST(:taxes AS numeric[]), CAST(:nets AS numeric[]),
            CAST(:grosses AS numeric[]), CAST(:item_statuses AS text[]),
            CAST(:shipped AS int[]))
            AS i(id, product_id, variant_id, position, name, sku, snapshot, quantity,
                unit_price, total, discount, tax, net, gross, status, shipped)
    )
    INSERT INTO order_events (id, order_id, at, kind, actor, reason, data)
    SELECT e.id, :id, e.at, e.kind, e.actor, e.reason, CAST(e.data AS jsonb)
    FROM unnest(CAST(:event_ids AS uuid[]), CAST(:event_times AS timestamptz[]),
        CAST(:event_kinds AS text[]), CAST(:event_actors AS text[]),
        CAST(:event_reasons AS text[]), CAST(:event_data AS text[]))
        AS e(id, at, kind, actor, reason, data)
""")

_SAVE = text("""
    WITH changed AS (
        UPDATE orders SET status = CAST(:status AS order_status),
            payment_status = CAST(:payment_status AS payment_status), state = :state,
            payment_state = :payment_state, fulfilment_state = :fulfilment_state,
            expires_at = :expires_at, version = version + 1, updated_at = :updated_at,
            cancelled_at = :cancelled_at, cancelled_reason = :cancelled_reason,
            shipped_at = :shipped_at, delivered_at = :delivered_at,
            tracking_number = :tracking_number
        WHERE id = :id AND version = :loaded_version
        RETURNING id
    ), lines AS (
        UPDATE order_items SET shipped_quantity = i.shipped,
            status = CAST(i.status AS order_status)
        FROM changed, unnest(CAST(:item_ids AS uuid[]), CAST(:shipped AS int[]),
            CAST(:item_statuses AS text[])) AS i(id, shipped, status)
        WHERE order_items.order_id = changed.id AND order_items.id = i.id
            AND (order_items.shipped_quantity, order_items.status)
                IS DISTINCT FROM (i.shipped, CAST(i.status AS order_status))
    ), facts AS (
        INSERT INTO order_events (id, order_id, at, kind, actor, reason, data)
        SELECT e.id, changed.id, e.at, e.kind, e.actor, e.reason, CAST(e.data AS jsonb)
        FROM changed, unnest(CAST(:event_ids AS uuid[]), CAST(:event_times AS timestamptz[]),
            CAST(:event_kinds AS text[]), CAST(:event_actors AS text[]),
            CAST(:event_reasons AS text[]), CAST(:event_data AS text[]))
            AS e(id, at, kind, actor, reason, data)
    )
    SELECT id FROM changed
""")

_SHIP = text("""
    WITH parcels AS (
        INSERT INTO shipments (id, order_id, carrier, tracking_number, tracking_url, shipped_at,
            delivered_at)
        SELECT p.id, :id, p.carrier, p.tracking_number, p.tracking_url, p.shipped_at,
            p.delivered_at
        FROM unnest(CAST(:parcel_ids AS uuid[]), CAST(:carriers AS text[]),
            CAST(:tracking_numbers AS text[]), CAST(:tracking_urls AS text[]),
            CAST(:shipped_times AS timestamptz[]), CAST(:delivered_times AS timestamptz[]))
            AS p(id, carrier, tracking_number, tracking_url, shipped_at, delivered_at)
        ON CONFLICT (id) DO UPDATE SET delivered_at = EXCLUDED.delivered_at
    )
    INSERT INTO shipment_items (shipment_id, order_item_id, quantity)
    SELECT n.parcel_id, n.item_id, n.quantity
    FROM unnest(CAST(:content_parcels AS uuid[]), CAST(:content_items AS uuid[]),
        CAST(:content_quantities AS int[])) AS n(parcel_id, item_id, quantity)
    ON CONFLICT DO NOTHING
""")

_TIMELINE = text("""
    SELECT id, at, kind, actor, reason, data::text AS data FROM order_events
    WHERE order_id = :order_id ORDER BY at, id
""")

_NOT_DATA = {"at", "order_id", "number", "actor", "reason"}


@frozen
class PostgresOrders:
    """The Orders port on Postgres."""

    session: Session
    ids: Ids
    record: Record

    async def get(self, order_id: OrderId, *, lock: bool = False) -> Order:
        """The order; the lock comes first, so that what is read is what is locked."""
        if lock:
            await self.session.later(_LOCK, {"id": order_id})
        row = await self.session.fetch_one(_GET, {"id": order_id})
        if row is None:
            raise OrderNotFound(str(order_id))
        return from_row(row)

    async def any_of(self, user_id: UserId | None, email: str | None) -> bool:
        """Whether the account or the e-mail has an order that was not cancelled."""
        found = await self.session.fetch_value(_ANY_OF, {"user_id": user_id, "email": email})
        return bool(found)

    async def add(self, order: Order) -> None:
        """Store a new order, its items and its first events, in one statement."""
        row = to_row(order) | _item_rows(order) | self._facts(order)
        taken = {"orders_order_number_key": NumberTaken(order.number)}
        await self.session.later(_ADD, row, refusals=taken)
        self.record(*order.events)

    async def save(self, order: Order) -> None:
        """Store what can change of an order, and its new events."""
        row = to_row(order) | _item_rows(order) | self._facts(order)
        row["loaded_version"] = order.version
        changed = VersionConflict("order", str(order.id))
        await self.session.later(_SAVE, row, touching=1, otherwise=changed)
        if order.shipments:
            await self.session.later(_SHIP, _parcel_rows(order))
        self.record(*order.events)

    async def timeline(self, order_id: OrderId) -> tuple[TimelineEntry, ...]:
        """All that happened to the order, oldest first."""
        rows = await self.session.fetch_all(_TIMELINE, {"order_id": order_id})
        return tuple(
            TimelineEntry(
                id=row.id,
                at=row.at,
                kind=row.kind,
                actor=row.actor,
                reason=row.reason,
                data=from_json(row.data, dict[str, str]),
            )
            for row in rows
        )

    def _facts(self, order: Order) -> dict[str, object]:
        events = [event for event in order.events if isinstance(event, OrderEvent)]
        return {
            "event_ids": [self.ids.uuid() for _ in events],
            "event_times": [event.at for event in events],
            "event_kinds": [type(event).code() for event in events],
            "event_actors": [event.actor for event in events],
            "event_reasons": [event.reason for event in events],
            "event_data": [json_text(_data(event)) for event in events],
        }


def to_row(order: Order) -> dict[str, object]:
    """The order as its row's parameters, items and events apart."""
    quote = order.quote
    rates = {tax.rate for tax in quote.taxes}
    last = order.shipments[-1] if order.shipments else None
    return {
        "id": order.id,
        "number": order.number,
        "cart_id": order.cart_id,
        "user_id": order.user_id,
        "email": order.email,
        "token_hash": order.token_hash,
        "status": order.status.value,
        "payment_status": order.payment_status.value,
        "state": order.state.value,
        "payment_state": order.payment.value,
        "fulfilment_state": order.fulfilment.value,
        "subtotal": quote.subtotal.decimal(),
        "tax_rate": rates.pop() if len(rates) == 1 else None,
        "tax_amount": quote.tax.decimal(),
        "shipping_amount": quote.shipping_amount.decimal(),
        "discount_amount": quote.discount.decimal(),
        "total_amount": quote.total.decimal(),
        "currency": quote.currency,
        "details": json_text(quote),
        "shipping_address": json_text(order.shipping_address),
        "billing_address": json_text(order.billing_address),
        "shipping_method": quote.shipping.method if quote.shipping else None,
        "shipping_method_name": quote.shipping.name if quote.shipping else None,
        "notes": order.notes,
        "expires_at": order.expires_at,
        "version": order.version + 1,
        "placed_at": order.placed_at,
        "updated_at": order.updated_at,
        "cancelled_at": order.cancelled_at,
        "cancelled_reason": order.cancelled_reason,
        "shipped_at": last.shipped_at if last else None,
        "tracking_number": last.tracking_number if last else None,
        "delivered_at": order.delivered_at,
    }


def from_row(row: Row) -> Order:
    """The order of a row read by ``_GET``."""
    return Order(
        id=OrderId(row.id),
        number=row.order_number,
        cart_id=None if row.cart_id is None else CartId(row.cart_id),
        user_id=None if row.user_id is None else UserId(row.user_id),
        token_hash=None if row.token_hash is None else bytes(row.token_hash),
        email=row.guest_email,
        items=tuple(_item(item, row.currency) for item in from_json(row.items, list[_StoredItem])),
        quote=from_json(row.quote, Quote),
        shipping_address=from_json(row.shipping_address, Address),
        billing_address=from_json(row.billing_address, Address),
        notes=row.notes,
        state=OrderState(row.state),
        payment=OrderPaymentState(row.payment_state),
        fulfilment=FulfilmentState(row.fulfilment_state),
        shipments=from_json(row.shipments, tuple[Shipment, ...]) if row.shipments else (),
        expires_at=row.expires_at,
        placed_at=row.placed_at,
        updated_at=row.updated_at,
        cancelled_at=row.cancelled_at,
        cancelled_reason=row.cancelled_reason,
        delivered_at=row.delivered_at,
        version=row.version,
    )


@frozen
class _Snapshot:
    attributes: Mapping[str, str]
    image_url: str | None
    requires_shipping: bool


@frozen
class _StoredItem:
    id: UUID
    product_id: UUID
    variant_id: UUID
    name: str
    sku: str
    snapshot: _Snapshot
    unit_price: str
    quantity: int
    shipped: int


def _item(stored: _StoredItem, currency: str) -> OrderItem:
    return OrderItem(
        id=LineId(stored.id),
        product_id=ProductId(stored.product_id),
        variant_id=VariantId(stored.variant_id),
        name=stored.name,
        sku=stored.sku,
        attributes=stored.snapshot.attributes,
        image_url=stored.snapshot.image_url,
        requires_shipping=stored.snapshot.requires_shipping,
        unit_price=Money.parse(stored.unit_price, currency),
        quantity=stored.quantity,
        shipped=stored.shipped,
    )


def _item_rows(order: Order) -> dict[str, object]:
    items = order.items
    quoted = {line.id: line for line in order.quote.lines}
    lines = [quoted[item.id] for item in items]
    return {
        "item_ids": [item.id for item in items],
        "product_ids": [item.product_id for item in items],
        "variant_ids": [item.variant_id for item in items],
        "positions": list(range(len(items))),
        "names": [item.name for item in items],
        "skus": [item.sku for item in items],
        "snapshots": [
            json_text(_Snapshot(item.attributes, item.image_url, item.requires_shipping))
            for item in items
        ],
        "quantities": [item.quantity for item in items],
        "unit_prices": [item.unit_price.decimal() for item in items],
        "totals": [line.subtotal.decimal() for line in lines],
        "discounts": [line.discount.decimal() for line in lines],
        "taxes": [line.tax.decimal() for line in lines],
        "nets": [line.net.decimal() for line in lines],
        "grosses": [line.gross.decimal() for line in lines],
        "item_statuses": [_item_status(order, item) for item in items],
        "shipped": [item.shipped for item in items],
    }


def _item_status(order: Order, item: OrderItem) -> str:
    if order.status is OrderStatus.PROCESSING and not item.to_ship:
        return OrderStatus.SHIPPED.value
    return order.status.value


def _parcel_rows(order: Order) -> dict[str, object]:
    parcels = order.shipments
    content = [
        (parcel.id, item_id, quantity)
        for parcel in parcels
        for item_id, quantity in parcel.items.items()
    ]
    return {
        "id": order.id,
        "parcel_ids": [parcel.id for parcel in parcels],
        "carriers": [parcel.carrier for parcel in parcels],
        "tracking_numbers": [parcel.tracking_number for parcel in parcels],
        "tracking_urls": [parcel.tracking_url for parcel in parcels],
        "shipped_times": [parcel.shipped_at for parcel in parcels],
        "delivered_times": [parcel.delivered_at for parcel in parcels],
        "content_parcels": [parcel_id for parcel_id, _, _ in content],
        "content_items": [item_id for _, item_id, _ in content],
        "content_quantities": [quantity for _, _, quantity in content],
    }


def _data(event: Event) -> dict[str, str]:
    values: dict[str, Any] = {
        field.name: getattr(event, field.name) for field in attrs.fields(type(event))
    }
    return {name: str(value) for name, value in values.items() if name not in _NOT_DATA}
