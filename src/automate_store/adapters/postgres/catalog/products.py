"""Products in Postgres, whole: written in batches, read in batches, compared by version."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from attrs import frozen
from sqlalchemy import any_, bindparam, func, select, text
from sqlalchemy.dialects import postgresql as pg

from automate_store.adapters.postgres.catalog import listing, shelving
from automate_store.adapters.postgres.catalog.rows import (
    from_rows,
    image_rows,
    price_change_rows,
    to_rows,
    variant_rows,
)
from automate_store.adapters.postgres.rows import Record, Row
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.postgres.tables import product_images, product_variants, products
from automate_store.application.errors import VersionConflict
from automate_store.application.ports.catalog import ProductRecord, ProductsOfStaff
from automate_store.application.ports.sources import Ids
from automate_store.domain.catalog import Brand, Category, Product, ProductNotFound
from automate_store.domain.kernel.errors import InvalidInput, StoreError
from automate_store.domain.kernel.ids import ProductId

BATCH = 200
"""Products that are read at once when all are asked for."""

_by_slug = func.lower(products.c.slug)
_BY_SLUGS = select(products).where(_by_slug == any_(bindparam("slugs", type_=pg.ARRAY(pg.TEXT))))
_BY_ID = select(products).where(products.c.id == bindparam("id"))
_NEXT = select(products).where(_by_slug > bindparam("after")).order_by(_by_slug).limit(BATCH)
_VARIANTS = (
    select(product_variants)
    .where(
        product_variants.c.product_id == func.any(bindparam("ids", type_=pg.ARRAY(pg.UUID))),
        product_variants.c.archived_at.is_(None),
    )
    .order_by(product_variants.c.product_id, product_variants.c.position, product_variants.c.id)
)
_IMAGES = (
    select(product_images)
    .where(product_images.c.product_id == func.any(bindparam("ids", type_=pg.ARRAY(pg.UUID))))
    .order_by(product_images.c.product_id, product_images.c.sort_order, product_images.c.id)
)
_TAKEN = text("""
    SELECT w.sku, v.product_id FROM unnest(CAST(:skus AS text[])) AS w(sku)
    JOIN product_variants v ON lower(v.sku) = lower(w.sku)
""")
_ANY = select(products.c.id).limit(1)

_ADD_PRODUCTS = text("""
    INSERT INTO products (id, name, slug, description, short_description, sku, currency, price,
        compare_price, lowest_price, lowest_compare_price, highest_price, category_id, brand_id,
        vendor_id, tags, options, metadata, meta_title, meta_description, status, featured,
        requires_shipping, is_digital, version, published_at, created_at, updated_at)
    SELECT p.id, p.name, p.slug, p.description, p.short_description, p.sku, p.currency, p.price,
        p.compare_price, p.lowest_price, p.lowest_compare_price, p.highest_price,
        p.category_id, p.brand_id, p.vendor_id,
        ARRAY(SELECT jsonb_array_elements_text(CAST(p.tags AS jsonb))),
        CAST(p.options AS jsonb), CAST(p.metadata AS jsonb), p.meta_title, p.meta_description,
        CAST(p.status AS product_status), p.featured, p.requires_shipping, p.is_digital,
        1, p.published_at, p.created_at, p.updated_at
    FROM unnest(CAST(:id AS uuid[]), CAST(:name AS text[]), CAST(:slug AS text[]),
        CAST(:description AS text[]), CAST(:short_description AS text[]), CAST(:sku AS text[]),
        CAST(:currency AS text[]), CAST(:price AS numeric[]), CAST(:compare_price AS numeric[]),
        CAST(:lowest_price AS numeric[]), CAST(:lowest_compare_price AS numeric[]),
        CAST(:highest_price AS numeric[]),
        CAST(:category_id AS uuid[]), CAST(:brand_id AS uuid[]), CAST(:vendor_id AS uuid[]),
        CAST(:tags AS text[]),
        CAST(:options AS text[]), CAST(:metadata AS text[]), CAST(:meta_title AS text[]),
        CAST(:meta_description AS text[]), CAST(:status AS text[]),
        CAST(:featured AS boolean[]), CAST(:requires_shipping AS boolean[]),
        CAST(:is_digital AS boolean[]), CAST(:published_at AS timestamptz[]),
        CAST(:created_at AS timestamptz[]), CAST(:updated_at AS timestamptz[]))
        AS p(id, name, slug, description, short_description, sku, currency, price,
            compare_price, lowest_price, lowest_compare_price, highest_price, category_id,
            brand_id, vendor_id, tags, options, metadata, meta_title, meta_description, status,
            featured, requires_shipping, is_digital, published_at, created_at, updated_at)
