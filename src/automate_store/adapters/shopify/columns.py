"""
The columns of the format: what each is called, in the old spelling and in the one of 2024.

Columns that the store has no place for are kept as metadata under their own name, on
the product or on the variant, so that an export gives them back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from attrs import frozen

from automate_store.application.errors import BrokenFile

OPTIONS_WRITTEN = 3
"""How many options the format always has columns for."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "handle": ("Handle", "URL handle"),
    "title": ("Title",),
    "body": ("Body (HTML)", "Description", "Body HTML"),
    "vendor": ("Vendor",),
    "category": ("Product Category", "Standardized Product Type", "Standard Product Type"),
    "type": ("Type", "Custom Product Type"),
    "tags": ("Tags",),
    "published": ("Published", "Published on online store"),
    "sku": ("Variant SKU", "SKU"),
    "grams": ("Variant Grams", "Weight value (grams)"),
    "tracker": ("Variant Inventory Tracker", "Inventory tracker"),
    "quantity": ("Variant Inventory Qty", "Inventory quantity"),
    "policy": ("Variant Inventory Policy", "Continue selling when out of stock"),
    "price": ("Variant Price", "Price"),
    "compare_at": ("Variant Compare At Price", "Compare-at price"),
    "requires_shipping": ("Variant Requires Shipping", "Requires shipping"),
    "taxable": ("Variant Taxable", "Charge tax"),
    "barcode": ("Variant Barcode", "Barcode"),
    "image_src": ("Image Src", "Product image URL", "Image source"),
    "image_position": ("Image Position",),
    "image_alt": ("Image Alt Text",),
    "seo_title": ("SEO Title",),
    "seo_description": ("SEO Description",),
    "variant_image": ("Variant Image", "Variant image URL"),
    "cost": ("Cost per item",),
    "status": ("Status",),
}
"""The columns that the store understands; the first spelling is the one it writes."""

REQUIRED = ("handle", "title", "price")

KEPT_AS: Mapping[str, str] = {
    "fulfillment service": "Variant Fulfillment Service",
    "weight unit for display": "Variant Weight Unit",
    "tax code": "Variant Tax Code",
    "gift card": "Gift Card",
}
"""Columns that are only kept, under one name for both spellings; by what they say."""

ORDINARY: Mapping[str, str] = {"Variant Fulfillment Service": "manual", "Gift Card": "false"}
"""Values that say nothing: not kept, and written where there is no other."""

_OF_A_VARIANT = re.compile(
    r"Variant |Unit price |Price / |Compare[- ]at price / |Inventory ", re.IGNORECASE
)
_OPTION = re.compile(r"option(\d{1,2}) (name|value)")
_SPELLINGS = {said.lower(): field for field, names in FIELDS.items() for said in names}


@frozen
class Kept:
    """A column that the store only keeps: where it stands, its name, whose it is."""

    index: int
    name: str
    of_variant: bool


@frozen
class Header:
    """Where each column stands; ``options`` are the numbers of the options there are."""

    width: int
    fields: Mapping[str, int]
    said: Mapping[str, str]
    """How the file spells each of them."""
    kept: tuple[Kept, ...]
    unnamed: tuple[int, ...]
    options: tuple[int, ...]
    metadata_columns: frozenset[str]
    """Every name that a listing's metadata may have."""


def read_header(cells: Sequence[str], line: int) -> Header:
    """The columns by name; raises BrokenFile for missing and for repeated ones."""
    fields: dict[str, int] = {}
    kept: dict[str, Kept] = {}
    unnamed = []
    for index, cell in enumerate(cells):
        said = " ".join(cell.split())
        field = _field(said.lower())
        if not said:
            unnamed.append(index)
        elif field in fields or KEPT_AS.get(said.lower(), said) in kept:
            raise _repeated(said, line)
        elif field is not None:
            fields[field] = index
        else:
            name = KEPT_AS.get(said.lower(), said)
            kept[name] = Kept(index, name, _OF_A_VARIANT.match(name) is not None)
    if missing := [FIELDS[field][0] for field in REQUIRED if field not in fields]:
        raise _missing(missing, cells, line)
    return Header(
        width=len(cells),
        fields=fields,
        said={field: " ".join(cells[index].split()) for field, index in fields.items()},
        kept=tuple(kept.values()),
        unnamed=tuple(unnamed),
        options=_options(fields),
        metadata_columns=frozenset(kept) | _type_beside_category(fields),
    )


def _field(said: str) -> str | None:
    if option := _OPTION.fullmatch(said):
        return f"option{int(option[1])}_{option[2]}"
    return _SPELLINGS.get(said)


def _type_beside_category(fields: Mapping[str, int]) -> frozenset[str]:
    return frozenset({"Type"} if fields.keys() >= {"type", "category"} else ())


def _options(fields: Mapping[str, int]) -> tuple[int, ...]:
    numbers = {int(match[1]) for name in fields if (match := re.match(r"option(\d+)_", name))}
    return tuple(sorted(numbers))


def _repeated(name: str, line: int) -> BrokenFile:
    return BrokenFile(
        line, f"the column {name!r} stands twice", "Keep one of the two, with the values you mean."
    )


def _missing(names: Sequence[str], cells: Sequence[str], line: int) -> BrokenFile:
    if len(cells) == 1 and (mark := _other_separator(cells[0])):
        remedy = f"The values seem to be separated by {mark}; save the file with commas."
    else:
        remedy = "The first line names the columns, as Shopify's product export does."
    many = len(names) > 1
    problem = f"the column{'s' * many} {', '.join(names)} {'are' if many else 'is'} missing"
    return BrokenFile(line, problem, remedy)


def _other_separator(cell: str) -> str | None:
    for mark, name in {";": "semicolons", "\t": "tabs", "|": "bars"}.items():
        if mark in cell:
            return name
    return None
