"""How staff's lists of products are read: by an index, whatever they ask for and however deep."""

from __future__ import annotations

import psycopg
import pytest

from automate_store.adapters.postgres.catalog import listing
from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.application.ports.catalog import ProductsOfStaff
from automate_store.domain.catalog import ProductStatus
from automate_store.domain.kernel.ids import ProductId, UserId
from tests.adapters.postgres.test_catalog_queries import CountingSession, _explained, _rows_read

ROWS, LIMIT = 20_000, 21
PLANTED = """
    INSERT INTO users (email, password_hash, first_name, last_name, role)
    SELECT 'v' || n || '@example.com', '', 'V', 'N', 'vendor' FROM generate_series(1, 100) n;
    INSERT INTO products (name, slug, sku, currency, price, lowest_price, highest_price, status,
        vendor_id)
    SELECT 'Product ' || n, 'p-' || n, 'S-' || n, 'USD', 1, 1, 1,
        (CASE WHEN n % 200 = 0 THEN 'draft' WHEN n % 7 = 0 THEN 'archived' ELSE 'active' END)
            ::product_status,
        (SELECT id FROM users WHERE email = 'v' || (n % 150) || '@example.com')
    FROM generate_series(1, 20000) n;
    INSERT INTO product_variants (product_id, sku, name)
    SELECT id, 'V-' || sku, 'Default' FROM products;
    INSERT INTO product_images (product_id, url)
    SELECT id, 'https://img.example/' || slug FROM products;
    ANALYZE;
"""


@pytest.fixture(scope="module")
def big_shop(module_postgres_url: str) -> str:
    """A database with many products, of the store's own and of a hundred vendors."""
    with psycopg.connect(module_postgres_url, autocommit=True) as connection:
        connection.execute(PLANTED)
    return module_postgres_url


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("deep", [False, True], ids=["first", "deep"])
@pytest.mark.parametrize("status", [None, *ProductStatus])
@pytest.mark.parametrize("of_vendor", [False, True], ids=["all", "own"])
async def test_a_page_reads_hardly_more_than_it_shows(
    big_shop: str, mode: str, *, deep: bool, status: ProductStatus | None, of_vendor: bool
) -> None:
    with psycopg.connect(big_shop) as connection:
        found = connection.execute("SELECT id FROM users WHERE email = 'v1@example.com'").fetchone()
        middle = connection.execute("SELECT id FROM products ORDER BY id OFFSET 10000").fetchone()
    assert found is not None
    assert middle is not None
    wanted = ProductsOfStaff(status=status, vendor_id=UserId(found[0]) if of_vendor else None)
    pool = Pool(PoolSettings(url=big_shop))
    try:
        async with CountingSession(pool) as session:
            before = ProductId(middle[0]) if deep else None
            await listing.page(session, wanted, before=before, limit=LIMIT)
            statement, params = session.ran[-1]
    finally:
        pool.close()
    plan = _explained(big_shop, statement, params, mode)
    # A product, its variant and its image; of a vendor all there are, at most.
    assert _rows_read(plan) <= 3 * (200 if of_vendor else LIMIT) + LIMIT