""")

_SAVE_PRODUCTS = text("""
    UPDATE products SET name = p.name, slug = p.slug, description = p.description,
        short_description = p.short_description, sku = p.sku, currency = p.currency,
        price = p.price, compare_price = p.compare_price, lowest_price = p.lowest_price,
        lowest_compare_price = p.lowest_compare_price, highest_price = p.highest_price,
        category_id = p.category_id, brand_id = p.brand_id, vendor_id = p.vendor_id,
        tags = ARRAY(SELECT jsonb_array_elements_text(CAST(p.tags AS jsonb))),
        options = CAST(p.options AS jsonb), metadata = CAST(p.metadata AS jsonb),
        meta_title = p.meta_title, meta_description = p.meta_description,
        status = CAST(p.status AS product_status), featured = p.featured,
        requires_shipping = p.requires_shipping, is_digital = p.is_digital,
        version = products.version + 1, published_at = p.published_at,
        updated_at = p.updated_at
    FROM unnest(CAST(:id AS uuid[]), CAST(:name AS text[]), CAST(:slug AS text[]),
        CAST(:description AS text[]), CAST(:short_description AS text[]), CAST(:sku AS text[]),
        CAST(:currency AS text[]), CAST(:price AS numeric[]), CAST(:compare_price AS numeric[]),
        CAST(:lowest_price AS numeric[]), CAST(:lowest_compare_price AS numeric[]),
        CAST(:highest_price AS numeric[]),
        CAST(:category_id AS uuid[]), CAST(:brand_id AS uuid[]), CAST(:vendor_id AS uuid[]),
        CAST(:tags AS text[]),
        CAST(:options AS text[]), CAST(:metadata AS text[]), CAST(:meta_title AS text[]),
        CAST(:meta_description AS text[]), CAST(:status AS text[]),
        CAST(:featured AS boolean[]), CAST(:requires_shipping AS boolean[]),
        CAST(:is_digital AS boolean[]), CAST(:published_at AS timestamptz[]),
        CAST(:updated_at AS timestamptz[]), CAST(:version AS int[]))
        AS p(id, name, slug, description, short_description, sku, currency, price,
            compare_price, lowest_price, lowest_compare_price, highest_price, category_id,
            brand_id, vendor_id, tags, options, metadata, meta_title, meta_description, status,
            featured, requires_shipping, is_digital, published_at, updated_at, version)
    WHERE products.id = p.id AND products.version = p.version
""")

# Rows are written in no certain order, and a SKU may go from one of them to another: what
# changes is given up by all before any takes it.
_GIVE_UP_PRODUCT_SKUS = text("""
    UPDATE products SET sku = '~' || CAST(products.id AS text)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:skus AS text[])) AS w(id, sku)
    WHERE products.id = w.id AND products.sku <> w.sku
""")

_GIVE_UP_VARIANT_SKUS = text("""
    UPDATE product_variants SET sku = '~' || CAST(product_variants.id AS text)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:skus AS text[])) AS w(id, sku)
    WHERE product_variants.id = w.id AND product_variants.sku <> w.sku
""")

_PUT_VARIANTS = text("""
    INSERT INTO product_variants AS v (id, product_id, sku, name, position, price,
        compare_price, cost_price, minimum_price, barcode, weight, image_url,
        requires_shipping, is_digital, tax_class, attributes, metadata, created_at, updated_at)
    SELECT w.id, w.product_id, w.sku, w.name, w.position, w.price, w.compare_price,
        w.cost_price, w.minimum_price, w.barcode, w.weight, w.image_url, w.requires_shipping,
        w.is_digital, w.tax_class, CAST(w.attributes AS jsonb), CAST(w.metadata AS jsonb),
        w.updated_at, w.updated_at
    FROM unnest(CAST(:id AS uuid[]), CAST(:product_id AS uuid[]), CAST(:sku AS text[]),
        CAST(:name AS text[]), CAST(:position AS int[]), CAST(:price AS numeric[]),
        CAST(:compare_price AS numeric[]), CAST(:cost_price AS numeric[]),
        CAST(:minimum_price AS numeric[]), CAST(:barcode AS text[]), CAST(:weight AS int[]),
        CAST(:image_url AS text[]), CAST(:requires_shipping AS boolean[]),
        CAST(:is_digital AS boolean[]), CAST(:tax_class AS text[]),
        CAST(:attributes AS text[]), CAST(:metadata AS text[]),
        CAST(:updated_at AS timestamptz[]))
        AS w(id, product_id, sku, name, position, price, compare_price, cost_price,
            minimum_price, barcode, weight, image_url, requires_shipping, is_digital,
            tax_class, attributes, metadata, updated_at)
    ON CONFLICT (id) DO UPDATE SET sku = EXCLUDED.sku, name = EXCLUDED.name,
        position = EXCLUDED.position, price = EXCLUDED.price,
        compare_price = EXCLUDED.compare_price, cost_price = EXCLUDED.cost_price,
        minimum_price = EXCLUDED.minimum_price, barcode = EXCLUDED.barcode,
        weight = EXCLUDED.weight, image_url = EXCLUDED.image_url,
        requires_shipping = EXCLUDED.requires_shipping, is_digital = EXCLUDED.is_digital,
        tax_class = EXCLUDED.tax_class, attributes = EXCLUDED.attributes,
        metadata = EXCLUDED.metadata, updated_at = EXCLUDED.updated_at
