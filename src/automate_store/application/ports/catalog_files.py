"""
Catalogue files: products as a file lists them, before the store has given them ids.

A reader yields one listing a product, in the file's order; what it mended or could not
take is named by the line of the file (the first is 1) and the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from attrs import field, frozen

from automate_store.domain.catalog import ProductStatus
from automate_store.domain.kernel.money import Money


@frozen(kw_only=True)
class Repair:
    """Something that was mended on the way in; ``value`` is what the file had."""

    line: int
    field: str
    reason: str
    value: str | None = None


@frozen(kw_only=True)
class Refusal:
    """Something that could not be mended, and kept its product out."""

    line: int
    handle: str | None
    reason: str


@frozen
class Label:
    """What a category or a brand is called, and the slug that its name makes."""

    name: str
    slug: str


@frozen(kw_only=True)
class ImageListing:
    """A picture, in the order it is shown."""

    url: str
    alt_text: str | None = None


@frozen(kw_only=True)
class VariantListing:
    """A variant as the file has it."""

    line: int = field(eq=False)
    sku: str | None
    """None where the file has none: the first of ``spare_skus`` that is free is taken."""
    spare_skus: tuple[str, ...] = field(eq=False)
    attributes: Mapping[str, str] = field(factory=dict)
    name: str
    price: Money
    compare_price: Money | None = None
    cost_price: Money | None = None
    barcode: str | None = None
    weight_g: int = 0
    image_url: str | None = None
    requires_shipping: bool = True
    taxable: bool = True
    tracked: bool = True
    allow_backorder: bool = False
    quantity: int | None = None
    """Pieces on hand; None where the file does not say."""
    metadata: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class ProductListing:
    """A product with its variants and pictures as the file has them."""

    line: int = field(eq=False)
    slug: str
    name: str
    description: str | None = None
    """HTML that has been cleaned."""
    category: tuple[Label, ...] = ()
    """The way to its category, from the root; empty for none."""
    brand: Label | None = None
    tags: tuple[str, ...] = ()
    status: ProductStatus
    options: tuple[str, ...] = ()
    variants: tuple[VariantListing, ...]
    images: tuple[ImageListing, ...] = ()
    meta_title: str | None = None
    meta_description: str | None = None
    metadata: Mapping[str, str] = field(factory=dict)
    metadata_columns: frozenset[str] = field(default=frozenset(), eq=False)
    """The names of metadata, here and on the variants, that the file has columns for."""
    silent: frozenset[str] = field(default=frozenset(), eq=False)
    """The fields, of the product and its variants, that the file has no column for."""
    repairs: tuple[Repair, ...] = field(default=(), eq=False)


@frozen(kw_only=True)
class RefusedListing:
    """A product, or a row without one, that stays out; the rest of the file goes on."""

    handle: str | None
    refusals: tuple[Refusal, ...]


class CatalogReader(Protocol):
    """A file of products, read once from its beginning; memory stays flat."""

    def listings(self) -> Iterator[ProductListing | RefusedListing]:
        """Each product in the file's order; raises BrokenFile where nothing can go on."""

    @property
    def line(self) -> int:
        """The line that was read last."""

    @property
    def share_read(self) -> float | None:
        """How much has been read, from 0 to 1; None where the size is not known."""


class CatalogWriter(Protocol):
    """A file of products being written."""

    def begin(self, metadata_columns: Iterable[str], *, options: int) -> None:
        """Write the head, with room for all metadata and options that listings will have."""

    def write(self, listing: ProductListing) -> None:
        """Add the product's rows."""
