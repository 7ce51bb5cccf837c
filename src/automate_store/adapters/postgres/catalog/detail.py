"""All of one product that a customer may see, in one statement."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Row, from_json, maybe_money, to_money
from automate_store.application.ports.catalog import ProductDetail, VariantDetail
from automate_store.domain.catalog import (
    Brand,
    Category,
    Image,
    Product,
    ProductStatus,
    Variant,
)
from automate_store.domain.kernel.ids import ProductId, VariantId

# By a sub-select and not by OR, which costs four times as much to look two indexes up.
DETAIL = text("""
    SELECT p.id, p.slug, p.name, p.description, p.short_description, p.currency, p.price,
        p.compare_price, p.category_id, p.brand_id, p.tags, p.options::text AS options,
        p.featured, p.meta_title, p.meta_description, p.version, p.published_at, p.created_at,
        p.updated_at,
        (SELECT json_agg(w)::text FROM (
            SELECT v.id, v.sku, v.name, v.position, v.attributes, v.price, v.compare_price,
                v.barcode, v.weight AS weight_g, v.image_url, v.requires_shipping,
                v.is_digital, v.tax_class, coalesce(s.tracked, true) AS tracked,
                coalesce(s.allow_backorder, false) AS allow_backorder, s.backorder_limit,
                coalesce(s.on_hand - s.reserved, 0) AS available
            FROM product_variants v
            LEFT JOIN stock_items s ON s.variant_id = v.id AND s.location_id = :location_id
            WHERE v.product_id = p.id AND v.archived_at IS NULL
            ORDER BY v.position, v.id) w) AS variants,
        (SELECT json_agg(w)::text FROM (
            SELECT id, url, alt_text, sort_order FROM product_images
            WHERE product_id = p.id ORDER BY sort_order, id) w) AS images,
        (SELECT row_to_json(w)::text FROM (
            SELECT id, name, slug, description, parent_id, image_url, sort_order, is_active
            FROM categories WHERE id = p.category_id) w) AS category,
        (SELECT row_to_json(w)::text FROM (
            SELECT id, name, slug, logo_url, description, website, is_active
            FROM brands WHERE id = p.brand_id) w) AS brand
    FROM products p
    WHERE p.status = 'active' AND p.id = coalesce(
        (SELECT id FROM products WHERE lower(slug) = lower(:slug)), CAST(:id AS uuid))
""")


@frozen
class _StoredVariant:
    id: UUID
    sku: str
    name: str
    position: int
    attributes: dict[str, str] | None
    price: Decimal | None
    compare_price: Decimal | None
    barcode: str | None
    weight_g: int
    image_url: str | None
    requires_shipping: bool
    is_digital: bool
    tax_class: str
    tracked: bool
    allow_backorder: bool
    backorder_limit: int | None
    available: int


def to_detail(row: Row) -> ProductDetail:
    """The product of a row read by ``DETAIL``."""
    options = from_json(row.options, tuple[str, ...])
    stored = from_json(row.variants, list[_StoredVariant])
    variants = tuple(_to_variant(one, options, row.currency) for one in stored)
    product = Product(
        id=ProductId(row.id),
        name=row.name,
        slug=row.slug,
        price=to_money(row.price, row.currency),
        variants=variants,
        options=options,
        compare_price=maybe_money(row.compare_price, row.currency),
        description=row.description,
        short_description=row.short_description,
        category_id=row.category_id,
        brand_id=row.brand_id,
        tags=tuple(row.tags),
        images=from_json(row.images, tuple[Image, ...]) if row.images else (),
        status=ProductStatus.ACTIVE,
        featured=row.featured,
        meta_title=row.meta_title,
        meta_description=row.meta_description,
        published_at=row.published_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )
    return ProductDetail(
        product=product,
        variants=tuple(
            _with_stock(variant, one, product)
            for variant, one in zip(variants, stored, strict=True)
        ),
        category=from_json(row.category, Category) if row.category else None,
        brand=from_json(row.brand, Brand) if row.brand else None,
    )


def _to_variant(stored: _StoredVariant, options: tuple[str, ...], currency: str) -> Variant:
    values = stored.attributes or {}
    return Variant(
        id=VariantId(stored.id),
        sku=stored.sku,
        name=stored.name,
        position=stored.position,
        attributes={option: values[option] for option in options},
        price=maybe_money(stored.price, currency),
        compare_price=maybe_money(stored.compare_price, currency),
        barcode=stored.barcode,
        weight_g=stored.weight_g,
        image_url=stored.image_url,
        requires_shipping=stored.requires_shipping,
        is_digital=stored.is_digital,
        tax_class=stored.tax_class,
    )


def _with_stock(variant: Variant, stored: _StoredVariant, product: Product) -> VariantDetail:
    endless = not stored.tracked or (stored.allow_backorder and stored.backorder_limit is None)
    below_zero = stored.backorder_limit or 0 if stored.allow_backorder else 0
    left = max(0, stored.available + below_zero)
    return VariantDetail(
        variant=variant,
        price=product.price_of(variant),
        available=None if endless else left,
        in_stock=endless or left > 0,
    )