""")

# The ledger and old orders name the variant, so it stays; its SKU is free for another one.
_ARCHIVE_VARIANTS = text("""
    UPDATE product_variants SET archived_at = clock_timestamp(),
        sku = left(sku, 63) || '~' || CAST(id AS text)
    WHERE product_id = ANY(:product_ids) AND archived_at IS NULL AND id <> ALL(:kept)
""")

_PUT_IMAGES = text("""
    INSERT INTO product_images AS i (id, product_id, url, alt_text, sort_order)
    SELECT w.* FROM unnest(CAST(:id AS uuid[]), CAST(:product_id AS uuid[]),
        CAST(:url AS text[]), CAST(:alt_text AS text[]), CAST(:sort_order AS int[])) AS w
    ON CONFLICT (id) DO UPDATE SET url = EXCLUDED.url, alt_text = EXCLUDED.alt_text,
        sort_order = EXCLUDED.sort_order
""")

_DROP_IMAGES = text("""
    DELETE FROM product_images WHERE product_id = ANY(:product_ids) AND id <> ALL(:kept)
""")

_PRICE_CHANGES = text("""
    INSERT INTO price_changes (id, variant_id, changed_at, changed_by, old_price, new_price,
        currency)
    SELECT w.* FROM unnest(CAST(:id AS uuid[]), CAST(:variant_id AS uuid[]),
        CAST(:changed_at AS timestamptz[]), CAST(:changed_by AS text[]),
        CAST(:old_price AS numeric[]), CAST(:new_price AS numeric[]),
        CAST(:currency AS text[])) AS w
""")


# By the variants, archived ones too: these are indexed in all four.
_IN_HISTORY = text("""
    SELECT EXISTS (
        SELECT 1 FROM product_variants v WHERE v.product_id = :id AND (
            EXISTS (SELECT 1 FROM order_items i WHERE i.product_variant_id = v.id)
            OR EXISTS (SELECT 1 FROM cart_items i WHERE i.product_variant_id = v.id)
            OR EXISTS (SELECT 1 FROM inventory_movements m WHERE m.product_variant_id = v.id)
            OR EXISTS (SELECT 1 FROM reservations r
                WHERE r.variant_id = v.id AND r.state = 'held')))
