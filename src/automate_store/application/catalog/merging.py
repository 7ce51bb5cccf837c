"""
What a listing makes of the product that the store has, or of none.

What the file has no column for stays as it is; so do the ids of everything that can be
recognised, since carts, orders and the ledger hold on to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from attrs import evolve, frozen

from automate_store.application.ports.catalog_files import (
    ImageListing,
    ProductListing,
    VariantListing,
)
from automate_store.domain.catalog import Image, Product, ProductStatus, Variant
from automate_store.domain.kernel.ids import ImageId, ProductId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.words import folded

NewId = Callable[[], UUID]
EXEMPT, TAXED = "exempt", "standard"
_SAME_NAMED = ("description", "tags", "meta_title", "meta_description")
_SAME_NAMED_IN_VARIANTS = (
    "cost_price",
    "barcode",
    "weight_g",
    "image_url",
    "requires_shipping",
)


@frozen
class Match:
    """A variant of the file beside the one of the store that it is, where there is one."""

    listing: VariantListing
    stored: Variant | None
    sku: str


def recognise(listing: ProductListing, stored: Product | None) -> tuple[Variant | None, ...]:
    """For each variant of the file the stored one: by its SKU, else by its options."""
    variants = stored.variants if stored else ()
    by_sku = {folded(variant.sku): variant for variant in variants}
    found: list[Variant | None] = [
        by_sku.pop(folded(one.sku), None) if one.sku else None for one in listing.variants
    ]
    taken = {variant.id for variant in found if variant is not None}
    by_options = {_options(one.attributes): one for one in variants if one.id not in taken}
    for index, one in enumerate(listing.variants):
        if found[index] is None:
            found[index] = by_options.pop(_options(one.attributes), None)
    return tuple(found)


def created(
    listing: ProductListing, matches: Sequence[Match], *, at: datetime, new_id: NewId
) -> Product:
    """A new product, not on sale yet; raises InvalidInput where it breaks a rule."""
    price, compare_price = _cheapest(listing, matches, None)
    archived = listing.status is ProductStatus.ARCHIVED
    return Product(
        id=ProductId(new_id()),
        name=listing.name,
        slug=listing.slug,
        price=price,
        compare_price=compare_price,
        variants=_variants(listing, matches, None, new_id),
        options=listing.options,
        images=_images(listing.images, (), new_id),
        metadata=listing.metadata,
        status=ProductStatus.ARCHIVED if archived else ProductStatus.DRAFT,
        created_at=at,
        updated_at=at,
        **{name: getattr(listing, name) for name in _SAME_NAMED},
    )


def merged(
    listing: ProductListing, matches: Sequence[Match], stored: Product, *, new_id: NewId
) -> Product:
    """
    The stored product with what the file says of it, its status apart.

    Raises InvalidInput where it would break a rule.
    """
    changes = {name: getattr(listing, name) for name in _SAME_NAMED if name not in listing.silent}
    if "images" not in listing.silent:
        changes["images"] = _images(listing.images, stored.images, new_id)
    if not _prices_kept(listing, matches, stored):
        price, compare_price = _cheapest(listing, matches, stored)
        changes |= {"price": price, "compare_price": compare_price}
    return evolve(
        stored,
        name=listing.name,
        options=listing.options,
        variants=_variants(listing, matches, stored, new_id),
        metadata=_metadata(listing, listing.metadata, stored.metadata),
        **changes,
    )


def with_status(product: Product, wanted: ProductStatus, *, at: datetime) -> Product:
    """
    The product after the move that the file asks for, where its life allows it.

    What is on sale goes off sale by being archived; what is not stays what it is.
    """
    on_sale = product.status is ProductStatus.ACTIVE
    if wanted is ProductStatus.ACTIVE:
        return product if on_sale else product.publish(at=at)
    return product.archive(at=at) if on_sale else product


def _variants(
    listing: ProductListing, matches: Sequence[Match], stored: Product | None, new_id: NewId
) -> tuple[Variant, ...]:
    if stored is None or not _prices_kept(listing, matches, stored):
        variants = [
            _priced(_variant(listing, match, new_id), *_prices(listing, match, stored))
            for match in matches
        ]
    else:
        variants = [_variant(listing, match, new_id) for match in matches]
    return tuple(evolve(one, position=position) for position, one in enumerate(variants))


def _priced(variant: Variant, price: Money, compare_price: Money | None) -> Variant:
    return evolve(variant, price=price, compare_price=compare_price)


def _variant(product: ProductListing, match: Match, new_id: NewId) -> Variant:
    if match.stored is None:
        return _new_variant(match, new_id)
    return _merged_variant(product, match, match.stored)


def _new_variant(match: Match, new_id: NewId) -> Variant:
    listing = match.listing
    return Variant(
        id=VariantId(new_id()),
        sku=match.sku,
        name=listing.name,
        attributes=listing.attributes,
        is_digital=not listing.requires_shipping,
        tax_class=TAXED if listing.taxable else EXEMPT,
        metadata=listing.metadata,
        **{name: getattr(listing, name) for name in _SAME_NAMED_IN_VARIANTS},
    )


def _merged_variant(product: ProductListing, match: Match, stored: Variant) -> Variant:
    listing = match.listing
    changes: dict[str, Any] = {
        name: getattr(listing, name)
        for name in _SAME_NAMED_IN_VARIANTS
        if name not in product.silent
    }
    if listing.attributes != stored.attributes:
        changes |= {"attributes": listing.attributes, "name": listing.name}
    if changes.get("requires_shipping", stored.requires_shipping) != stored.requires_shipping:
        changes["is_digital"] = not listing.requires_shipping
    # A class that the format has no word for counts as taxed, and stays.
    if "taxable" not in product.silent and listing.taxable is (stored.tax_class == EXEMPT):
        changes["tax_class"] = TAXED if listing.taxable else EXEMPT
    metadata = _metadata(product, listing.metadata, stored.metadata)
    return evolve(stored, sku=match.sku, metadata=metadata, **changes)


def _prices(
    product: ProductListing, match: Match, stored: Product | None
) -> tuple[Money, Money | None]:
    """What the file wants the variant to cost, and to have cost before."""
    price, before = match.listing.price, match.listing.compare_price
    if "compare_price" in product.silent and stored is not None and match.stored is not None:
        before = stored.compare_price_of(match.stored)
    return price, before if before is not None and before > price else None


def _prices_kept(product: ProductListing, matches: Sequence[Match], stored: Product) -> bool:
    return all(
        match.stored is not None
        and _prices(product, match, stored)
        == (stored.price_of(match.stored), stored.compare_price_of(match.stored))
        for match in matches
    )


def _cheapest(
    product: ProductListing, matches: Sequence[Match], stored: Product | None
) -> tuple[Money, Money | None]:
    prices = [_prices(product, match, stored) for match in matches]
    return min(prices, key=lambda pair: pair[0].minor)


def _images(
    listed: Sequence[ImageListing], stored: Sequence[Image], new_id: NewId
) -> tuple[Image, ...]:
    if [(one.url, one.alt_text) for one in listed] == [(one.url, one.alt_text) for one in stored]:
        return tuple(stored)
    known = {image.url: image.id for image in stored}
    return tuple(
        Image(
            id=known[one.url] if one.url in known else ImageId(new_id()),
            url=one.url,
            alt_text=one.alt_text,
            sort_order=position,
        )
        for position, one in enumerate(listed)
    )


def _metadata(
    product: ProductListing, listed: Mapping[str, str], stored: Mapping[str, str]
) -> Mapping[str, str]:
    untold = {name: value for name, value in stored.items() if name not in product.metadata_columns}
    return {**untold, **listed}


def _options(attributes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(attributes.items())
