"""Categories and brands in Postgres, whole, for those who change them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, text

from automate_store.adapters.postgres.catalog.rows import (
    brand_rows,
    category_rows,
    to_brand,
    to_category,
)
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.postgres.tables import brands, categories
from automate_store.domain.catalog import (
    Brand,
    BrandInUse,
    BrandNotFound,
    Category,
    CategoryInUse,
    CategoryNotFound,
)

SHELVES_LOCK = int.from_bytes(b"shelves")
"""The advisory lock of whoever changes categories or brands."""

_LOCK = text("SELECT pg_advisory_xact_lock(:lock)")
_CATEGORIES = select(categories).order_by(categories.c.sort_order, categories.c.name)
_BRANDS = select(brands).order_by(brands.c.name)

_ADD_CATEGORIES = text("""
    INSERT INTO categories (id, name, slug, description, parent_id, image_url, sort_order,
        is_active)
    SELECT w.* FROM unnest(CAST(:id AS uuid[]), CAST(:name AS text[]), CAST(:slug AS text[]),
        CAST(:description AS text[]), CAST(:parent_id AS uuid[]), CAST(:image_url AS text[]),
        CAST(:sort_order AS int[]), CAST(:is_active AS boolean[])) AS w
""")

_SAVE_CATEGORY = text("""
    UPDATE categories SET name = :name, slug = :slug, description = :description,
        parent_id = :parent_id, image_url = :image_url, sort_order = :sort_order,
        is_active = :is_active
    WHERE id = :id
""")

_REMOVE_CATEGORY = text("DELETE FROM categories WHERE id = :id")

_ADD_BRANDS = text("""
    INSERT INTO brands (id, name, slug, logo_url, description, website, is_active)
    SELECT w.* FROM unnest(CAST(:id AS uuid[]), CAST(:name AS text[]), CAST(:slug AS text[]),
        CAST(:logo_url AS text[]), CAST(:description AS text[]), CAST(:website AS text[]),
        CAST(:is_active AS boolean[])) AS w
""")

_SAVE_BRAND = text("""
    UPDATE brands SET name = :name, slug = :slug, logo_url = :logo_url,
        description = :description, website = :website, is_active = :is_active
    WHERE id = :id
""")

_REMOVE_BRAND = text("DELETE FROM brands WHERE id = :id")


async def lock(session: Session) -> None:
    """Keep everybody else from changing categories and brands until the work ends."""
    await session.fetch_all(_LOCK, {"lock": SHELVES_LOCK})


async def categories_of(session: Session) -> Sequence[Category]:
    """All categories."""
    return [to_category(row) for row in await session.fetch_all(_CATEGORIES)]


async def brands_of(session: Session) -> Sequence[Brand]:
    """All brands."""
    return [to_brand(row) for row in await session.fetch_all(_BRANDS)]


async def add_categories(session: Session, added: Sequence[Category]) -> None:
    """Store new categories, parents first."""
    if added:
        await session.later(_ADD_CATEGORIES, category_rows(added))


async def add_brands(session: Session, added: Sequence[Brand]) -> None:
    """Store new brands."""
    if added:
        await session.later(_ADD_BRANDS, brand_rows(added))


async def save_category(session: Session, category: Category) -> None:
    """Store the changed category; raises CategoryNotFound."""
    params = {name: values[0] for name, values in category_rows([category]).items()}
    missing = CategoryNotFound(str(category.id))
    await session.later(_SAVE_CATEGORY, params, touching=1, otherwise=missing)


async def save_brand(session: Session, brand: Brand) -> None:
    """Store the changed brand; raises BrandNotFound."""
    params = {name: values[0] for name, values in brand_rows([brand]).items()}
    missing = BrandNotFound(str(brand.id))
    await session.later(_SAVE_BRAND, params, touching=1, otherwise=missing)


async def remove_category(session: Session, category: Category) -> None:
    """Delete the category; raises CategoryInUse, CategoryNotFound."""
    in_use = CategoryInUse(category.slug)
    refusals = {"products_category_id_fkey": in_use, "categories_parent_id_fkey": in_use}
    missing = CategoryNotFound(str(category.id))
    if not await session.execute(_REMOVE_CATEGORY, {"id": category.id}, refusals=refusals):
        raise missing


async def remove_brand(session: Session, brand: Brand) -> None:
    """Delete the brand; raises BrandInUse, BrandNotFound."""
    refusals = {"products_brand_id_fkey": BrandInUse(brand.slug)}
    if not await session.execute(_REMOVE_BRAND, {"id": brand.id}, refusals=refusals):
        raise BrandNotFound(str(brand.id))
