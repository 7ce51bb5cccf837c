"""The Orders port on Postgres: an order whole, in one statement each way."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.orders.history import KEEP_QUOTE
from automate_store.adapters.postgres.orders.rows import from_row, item_rows, parcel_rows, to_row
from automate_store.adapters.postgres.rows import Record, from_json, json_text
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import NumberTaken, VersionConflict
from automate_store.application.ports.orders import TimelineEntry
from automate_store.application.ports.sources import Ids
from automate_store.domain.kernel.ids import LineId, OrderId, UserId
from automate_store.domain.orders import Order, OrderEvent, OrderNotFound

_GET = text("""
    SELECT o.id, o.order_number, o.cart_id, o.user_id, o.token_hash, o.guest_email, o.currency,
        o.state, o.payment_state, o.fulfilment_state, o.expires_at, o.version, o.placed_at,
        o.updated_at, o.cancelled_at, o.cancelled_reason, o.cancelled_by, o.delivered_at, o.notes,
        o.credited_amount, o.owed_amount, o.staged_edit::text AS staged,
        o.details::text AS quote, o.shipping_address::text AS shipping_address,
        o.billing_address::text AS billing_address,
        (SELECT json_agg(json_build_object(
            'id', i.id, 'product_id', i.product_id, 'variant_id', i.product_variant_id,
            'name', i.product_name, 'sku', i.product_sku, 'snapshot', i.product_snapshot,
            'unit_price', i.unit_price::text,
            'quantity', i.quantity - i.cancelled_quantity,
            'cancelled', i.cancelled_quantity, 'shipped', i.shipped_quantity,
            'returning', i.returning_quantity, 'returned', i.returned_quantity,
            'claimed', i.claimed_quantity, 'lost', i.lost_quantity,
            'handed_over_at', i.handed_over_at)
            ORDER BY i.position)
         FROM order_items i WHERE i.order_id = o.id)::text AS items,
        CASE WHEN o.fulfilment_state = 'unfulfilled' THEN NULL ELSE
        (SELECT json_agg(json_build_object(
            'id', s.id, 'order_id', s.order_id, 'carrier', s.carrier,
            'tracking_number', s.tracking_number, 'tracking_url', s.tracking_url,
            'shipped_at', s.shipped_at, 'delivered_at', s.delivered_at, 'lost_at', s.lost_at,
            'items', (SELECT json_object_agg(n.order_item_id, n.quantity)
                      FROM shipment_items n WHERE n.shipment_id = s.id))
            ORDER BY s.shipped_at, s.id)
         FROM shipments s WHERE s.order_id = o.id) END::text AS shipments
    FROM orders o WHERE o.id = :id
""")

_ANY_OF = text("""
    SELECT EXISTS (SELECT 1 FROM orders WHERE state <> 'cancelled'
            AND guest_email = CAST(:email AS varchar)
            AND id IS DISTINCT FROM CAST(:besides AS uuid))
        OR EXISTS (SELECT 1 FROM orders WHERE state <> 'cancelled'
            AND user_id = CAST(:user_id AS uuid)
            AND id IS DISTINCT FROM CAST(:besides AS uuid))