""")

_REMOVE = text("DELETE FROM products WHERE id = :id AND version = :version")

_NO_ACCOUNT: Mapping[str, StoreError] = {
    "products_vendor_id_fkey": InvalidInput.of("vendor_id", "is the id of an account")
}


@frozen
class PostgresProducts:
    """The Products port on Postgres."""

    session: Session
    ids: Ids
    record: Record

    async def by_slugs(self, slugs: Sequence[str]) -> Mapping[str, Product]:
        """The products with these slugs, whatever their status, by slug."""
        params = {"slugs": [slug.lower() for slug in slugs]}
        found = await self._whole(await self.session.fetch_all(_BY_SLUGS, params))
        return {product.slug: product for product in found}

    async def get(self, product_id: ProductId) -> Product:
        """The product, whatever its status; raises ProductNotFound."""
        found = await self._whole(await self.session.fetch_all(_BY_ID, {"id": product_id}))
        if not found:
            raise ProductNotFound(str(product_id))
        return found[0]

    async def taken_skus(self, skus: Sequence[str]) -> Mapping[str, ProductId]:
        """Which of these SKUs, as they are spelt here, are taken, and by which product."""
        rows = await self.session.fetch_all(_TAKEN, {"skus": list(dict.fromkeys(skus))})
        return {row.sku: ProductId(row.product_id) for row in rows}

    async def add(self, products: Sequence[Product]) -> None:
        """Store new products with their variants and images."""
        if not products:
            return
        await self.session.later(_ADD_PRODUCTS, to_rows(products), refusals=_NO_ACCOUNT)
        await self._put_parts(products)

    async def save(self, products: Sequence[Product]) -> None:
        """Store changed products; raises VersionConflict where one changed meanwhile."""
        if not products:
            return
        changed = VersionConflict("product", products[0].slug)
        rows = to_rows(products)
        await self._give_up_skus(products)
        await self.session.later(
            _SAVE_PRODUCTS,
            rows,
            refusals=_NO_ACCOUNT,
            touching=len(products),
            otherwise=changed,
        )
        await self._drop_parts(products)
        await self._put_parts(products)

    async def page(
        self,
        wanted: ProductsOfStaff,
        *,
        before: ProductId | None,
        limit: int,
    ) -> tuple[ProductRecord, ...]:
        """Products of any status, newest first."""
        return await listing.page(self.session, wanted, before=before, limit=limit)

    async def in_history(self, product_id: ProductId) -> bool:
        """Whether an order, a cart or the ledger names one of its variants."""
        return bool(await self.session.fetch_value(_IN_HISTORY, {"id": product_id}))

    async def remove(self, product: Product) -> None:
        """Delete the product and its parts; raises VersionConflict, Contended."""
        changed = VersionConflict("product", product.slug)
        params = {"id": product.id, "version": product.version}
        await self.session.later(_REMOVE, params, touching=1, otherwise=changed)

    async def lock_shelves(self) -> None:
        """Keep everybody else from changing categories and brands until the work ends."""
        await shelving.lock(self.session)

    async def categories(self) -> Sequence[Category]:
        """All categories."""
        return await shelving.categories_of(self.session)

    async def brands(self) -> Sequence[Brand]:
        """All brands."""
        return await shelving.brands_of(self.session)

    async def add_categories(self, categories: Sequence[Category]) -> None:
        """Store new categories, parents first."""
        await shelving.add_categories(self.session, categories)

    async def add_brands(self, brands: Sequence[Brand]) -> None:
        """Store new brands."""
        await shelving.add_brands(self.session, brands)

    async def save_category(self, category: Category) -> None:
        """Store the changed category; raises CategoryNotFound."""
        await shelving.save_category(self.session, category)

    async def save_brand(self, brand: Brand) -> None:
        """Store the changed brand; raises BrandNotFound."""
        await shelving.save_brand(self.session, brand)

    async def remove_category(self, category: Category) -> None:
        """Delete the category; raises CategoryInUse, CategoryNotFound."""
        await shelving.remove_category(self.session, category)

    async def remove_brand(self, brand: Brand) -> None:
        """Delete the brand; raises BrandInUse, BrandNotFound."""
        await shelving.remove_brand(self.session, brand)

    async def pictures_named(self) -> frozenset[str]:
        """The names of all kept pictures that the store speaks of anywhere."""
        return await listing.pictures_named(self.session)

    async def is_empty(self) -> bool:
        """Whether the shop has no product at all."""
        return await self.session.fetch_one(_ANY) is None

    async def all(self) -> AsyncIterator[Product]:
        """Every product in slug order; memory holds one batch."""
        after = ""
        while rows := await self.session.fetch_all(_NEXT, {"after": after}):
            for product in await self._whole(rows):
                yield product
            after = rows[-1].slug.lower()

    async def _whole(self, rows: Sequence[Row]) -> list[Product]:
        params = {"ids": [row.id for row in rows]}
        variants, images = await self.session.fetch_batch((_VARIANTS, params), (_IMAGES, params))
        by_product, pictures = _grouped(variants), _grouped(images)
        return [
            from_rows(row, by_product.get(row.id, ()), pictures.get(row.id, ())) for row in rows
        ]

    async def _give_up_skus(self, products: Sequence[Product]) -> None:
        owners = {"ids": [p.id for p in products], "skus": [p.variants[0].sku for p in products]}
        await self.session.later(_GIVE_UP_PRODUCT_SKUS, owners)
        variants = [variant for product in products for variant in product.variants]
        kept = {"ids": [v.id for v in variants], "skus": [v.sku for v in variants]}
        await self.session.later(_GIVE_UP_VARIANT_SKUS, kept)

    async def _drop_parts(self, products: Sequence[Product]) -> None:
        ids = [product.id for product in products]
        variants = [variant.id for product in products for variant in product.variants]
        images = [image.id for product in products for image in product.images]
        await self.session.later(_ARCHIVE_VARIANTS, {"product_ids": ids, "kept": variants})
        await self.session.later(_DROP_IMAGES, {"product_ids": ids, "kept": images})

    async def _put_parts(self, products: Sequence[Product]) -> None:
        await self.session.later(_PUT_VARIANTS, variant_rows(products))
        await self.session.later(_PUT_IMAGES, image_rows(products))
        changes = price_change_rows(products, self.ids)
        if changes["id"]:
            await self.session.later(_PRICE_CHANGES, changes)
        for product in products:
            self.record(*product.events)


def _grouped(rows: Iterable[Any]) -> dict[UUID, tuple[Row, ...]]:
    groups = groupby(rows, key=lambda row: row.product_id)
    return {product_id: tuple(members) for product_id, members in groups}
