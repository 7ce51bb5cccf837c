"""How the catalogue is read: few statements, by indexes, from cursors that nobody can forge."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg import sql
from sqlalchemy import Executable

from automate_store.adapters.postgres._wire import Wire
from automate_store.adapters.postgres.catalog.cursors import read_cursor, write_cursor
from automate_store.adapters.postgres.catalog.queries import PostgresCatalogQueries
from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.adapters.postgres.pricing import ShopCache
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.postgres.shelf import PostgresShelf
from automate_store.adapters.postgres.statements import NOTHING, Compiled, Params, compiled
from automate_store.application.catalog.importing import BATCH
from automate_store.application.errors import BadCursor
from automate_store.application.ports.catalog import PageRequest, ProductFilter, ProductSort
from tests.application.catalogs import Warehouse, postgres_ports
from tests.application.trading import PRICING

ROWS = 20_000
"""Products of the big shop: enough for the planner to prefer an index where it can."""
PLANTED = """
    INSERT INTO categories (name, slug) SELECT 'C' || n, 'c-' || n FROM generate_series(1, 50) n;
    INSERT INTO products (name, slug, sku, currency, price, lowest_price, highest_price, status,
        category_id, created_at, featured)
    SELECT 'Product ' || n, 'p-' || n, 'S-' || n, 'USD', n % 997, n % 997, n % 997, 'active',
        (SELECT id FROM categories WHERE slug = 'c-' || (n % 50 + 1)),
        timestamptz '2026-01-01' + n % 9973 * interval '1 minute', n % 100 = 0
    FROM generate_series(1, {rows}) n;
    INSERT INTO product_variants (product_id, sku, name)
    SELECT id, 'V-' || sku, 'Default' FROM products;
    INSERT INTO stock_items (variant_id, location_id, on_hand)
    SELECT v.id, l.id, 1 FROM product_variants v, stock_locations l;
    INSERT INTO product_images (product_id, url)
    SELECT id, 'https://img.example/' || slug FROM products;
    ANALYZE;
"""


class CountingSession(Session):
    """A session that keeps what it was asked to run."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.ran: list[tuple[Executable, Params]] = []

    async def later(self, statement: Executable, params: Params = NOTHING, **options: Any) -> None:
        self.ran.append((statement, params))
        await super().later(statement, params, **options)


class CountingPool(Pool):
    """A pool whose connections count the statements that they send."""

    def __init__(self, settings: PoolSettings) -> None:
        super().__init__(settings)
        self.ran = 0

    async def _connect(self) -> Wire:
        driver = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        return CountingWire(driver, self)


class CountingWire(Wire):
    """A connection that counts what it sends."""

    def __init__(self, driver: psycopg.AsyncConnection[Any], pool: CountingPool) -> None:
        super().__init__(driver, answer_timeout_s=pool.settings.statement_timeout_s)
        self._pool = pool

    async def run(self, batch: Sequence[tuple[Compiled, Any]]) -> Any:
        self._pool.ran += len(batch)
        return await super().run(batch)


@pytest.fixture(scope="module")
def big_shop(module_postgres_url: str) -> str:
    """A database with many products."""
    with psycopg.connect(module_postgres_url, autocommit=True) as connection:
        for statement in PLANTED.split(";")[:-1]:
            connection.execute(statement.replace("{rows}", str(ROWS)).encode())
    return module_postgres_url


async def test_a_page_a_product_and_a_shelf_are_one_statement_each(pool: Pool) -> None:
    shop = Warehouse(postgres_ports(pool))
    await shop.take(
        *(f"p-{n},P {n},Size,S,S-{n},5.00,1\np-{n},,,L,L-{n},6.00,1" for n in range(30))
    )
    ids = [one.id for each in await shop.products() for one in each.variants]
    async with CountingSession(pool) as session:
        queries, shelf = PostgresCatalogQueries(session), PostgresShelf(session, ShopCache(PRICING))
        await queries.list_products(ProductFilter(), PageRequest(limit=24, cursor=None))
        assert len(session.ran) == 1
        await queries.product("p-1")
        assert len(session.ran) == 2
        await shelf.of(ids[:1])
        before = len(session.ran)
        await shelf.of(ids)
        assert len(session.ran) == before + 1


async def test_filters_by_name_look_the_name_up_once(pool: Pool) -> None:
    shop = Warehouse(postgres_ports(pool))
    header = "Handle,Title,Variant Price,Vendor,Type"
    await shop.take(*(f"p-{n},P {n},5.00,Acme,Pots" for n in range(30)), header=header)
    wanted = ProductFilter(category="pots", brand="acme", in_stock=None)
    async with CountingSession(pool) as session:
        page = PageRequest(limit=24, cursor=None)
        found = await PostgresCatalogQueries(session).list_products(wanted, page)
    assert (len(found.items), len(session.ran)) == (24, 3)


async def test_an_import_runs_as_many_statements_for_many_products_as_for_few(
    postgres_url: str,
) -> None:
    pool = CountingPool(PoolSettings(url=postgres_url))
    shop, ran = Warehouse(postgres_ports(pool)), []
    try:
        for count in (2, BATCH):
            before = pool.ran
            await shop.take(*(f"{count}-{n},P {n},,,S-{count}-{n},5.00,1" for n in range(count)))
            ran.append(pool.ran - before)
    finally:
        pool.close()
    assert ran[0] == ran[1] < 30


