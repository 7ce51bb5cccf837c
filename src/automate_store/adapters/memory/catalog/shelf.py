"""What can be sold, put together from products, categories and stock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from automate_store.adapters.memory.rows import Tables
from automate_store.adapters.memory.session import Session
from automate_store.application.ports.catalog import Choice, Sellable
from automate_store.domain.catalog import (
    Image,
    Product,
    ProductNotFound,
    ProductStatus,
    Variant,
    VariantNotFound,
    ancestors,
)
from automate_store.domain.inventory import DEFAULT_LOCATION, StockItem
from automate_store.domain.kernel.ids import CategoryId, ProductId, VariantId


class MemoryShelf:
    """Implements ``ports.catalog.Shelf``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def find(self, product_id: ProductId | None, variant_id: VariantId | None) -> Sellable:
        """The active variant named, or the only one of the product named."""
        await self._session.turn()
        if product_id is None:
            assert variant_id is not None, "a product or a variant is named"
            product = _product_of(self._tables, variant_id)
            if product is None or product.status is not ProductStatus.ACTIVE:
                raise VariantNotFound(str(variant_id))
        else:
            product = self._tables.products.get(product_id)
            if product is None or product.status is not ProductStatus.ACTIVE:
                raise ProductNotFound(str(product_id))
        return _sellable(self._tables, product, product.variant(variant_id))

    async def of(self, variant_ids: Iterable[VariantId]) -> Mapping[VariantId, Sellable]:
        """Each variant that exists, archived ones too; a deleted one is left out."""
        await self._session.turn()
        products = ((each, _product_of(self._tables, each)) for each in variant_ids)
        return {
            variant_id: _sellable(self._tables, product, product.variant(variant_id))
            for variant_id, product in products
            if product is not None
        }

    async def of_products(self, product_ids: Iterable[ProductId]) -> Mapping[ProductId, Choice]:
        """What each active product offers; one that is not for sale is left out."""
        await self._session.turn()
        found = (self._tables.products.get(each) for each in product_ids)
        return {
            product.id: Choice(
                variant=_sellable(self._tables, product, product.variants[0]),
                variants=len(product.variants),
            )
            for product in found
            if product is not None and product.status is ProductStatus.ACTIVE
        }


def stock_of(tables: Tables, variant_id: VariantId) -> StockItem:
    """The variant's stock; none at all where none was ever put."""
    return tables.stock.get((variant_id, DEFAULT_LOCATION)) or StockItem(
        variant_id=variant_id,
        location_id=DEFAULT_LOCATION,
        on_hand=0,
        reserved=0,
        tracked=True,
        allow_backorder=False,
        backorder_limit=None,
        low_stock_threshold=0,
    )


def first_image(product: Product) -> Image | None:
    """The image that is shown where only one is."""
    return min(product.images, key=lambda image: (image.sort_order, image.id), default=None)


def _product_of(tables: Tables, variant_id: VariantId) -> Product | None:
    product_id = tables.variants.get(variant_id)
    return tables.products.get(product_id) if product_id else None


def _sellable(tables: Tables, product: Product, variant: Variant) -> Sellable:
    image = first_image(product)
    return Sellable(
        product_id=product.id,
        variant_id=variant.id,
        slug=product.slug,
        name=product.name,
        variant_name=variant.name,
        sku=variant.sku,
        attributes=variant.attributes,
        image_url=variant.image_url or (image.url if image else None),
        unit_price=product.price_of(variant),
        compare_price=product.compare_price_of(variant),
        minimum_price=variant.minimum_price,
        weight_g=variant.weight_g,
        requires_shipping=variant.requires_shipping,
        is_digital=variant.is_digital,
        tax_class=variant.tax_class,
        category_ids=_shelves(tables, product.category_id),
        brand_id=product.brand_id,
        tags=frozenset(product.tags),
        active=product.status is ProductStatus.ACTIVE,
        stock=stock_of(tables, variant.id),
    )


def _shelves(tables: Tables, category_id: CategoryId | None) -> frozenset[CategoryId]:
    if category_id is None:
        return frozenset()
    parents = {category.id: category.parent_id for category in tables.categories.values()}
    return ancestors(category_id, parents)
