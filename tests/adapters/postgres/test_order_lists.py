"""How lists of orders are read: by an index, whoever asks, for what, and however deep."""

from __future__ import annotations

from datetime import datetime

import psycopg
import pytest
from attrs import evolve

from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.adapters.postgres.orders import PostgresOrderLists
from automate_store.application.ports.order_lists import (
    FIRST_ITEMS,
    OrderFilter,
    OrderPlace,
    OrderRecord,
)
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.orders import OrderStatus, PaymentStatus
from tests.adapters.postgres.test_catalog_queries import CountingSession, _explained, _rows_read

LIMIT = 21
ITEMS = 4
"""Of each order."""
ORDERS = 30_000
TO_SHIP = 300
"""Orders of which an item has not left."""
PLANTED = """
    INSERT INTO users (email, password_hash, first_name, last_name)
    SELECT 'c' || n || '@example.com', '', 'C', 'N' FROM generate_series(1, 100) n;
    INSERT INTO orders (order_number, user_id, guest_email, status, payment_status, subtotal,
        total_amount, shipping_address, billing_address, placed_at, created_at)
    SELECT 'N-' || n, u.id, coalesce(u.email, 'g' || n % 500 || '@example.com'),
        (CASE WHEN n % 200 = 0 THEN 'pending' WHEN n % 20 = 1 THEN 'processing'
            WHEN n % 20 = 2 THEN 'shipped' WHEN n % 10 = 3 THEN 'cancelled'
            WHEN n % 50 = 4 THEN 'refunded' ELSE 'delivered' END)::order_status,
        (CASE WHEN n % 200 = 0 OR n % 10 = 3 THEN 'pending' WHEN n % 50 = 4 THEN 'refunded'
            WHEN n % 50 = 5 THEN 'partially_refunded' ELSE 'paid' END)::payment_status,
        1, 1, '{}', '{}', at, at
    FROM generate_series(1, 30000) n
    CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 minute' AS at) moments
    LEFT JOIN users u ON u.email = 'c' || (CASE WHEN n % 3 = 0 THEN 1 ELSE n % 150 END)
        || '@example.com';
    INSERT INTO products (name, slug, sku, currency, price, lowest_price, highest_price, status)
    VALUES ('Shirt', 'shirt', 'S', 'USD', 1, 1, 1, 'active');
    INSERT INTO product_variants (product_id, sku, name) SELECT id, 'S', 'Default' FROM products;
    INSERT INTO order_items (order_id, position, product_id, product_variant_id, product_name,
        product_sku, product_snapshot, quantity, unit_price, total_price, status)
    SELECT o.id, n, v.product_id, v.id, 'Shirt', 'S', '{}', 1, 1, 1,
        (CASE WHEN n = 4 AND o.status = 'processing' AND o.order_number LIKE '%01'
            THEN 'processing' ELSE 'delivered' END)::order_status
    FROM orders o, product_variants v, generate_series(1, 4) n;
    ANALYZE;
"""


@pytest.fixture(scope="module")
def busy_shop(module_postgres_url: str) -> str:
    """A database with many orders, a third of them one customer's."""
    with psycopg.connect(module_postgres_url, autocommit=True) as connection:
        connection.execute(PLANTED)
    return module_postgres_url


FILTERS = {
    "all": OrderFilter(),
    "delivered": OrderFilter(status=OrderStatus.DELIVERED),
    "pending": OrderFilter(status=OrderStatus.PENDING),
    "paid": OrderFilter(payment_status=PaymentStatus.PAID),
    "refunded": OrderFilter(payment_status=PaymentStatus.REFUNDED),
    "sent and paid": OrderFilter(status=OrderStatus.SHIPPED, payment_status=PaymentStatus.PAID),
    "of an e-mail": OrderFilter(email="c1@example.com"),
    "of a number": OrderFilter(number="N-777"),
    "of a day": OrderFilter(
        placed_from=datetime.fromisoformat("2026-01-05T00:00:00+00:00"),
        placed_until=datetime.fromisoformat("2026-01-06T00:00:00+00:00"),
    ),
}
OWN = {
    "own": OrderFilter(),
    "own delivered": OrderFilter(status=OrderStatus.DELIVERED),
    "own pending": OrderFilter(status=OrderStatus.PENDING),
}


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("deep", [False, True], ids=["first", "deep"])
@pytest.mark.parametrize("asked", [*FILTERS, *OWN])
async def test_a_page_reads_hardly_more_than_it_shows(
    busy_shop: str, mode: str, asked: str, *, deep: bool
) -> None:
    with psycopg.connect(busy_shop) as connection:
        found = connection.execute("SELECT id FROM users WHERE email = 'c1@example.com'").fetchone()
    assert found is not None
    wanted = evolve(OWN[asked], user_id=UserId(found[0])) if asked in OWN else FILTERS[asked]
    pool = Pool(PoolSettings(url=busy_shop))
    try:
        async with CountingSession(pool) as session:
            lists = PostgresOrderLists(session)
            before = await _fortieth(lists, wanted) if deep else None
            session.ran.clear()
            shown = await lists.page(wanted, before=before, limit=LIMIT)
            ((statement, params),) = session.ran
    finally:
        pool.close()
    assert len(shown) == (1 if asked == "of a number" else LIMIT) or deep
    plan = _explained(busy_shop, statement, params, mode)
    # Each order, its items once for their count and once for the first of them.
    assert _rows_read(plan) <= LIMIT * (1 + ITEMS + ITEMS) + LIMIT


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_what_is_to_be_shipped_is_found_without_looking_at_the_rest(
    busy_shop: str, mode: str
) -> None:
    pool = Pool(PoolSettings(url=busy_shop))
    try:
        async with CountingSession(pool) as session:
            wanted = OrderFilter(to_ship=True)
            shown = await PostgresOrderLists(session).page(wanted, before=None, limit=LIMIT)
            ((statement, params),) = session.ran
    finally:
        pool.close()
    assert len(shown) == LIMIT
    plan = _explained(busy_shop, statement, params, mode)
    # An item of each order that waits and the order itself, or the newest until enough of them
    # wait, as the planner's sample has it; and what the page shows of them.
    found = max(2 * TO_SHIP, 2 * ORDERS * LIMIT // TO_SHIP)
    assert _rows_read(plan) <= found + LIMIT * (1 + ITEMS + ITEMS) + LIMIT


async def test_a_page_is_one_statement_however_many_items_and_orders_there_are(
    busy_shop: str,
) -> None:
    pool = Pool(PoolSettings(url=busy_shop))
    try:
        async with CountingSession(pool) as session:
            found = await PostgresOrderLists(session).page(OrderFilter(), before=None, limit=100)
    finally:
        pool.close()
    assert (len(session.ran), len(found)) == (1, 100)
    assert {(len(each.first_items), each.units) for each in found} == {(FIRST_ITEMS, ITEMS)}


async def _fortieth(lists: PostgresOrderLists, wanted: OrderFilter) -> OrderPlace | None:
    """Where the second page ends, or the last order where there are fewer."""
    found: tuple[OrderRecord, ...] = await lists.page(wanted, before=None, limit=40)
    return found[-1].place if found else None
