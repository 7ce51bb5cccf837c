"""The catalogue on the wire, as customers see it: no cost prices, no floors, no drafts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.ports.catalog import (
    CategoryNode,
    Page,
    ProductDetail,
    ProductSort,
    ProductSummary,
    VariantDetail,
)
from automate_store.domain.catalog import Brand, Category
from automate_store.entrypoints.http.wire.inputs import WORDS, Input, Text255
from automate_store.entrypoints.http.wire.money import Amount, amount, maybe_amount
from automate_store.entrypoints.http.wire.paging import Cursor, Limit, SortOrder

Price = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,15}(\.[0-9]{1,4})?$",
        max_length=20,
        description="In major units of the store's currency.",
        examples=["19.99"],
        extra={WORDS: "is an amount as text, such as 19.99"},
    ),
]


class ProductQuery(Input, frozen=True, kw_only=True):
    """Which products, in which order, how many."""

    category: Annotated[
        Text255 | None, Meta(description="Id or slug; what stands below it is included.")
    ] = None
    brand: Annotated[Text255 | None, Meta(description="Id or slug.")] = None
    min_price: Price | None = None
    max_price: Price | None = None
    in_stock: bool | None = None
    featured: bool | None = None
    sort: ProductSort = ProductSort.CREATED_AT
    order: Annotated[
        SortOrder | None, Meta(description="By default created_at descends, the others ascend.")
    ] = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class ProductListItem(Struct, frozen=True):
    """A product as a list shows it: price is its lowest, max_price its highest."""

    id: UUID
    slug: str
    name: str
    short_description: str | None
    price: Amount
    max_price: Amount
    compare_price: Amount | None
    image_url: str | None
    image_alt: str | None
    in_stock: bool
    featured: bool
    category_id: UUID | None
    brand_id: UUID | None
    created_at: datetime


class ProductList(Struct, frozen=True):
    """A page of products; next_cursor asks for the next one, null ends the list."""

    items: list[ProductListItem]
    next_cursor: str | None


class ImageAnswer(Struct, frozen=True):
    """A picture of the product."""

    id: UUID
    url: str
    alt_text: str | None
    sort_order: int


class VariantAnswer(Struct, frozen=True):
    """What can be put into a cart; available is null where there is no limit."""

    id: UUID
    sku: str
    name: str
    attributes: Mapping[str, str]
    price: Amount
    compare_price: Amount | None
    available: int | None
    in_stock: bool
    barcode: str | None
    weight_g: int
    image_url: str | None
    requires_shipping: bool
    is_digital: bool


class CategoryAnswer(Struct, frozen=True):
    """A category."""

    id: UUID
    name: str
    slug: str
    description: str | None
    parent_id: UUID | None
    image_url: str | None
    sort_order: int


class CategoryBranch(Struct, frozen=True):
    """A category with all that stands below it."""

    id: UUID
    name: str
    slug: str
    description: str | None
    parent_id: UUID | None
    image_url: str | None
    sort_order: int
    children: list[CategoryBranch]


class CategoryTree(Struct, frozen=True):
    """The roots of the tree of categories."""

    items: list[CategoryBranch]


class BrandAnswer(Struct, frozen=True):
    """Who makes it."""

    id: UUID
    name: str
    slug: str
    logo_url: str | None
    description: str | None
    website: str | None


class BrandList(Struct, frozen=True):
    """The brands, by name."""

    items: list[BrandAnswer]


class ProductAnswer(Struct, frozen=True):
    """All of a product that a customer may see; description is HTML that was cleaned."""

    id: UUID
    slug: str
    name: str
    description: str | None
    short_description: str | None
    price: Amount
    compare_price: Amount | None
    options: tuple[str, ...]
    variants: list[VariantAnswer]
    images: list[ImageAnswer]
    category: CategoryAnswer | None
    brand: BrandAnswer | None
    tags: tuple[str, ...]
    featured: bool
    meta_title: str | None
    meta_description: str | None
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime


def product_list(page: Page) -> ProductList:
    """The page."""
    return ProductList([_summary(each) for each in page.items], page.next_cursor)


def product_answer(detail: ProductDetail) -> ProductAnswer:
    """The product with its variants and pictures."""
    product = detail.product
    return ProductAnswer(
        id=product.id,
        slug=product.slug,
        name=product.name,
        description=product.description,
        short_description=product.short_description,
        price=amount(product.price),
        compare_price=maybe_amount(product.compare_price),
        options=product.options,
        variants=[_variant(each) for each in detail.variants],
        images=[ImageAnswer(i.id, i.url, i.alt_text, i.sort_order) for i in product.images],
        category=_category(detail.category) if detail.category else None,
        brand=_brand(detail.brand) if detail.brand else None,
        tags=product.tags,
        featured=product.featured,
        meta_title=product.meta_title,
        meta_description=product.meta_description,
        published_at=product.published_at,
        created_at=product.created_at,
        updated_at=product.updated_at,
    )


def category_tree(roots: tuple[CategoryNode, ...]) -> CategoryTree:
    """The tree."""
    return CategoryTree([_branch(node) for node in roots])


def brand_list(brands: tuple[Brand, ...]) -> BrandList:
    """The brands."""
    return BrandList([_brand(each) for each in brands])


def _summary(one: ProductSummary) -> ProductListItem:
    return ProductListItem(
        one.id,
        one.slug,
        one.name,
        one.short_description,
        amount(one.price),
        amount(one.max_price),
        maybe_amount(one.compare_price),
        one.image_url,
        one.image_alt,
        one.in_stock,
        one.featured,
        one.category_id,
        one.brand_id,
        one.created_at,
    )


def _variant(detail: VariantDetail) -> VariantAnswer:
    variant = detail.variant
    return VariantAnswer(
        variant.id,
        variant.sku,
        variant.name,
        variant.attributes,
        amount(detail.price),
        maybe_amount(variant.compare_price),
        detail.available,
        detail.in_stock,
        variant.barcode,
        variant.weight_g,
        variant.image_url,
        variant.requires_shipping,
        variant.is_digital,
    )


def _category(category: Category) -> CategoryAnswer:
    return CategoryAnswer(
        category.id,
        category.name,
        category.slug,
        category.description,
        category.parent_id,
        category.image_url,
        category.sort_order,
    )


def _branch(node: CategoryNode) -> CategoryBranch:
    category = node.category
    return CategoryBranch(
        category.id,
        category.name,
        category.slug,
        category.description,
        category.parent_id,
        category.image_url,
        category.sort_order,
        [_branch(child) for child in node.children],
    )


def _brand(brand: Brand) -> BrandAnswer:
    return BrandAnswer(
        brand.id, brand.name, brand.slug, brand.logo_url, brand.description, brand.website
    )
