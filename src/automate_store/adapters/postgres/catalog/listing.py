"""Products as staff list them, straight from the rows; and the pictures that any row names."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select, text, true
from sqlalchemy.types import Uuid

from automate_store.adapters.postgres.catalog.queries import FIRST_IMAGE
from automate_store.adapters.postgres.rows import Row, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.postgres.tables import product_variants, products
from automate_store.application.ports.catalog import ProductRecord, ProductsOfStaff
from automate_store.application.ports.media import NAME
from automate_store.domain.catalog import ProductStatus
from automate_store.domain.kernel.ids import ProductId

_variants = (
    select(func.count())
    .select_from(product_variants)
    .where(
        product_variants.c.product_id == products.c.id,
        product_variants.c.archived_at.is_(None),
    )
    .scalar_subquery()
)
_CONDITIONS = {
    "status": products.c.status == bindparam("status", type_=products.c.status.type),
    "vendor_id": products.c.vendor_id == bindparam("vendor_id", type_=Uuid()),
    "before": products.c.id < bindparam("before", type_=Uuid()),
}
_PICTURES = text("""
    SELECT DISTINCT found[1] AS name FROM (
        SELECT url FROM product_images
        UNION ALL SELECT image_url FROM product_variants
        UNION ALL SELECT description FROM products
        UNION ALL SELECT image_url FROM categories
        UNION ALL SELECT description FROM categories
        UNION ALL SELECT logo_url FROM brands
        UNION ALL SELECT description FROM brands
        UNION ALL SELECT product_snapshot ->> 'image_url' FROM order_items
    ) AS told(words), regexp_matches(told.words, :name, 'g') AS found
""")


async def pictures_named(session: Session) -> frozenset[str]:
    """The names of all kept pictures that the store speaks of anywhere."""
    rows = await session.fetch_all(_PICTURES, {"name": f"({NAME.pattern})"})
    return frozenset(row.name for row in rows)


async def page(
    session: Session, wanted: ProductsOfStaff, *, before: ProductId | None, limit: int
) -> tuple[ProductRecord, ...]:
    """Products that fit, newest first; their ids tell when they were made."""
    asked = {
        "status": wanted.status.value if wanted.status else None,
        "vendor_id": wanted.vendor_id,
        "before": before,
    }
    params = {name: value for name, value in asked.items() if value is not None}
    rows = await session.fetch_all(_page(frozenset(params)), {**params, "limit": limit})
    return tuple(_to_record(row) for row in rows)


@lru_cache(maxsize=8)
def _page(asked: frozenset[str]) -> Select[Any]:
    return (
        select(
            products.c.id,
            products.c.slug,
            products.c.name,
            products.c.status,
            products.c.currency,
            products.c.lowest_price,
            products.c.highest_price,
            _variants.label("variants"),
            FIRST_IMAGE.c.url.label("image_url"),
            products.c.category_id,
            products.c.brand_id,
            products.c.vendor_id,
            products.c.featured,
            products.c.version,
            products.c.created_at,
            products.c.updated_at,
        )
        .select_from(products.outerjoin(FIRST_IMAGE, true()))
        .where(*(_CONDITIONS[name] for name in sorted(asked)))
        .order_by(products.c.id.desc())
        .limit(bindparam("limit"))
    )


def _to_record(row: Row) -> ProductRecord:
    return ProductRecord(
        id=ProductId(row.id),
        slug=row.slug,
        name=row.name,
        status=ProductStatus(row.status),
        price=to_money(row.lowest_price, row.currency),
        max_price=to_money(row.highest_price, row.currency),
        variants=row.variants,
        image_url=row.image_url,
        category_id=row.category_id,
        brand_id=row.brand_id,
        vendor_id=row.vendor_id,
        featured=row.featured,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
