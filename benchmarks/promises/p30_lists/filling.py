"""Rows for every list: some made by staff, of which the many are copies, others written as such."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from benchmarks.rig.database import TemporaryDatabase
from benchmarks.rig.shop import STAFF
from benchmarks.rig.shoppers import API, Shoppers

FEW = 130
"""More than the longest page holds."""

_FIRST: Mapping[str, Mapping[str, object]] = {
    "taxes": {
        "code": "p30-first",
        "name": "A tax",
        "rate": "0.05",
        "zone": {"country": "DE"},
        "applies_to_shipping": True,
    },
    "shipping-methods": {
        "code": "p30-first",
        "name": "By post",
        "rate": {"kind": "flat", "amount": {"amount": "4.90", "currency": "USD"}},
        "zones": [{"country": "DE"}],
    },
    "promotions": {
        "code": "p30-first",
        "name": "Nothing off yet",
        "actions": [{"kind": "percent_off_order", "percent": "5"}],
        "active": False,
    },
}
_COPIES = ("tax_rates", "shipping_methods", "promotions")
_COPY = """
    INSERT INTO {table} SELECT (jsonb_populate_record(first,
        jsonb_build_object('id', uuidv7(), 'code', 'p30-' || n))).*
    FROM {table} first, generate_series(%(first)s::int, %(last)s::int) n
    WHERE first.code = 'p30-first'
"""
_FEW = """
    INSERT INTO brands (id, name, slug)
    SELECT uuidv7(), 'Brand ' || n, 'p30-' || n
    FROM generate_series(%(first)s::int, %(last)s::int) n;

    INSERT INTO categories (id, name, slug)
    SELECT uuidv7(), 'Shelf ' || n, 'p30-' || n
    FROM generate_series(%(first)s::int, %(last)s::int) n;

    INSERT INTO coupon_batches (id, name, prefix, amount)
    SELECT uuidv7(), 'Letter ' || n, 'P30', 1
    FROM generate_series(%(first)s::int, %(last)s::int) n
