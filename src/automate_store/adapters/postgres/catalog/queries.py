"""
What customers browse: active products only, each answer from one statement.

Lists begin where the page before ended (keyset): its cursor carries the last sort key and
id, so that a page costs the same however deep it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from attrs import frozen
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TIMESTAMP, Numeric, Text, Uuid

from automate_store.adapters.postgres.catalog.cursors import read_cursor, write_cursor
from automate_store.adapters.postgres.catalog.detail import DETAIL, to_detail
from automate_store.adapters.postgres.catalog.rows import to_brand, to_category
from automate_store.adapters.postgres.rows import Row, maybe_money, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.postgres.tables import (
    brands,
    catalogue_version,
    categories,
    product_images,
    product_variants,
    products,
    stock_items,
)
from automate_store.application.ports.catalog import (
    CategoryNode,
    Page,
    PageRequest,
    ProductDetail,
    ProductFilter,
    ProductSort,
    ProductSummary,
)
from automate_store.domain.catalog import (
    Brand,
    BrandNotFound,
    Category,
    CategoryNotFound,
    ProductNotFound,
)
from automate_store.domain.inventory import DEFAULT_LOCATION
from automate_store.domain.kernel.ids import ProductId

PAGE_STEPS = (25, 51, 101)
"""
How many rows a statement may ask for; the limit stands in its text.

PostgreSQL keeps a plan only where it knows the limit, and making one for each page costs
more than the page.
"""

_available = stock_items.c.on_hand - stock_items.c.reserved
"""Written as the statistics on it are, which say whether much or little is sold out."""
_can_be_had = or_(
    stock_items.c.tracked.is_(False),
    _available > 0,
    and_(
        stock_items.c.allow_backorder,
        or_(
            stock_items.c.backorder_limit.is_(None),
            _available > -stock_items.c.backorder_limit,
        ),
    ),
)
FIRST_IMAGE = (
    select(product_images.c.url, product_images.c.alt_text)
    .where(product_images.c.product_id == products.c.id)
    .order_by(product_images.c.sort_order, product_images.c.id)
    .limit(1)
    .lateral("first_image")
)
_to_be_had = (
    select(true())
    .select_from(product_variants)
    .join(stock_items, stock_items.c.variant_id == product_variants.c.id)
    .where(
        product_variants.c.product_id == products.c.id,
        product_variants.c.archived_at.is_(None),
        _can_be_had,
    )
)
_in_stock = _to_be_had.exists()
# Asked of each product shown. An EXISTS here may be answered for all products at once, by
# reading all stock there is; a limit keeps it to the one.
_shown_in_stock = func.coalesce(_to_be_had.limit(1).scalar_subquery(), false())
_SORT_KEYS: Mapping[ProductSort, tuple[ColumnElement[Any], Any]] = {
    ProductSort.NAME: (func.lower(products.c.name), Text()),
    ProductSort.PRICE: (products.c.lowest_price, Numeric(19, 4)),
    ProductSort.CREATED_AT: (products.c.created_at, TIMESTAMP(timezone=True)),
}
_FILTERS: Mapping[str, ColumnElement[bool]] = {
    "category_ids": products.c.category_id
    == func.any(bindparam("category_ids", type_=pg.ARRAY(pg.UUID))),
    "brand_id": products.c.brand_id == bindparam("brand_id", type_=Uuid()),
    "min_price": products.c.highest_price >= bindparam("min_price", type_=Numeric(19, 4)),
    "max_price": products.c.lowest_price <= bindparam("max_price", type_=Numeric(19, 4)),
    "in_stock": _in_stock,
    "out_of_stock": ~_in_stock,
    "featured": products.c.featured,
    "not_featured": ~products.c.featured,
}
_CATEGORIES = text("""
    WITH RECURSIVE below AS (
        SELECT id FROM categories
        WHERE is_active AND (lower(slug) = lower(:wanted) OR id = CAST(:id AS uuid))
        UNION SELECT c.id FROM categories c JOIN below ON c.parent_id = below.id
    )
    SELECT id FROM below
""")
_BRAND = text("""
    SELECT id FROM brands
    WHERE is_active AND (lower(slug) = lower(:wanted) OR id = CAST(:id AS uuid))
