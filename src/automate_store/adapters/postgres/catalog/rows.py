"""Between products and their rows; many at a time, a column each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automate_store.adapters.postgres.rows import (
    Row,
    json_text,
    maybe_decimal,
    maybe_money,
    to_money,
)
from automate_store.application.ports.sources import Ids
from automate_store.domain.catalog import (
    Brand,
    Category,
    Image,
    PriceChanged,
    Product,
    ProductStatus,
    Variant,
)
from automate_store.domain.kernel.ids import (
    BrandId,
    CategoryId,
    ImageId,
    ProductId,
    UserId,
    VariantId,
)

Columns = dict[str, list[Any]]


def to_rows(products: Sequence[Product]) -> Columns:
    """The products' own columns; a product bears the SKU of its first variant."""
    pairs = [(p, min(p.variants, key=p.price_of)) for p in products]
    return {
        "id": [p.id for p in products],
        "name": [p.name for p in products],
        "slug": [p.slug for p in products],
        "description": [p.description for p in products],
        "short_description": [p.short_description for p in products],
        "sku": [p.variants[0].sku for p in products],
        "currency": [p.price.currency for p in products],
        "price": [p.price.decimal() for p in products],
        "compare_price": [maybe_decimal(p.compare_price) for p in products],
        "lowest_price": [p.price_of(v).decimal() for p, v in pairs],
        "lowest_compare_price": [maybe_decimal(p.compare_price_of(v)) for p, v in pairs],
        "highest_price": [max(map(p.price_of, p.variants)).decimal() for p in products],
        "category_id": [p.category_id for p in products],
        "brand_id": [p.brand_id for p in products],
        "vendor_id": [p.vendor_id for p in products],
        "tags": [json_text(p.tags) for p in products],
        "options": [json_text(p.options) for p in products],
        "metadata": [json_text(p.metadata) for p in products],
        "meta_title": [p.meta_title for p in products],
        "meta_description": [p.meta_description for p in products],
        "status": [p.status.value for p in products],
        "featured": [p.featured for p in products],
        "requires_shipping": [any(v.requires_shipping for v in p.variants) for p in products],
        "is_digital": [all(v.is_digital for v in p.variants) for p in products],
        "published_at": [p.published_at for p in products],
        "created_at": [p.created_at for p in products],
        "updated_at": [p.updated_at for p in products],
        "version": [p.version for p in products],
    }


def variant_rows(products: Sequence[Product]) -> Columns:
    """The variants of the products."""
    pairs = [(p, v) for p in products for v in p.variants]
    return {
        "id": [v.id for _, v in pairs],
        "product_id": [p.id for p, _ in pairs],
        "sku": [v.sku for _, v in pairs],
        "name": [v.name for _, v in pairs],
        "position": [v.position for _, v in pairs],
        "price": [maybe_decimal(v.price) for _, v in pairs],
        "compare_price": [maybe_decimal(v.compare_price) for _, v in pairs],
        "cost_price": [maybe_decimal(v.cost_price) for _, v in pairs],
        "minimum_price": [maybe_decimal(v.minimum_price) for _, v in pairs],
        "barcode": [v.barcode for _, v in pairs],
        "weight": [v.weight_g for _, v in pairs],
        "image_url": [v.image_url for _, v in pairs],
        "requires_shipping": [v.requires_shipping for _, v in pairs],
        "is_digital": [v.is_digital for _, v in pairs],
        "tax_class": [v.tax_class for _, v in pairs],
        "attributes": [json_text(v.attributes) for _, v in pairs],
        "metadata": [json_text(v.metadata) for _, v in pairs],
        "updated_at": [p.updated_at for p, _ in pairs],
    }


def image_rows(products: Sequence[Product]) -> Columns:
    """The images of the products."""
    pairs = [(p, image) for p in products for image in p.images]
    return {
        "id": [image.id for _, image in pairs],
        "product_id": [p.id for p, _ in pairs],
        "url": [image.url for _, image in pairs],
        "alt_text": [image.alt_text for _, image in pairs],
        "sort_order": [image.sort_order for _, image in pairs],
    }


