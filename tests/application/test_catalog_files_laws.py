"""Laws of imports and exports, whatever the catalogue."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from automate_store.adapters.shopify.words import label
from automate_store.adapters.texts import WrittenTexts
from automate_store.application.ports.catalog_files import ProductListing
from automate_store.domain.catalog import ProductStatus
from tests.adapters.shopify.files import products, written
from tests.adapters.shopify.listings import KEPT, KEPT_OF_VARIANTS, catalogues
from tests.application.catalogs import Warehouse, counts, memory_ports

CATALOGUES = catalogues("USD")
TEXTS = WrittenTexts()


@given(catalogue=CATALOGUES, with_stock=st.booleans())
def test_importing_exporting_and_importing_is_importing(
    catalogue: Sequence[ProductListing], *, with_stock: bool
) -> None:
    async def run() -> None:
        shop, other = Warehouse(memory_ports()), Warehouse(memory_ports())
        await shop.take_file(written(catalogue))
        before, mark, exported = await shop.products(), await shop.mark(), await shop.write()
        again = await shop.take_file(exported, with_stock=with_stock)
        assert counts(again) == (0, 0, len(catalogue), 0)
        assert (await shop.products(), await shop.mark()) == (before, mark)
        fresh = await other.take_file(exported)
        assert counts(fresh) == (len(catalogue), 0, 0, 0)
        assert await other.write() == exported

    asyncio.run(run())


@given(catalogue=CATALOGUES)
def test_the_same_file_twice_changes_nothing(catalogue: Sequence[ProductListing]) -> None:
    async def run() -> None:
        shop = Warehouse(memory_ports())
        first = await shop.take_file(written(catalogue))
        before, mark, ledger = await shop.products(), await shop.mark(), await shop.ledger()
        again = await shop.take_file(written(catalogue))
        assert (first.created, again.unchanged) == (len(catalogue), len(catalogue))
        assert (await shop.products(), await shop.mark()) == (before, mark)
        assert await shop.ledger() == ledger

    asyncio.run(run())


@given(first=CATALOGUES, second=CATALOGUES)
def test_what_was_there_before_does_not_matter_to_what_the_file_says(
    first: Sequence[ProductListing], second: Sequence[ProductListing]
) -> None:
    # But for made SKUs, which are kept, and archived products, which are no drafts again:
    # both have their own tests.
    wanted = [_on_sale(one) for one in second]
    content = written(wanted, columns=[*KEPT, *KEPT_OF_VARIANTS])

    async def run() -> None:
        shop, other = Warehouse(memory_ports()), Warehouse(memory_ports())
        await shop.take_file(written(_overlapping(first, wanted)))
        await shop.take_file(content, with_stock=True)
        await other.take_file(content)
        slugs = {one.slug for one in wanted}
        mine = [_folded(one) for one in products(await shop.write()) if one.slug in slugs]
        assert mine == [_folded(one) for one in products(await other.write())]

    asyncio.run(run())


def _on_sale(listing: ProductListing) -> ProductListing:
    """The listing on sale, with a SKU of its own and a count for each variant."""
    variants = tuple(
        evolve(one, sku=f"{listing.slug}/{number}", quantity=one.quantity or 0)
        for number, one in enumerate(listing.variants)
    )
    return evolve(listing, variants=variants, status=ProductStatus.ACTIVE)


def _overlapping(
    listings: Sequence[ProductListing], others: Sequence[ProductListing]
) -> list[ProductListing]:
    """The listings, some of them under slugs that the others have."""
    renamed = [evolve(one, slug=other.slug) for one, other in zip(listings, others, strict=False)]
    slugs = {one.slug for one in renamed}
    return [*renamed, *(one for one in listings[len(renamed) :] if one.slug not in slugs)]


def _folded(listing: ProductListing) -> ProductListing:
    """The listing with names that the store knows in any case in one case."""
    return evolve(
        listing,
        category=tuple(label(one.name.casefold(), TEXTS) for one in listing.category),
        brand=listing.brand and label(listing.brand.name.casefold(), TEXTS),
    )