""")
_VERSION = select(func.sum(catalogue_version.c.version))
_ALL_CATEGORIES = (
    select(categories)
    .where(categories.c.is_active)
    .order_by(categories.c.sort_order, func.lower(categories.c.name), categories.c.id)
)
_ALL_BRANDS = (
    select(brands).where(brands.c.is_active).order_by(func.lower(brands.c.name), brands.c.id)
)


@frozen
class PostgresCatalogQueries:
    """The CatalogQueries port on Postgres."""

    session: Session

    async def version(self) -> str:
        """A mark that changes with every committed change of the catalogue."""
        return str(await self.session.fetch_value(_VERSION))

    async def list_products(self, wanted: ProductFilter, page: PageRequest) -> Page:
        """A page of active products; raises CategoryNotFound, BrandNotFound, BadCursor."""
        params = await self._filters(wanted)
        flags = frozenset(params)
        if page.cursor is not None:
            params["after_key"], params["after_id"] = read_cursor(page)
        steps = next(step for step in PAGE_STEPS if step > page.limit)
        statement = _page(page.sort, page.descending, flags, page.cursor is not None, steps)
        rows = await self.session.fetch_all(statement, params)
        shown = rows[: page.limit]
        more = len(rows) > page.limit
        return Page(
            items=tuple(_to_summary(row) for row in shown),
            next_cursor=write_cursor(page, shown[-1].sort_key, shown[-1].id) if more else None,
        )

    async def product(self, id_or_slug: str) -> ProductDetail:
        """The active product; raises ProductNotFound."""
        params = {
            "id": _as_id(id_or_slug),
            "slug": id_or_slug,
            "location_id": DEFAULT_LOCATION,
        }
        row = await self.session.fetch_one(DETAIL, params)
        if row is None:
            raise ProductNotFound(id_or_slug)
        return to_detail(row)

    async def categories(self) -> tuple[CategoryNode, ...]:
        """The tree of active categories; what hangs on an inactive one is not shown."""
        below: dict[UUID | None, list[Category]] = {}
        for row in await self.session.fetch_all(_ALL_CATEGORIES):
            below.setdefault(row.parent_id, []).append(to_category(row))
        return _nodes(None, below)

    async def brands(self) -> tuple[Brand, ...]:
        """The active brands, by name."""
        return tuple(to_brand(row) for row in await self.session.fetch_all(_ALL_BRANDS))

    async def _filters(self, wanted: ProductFilter) -> dict[str, Any]:
        params: dict[str, Any] = {}
        if wanted.category is not None:
            params["category_ids"] = await self._category(wanted.category)
        if wanted.brand is not None:
            params["brand_id"] = await self._brand(wanted.brand)
        if wanted.min_price is not None:
            params["min_price"] = wanted.min_price
        if wanted.max_price is not None:
            params["max_price"] = wanted.max_price
        if wanted.in_stock is not None:
            params["in_stock" if wanted.in_stock else "out_of_stock"] = True
        if wanted.featured is not None:
            params["featured" if wanted.featured else "not_featured"] = True
        return params

    async def _category(self, wanted: str) -> list[UUID]:
        params = {"wanted": wanted, "id": _as_id(wanted)}
        rows = await self.session.fetch_all(_CATEGORIES, params)
        if not rows:
            raise CategoryNotFound(wanted)
        return [row.id for row in rows]

    async def _brand(self, wanted: str) -> UUID:
        params = {"wanted": wanted, "id": _as_id(wanted)}
        row = await self.session.fetch_one(_BRAND, params)
        if row is None:
            raise BrandNotFound(wanted)
        found: UUID = row.id
        return found


@lru_cache(maxsize=256)
def _page(
    sort: ProductSort,
    descending: bool,  # noqa: FBT001 - part of the key of a cache
    flags: frozenset[str],
    after: bool,  # noqa: FBT001 - part of the key of a cache
    limit: int,
) -> Select[Any]:
    key, kind = _SORT_KEYS[sort]
    conditions = [products.c.status == "active", *(_FILTERS[flag] for flag in sorted(flags))]
    if after:
        here = tuple_(key, products.c.id)
        last = tuple_(bindparam("after_key", type_=kind), bindparam("after_id", type_=Uuid()))
        conditions.append(here < last if descending else here > last)
    order = (key.desc(), products.c.id.desc()) if descending else (key, products.c.id)
    return (
        select(
            products.c.id,
            products.c.slug,
            products.c.name,
            products.c.short_description,
            products.c.currency,
            products.c.lowest_price,
            products.c.highest_price,
            products.c.lowest_compare_price,
            products.c.featured,
            products.c.category_id,
            products.c.brand_id,
            products.c.created_at,
            key.label("sort_key"),
            _shown_in_stock.label("in_stock"),
            FIRST_IMAGE.c.url.label("image_url"),
            FIRST_IMAGE.c.alt_text.label("image_alt"),
        )
        .select_from(products.outerjoin(FIRST_IMAGE, true()))
        .where(and_(*conditions))
        .order_by(*order)
        .limit(limit)
    )


def _to_summary(row: Row) -> ProductSummary:
    currency = row.currency
    return ProductSummary(
        id=ProductId(row.id),
        slug=row.slug,
        name=row.name,
        short_description=row.short_description,
        price=to_money(row.lowest_price, currency),
        max_price=to_money(row.highest_price, currency),
        compare_price=maybe_money(row.lowest_compare_price, currency),
        image_url=row.image_url,
        image_alt=row.image_alt,
        in_stock=row.in_stock,
        featured=row.featured,
        category_id=row.category_id,
        brand_id=row.brand_id,
        created_at=row.created_at,
    )


def _nodes(
    parent_id: UUID | None, below: Mapping[UUID | None, list[Category]]
) -> tuple[CategoryNode, ...]:
    return tuple(
        CategoryNode(category=category, children=_nodes(category.id, below))
        for category in below.get(parent_id, ())
    )


def _as_id(text_or_id: str) -> UUID | None:
    try:
        return UUID(text_or_id)
    except ValueError:
        return None
