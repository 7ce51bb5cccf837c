"""Writing Shopify's product CSV: what the reader reads back as the same listings."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any, BinaryIO

from attrs import define, field

from automate_store.adapters.shopify.columns import FIELDS, OPTIONS_WRITTEN, ORDINARY
from automate_store.adapters.shopify.products import NO_OPTION
from automate_store.application.ports.catalog_files import (
    ImageListing,
    ProductListing,
    VariantListing,
)
from automate_store.domain.catalog import ProductStatus

_BEFORE_OPTIONS = ("handle", "title", "body", "vendor", "category", "type", "tags", "published")
_AFTER_OPTIONS = tuple(name for name in FIELDS if name not in _BEFORE_OPTIONS)


@define
class ShopifyWriter:
    """Listings as a product CSV; implements ``ports.catalog_files.CatalogWriter``."""

    _file: BinaryIO
    _csv: Any = field(init=False)
    _columns: Mapping[str, int] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        # Both letters of the line break make a cell quoted, wherever one stands alone in it.
        self._csv = csv.writer(_Encoded(self._file), lineterminator="\r\n")

    def begin(self, metadata_columns: Iterable[str], *, options: int) -> None:
        """Write the names of the columns."""
        written = [FIELDS[name][0] for name in _BEFORE_OPTIONS]
        for number in range(1, max(options, OPTIONS_WRITTEN) + 1):
            written += [f"Option{number} Name", f"Option{number} Value"]
        written += [FIELDS[name][0] for name in _AFTER_OPTIONS]
        written += sorted({*ORDINARY, *metadata_columns} - set(written))
        self._columns = {name: index for index, name in enumerate(written)}
        self._csv.writerow(written)

    def write(self, listing: ProductListing) -> None:
        """Add a row for each variant and each image."""
        head = _head(listing)
        for position, (variant, image) in enumerate(
            zip_longest(listing.variants, listing.images), start=1
        ):
            row = {"Handle": listing.slug, **head}
            if variant is not None:
                row |= _options(variant) | _variant(variant)
            if image is not None:
                row |= _image(image, position)
            self._row(row)
            head = {}

    def _row(self, values: Mapping[str, str]) -> None:
        cells = [""] * len(self._columns)
        for name, value in values.items():
            cells[self._columns[name]] = value
        self._csv.writerow(cells)


@define
class _Encoded:
    file: BinaryIO

    def write(self, text: str) -> int:
        return self.file.write(text.encode())


def _head(listing: ProductListing) -> dict[str, str]:
    kind = listing.metadata.get("Type")
    path = " > ".join(label.name for label in listing.category)
    alone = kind is None and len(listing.category) == 1
    return {
        "Gift Card": ORDINARY["Gift Card"],
        **listing.metadata,
        "Title": listing.name,
        "Body (HTML)": listing.description or "",
        "Vendor": listing.brand.name if listing.brand else "",
        "Product Category": "" if alone else path,
        "Type": path if alone else kind or "",
        "Tags": ", ".join(listing.tags),
        "Published": _said(listing.status is ProductStatus.ACTIVE),
        "Status": listing.status.value,
        "SEO Title": listing.meta_title or "",
        "SEO Description": listing.meta_description or "",
        **_option_names(listing),
    }


def _option_names(listing: ProductListing) -> dict[str, str]:
    names = listing.options or NO_OPTION[:1]
    return {f"Option{number} Name": name for number, name in enumerate(names, start=1)}


def _options(variant: VariantListing) -> dict[str, str]:
    values = tuple(variant.attributes.values()) or NO_OPTION[1:]
    return {f"Option{number} Value": value for number, value in enumerate(values, start=1)}


def _variant(variant: VariantListing) -> dict[str, str]:
    before, cost = variant.compare_price, variant.cost_price
    return {
        "Variant Fulfillment Service": ORDINARY["Variant Fulfillment Service"],
        **variant.metadata,
        "Variant SKU": _guarded(variant.sku),
        "Variant Grams": str(variant.weight_g),
        "Variant Inventory Tracker": "shopify" if variant.tracked else "",
        "Variant Inventory Qty": "" if variant.quantity is None else str(variant.quantity),
        "Variant Inventory Policy": "continue" if variant.allow_backorder else "deny",
        "Variant Price": f"{variant.price.decimal():f}",
        "Variant Compare At Price": f"{before.decimal():f}" if before else "",
        "Variant Requires Shipping": _said(variant.requires_shipping),
        "Variant Taxable": _said(variant.taxable),
        "Variant Barcode": _guarded(variant.barcode),
        "Variant Image": variant.image_url or "",
        "Cost per item": f"{cost.decimal():f}" if cost is not None else "",
    }


def _image(image: ImageListing, position: int) -> dict[str, str]:
    return {
        "Image Src": image.url,
        "Image Position": str(position),
        "Image Alt Text": image.alt_text or "",
    }


def _said(yes: bool) -> str:  # noqa: FBT001 - the one thing that it spells
    return "true" if yes else "false"


def _guarded(text: str | None) -> str:
    """The text as the reader reads it back, which takes one apostrophe off the front."""
    return f"'{text}" if text and text.startswith("'") else text or ""
