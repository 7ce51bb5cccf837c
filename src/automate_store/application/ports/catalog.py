"""The catalogue: what stands on the shelf, how it is stored, how it is browsed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from attrs import field, frozen

from automate_store.domain.catalog import Brand, Category, Image, Product, ProductStatus, Variant
from automate_store.domain.inventory import StockItem
from automate_store.domain.kernel.ids import (
    BrandId,
    CategoryId,
    ProductId,
    UserId,
    VariantId,
)
from automate_store.domain.kernel.money import Money


@frozen(kw_only=True)
class Sellable:
    """A variant as the shop window has it: what it is, costs now, and how many are left."""

    product_id: ProductId
    variant_id: VariantId
    slug: str
    name: str
    variant_name: str
    sku: str
    attributes: Mapping[str, str]
    image_url: str | None
    unit_price: Money
    compare_price: Money | None
    minimum_price: Money | None
    weight_g: int
    requires_shipping: bool
    is_digital: bool
    tax_class: str
    category_ids: frozenset[CategoryId]
    """The product's category and all above it."""
    brand_id: BrandId | None
    tags: frozenset[str]
    active: bool
    stock: StockItem


@frozen(kw_only=True)
class Choice:
    """What naming a product alone could mean: one of its variants, out of so many."""

    variant: Sellable
    variants: int
    """At least 1; only where it is 1 the variant is the one meant."""


class Shelf(Protocol):
    """What can be sold, read for carts and orders."""

    async def find(self, product_id: ProductId | None, variant_id: VariantId | None) -> Sellable:
        """
        The active variant named, or the only one of the product named.

        Raises ProductNotFound, VariantNotFound, or VariantNotNamed where several could
        be meant. At least one of the two ids is given.
        """

    async def of(self, variant_ids: Iterable[VariantId]) -> Mapping[VariantId, Sellable]:
        """Each variant that exists, archived ones too; a deleted one is left out."""

    async def of_products(self, product_ids: Iterable[ProductId]) -> Mapping[ProductId, Choice]:
        """What each active product offers; one that is not for sale is left out."""


@frozen(kw_only=True)
class ProductsOfStaff:
    """Which products staff list; None asks for nothing."""

    status: ProductStatus | None = None
    vendor_id: UserId | None = None
    """Whose own they are."""


@frozen(kw_only=True)
class ProductRecord:
    """A product as staff list it: price is the lowest among its variants."""

    id: ProductId
    slug: str
    name: str
    status: ProductStatus
    price: Money
    max_price: Money
    variants: int
    image_url: str | None
    category_id: CategoryId | None
    brand_id: BrandId | None
    vendor_id: UserId | None
    featured: bool
    version: int
    created_at: datetime
    updated_at: datetime


class Products(Protocol):
    """Products, whole, for those who change them; works in batches so imports stay quick."""

    async def by_slugs(self, slugs: Sequence[str]) -> Mapping[str, Product]:
        """The products with these slugs, whatever their status, by slug."""

    async def get(self, product_id: ProductId) -> Product:
        """The product, whatever its status; raises ProductNotFound."""

    async def taken_skus(self, skus: Sequence[str]) -> Mapping[str, ProductId]:
        """Which of these SKUs (compared case folded) are taken, and by which product."""

    async def page(
        self, wanted: ProductsOfStaff, *, before: ProductId | None, limit: int
    ) -> tuple[ProductRecord, ...]:
        """Products of any status, newest first, after that one."""

    async def in_history(self, product_id: ProductId) -> bool:
        """
        Whether an order, a cart, a reservation or the ledger names one of its variants.

        One that it had and has no more counts as well.
        """

    async def add(self, products: Sequence[Product]) -> None:
        """
        Store new products with their variants and images.

        Raises InvalidInput naming ``vendor_id`` where that is nobody's account.
        """

    async def save(self, products: Sequence[Product]) -> None:
        """
        Store changed products: variants and images that are gone from them go.

        Raises VersionConflict where one was changed meanwhile. A variant that an
        order or a movement names is kept in the ledger's rows, off the product; so is
        its stock, of which orders may still be met.
        """

    async def remove(self, product: Product) -> None:
        """
        Delete the product with its variants, their stock and its images.

        Raises VersionConflict where it was changed meanwhile, Contended where it is in
        history by now.
        """

    async def lock_shelves(self) -> None:
        """Keep all others who ask for this from going on until the work ends."""

    async def categories(self) -> Sequence[Category]:
        """All categories."""

    async def brands(self) -> Sequence[Brand]:
        """All brands."""

    async def add_categories(self, categories: Sequence[Category]) -> None:
        """Store new categories, parents first."""

    async def add_brands(self, brands: Sequence[Brand]) -> None:
        """Store new brands."""

    async def save_category(self, category: Category) -> None:
        """
        Store the changed category; raises CategoryNotFound.

        Whoever moves one holds the shelves: only then no other move can close a circle.
        """

    async def save_brand(self, brand: Brand) -> None:
        """Store the changed brand; raises BrandNotFound."""

    async def remove_category(self, category: Category) -> None:
        """Delete it; raises CategoryInUse where anything stands in it, CategoryNotFound."""

    async def remove_brand(self, brand: Brand) -> None:
        """Delete it; raises BrandInUse where a product names it, BrandNotFound."""

    async def pictures_named(self) -> frozenset[str]:
        """
        The names of all kept pictures that the store speaks of anywhere.

        On products, variants, categories and brands, in descriptions, and on what was
        ordered. Reads all of them: for commands, and not for requests.
        """

    async def is_empty(self) -> bool:
        """Whether the shop has no product at all."""

    def all(self) -> AsyncIterator[Product]:
        """Every product in slug order, streamed; memory stays flat."""