"""
"""What no shop has many of."""

_MANY = """
    INSERT INTO products (id, name, slug, sku, currency, price, lowest_price, highest_price,
        status, published_at, created_at)
    SELECT uuidv7(), 'Shirt ' || n, 'p30-' || n, 'P30-' || n, 'USD', 10 + n %% 90, 10 + n %% 90,
        10 + n %% 90, 'active', now(), now() + n * interval '1 ms'
    FROM generate_series(%(first)s::int, %(last)s::int) n;

    INSERT INTO product_variants (id, product_id, sku, name, price)
    SELECT uuidv7(), p.id, p.sku, 'Default', p.price
    FROM generate_series(%(first)s::int, %(last)s::int) n JOIN products p ON p.slug = 'p30-' || n;

    -- One in ten runs low, and so do the first ones.
    INSERT INTO stock_items (variant_id, location_id, on_hand)
    SELECT v.id, l.id, CASE WHEN n %% 10 = 0 OR n <= 130 THEN 3 ELSE 300 END
    FROM stock_locations l, generate_series(%(first)s::int, %(last)s::int) n
    JOIN product_variants v ON v.sku = 'P30-' || n;

    INSERT INTO inventory_movements (id, product_id, product_variant_id, location_id,
        movement_type, quantity_change, quantity_after, reference_type, notes, actor)
    SELECT uuidv7(), v.product_id, v.id, s.location_id, 'restock', s.on_hand, s.on_hand,
        'manual', 'opening', 'checks'
    FROM generate_series(%(first)s::int, %(last)s::int) n
    JOIN product_variants v ON v.sku = 'P30-' || n JOIN stock_items s ON s.variant_id = v.id;

    INSERT INTO users (id, email, password_hash, first_name, last_name)
    SELECT uuidv7(), 'p30-' || n || '@example.net', 'none', 'Ada', 'Byron'
    FROM generate_series(%(first)s::int, %(last)s::int) n;

    -- Called off, so that nothing is held or was paid for them.
    INSERT INTO orders (id, order_number, cart_id, user_id, guest_email, status, state, subtotal,
        total_amount, shipping_address, billing_address, placed_at, created_at)
    SELECT uuidv7(), 'P30-' || n, uuidv7(), %(buyer)s, 'p30-' || n || '@example.net',
        'cancelled', 'cancelled', 10, 10, '{}', '{}', at, at
    FROM generate_series(%(first)s::int, %(last)s::int) n
    CROSS JOIN LATERAL (SELECT now() + n * interval '1 ms' AS at) moments;

    INSERT INTO order_items (id, order_id, position, product_id, product_variant_id,
        product_name, product_sku, product_snapshot, quantity, unit_price, total_price)
    SELECT uuidv7(), o.id, 1, v.product_id, v.id, 'Shirt ' || n, v.sku, '{}', 1, 10, 10
    FROM generate_series(%(first)s::int, %(last)s::int) n
    JOIN orders o ON o.order_number = 'P30-' || n JOIN product_variants v ON v.sku = 'P30-' || n;

    INSERT INTO returns (id, order_id, return_number, status, reason)
    SELECT uuidv7(), o.id, 'R-P30-' || n, 'rejected', 'changed_mind'
    FROM generate_series(%(first)s::int, %(last)s::int) n
    JOIN orders o ON o.order_number = 'P30-' || n;

    INSERT INTO return_items (return_id, order_item_id, quantity, reason)
    SELECT r.id, i.id, 1, 'changed_mind'
    FROM generate_series(%(first)s::int, %(last)s::int) n
    JOIN returns r ON r.return_number = 'R-P30-' || n JOIN order_items i ON i.order_id = r.order_id;

    -- Parked, as another amount was reported, with a refund that was never given.
    INSERT INTO payments (id, order_id, payment_method, payment_intent_id, amount, currency,
        status, state, gateway_response, reported)
    SELECT uuidv7(), o.id, 'manual', 'p30-' || n, 10, 'USD', 'pending', 'parked', '{}',
        jsonb_build_object('intent_id', 'p30-' || n, 'state', 'captured', 'client', '{}'::jsonb,
            'amount', jsonb_build_object('minor', 900, 'currency', 'USD'))
    FROM generate_series(%(first)s::int, %(last)s::int) n
    JOIN orders o ON o.order_number = 'P30-' || n;

    INSERT INTO refunds (id, payment_id, order_id, amount, currency, reason, state, actor)
    SELECT uuidv7(), p.id, p.order_id, 1, 'USD', 'no reason', 'failed', 'checks'
    FROM generate_series(%(first)s::int, %(last)s::int) n
    JOIN payments p ON p.payment_intent_id = 'p30-' || n;

    INSERT INTO disputes (id, payment_id, order_id, gateway, gateway_dispute_id, amount, currency,
        reason, state, opened_at)
    SELECT uuidv7(), p.id, p.order_id, 'manual', 'p30-' || n, 1, 'USD', 'fraud', 'won', now()
    FROM generate_series(%(first)s::int, %(last)s::int) n
    JOIN payments p ON p.payment_intent_id = 'p30-' || n;

    INSERT INTO webhook_events (id, gateway, event_id, kind, happened_at, state)
    SELECT uuidv7(), 'manual', 'p30-' || n, 'nothing', now(), 'dismissed'
    FROM generate_series(%(first)s::int, %(last)s::int) n;

    INSERT INTO audit_trail (id, actor, action, subject)
    SELECT uuidv7(), 'checks', 'p30.filled', 'nothing ' || n
    FROM generate_series(%(first)s::int, %(last)s::int) n;

    INSERT INTO coupons (id, code, name, type, value, currency)
    SELECT uuidv7(), 'P30-' || n, '10 off', 'percentage', 10, 'USD'
    FROM generate_series(%(first)s::int, %(last)s::int) n
"""


async def fill_first(shoppers: Shoppers) -> None:
    """One of each thing whose columns are the store's own matter."""
    for path, body in _FIRST.items():
        answer = await shoppers.ask("POST", f"{API}/admin/{path}", body, headers=STAFF)
        assert answer.ok, f"nothing could be added to {path}: {answer}"


def fill(database: TemporaryDatabase, *, buyer: UUID, beyond: int, upto: int) -> None:
    """Rows of each kind from the one number to the other; of most kinds FEW are enough."""
    numbers = {"first": beyond + 1, "last": upto, "buyer": buyer}
    with database.connect() as connection:
        if upto <= FEW:
            for query in (*_FEW.split(";"), *(_COPY.format(table=table) for table in _COPIES)):
                connection.execute(query.encode(), numbers)
        for query in _MANY.split(";"):
            connection.execute(query.encode(), numbers)
        connection.execute(b"VACUUM ANALYZE")