""")

_LOCK_CUSTOMER = text(
    "SELECT pg_advisory_xact_lock(lock) FROM unnest(CAST(:locks AS bigint[])) AS lock"
)

_LOCK = text("SELECT version FROM orders WHERE id = :id FOR UPDATE")

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
            shipped_quantity, cancelled_quantity, handed_over_at, created_at)
        SELECT i.id, :id, i.product_id, i.variant_id, i.position, i.name, i.sku,
            CAST(i.snapshot AS jsonb), i.quantity, i.unit_price, i.total, i.discount, i.tax,
            i.net, i.gross, '{}', CAST(i.status AS order_status), i.shipped, 0, i.handed_over,
            :placed_at
        FROM unnest(CAST(:item_ids AS uuid[]), CAST(:product_ids AS uuid[]),
            CAST(:variant_ids AS uuid[]), CAST(:positions AS int[]), CAST(:names AS text[]),
            CAST(:skus AS text[]), CAST(:snapshots AS text[]), CAST(:quantities AS int[]),
            CAST(:unit_prices AS numeric[]), CAST(:totals AS numeric[]),
            CAST(:discounts AS numeric[]), CAST(:taxes AS numeric[]), CAST(:nets AS numeric[]),
            CAST(:grosses AS numeric[]), CAST(:item_statuses AS text[]),
            CAST(:shipped AS int[]), CAST(:handed_over AS timestamptz[]))
            AS i(id, product_id, variant_id, position, name, sku, snapshot, quantity,
                unit_price, total, discount, tax, net, gross, status, shipped, handed_over)
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
            cancelled_by = :cancelled_by,
            shipped_at = :shipped_at, delivered_at = :delivered_at,
            tracking_number = :tracking_number, credited_amount = :credited,
            owed_amount = :owed,
            staged_edit = CAST(:staged AS jsonb), staged_until = :staged_until
        WHERE id = :id AND version = :loaded_version
        RETURNING id
    ), lines AS (
        UPDATE order_items SET shipped_quantity = i.shipped,
            returning_quantity = i.asked_back, returned_quantity = i.returned,
            claimed_quantity = i.claimed, lost_quantity = i.lost,
            handed_over_at = i.handed_over,
            status = CAST(i.status AS order_status)
        FROM changed, unnest(CAST(:item_ids AS uuid[]), CAST(:shipped AS int[]),
            CAST(:returning AS int[]), CAST(:returned AS int[]), CAST(:claimed AS int[]),
            CAST(:lost AS int[]), CAST(:handed_over AS timestamptz[]),
            CAST(:item_statuses AS text[]))
            AS i(id, shipped, asked_back, returned, claimed, lost, handed_over, status)
        WHERE order_items.order_id = changed.id AND order_items.id = i.id
            AND (order_items.shipped_quantity, order_items.returning_quantity,
                order_items.returned_quantity, order_items.claimed_quantity,
                order_items.lost_quantity, order_items.status)
                IS DISTINCT FROM (i.shipped, i.asked_back, i.returned, i.claimed, i.lost,
                    CAST(i.status AS order_status))
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

_RESTATE = text("""
    WITH sums AS (
        UPDATE orders SET subtotal = :subtotal, tax_rate = :tax_rate, tax_amount = :tax_amount,
            shipping_amount = :shipping_amount, discount_amount = :discount_amount,
            total_amount = :total_amount, details = CAST(:details AS jsonb),
            shipping_address = CAST(:shipping_address AS jsonb),
            shipping_method = :shipping_method, shipping_method_name = :shipping_method_name
        WHERE id = :id
    )
    INSERT INTO order_items (id, order_id, product_id, product_variant_id, position,
        product_name, product_sku, product_snapshot, quantity, unit_price, total_price,
        discount_amount, tax_amount, net_amount, gross_amount, details, status,
        shipped_quantity, cancelled_quantity, handed_over_at, created_at)
    SELECT i.id, :id, i.product_id, i.variant_id, i.position, i.name, i.sku,
        CAST(i.snapshot AS jsonb), i.quantity, i.unit_price, i.total, i.discount, i.tax,
        i.net, i.gross, '{}', CAST(i.status AS order_status), i.shipped, i.cancelled,
        i.handed_over, :updated_at
    FROM unnest(CAST(:item_ids AS uuid[]), CAST(:product_ids AS uuid[]),
        CAST(:variant_ids AS uuid[]), CAST(:positions AS int[]), CAST(:names AS text[]),
        CAST(:skus AS text[]), CAST(:snapshots AS text[]), CAST(:quantities AS int[]),
        CAST(:unit_prices AS numeric[]), CAST(:totals AS numeric[]),
        CAST(:discounts AS numeric[]), CAST(:taxes AS numeric[]), CAST(:nets AS numeric[]),
        CAST(:grosses AS numeric[]), CAST(:item_statuses AS text[]),
        CAST(:shipped AS int[]), CAST(:cancelled AS int[]), CAST(:handed_over AS timestamptz[]))
        AS i(id, product_id, variant_id, position, name, sku, snapshot, quantity,
            unit_price, total, discount, tax, net, gross, status, shipped, cancelled, handed_over)
    ON CONFLICT (id) DO UPDATE SET quantity = EXCLUDED.quantity,
        cancelled_quantity = EXCLUDED.cancelled_quantity, total_price = EXCLUDED.total_price,
        discount_amount = EXCLUDED.discount_amount, tax_amount = EXCLUDED.tax_amount,
        net_amount = EXCLUDED.net_amount, gross_amount = EXCLUDED.gross_amount