class ProductSort(StrEnum):
    """What a list of products is sorted by."""

    NAME = "name"
    PRICE = "price"
    CREATED_AT = "created_at"


@frozen(kw_only=True)
class ProductFilter:
    """Which products a list shows; None asks for nothing."""

    category: str | None = None
    """A category's id or slug; its descendants are included."""
    brand: str | None = None
    """A brand's id or slug."""
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    in_stock: bool | None = None
    featured: bool | None = None


@frozen(kw_only=True)
class PageRequest:
    """One page of a list: how many, sorted how, after which cursor."""

    limit: int
    cursor: str | None
    """Opaque; what the page before gave as ``next_cursor``. Raises BadCursor where it is not."""
    sort: ProductSort = ProductSort.CREATED_AT
    descending: bool = True


@frozen(kw_only=True)
class ProductSummary:
    """A product as a list shows it."""

    id: ProductId
    slug: str
    name: str
    short_description: str | None
    price: Money
    """The lowest price among its variants."""
    max_price: Money
    compare_price: Money | None
    image_url: str | None
    image_alt: str | None
    in_stock: bool
    featured: bool
    category_id: CategoryId | None
    brand_id: BrandId | None
    created_at: datetime


@frozen(kw_only=True)
class Page:
    """A page of a list; ``next_cursor`` None ends it."""

    items: tuple[ProductSummary, ...]
    next_cursor: str | None


@frozen(kw_only=True)
class VariantDetail:
    """A variant as a product page shows it; ``available`` None is without limit."""

    variant: Variant
    price: Money
    available: int | None
    in_stock: bool


@frozen(kw_only=True)
class ProductDetail:
    """All of a product that a customer may see: no costs, floor prices or metadata."""

    product: Product
    variants: tuple[VariantDetail, ...]
    category: Category | None
    brand: Brand | None


@frozen(kw_only=True)
class CategoryNode:
    """A category and those below it, in their order."""

    category: Category
    children: tuple[CategoryNode, ...] = field(factory=tuple)


class CatalogQueries(Protocol):
    """What customers browse: active products only, straight from the store's rows."""

    async def version(self) -> str:
        """A mark that changes with every committed change of the catalogue."""

    async def list_products(self, wanted: ProductFilter, page: PageRequest) -> Page:
        """A page of active products; raises CategoryNotFound, BrandNotFound, BadCursor."""

    async def product(self, id_or_slug: str) -> ProductDetail:
        """The active product; raises ProductNotFound for what is not there or not active."""

    async def categories(self) -> tuple[CategoryNode, ...]:
        """The tree of active categories, roots first."""

    async def brands(self) -> tuple[Brand, ...]:
        """The active brands, by name."""


__all__ = [
    "CatalogQueries",
    "CategoryNode",
    "Choice",
    "Image",
    "Page",
    "PageRequest",
    "ProductDetail",
    "ProductFilter",
    "ProductRecord",
    "ProductSort",
    "ProductSummary",
    "Products",
    "ProductsOfStaff",
    "Sellable",
    "Shelf",
    "VariantDetail",
]
