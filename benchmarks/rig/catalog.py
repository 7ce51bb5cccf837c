"""Catalogues made for a load: Shopify's product CSV, read by the store's own import."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

COLUMNS = (
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Price",
    "Variant Compare At Price",
    "Variant Requires Shipping",
    "Variant Taxable",
    "Image Src",
    "Image Alt Text",
    "Status",
)
SIZES = ("S", "M", "L", "XL", "XXL")


@frozen(kw_only=True)
class Line:
    """A product of a made-up catalogue."""

    handle: str
    category: str = "Shirts"
    price: str = "19.99"
    sizes: int = 1
    stock: int
    words: int = 12
    """How long the description is."""


def catalogue(products: int, *, variants: int, categories: int, stock: int) -> Iterator[Line]:
    """So many products, evenly spread over the categories, with so many variants in all."""
    for number in range(products):
        each, more = divmod(variants, products)
        yield Line(
            handle=f"item-{number:05}",
            category=f"Category {number % categories:02}",
            price=f"{10 + number % 90}.{number % 100:02}",
            sizes=each + (number < more),
            stock=stock,
            words=40,
        )


def write(path: Path, lines: Sequence[Line] | Iterator[Line]) -> Path:
    """The file, in the format that merchants export."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for line in lines:
            writer.writerows(_rows(line))
    return path


def _rows(line: Line) -> Iterator[dict[str, str]]:
    for position in range(line.sizes):
        row = {
            "Handle": line.handle,
            "Option1 Value": SIZES[position] if line.sizes > 1 else "Default Title",
            "Variant SKU": f"{line.handle.upper()}-{position}",
            "Variant Grams": "250",
            "Variant Inventory Tracker": "shopify",
            "Variant Inventory Qty": str(line.stock),
            "Variant Inventory Policy": "deny",
            "Variant Price": line.price,
            "Variant Requires Shipping": "true",
            "Variant Taxable": "true",
        }
        yield (_first(line) | row) if position == 0 else row


def _first(line: Line) -> dict[str, str]:
    return {
        "Title": f"Blue Cotton Shirt {line.handle}",
        "Body (HTML)": "<p>" + " ".join(["soft"] * line.words) + "</p>",
        "Vendor": "Northwind",
        "Type": line.category,
        "Tags": "cotton, summer",
        "Published": "true",
        "Option1 Name": "Size" if line.sizes > 1 else "Title",
        "Image Src": f"https://images.example.com/{line.handle}.jpg",
        "Image Alt Text": f"A shirt called {line.handle}",
        "Status": "active",
    }
