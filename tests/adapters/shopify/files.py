"""Small product files for the tests, and the merchants' real ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

import pytest

from automate_store.adapters.shopify import ShopifyReader, ShopifyWriter
from automate_store.adapters.texts import WrittenTexts
from automate_store.application.ports.catalog_files import (
    ProductListing,
    RefusedListing,
    Repair,
)

HEADER = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price"
REAL = Path(__file__).parents[4] / "shared" / "data" / "catalogs"
REAL_NAMES = ("apparel", "jewelry", "snowdevil")


def real_file(name: str) -> bytes:
    """A merchant's export; skips the test where the files are not there."""
    file = REAL / f"{name}.csv"
    if not file.exists():
        pytest.skip(f"{file} is not there: the merchants' files are not part of the project")
    return file.read_bytes()


def read(content: str | bytes, currency: str = "USD") -> list[ProductListing | RefusedListing]:
    """What the reader makes of the file."""
    data = content.encode() if isinstance(content, str) else content
    return list(ShopifyReader(BytesIO(data), currency=currency, texts=WrittenTexts()).listings())


def products(content: str | bytes, currency: str = "USD") -> list[ProductListing]:
    """The products of a file of which none is refused."""
    found = read(content, currency)
    refused = [one for one in found if isinstance(one, RefusedListing)]
    assert refused == []
    return [one for one in found if isinstance(one, ProductListing)]


def one_product(header: str, *rows: str) -> ProductListing:
    """The only product of the file."""
    (product,) = products("\n".join([header, *rows, ""]))
    return product


def repairs(product: ProductListing) -> list[tuple[int, str, str]]:
    """What was mended: line, column and reason."""
    return [(one.line, one.field, one.reason) for one in product.repairs]


def said(repair: Repair) -> str:
    """The repair in one line."""
    return f"{repair.line} {repair.field} {repair.reason} {repair.value}"


def written(listings: Sequence[ProductListing], columns: Iterable[str] = ()) -> bytes:
    """The listings as a file, with these columns of metadata even where nothing is in them."""
    target = BytesIO()
    writer = ShopifyWriter(target)
    names = {*columns, *(name for one in listings for name in one.metadata)}
    names |= {name for one in listings for part in one.variants for name in part.metadata}
    writer.begin(names, options=max((len(one.options) for one in listings), default=0))
    for listing in listings:
        writer.write(listing)
    return target.getvalue()
