"""Use case: write the catalogue to a file that an import takes in again as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from automate_store.application.access import Actor, Permission
from automate_store.application.catalog.merging import EXEMPT
from automate_store.application.catalog.shelving import Shelves
from automate_store.application.errors import Contended
from automate_store.application.ports import Ports
from automate_store.application.ports.catalog_files import (
    CatalogWriter,
    ImageListing,
    ProductListing,
    VariantListing,
)
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.catalog import Product, Variant
from automate_store.domain.inventory import StockItem
from automate_store.domain.kernel.ids import VariantId

BATCH = 200
"""Products whose stock is read together."""


async def export_catalog(target: CatalogWriter, *, ports: Ports, actor: Actor) -> int:
    """
    Write every product, whatever its status, in slug order; how many there were.

    The products are gone through twice, since the head of the file names all columns.
    Raises Contended where the columns changed in between.
    """
    actor.may(Permission.IMPORT_CATALOG)
    async with ports.unit_of_work() as work:
        shelves = Shelves(ports.ids)
        await shelves.load(work.products)
        columns, options = await _shape(work)
        target.begin(columns, options=options)
        written = 0
        async for batch in _batches(work.products.all()):
            ids = [variant.id for product in batch for variant in product.variants]
            stock = await work.stock.of(ids)
            for product in batch:
                listing = listed(product, shelves, stock)
                if not _names(product) <= columns or len(product.options) > options:
                    raise Contended
                target.write(listing)
            written += len(batch)
    return written


def listed(
    product: Product, shelves: Shelves, stock: Mapping[VariantId, StockItem]
) -> ProductListing:
    """The product as a file has it."""
    return ProductListing(
        line=0,
        slug=product.slug,
        name=product.name,
        description=product.description,
        category=shelves.path_to(product.category_id),
        brand=shelves.label_of(product.brand_id),
        tags=product.tags,
        status=product.status,
        options=product.options,
        variants=tuple(_variant(product, one, stock.get(one.id)) for one in product.variants),
        images=tuple(ImageListing(url=one.url, alt_text=one.alt_text) for one in product.images),
        meta_title=product.meta_title,
        meta_description=product.meta_description,
        metadata=product.metadata,
    )


def _variant(product: Product, variant: Variant, stock: StockItem | None) -> VariantListing:
    return VariantListing(
        line=0,
        sku=variant.sku,
        spare_skus=(),
        attributes=variant.attributes,
        name=variant.name,
        price=product.price_of(variant),
        compare_price=product.compare_price_of(variant),
        cost_price=variant.cost_price,
        barcode=variant.barcode,
        weight_g=variant.weight_g,
        image_url=variant.image_url,
        requires_shipping=variant.requires_shipping,
        taxable=variant.tax_class != EXEMPT,
        tracked=stock.tracked if stock else True,
        allow_backorder=stock.allow_backorder if stock else False,
        quantity=stock.on_hand if stock else 0,
        metadata=variant.metadata,
    )


async def _shape(work: Work) -> tuple[frozenset[str], int]:
    """The names of all metadata, and the most options that a product has."""
    columns: set[str] = set()
    options = 0
    async for product in work.products.all():
        columns |= _names(product)
        options = max(options, len(product.options))
    return frozenset(columns), options


def _names(product: Product) -> set[str]:
    names = set(product.metadata)
    for variant in product.variants:
        names |= variant.metadata.keys()
    return names


async def _batches(products: AsyncIterator[Product]) -> AsyncIterator[Sequence[Product]]:
    batch: list[Product] = []
    async for product in products:
        batch.append(product)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