@pytest.mark.parametrize("deep", [False, True], ids=["first", "deep"])
@pytest.mark.parametrize("descending", [False, True], ids=["rising", "falling"])
@pytest.mark.parametrize("sort", ProductSort)
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_a_page_is_read_from_an_index_however_deep_it_stands(
    big_shop: str, sort: ProductSort, mode: str, *, descending: bool, deep: bool
) -> None:
    page = PageRequest(limit=24, cursor=None, sort=sort, descending=descending)
    plan = await _plan(big_shop, ProductFilter(), page, deep=deep, mode=mode)
    (read,) = [node for node in _nodes(plan) if node.get("Relation Name") == "products"]
    assert (read["Node Type"], read["Actual Rows"]) == ("Index Scan", 25)
    # Each product with its image, its variants and their stock, and nothing else.
    assert _rows_read(plan) <= 25 * 4


@pytest.mark.parametrize(
    "wanted",
    [
        ProductFilter(category="c-7"),
        ProductFilter(category="c-7", in_stock=True),
        ProductFilter(featured=True),
        ProductFilter(min_price=Decimal(100), max_price=Decimal(120)),
        ProductFilter(in_stock=True),
    ],
    ids=["category", "category in stock", "featured", "price range", "in stock"],
)
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_a_filtered_page_leaves_most_products_unread(
    big_shop: str, wanted: ProductFilter, mode: str
) -> None:
    page = PageRequest(limit=24, cursor=None)
    plan = await _plan(big_shop, wanted, page, deep=False, mode=mode)
    assert _rows_read(plan) < ROWS / 4


_SORTS = st.sampled_from(ProductSort)
_KEYS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=20),
    st.floats().map(repr),
    st.datetimes().map(lambda at: at.isoformat()),
    st.decimals().map(str),
    st.lists(st.integers(), max_size=2),
)


@given(sort=_SORTS, descending=st.booleans(), id_=st.uuids(), data=st.data())
def test_a_cursor_says_where_the_page_ended(
    sort: ProductSort, *, descending: bool, id_: UUID, data: st.DataObject
) -> None:
    kinds: dict[ProductSort, st.SearchStrategy[object]] = {
        ProductSort.NAME: st.text(
            st.characters(codec="utf-8", exclude_characters="\0"), max_size=255
        ),
        ProductSort.PRICE: st.decimals(0, 10**9, places=4),
        ProductSort.CREATED_AT: st.datetimes(timezones=st.just(UTC)),
    }
    key = data.draw(kinds[sort])
    page = PageRequest(limit=1, cursor=None, sort=sort, descending=descending)
    cursor = write_cursor(page, key, id_)
    assert read_cursor(evolve(page, cursor=cursor)) == (key, id_)
    for other in (
        evolve(page, cursor=cursor, descending=not descending),
        evolve(page, cursor=cursor[:-3]),
        *(evolve(page, cursor=cursor, sort=one) for one in ProductSort if one is not sort),
    ):
        with pytest.raises(BadCursor):
            read_cursor(other)


@given(
    sort=_SORTS,
    mark=st.tuples(
        _SORTS.map(str) | st.text(max_size=5), st.booleans(), _KEYS, st.text() | st.uuids().map(str)
    ),
)
@example(sort=ProductSort.PRICE, mark=("price", True, "NaN", str(UUID(int=0))))
@example(sort=ProductSort.PRICE, mark=("price", True, "1e999999", str(UUID(int=0))))
@example(
    sort=ProductSort.CREATED_AT, mark=("created_at", True, "2026-01-01T00:00:00", str(UUID(int=0)))
)
@example(sort=ProductSort.NAME, mark=("name", True, "\0", str(UUID(int=0))))
def test_a_forged_cursor_is_refused_or_leads_somewhere(
    module_postgres_url: str, sort: ProductSort, mark: tuple[object, ...]
) -> None:
    cursor = urlsafe_b64encode(json.dumps(mark).encode()).decode()
    asyncio.run(_browse(module_postgres_url, PageRequest(limit=1, cursor=cursor, sort=sort)))


@given(cursor=st.text(max_size=60))
def test_no_text_is_more_than_a_bad_cursor(cursor: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(PageRequest(limit=1, cursor=cursor))


async def _browse(url: str, page: PageRequest) -> None:
    pool = Pool(PoolSettings(url=url))
    try:
        async with Session(pool) as session:
            with suppress(BadCursor):
                await PostgresCatalogQueries(session).list_products(ProductFilter(), page)
    finally:
        pool.close()


async def _plan(
    url: str, wanted: ProductFilter, page: PageRequest, *, deep: bool, mode: str
) -> dict[str, Any]:
    """What PostgreSQL did for the page, the first or one in the middle of the list."""
    pool = Pool(PoolSettings(url=url))
    try:
        async with CountingSession(pool) as session:
            queries = PostgresCatalogQueries(session)
            if deep:
                for _ in range(20):
                    found = await queries.list_products(wanted, evolve(page, limit=100))
                    page = evolve(page, cursor=found.next_cursor)
            await queries.list_products(wanted, page)
            statement, params = session.ran[-1]
    finally:
        pool.close()
    return _explained(url, statement, params, mode)


def _explained(url: str, statement: Executable, params: Params, mode: str) -> dict[str, Any]:
    form = compiled(statement, params)
    values = sql.SQL(", ").join(sql.Literal(value) for value in form.values(params))
    asked = sql.SQL("({})").format(values) if form.names else sql.SQL("")
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(sql.SQL("SET plan_cache_mode = {}").format(sql.Identifier(mode)))
        connection.execute(b"PREPARE asked AS " + form.sql)
        row = connection.execute(
            sql.SQL("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked {}").format(asked)
        ).fetchone()
    assert row is not None
    plan: dict[str, Any] = row[0][0]["Plan"]
    return plan


def _rows_read(plan: dict[str, Any]) -> float:
    """How many rows of tables were looked at, those that were passed over included."""
    looked_at: float = sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in _nodes(plan)
        if "Relation Name" in node
    )
    return looked_at


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
