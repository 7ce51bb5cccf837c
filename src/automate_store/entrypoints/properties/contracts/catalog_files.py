"""What every adapter of ``ports.catalog_files`` promises."""

from __future__ import annotations

from typing import Protocol

import pytest

from automate_store.application.ports.catalog_files import (
    CatalogReader,
    CatalogWriter,
    ImageListing,
    Label,
    ProductListing,
    RefusedListing,
    VariantListing,
)
from automate_store.domain.catalog import ProductStatus
from automate_store.domain.kernel.money import Money


class CatalogFile(Protocol):
    """A file that can be written, and then read from its beginning."""

    def writer(self) -> CatalogWriter:
        """Writes the file anew."""

    def reader(self) -> CatalogReader:
        """Reads what was written, prices in US dollars."""


@pytest.mark.asyncio
class CatalogFilesContract:
    """What is written is read back as it was, in its order; ``file`` gives an empty one."""

    async def test_listings_come_back_as_they_were_written(self, file: CatalogFile) -> None:
        written = [_shirt(), _mug("mug"), _mug("cup")]
        _write(file, *written)
        assert _read(file) == written

    async def test_a_file_without_products_lists_none(self, file: CatalogFile) -> None:
        _write(file)
        assert _read(file) == []

    async def test_reading_tells_how_far_it_has_come(self, file: CatalogFile) -> None:
        _write(file, *(_mug(f"mug-{number}") for number in range(5)))
        reader = file.reader()
        told = [(reader.line, reader.share_read or 0.0) for _ in reader.listings()]
        assert told == sorted(told)
        assert told[0][0] < told[-1][0]
        assert all(0 <= share <= 1 for _, share in told)


def _write(file: CatalogFile, *listings: ProductListing) -> None:
    writer = file.writer()
    writer.begin((), options=2)
    for listing in listings:
        writer.write(listing)


def _read(file: CatalogFile) -> list[ProductListing | RefusedListing]:
    return list(file.reader().listings())


def _mug(slug: str) -> ProductListing:
    variant = VariantListing(
        line=2,
        sku=f"{slug.upper()}-1",
        spare_skus=(),
        name="Default",
        price=Money(1999, "USD"),
        quantity=7,
    )
    return ProductListing(
        line=2, slug=slug, name=slug, status=ProductStatus.ACTIVE, variants=(variant,)
    )


def _shirt() -> ProductListing:
    return ProductListing(
        line=2,
        slug="shirt",
        name="Shirt, größte Auswahl",
        description="<p>Soft &amp; warm</p>",
        category=(Label("Clothes", "clothes"),),
        brand=Label("Acme", "acme"),
        tags=("cotton", "summer"),
        status=ProductStatus.DRAFT,
        options=("Size", "Colour"),
        variants=tuple(
            VariantListing(
                line=2,
                sku=f"SHIRT-{size}",
                spare_skus=(),
                attributes={"Size": size, "Colour": "red"},
                name=f"{size} / red",
                price=Money(2000, "USD"),
                compare_price=Money(2500, "USD"),
                weight_g=250,
                quantity=3,
            )
            for size in ("S", "L")
        ),
        images=(
            ImageListing(url="https://images.example/1.jpg", alt_text="front"),
            ImageListing(url="https://images.example/2.jpg"),
        ),
    )
