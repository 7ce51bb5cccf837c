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
from automate_store.domain.kernel.money import Money

DETAIL = text("""
    SELECT p.id, p.slug, p.name, p.description, p.short_description, p.currency, p.price,
        p.compare_price, p.category_id, p.brand_id, p.tags, p.options::text AS options,
        p.featured, p.meta_title, p.meta_description, p.version, p.published_at, p.created_at,
        p.updated_at,
        (SELECT json_agg(json_build_object('id', v.id, 'sku', v.sku, 'name', v.name,
            'position', v.position, 'attributes', v.attributes, 'price', v.price::text,
            'compare_price', v.compare_price::text, 'barcode', v.barcode,
            'weight_g', v.weight, 'image_url', v.image_url,
            'requires_shipping', v.requires_shipping, 'is_digital', v.is_digital,
            'tax_class', v.tax_class, 'tracked', coalesce(s.tracked, true),
            'allow_backorder', coalesce(s.allow_backorder, false),
            'backorder_limit', s.backorder_limit,
            'available', coalesce(s.on_hand - s.reserved, 0)) ORDER BY v.position, v.id)
         FROM product_variants v
         LEFT JOIN stock_items s ON s.variant_id = v.id AND s.location_id = :location_id
         WHERE v.product_id = p.id AND v.archived_at IS NULL)::text AS variants,
        (SELECT json_agg(json_build_object('id', i.id, 'url', i.url, 'alt_text', i.alt_text,
            'sort_order', i.sort_order) ORDER BY i.sort_order, i.id)
         FROM product_images i WHERE i.product_id = p.id)::text AS images,
        (SELECT json_build_object('id', c.id, 'name', c.name, 'slug', c.slug,
            'description', c.description, 'parent_id', c.parent_id, 'image_url', c.image_url,
            'sort_order', c.sort_order, 'is_active', c.is_active)
         FROM categories c WHERE c.id = p.category_id)::text AS category,
        (SELECT json_build_object('id', b.id, 'name', b.name, 'slug', b.slug,
            'logo_url', b.logo_url, 'description', b.description, 'website', b.website,
            'is_active', b.is_active)
         FROM brands b WHERE b.id = p.brand_id)::text AS brand
    FROM products p
    WHERE p.status = 'active' AND (p.id = CAST(:id AS uuid) OR lower(p.slug) = lower(:slug))
""")


@frozen
class _StoredVariant:
    id: UUID
    sku: str
    name: str
    position: int
    attributes: dict[str, str] | None
    price: str | None
    compare_price: str | None
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
        price=_parsed(stored.price, currency),
        compare_price=_parsed(stored.compare_price, currency),
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


def _parsed(amount: str | None, currency: str) -> Money | None:
    return None if amount is None else to_money(Decimal(amount), currency)
