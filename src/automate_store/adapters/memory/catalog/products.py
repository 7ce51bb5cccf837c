"""Products, whole, for those who change them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from automate_store.adapters.memory.session import Session
from automate_store.application.errors import Contended, VersionConflict
from automate_store.domain.catalog import Brand, Category, Product, ProductNotFound
from automate_store.domain.inventory import DEFAULT_LOCATION
from automate_store.domain.kernel.ids import ProductId, VariantId
from automate_store.domain.kernel.words import folded

MARK = "catalog"
"""The mark that changes with every committed change of the catalogue."""


class MemoryProducts:
    """Implements ``ports.catalog.Products``; slugs and SKUs are unique, case folded."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def by_slugs(self, slugs: Sequence[str]) -> Mapping[str, Product]:
        """The products with these slugs, by slug."""
        await self._session.turn()
        ids = (self._tables.slugs.get(slug.casefold()) for slug in slugs)
        products = (self._tables.products.get(each) for each in ids if each is not None)
        return {product.slug: product for product in products if product is not None}

    async def get(self, product_id: ProductId) -> Product:
        """The product, whatever its status; raises ProductNotFound."""
        await self._session.turn()
        product = self._tables.products.get(product_id)
        if product is None:
            raise ProductNotFound(str(product_id))
        return product

    async def taken_skus(self, skus: Sequence[str]) -> Mapping[str, ProductId]:
        """Which of these SKUs are taken, as they were spelt, and by which product."""
        await self._session.turn()
        owners = ((sku, self._tables.skus.get(folded(sku))) for sku in skus)
        return {sku: owner for sku, owner in owners if owner is not None}

    async def add(self, products: Sequence[Product]) -> None:
        """Store new products; raises Contended where a slug or SKU was taken meanwhile."""
        await self._session.turn()
        for product in products:
            await self._session.take("product", product.id)
            await self._store(product)

    async def save(self, products: Sequence[Product]) -> None:
        """Store changed products; raises VersionConflict."""
        await self._session.turn()
        for product in products:
            await self._session.take("product", product.id)
            stored = self._tables.products.get(product.id)
            if stored is None or stored.version != product.version:
                raise VersionConflict("product", str(product.id))
            self._forget(stored, product)
            await self._store(product)

    async def categories(self) -> Sequence[Category]:
        """All categories."""
        await self._session.turn()
        return self._tables.categories.values()

    async def brands(self) -> Sequence[Brand]:
        """All brands."""
        await self._session.turn()
        return self._tables.brands.values()

    async def add_categories(self, categories: Sequence[Category]) -> None:
        """Store new categories; raises Contended where a slug was taken meanwhile."""
        await self._session.turn()
        for category in categories:
            await self._session.take("category slug", category.slug.casefold())
            if any(_same_slug(category, each) for each in self._tables.categories.values()):
                raise Contended
            self._tables.categories.put(category.id, category)
        self._changed()

    async def add_brands(self, brands: Sequence[Brand]) -> None:
        """Store new brands; raises Contended where a slug was taken meanwhile."""
        await self._session.turn()
        for brand in brands:
            await self._session.take("brand slug", brand.slug.casefold())
            if any(_same_slug(brand, each) for each in self._tables.brands.values()):
                raise Contended
            self._tables.brands.put(brand.id, brand)
        self._changed()

    async def is_empty(self) -> bool:
        """Whether the shop has no product at all."""
        await self._session.turn()
        return not self._tables.products.values()

    async def all(self) -> AsyncIterator[Product]:
        """Every product in slug order."""
        await self._session.turn()
        for product in sorted(self._tables.products.values(), key=lambda each: each.slug):
            yield product

    async def _store(self, product: Product) -> None:
        await self._own_slug(product)
        for variant in product.variants:
            await self._own_sku(folded(variant.sku), product.id)
            self._tables.variants.put(variant.id, product.id)
        self._tables.products.put(product.id, product.saved())
        self._session.record(*product.events)
        self._changed()

    async def _own_slug(self, product: Product) -> None:
        slug = product.slug.casefold()
        await self._session.take("slug", slug)
        if self._tables.slugs.get(slug) not in {None, product.id}:
            raise Contended
        self._tables.slugs.put(slug, product.id)

    async def _own_sku(self, sku: str, product_id: ProductId) -> None:
        await self._session.take("sku", sku)
        if self._tables.skus.get(sku) not in {None, product_id}:
            raise Contended
        self._tables.skus.put(sku, product_id)

    def _forget(self, stored: Product, product: Product) -> None:
        if stored.slug != product.slug:
            self._tables.slugs.drop(stored.slug.casefold())
        for sku in _skus(stored) - _skus(product):
            self._tables.skus.drop(sku)
        for variant_id in _variant_ids(stored) - _variant_ids(product):
            self._tables.variants.drop(variant_id)
            self._tables.stock.drop((variant_id, DEFAULT_LOCATION))

    def _changed(self) -> None:
        self._tables.marks.put(MARK, self._session.ids.uuid().hex)


def _same_slug(one: Category | Brand, other: Category | Brand) -> bool:
    return one.slug.casefold() == other.slug.casefold()


def _skus(product: Product) -> set[str]:
    return {folded(variant.sku) for variant in product.variants}


def _variant_ids(product: Product) -> set[VariantId]:
    return {variant.id for variant in product.variants}