def price_change_rows(products: Sequence[Product], ids: Ids) -> Columns:
    """The changes of price that the products report."""
    changes = [
        event for product in products for event in product.events if isinstance(event, PriceChanged)
    ]
    return {
        "id": [ids.uuid() for _ in changes],
        "variant_id": [change.variant_id for change in changes],
        "changed_at": [change.at for change in changes],
        "changed_by": [change.by for change in changes],
        "old_price": [change.old.decimal() for change in changes],
        "new_price": [change.new.decimal() for change in changes],
        "currency": [change.new.currency for change in changes],
    }


def category_rows(categories: Sequence[Category]) -> Columns:
    """The categories' columns."""
    return {
        "id": [c.id for c in categories],
        "name": [c.name for c in categories],
        "slug": [c.slug for c in categories],
        "description": [c.description for c in categories],
        "parent_id": [c.parent_id for c in categories],
        "image_url": [c.image_url for c in categories],
        "sort_order": [c.sort_order for c in categories],
        "is_active": [c.is_active for c in categories],
    }


def brand_rows(brands: Sequence[Brand]) -> Columns:
    """The brands' columns."""
    return {
        "id": [b.id for b in brands],
        "name": [b.name for b in brands],
        "slug": [b.slug for b in brands],
        "logo_url": [b.logo_url for b in brands],
        "description": [b.description for b in brands],
        "website": [b.website for b in brands],
        "is_active": [b.is_active for b in brands],
    }


def from_rows(row: Row, variants: Sequence[Row], images: Sequence[Row]) -> Product:
    """The product of its row and those of its parts, each in its order."""
    options = tuple(row.options)
    return Product(
        id=ProductId(row.id),
        name=row.name,
        slug=row.slug,
        price=to_money(row.price, row.currency),
        variants=tuple(to_variant(variant, options, row.currency) for variant in variants),
        options=options,
        compare_price=maybe_money(row.compare_price, row.currency),
        description=row.description,
        short_description=row.short_description,
        category_id=None if row.category_id is None else CategoryId(row.category_id),
        brand_id=None if row.brand_id is None else BrandId(row.brand_id),
        vendor_id=None if row.vendor_id is None else UserId(row.vendor_id),
        tags=tuple(row.tags),
        images=tuple(to_image(image) for image in images),
        status=ProductStatus(row.status),
        featured=row.featured,
        meta_title=row.meta_title,
        meta_description=row.meta_description,
        metadata=row.metadata,
        published_at=row.published_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )


def to_variant(row: Row, options: tuple[str, ...], currency: str) -> Variant:
    """The variant of a row; JSON keeps no order, so the options give it."""
    values = row.attributes or {}
    return Variant(
        id=VariantId(row.id),
        sku=row.sku,
        name=row.name,
        position=row.position,
        attributes={option: values[option] for option in options},
        price=maybe_money(row.price, currency),
        compare_price=maybe_money(row.compare_price, currency),
        cost_price=maybe_money(row.cost_price, currency),
        minimum_price=maybe_money(row.minimum_price, currency),
        barcode=row.barcode,
        weight_g=row.weight,
        image_url=row.image_url,
        requires_shipping=row.requires_shipping,
        is_digital=row.is_digital,
        tax_class=row.tax_class,
        metadata=row.metadata,
    )


def to_image(row: Row) -> Image:
    """The image of a row."""
    return Image(id=ImageId(row.id), url=row.url, alt_text=row.alt_text, sort_order=row.sort_order)


def to_category(row: Row) -> Category:
    """The category of a row."""
    return Category(
        id=CategoryId(row.id),
        name=row.name,
        slug=row.slug,
        description=row.description,
        parent_id=None if row.parent_id is None else CategoryId(row.parent_id),
        image_url=row.image_url,
        sort_order=row.sort_order,
        is_active=row.is_active,
    )


def to_brand(row: Row) -> Brand:
    """The brand of a row."""
    return Brand(
        id=BrandId(row.id),
        name=row.name,
        slug=row.slug,
        logo_url=row.logo_url,
        description=row.description,
        website=row.website,
        is_active=row.is_active,
    )
