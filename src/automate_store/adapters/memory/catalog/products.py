"""Products, whole, for those who change them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import chain

from automate_store.adapters.memory.catalog.shelf import first_image
from automate_store.adapters.memory.session import Session
from automate_store.application.errors import Contended, VersionConflict
from automate_store.application.ports.catalog import ProductRecord, ProductsOfStaff
from automate_store.application.ports.media import NAME
from automate_store.domain.catalog import (
    Brand,
    BrandInUse,
    BrandNotFound,
    Category,
    CategoryInUse,
    CategoryNotFound,
    Product,
    ProductNotFound,
)
from automate_store.domain.inventory import DEFAULT_LOCATION
from automate_store.domain.kernel.errors import InvalidInput
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

    async def page(
        self, wanted: ProductsOfStaff, *, before: ProductId | None, limit: int
    ) -> tuple[ProductRecord, ...]:
        """Products of any status, newest first, after that one."""
        await self._session.turn()
        found = [
            product
            for product in self._tables.products.values()
            if wanted.status in {None, product.status}
            and wanted.vendor_id in {None, product.vendor_id}
            and (before is None or product.id < before)
        ]
        found.sort(key=lambda product: product.id, reverse=True)
        return tuple(_record(product) for product in found[:limit])

    async def in_history(self, product_id: ProductId) -> bool:
        """Whether an order, a cart, a reservation or the ledger names one of its variants."""
        await self._session.turn()
        return self._in_history(product_id)

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

    async def remove(self, product: Product) -> None:
        """Delete the product and its parts; raises VersionConflict, Contended."""
        await self._session.turn()
        await self._session.take("product", product.id)
        stored = self._tables.products.get(product.id)
        if stored is None or stored.version != product.version:
            raise VersionConflict("product", str(product.id))
        if self._in_history(product.id):
            raise Contended
        self._tables.products.drop(product.id)
        self._tables.slugs.drop(stored.slug.casefold())
        for variant in stored.variants:
            self._tables.skus.drop(folded(variant.sku))
            self._tables.variants.drop(variant.id)
            self._tables.stock.drop((variant.id, DEFAULT_LOCATION))
        self._changed()

    async def lock_shelves(self) -> None:
        """Keep all others who ask for this from going on until the work ends."""
        await self._session.turn()
        await self._session.take("shelves")

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

    async def save_category(self, category: Category) -> None:
        """Store the changed category; raises CategoryNotFound, Contended."""
        await self._session.turn()
        await self._session.take("category slug", category.slug.casefold())
        if category.id not in self._tables.categories:
            raise CategoryNotFound(str(category.id))
        others = (each for each in self._tables.categories.values() if each.id != category.id)
        if any(_same_slug(category, each) for each in others):
            raise Contended
        self._tables.categories.put(category.id, category)
        self._changed()

    async def save_brand(self, brand: Brand) -> None:
        """Store the changed brand; raises BrandNotFound, Contended."""
        await self._session.turn()
        await self._session.take("brand slug", brand.slug.casefold())
        if brand.id not in self._tables.brands:
            raise BrandNotFound(str(brand.id))
        others = (each for each in self._tables.brands.values() if each.id != brand.id)
        if any(_same_slug(brand, each) or brand.name == each.name for each in others):
            raise Contended
        self._tables.brands.put(brand.id, brand)
        self._changed()

    async def remove_category(self, category: Category) -> None:
        """Delete it; raises CategoryInUse, CategoryNotFound."""
        await self._session.turn()
        if category.id not in self._tables.categories:
            raise CategoryNotFound(str(category.id))
        inside = (each.category_id for each in self._tables.products.values())
        below = (each.parent_id for each in self._tables.categories.values())
        if category.id in {*inside, *below}:
            raise CategoryInUse(category.slug)
        self._tables.categories.drop(category.id)
        self._changed()

    async def remove_brand(self, brand: Brand) -> None:
        """Delete it; raises BrandInUse, BrandNotFound."""
        await self._session.turn()
        if brand.id not in self._tables.brands:
            raise BrandNotFound(str(brand.id))
        if any(each.brand_id == brand.id for each in self._tables.products.values()):
            raise BrandInUse(brand.slug)
        self._tables.brands.drop(brand.id)
        self._changed()

    async def pictures_named(self) -> frozenset[str]:
        """The names of all kept pictures that the store speaks of anywhere."""
        await self._session.turn()
        tables = self._tables
        told: list[str | None] = []
        for product in tables.products.values():
            told += [product.description, *(image.url for image in product.images)]
            told += [variant.image_url for variant in product.variants]
        for category in tables.categories.values():
            told += [category.description, category.image_url]
        for brand in tables.brands.values():
            told += [brand.description, brand.logo_url]
        told += [item.image_url for order in tables.orders.values() for item in order.items]
        return frozenset(name for text in told if text for name in NAME.findall(text))

    async def is_empty(self) -> bool:
        """Whether the shop has no product at all."""
        await self._session.turn()
        return not self._tables.products.values()

    async def all(self) -> AsyncIterator[Product]:
        """Every product in slug order."""
        await self._session.turn()
        for product in sorted(self._tables.products.values(), key=lambda each: each.slug):
            yield product

    def _in_history(self, product_id: ProductId) -> bool:
        tables = self._tables
        mine = {
            variant_id
            for variants in (tables.variants, tables.gone_variants)
            for variant_id, owner in variants.items()
            if owner == product_id
        }
        carts = (line.variant_id for each in tables.carts.values() for line in each.cart.lines)
        orders = (item.variant_id for order in tables.orders.values() for item in order.items)
        moved = (movement.variant_id for movement in tables.movements.values())
        held = (one.variant_id for each in tables.reservations.values() for one in each)
        return not mine.isdisjoint(chain(carts, orders, moved, held))

    async def _store(self, product: Product) -> None:
        if product.vendor_id is not None and product.vendor_id not in self._tables.accounts:
            raise InvalidInput.of("vendor_id", "is the id of an account")
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
            self._tables.gone_variants.put(variant_id, product.id)

    def _changed(self) -> None:
        self._tables.marks.put(MARK, self._session.ids.uuid().hex)


def _record(product: Product) -> ProductRecord:
    prices = sorted(map(product.price_of, product.variants))
    image = first_image(product)
    return ProductRecord(
        id=product.id,
        slug=product.slug,
        name=product.name,
        status=product.status,
        price=prices[0],
        max_price=prices[-1],
        variants=len(product.variants),
        image_url=image.url if image else None,
        category_id=product.category_id,
        brand_id=product.brand_id,
        vendor_id=product.vendor_id,
        featured=product.featured,
        version=product.version,
        created_at=product.created_at,
        updated_at=product.updated_at,
    )


def _same_slug(one: Category | Brand, other: Category | Brand) -> bool:
    return one.slug.casefold() == other.slug.casefold()


def _skus(product: Product) -> set[str]:
    return {folded(variant.sku) for variant in product.variants}


def _variant_ids(product: Product) -> set[VariantId]:
    return {variant.id for variant in product.variants}
