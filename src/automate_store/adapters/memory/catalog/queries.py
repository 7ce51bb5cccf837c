"""What customers browse: active products, page by page."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from automate_store.adapters.memory.catalog.products import MARK
from automate_store.adapters.memory.catalog.shelf import first_image, stock_of
from automate_store.adapters.memory.rows import Tables
from automate_store.adapters.memory.session import Session
from automate_store.application.errors import BadCursor
from automate_store.application.ports.catalog import (
    CategoryNode,
    Page,
    PageRequest,
    ProductDetail,
    ProductFilter,
    ProductSort,
    ProductSummary,
    VariantDetail,
)
from automate_store.domain.catalog import (
    Brand,
    BrandNotFound,
    Category,
    CategoryNotFound,
    Product,
    ProductNotFound,
    ProductStatus,
    Variant,
    descendants,
)
from automate_store.domain.kernel.ids import BrandId, CategoryId, ProductId
from automate_store.domain.kernel.money import Money

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Place = tuple[int | str, str]
"""Where a product stands in a sorted list: what it is sorted by, then its id."""
N = TypeVar("N", Category, Brand)


class MemoryCatalogQueries:
    """Implements ``ports.catalog.CatalogQueries``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def version(self) -> str:
        """A mark that changes with every committed change of the catalogue."""
        await self._session.turn()
        return self._tables.marks.get(MARK) or ""

    async def list_products(self, wanted: ProductFilter, page: PageRequest) -> Page:
        """A page of active products; raises CategoryNotFound, BrandNotFound, BadCursor."""
        await self._session.turn()
        after = _read(page) if page.cursor is not None else None
        fits = self._filter(wanted)
        found = [each for each in map(self._summary, self._active()) if fits(each)]
        found.sort(key=lambda each: _place(each, page.sort), reverse=page.descending)
        rest = [each for each in found if after is None or _beyond(each, after, page)]
        shown = tuple(rest[: page.limit])
        more = len(rest) > page.limit
        return Page(items=shown, next_cursor=_cursor(shown[-1], page) if more else None)

    async def product(self, id_or_slug: str) -> ProductDetail:
        """The active product; raises ProductNotFound."""
        await self._session.turn()
        product_id = _uuid(id_or_slug) or self._tables.slugs.get(id_or_slug.casefold())
        product = self._tables.products.get(ProductId(product_id)) if product_id else None
        if product is None or product.status is not ProductStatus.ACTIVE:
            raise ProductNotFound(id_or_slug)
        shown = product.for_customers()
        return ProductDetail(
            product=shown,
            variants=tuple(self._variant(shown, each) for each in shown.variants),
            category=self._tables.categories.get(product.category_id)
            if product.category_id
            else None,
            brand=self._tables.brands.get(product.brand_id) if product.brand_id else None,
        )

    async def categories(self) -> tuple[CategoryNode, ...]:
        """The tree of active categories, roots first."""
        await self._session.turn()
        return _nodes(None, [each for each in self._tables.categories.values() if each.is_active])

    async def brands(self) -> tuple[Brand, ...]:
        """The active brands, by name."""
        await self._session.turn()
        active = (brand for brand in self._tables.brands.values() if brand.is_active)
        return tuple(sorted(active, key=lambda brand: (brand.name.casefold(), brand.id)))

    def _active(self) -> Iterable[Product]:
        products = self._tables.products.values()
        return (each for each in products if each.status is ProductStatus.ACTIVE)

    def _filter(self, wanted: ProductFilter) -> Callable[[ProductSummary], bool]:
        shelves = _shelves(self._tables, wanted.category)
        brand_id = _brand(self._tables, wanted.brand)

        def fits(each: ProductSummary) -> bool:
            return (
                (shelves is None or each.category_id in shelves)
                and brand_id in {None, each.brand_id}
                and (wanted.min_price is None or wanted.min_price <= each.max_price.decimal())
                and (wanted.max_price is None or each.price.decimal() <= wanted.max_price)
                and wanted.in_stock in {None, each.in_stock}
                and wanted.featured in {None, each.featured}
            )

        return fits

    def _summary(self, product: Product) -> ProductSummary:
        cheapest = min(product.variants, key=lambda each: product.price_of(each).minor)
        prices = [product.price_of(variant).minor for variant in product.variants]
        image = first_image(product)
        return ProductSummary(
            id=product.id,
            slug=product.slug,
            name=product.name,
            short_description=product.short_description,
            price=product.price_of(cheapest),
            max_price=Money(max(prices), product.price.currency),
            compare_price=product.compare_price_of(cheapest),
            image_url=image.url if image else None,
            image_alt=image.alt_text if image else None,
            in_stock=any(self._variant(product, each).in_stock for each in product.variants),
            featured=product.featured,
            category_id=product.category_id,
            brand_id=product.brand_id,
            created_at=product.created_at,
        )

    def _variant(self, product: Product, variant: Variant) -> VariantDetail:
        stock = stock_of(self._tables, variant.id)
        unlimited = not stock.tracked or (stock.allow_backorder and stock.backorder_limit is None)
        return VariantDetail(
            variant=variant,
            price=product.price_of(variant),
            available=None if unlimited else stock.promisable,
            in_stock=stock.promisable > 0,
        )


def _shelves(tables: Tables, wanted: str | None) -> frozenset[CategoryId] | None:
    if wanted is None:
        return None
    categories = tables.categories.values()
    named = _named(wanted, [category for category in categories if category.is_active])
    if named is None:
        raise CategoryNotFound(wanted)
    return descendants(named.id, categories)


def _brand(tables: Tables, wanted: str | None) -> BrandId | None:
    if wanted is None:
        return None
    named = _named(wanted, [brand for brand in tables.brands.values() if brand.is_active])
    if named is None:
        raise BrandNotFound(wanted)
    return named.id


def _named(id_or_slug: str, things: Iterable[N]) -> N | None:
    wanted = id_or_slug.casefold()
    return next((each for each in things if wanted in {str(each.id), each.slug.casefold()}), None)


def _nodes(parent_id: CategoryId | None, categories: list[Category]) -> tuple[CategoryNode, ...]:
    here = [category for category in categories if category.parent_id == parent_id]
    here.sort(key=lambda category: (category.sort_order, category.name.casefold(), category.id))
    return tuple(CategoryNode(category=each, children=_nodes(each.id, categories)) for each in here)


def _place(product: ProductSummary, sort: ProductSort) -> _Place:
    by: dict[ProductSort, int | str] = {
        ProductSort.NAME: product.name.casefold(),
        ProductSort.PRICE: product.price.minor,
        ProductSort.CREATED_AT: (product.created_at - _EPOCH) // timedelta(microseconds=1),
    }
    return by[sort], str(product.id)


def _beyond(product: ProductSummary, after: _Place, page: PageRequest) -> bool:
    place = _place(product, page.sort)
    return place < after if page.descending else place > after


def _cursor(last: ProductSummary, page: PageRequest) -> str:
    said = [page.sort.value, page.descending, *_place(last, page.sort)]
    return urlsafe_b64encode(json.dumps(said).encode()).decode()


def _read(page: PageRequest) -> _Place:
    assert page.cursor is not None, "there is a cursor to read"
    try:
        sort, descending, by, last_id = json.loads(urlsafe_b64decode(page.cursor.encode()))
    except (ValueError, TypeError) as unreadable:
        raise BadCursor from unreadable
    kind = str if page.sort is ProductSort.NAME else int
    told = (sort, descending, isinstance(by, kind), isinstance(last_id, str))
    if told != (page.sort.value, page.descending, True, True):
        raise BadCursor
    return by, last_id


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
