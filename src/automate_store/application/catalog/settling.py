"""Deciding about one product of a file: what it becomes, or why it stays out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from attrs import define, evolve, field, frozen

from automate_store.application.catalog.merging import (
    Match,
    NewId,
    created,
    merged,
    recognise,
    with_status,
)
from automate_store.application.catalog.shelving import Shelves
from automate_store.application.ports.catalog_files import (
    ProductListing,
    Refusal,
    RefusedListing,
    Repair,
    VariantListing,
)
from automate_store.domain.catalog import Product, Variant
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import ProductId
from automate_store.domain.kernel.words import folded


@frozen(kw_only=True)
class Settled:
    """A product as it will be, beside what it was, and what was mended on the way."""

    listing: ProductListing
    product: Product
    stored: Product | None
    repairs: tuple[Repair, ...]

    @property
    def changed(self) -> bool:
        """Whether the store's product is another one now; a new one is."""
        return self.product is not self.stored


@define
class Skus:
    """Which SKUs are free while a file is read; they are compared folded."""

    _used: set[str] = field(factory=set, init=False)
    _freed: set[str] = field(factory=set, init=False)
    _taken: Mapping[str, ProductId] = field(factory=dict, init=False)

    def now_taken(self, taken: Mapping[str, ProductId]) -> None:
        """Take in which SKUs of the next products the store has, and on which product."""
        self._taken = {folded(sku): owner for sku, owner in taken.items()}

    def used(self, sku: str) -> bool:
        """Whether a product that came earlier in the file has it."""
        return folded(sku) in self._used

    def free(self, sku: str, product_id: ProductId | None) -> bool:
        """Whether the product may have it."""
        name = folded(sku)
        owner = None if name in self._freed else self._taken.get(name)
        return name not in self._used and owner in {None, product_id}

    def take(self, product: Product, stored: Product | None) -> None:
        """The product has its SKUs now, and those it had before are free."""
        self._used.update(folded(variant.sku) for variant in product.variants)
        if stored is not None:
            self._freed.update(folded(variant.sku) for variant in stored.variants)


def settle(
    listing: ProductListing,
    stored: Product | None,
    *,
    skus: Skus,
    shelves: Shelves,
    at: datetime,
    by: str,
    new_id: NewId,
) -> Settled | RefusedListing:
    """What the listing makes of the stored product, or of none; its categories are made."""
    if stored is not None and stored.options and "options" in listing.silent:
        return _refused(listing, ["the product has options, and the file no columns for them"])
    known = recognise(listing, stored)
    assigned, repairs = _assign(listing.variants, known, skus, stored.id if stored else None)
    if len(assigned) < len(known):
        return _refused(listing, ["no free SKU could be made for each variant"])
    matches = tuple(map(Match, listing.variants, known, assigned))
    try:
        wanted = (
            created(listing, matches, at=at, new_id=new_id)
            if stored is None
            else merged(listing, matches, stored, new_id=new_id)
        )
    except InvalidInput as invalid:
        return _refused(listing, [f"{error.field} {error.reason}" for error in invalid.errors])
    wanted = _shelved(wanted, listing, shelves)
    product = wanted if stored is None else stored.revise(wanted, at=at, by=by)
    if stored is None or "status" not in listing.silent:
        product = with_status(product, listing.status, at=at)
    skus.take(product, stored)
    return Settled(
        listing=listing, product=product, stored=stored, repairs=(*listing.repairs, *repairs)
    )


def _shelved(product: Product, listing: ProductListing, shelves: Shelves) -> Product:
    category_id, brand_id = product.category_id, product.brand_id
    if "category" not in listing.silent:
        category_id = shelves.category(listing.category)
    if "brand" not in listing.silent:
        brand_id = shelves.brand(listing.brand)
    return evolve(product, category_id=category_id, brand_id=brand_id)


def _assign(
    listed: Sequence[VariantListing],
    known: Sequence[Variant | None],
    skus: Skus,
    product_id: ProductId | None,
) -> tuple[tuple[str, ...], list[Repair]]:
    """An SKU for each variant, fewer where one can't be had; the file's own come first."""
    mine: set[str] = set()

    def first_free(wanted: Iterable[str | None]) -> str | None:
        for sku in wanted:
            if sku and folded(sku) not in mine and skus.free(sku, product_id):
                mine.update([folded(sku)])
                return sku
        return None

    own = [first_free([one.sku]) for one in listed]
    repairs: list[Repair] = []
    assigned: list[str] = []
    for one, variant, given in zip(listed, known, own, strict=True):
        before = variant.sku if variant else None
        sku = given or first_free([before, *one.spare_skus])
        if sku is None:
            break
        assigned.append(sku)
        if given is None and (one.sku or variant is None):
            repairs.append(_repair(one, sku, kept=sku == before, skus=skus, mine=mine))
    return tuple(assigned), repairs


def _repair(listing: VariantListing, sku: str, *, kept: bool, skus: Skus, mine: set[str]) -> Repair:
    if listing.sku is None:
        why = "is missing"
    elif skus.used(listing.sku) or folded(listing.sku) in mine:
        why = "stands on another row already"
    else:
        why = "belongs to another product"
    reason = f"{why}: {'kept' if kept else 'made'} {sku!r}"
    return Repair(line=listing.line, field="SKU", reason=reason, value=listing.sku)


def _refused(listing: ProductListing, reasons: Iterable[str]) -> RefusedListing:
    return RefusedListing(
        handle=listing.slug,
        refusals=tuple(
            Refusal(line=listing.line, handle=listing.slug, reason=reason) for reason in reasons
        ),
    )
