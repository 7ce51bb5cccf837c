"""Products as their staff see them: with costs, floor prices, notes and stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from automate_store.application.catalog import (
    Removal,
    RemovedProduct,
    StaffProduct,
    StaffVariant,
)
from automate_store.application.ports.catalog import ProductRecord
from automate_store.domain.catalog import Product, ProductStatus, Variant
from automate_store.domain.inventory import StockItem
from automate_store.entrypoints.http.wire.catalog import ImageAnswer
from automate_store.entrypoints.http.wire.inventory import StockAnswer, stock_answer
from automate_store.entrypoints.http.wire.money import Amount, amount, maybe_amount


class StaffVariantAnswer(Struct, frozen=True):
    """A variant; price is its own, null where the product's is in force."""

    id: UUID
    sku: str
    name: str
    position: int
    attributes: Mapping[str, str]
    price: Amount | None
    price_in_force: Amount
    compare_price: Amount | None
    cost_price: Amount | None
    minimum_price: Amount | None
    barcode: str | None
    weight_g: int
    image_url: str | None
    requires_shipping: bool
    is_digital: bool
    tax_class: str
    metadata: Mapping[str, str]
    stock: StockAnswer | None


class StaffProductAnswer(Struct, frozen=True):
    """All there is of a product; version is what If-Match compares."""

    id: UUID
    slug: str
    name: str
    status: ProductStatus
    description: str | None
    short_description: str | None
    price: Amount
    compare_price: Amount | None
    options: tuple[str, ...]
    variants: list[StaffVariantAnswer]
    images: list[ImageAnswer]
    category_id: UUID | None
    brand_id: UUID | None
    vendor_id: UUID | None
    tags: tuple[str, ...]
    featured: bool
    meta_title: str | None
    meta_description: str | None
    metadata: Mapping[str, str]
    version: int
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime


class StaffProductItem(Struct, frozen=True):
    """A product as staff list it: price is its lowest, max_price its highest."""

    id: UUID
    slug: str
    name: str
    status: ProductStatus
    price: Amount
    max_price: Amount
    variants: int
    image_url: str | None
    category_id: UUID | None
    brand_id: UUID | None
    vendor_id: UUID | None
    featured: bool
    version: int
    created_at: datetime
    updated_at: datetime


class StaffProductList(Struct, frozen=True):
    """Products of any status, newest first."""

    items: list[StaffProductItem]
    next_cursor: str | None


class RemovedProductAnswer(Struct, frozen=True):
    """What became of it: deleted, or archived since an order, a cart or the ledger names it."""

    id: UUID
    slug: str
    name: str
    outcome: Removal


class ImageList(Struct, frozen=True):
    """A product's images, as they are shown."""

    items: list[ImageAnswer]


def staff_product_answer(seen: StaffProduct) -> StaffProductAnswer:
    """The product with its variants, their stock, and its images."""
    product = seen.product
    return StaffProductAnswer(
        id=product.id,
        slug=product.slug,
        name=product.name,
        status=product.status,
        description=product.description,
        short_description=product.short_description,
        price=amount(product.price),
        compare_price=maybe_amount(product.compare_price),
        options=product.options,
        variants=[_variant(each, product, seen.stock.get(each.id)) for each in product.variants],
        images=image_list(seen).items,
        category_id=product.category_id,
        brand_id=product.brand_id,
        vendor_id=product.vendor_id,
        tags=product.tags,
        featured=product.featured,
        meta_title=product.meta_title,
        meta_description=product.meta_description,
        metadata=product.metadata,
        version=product.version,
        published_at=product.published_at,
        created_at=product.created_at,
        updated_at=product.updated_at,
    )


def staff_variant_answer(seen: StaffVariant) -> StaffVariantAnswer:
    """The one variant."""
    product = seen.of.product
    variant = product.variant(seen.variant_id)
    return _variant(variant, product, seen.of.stock.get(variant.id))


def staff_product_list(
    records: Sequence[ProductRecord], next_cursor: str | None
) -> StaffProductList:
    """A page of them."""
    return StaffProductList([_item(each) for each in records], next_cursor)


def removed_product_answer(removed: RemovedProduct) -> RemovedProductAnswer:
    """What became of it."""
    product = removed.product
    return RemovedProductAnswer(product.id, product.slug, product.name, removed.outcome)


def image_list(seen: StaffProduct) -> ImageList:
    """The images."""
    return ImageList(
        [
            ImageAnswer(each.id, each.url, each.alt_text, each.sort_order)
            for each in seen.product.images
        ]
    )


def _variant(variant: Variant, product: Product, stock: StockItem | None) -> StaffVariantAnswer:
    return StaffVariantAnswer(
        id=variant.id,
        sku=variant.sku,
        name=variant.name,
        position=variant.position,
        attributes=variant.attributes,
        price=maybe_amount(variant.price),
        price_in_force=amount(product.price_of(variant)),
        compare_price=maybe_amount(variant.compare_price),
        cost_price=maybe_amount(variant.cost_price),
        minimum_price=maybe_amount(variant.minimum_price),
        barcode=variant.barcode,
        weight_g=variant.weight_g,
        image_url=variant.image_url,
        requires_shipping=variant.requires_shipping,
        is_digital=variant.is_digital,
        tax_class=variant.tax_class,
        metadata=variant.metadata,
        stock=None if stock is None else stock_answer(stock),
    )


def _item(record: ProductRecord) -> StaffProductItem:
    return StaffProductItem(
        record.id,
        record.slug,
        record.name,
        record.status,
        amount(record.price),
        amount(record.max_price),
        record.variants,
        record.image_url,
        record.category_id,
        record.brand_id,
        record.vendor_id,
        record.featured,
        record.version,
        record.created_at,
        record.updated_at,
    )