""")

_SHIP = text("""
    WITH parcels AS (
        INSERT INTO shipments (id, order_id, carrier, tracking_number, tracking_url, shipped_at,
            delivered_at, lost_at)
        SELECT p.id, :id, p.carrier, p.tracking_number, p.tracking_url, p.shipped_at,
            p.delivered_at, p.lost_at
        FROM unnest(CAST(:parcel_ids AS uuid[]), CAST(:carriers AS text[]),
            CAST(:tracking_numbers AS text[]), CAST(:tracking_urls AS text[]),
            CAST(:shipped_times AS timestamptz[]), CAST(:delivered_times AS timestamptz[]),
            CAST(:lost_times AS timestamptz[]))
            AS p(id, carrier, tracking_number, tracking_url, shipped_at, delivered_at, lost_at)
        ON CONFLICT (id) DO UPDATE SET carrier = EXCLUDED.carrier,
            tracking_number = EXCLUDED.tracking_number, tracking_url = EXCLUDED.tracking_url,
            delivered_at = EXCLUDED.delivered_at, lost_at = EXCLUDED.lost_at
    )
    INSERT INTO shipment_items (shipment_id, order_item_id, quantity)
    SELECT n.parcel_id, n.item_id, n.quantity
    FROM unnest(CAST(:content_parcels AS uuid[]), CAST(:content_items AS uuid[]),
        CAST(:content_quantities AS int[])) AS n(parcel_id, item_id, quantity)
    ON CONFLICT DO NOTHING
""")

_EDITS_OVERDUE = text("""
    SELECT id FROM orders WHERE staged_until <= :at ORDER BY staged_until, id LIMIT :limit
""")

_SOLD_BY = text("""
    SELECT i.id FROM order_items i JOIN products p ON p.id = i.product_id
    WHERE i.order_id = :order_id AND p.vendor_id = :vendor_id
""")

_TIMELINE = text("""
    SELECT id, at, kind, actor, reason, data::text AS data FROM order_events
    WHERE order_id = :order_id ORDER BY at, id
""")


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

    async def hold(self, order: Order) -> bool:
        """Lock the order until the work ends; whether it still is what was read."""
        version: int | None = await self.session.fetch_value(_LOCK, {"id": order.id})
        return version == order.version

    async def any_of(
        self,
        user_id: UserId | None,
        email: str | None,
        *,
        besides: OrderId | None = None,
        lock: bool = False,
    ) -> bool:
        """Whether the account or the e-mail has an order that was not cancelled."""
        if lock:
            # A statement of its own: what the lock's last holder committed is seen by one
            # that begins after the lock was taken.
            await self.session.later(_LOCK_CUSTOMER, {"locks": _locks(user_id, email)})
        asked = {"user_id": user_id, "email": email, "besides": besides}
        found = await self.session.fetch_value(_ANY_OF, asked)
        return bool(found)

    async def add(self, order: Order) -> None:
        """Store a new order, its items and its first events, in one statement."""
        row = to_row(order) | item_rows(order) | self._facts(order)
        taken = {"orders_order_number_key": NumberTaken(order.number)}
        await self.session.later(_ADD, row, refusals=taken)
        self.record(*order.events)

    async def save(self, order: Order) -> None:
        """Store what can change of an order, and its new events."""
        row = to_row(order) | item_rows(order) | self._facts(order)
        row["loaded_version"] = order.version
        changed = VersionConflict("order", str(order.id))
        await self.session.later(_SAVE, row, touching=1, otherwise=changed)
        if order.restated:
            await self.session.later(KEEP_QUOTE, row)
            await self.session.later(_RESTATE, row)
        if order.shipments:
            await self.session.later(_SHIP, parcel_rows(order))
        self.record(*order.events)

    async def edits_overdue(self, at: datetime, *, limit: int) -> tuple[OrderId, ...]:
        """The orders beside which an edit waits past its deadline, the longest overdue first."""
        rows = await self.session.fetch_all(_EDITS_OVERDUE, {"at": at, "limit": limit})
        return tuple(OrderId(row.id) for row in rows)

    async def sold_by(self, vendor_id: UserId, order_id: OrderId) -> frozenset[LineId]:
        """The order's lines whose products are that account's today."""
        params = {"vendor_id": vendor_id, "order_id": order_id}
        return frozenset(LineId(row.id) for row in await self.session.fetch_all(_SOLD_BY, params))

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
        entries = [TimelineEntry.of(event, id=self.ids.uuid()) for event in events]
        return {
            "event_ids": [entry.id for entry in entries],
            "event_times": [entry.at for entry in entries],
            "event_kinds": [entry.kind for entry in entries],
            "event_actors": [entry.actor for entry in entries],
            "event_reasons": [entry.reason for entry in entries],
            "event_data": [json_text(entry.data) for entry in entries],
        }


def _locks(user_id: UserId | None, email: str | None) -> list[int]:
    """The advisory locks of a customer, in the order in which everybody takes them."""
    names = [f"customer\naccount:{user_id}"] if user_id else []
    names += [f"customer\nemail:{email}"] if email else []
    digests = (blake2b(name.encode(), digest_size=8).digest() for name in names)
    return sorted(int.from_bytes(digest, signed=True) for digest in digests)
