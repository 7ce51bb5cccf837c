"""What customers browse: the catalogue's reads, with the bounds that every list has."""

from __future__ import annotations

from decimal import Decimal

from automate_store.application.ports import Ports
from automate_store.application.ports.catalog import (
    CategoryNode,
    Page,
    PageRequest,
    ProductDetail,
    ProductFilter,
)
from automate_store.domain.catalog import Brand
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.money import MINOR_LIMIT

PAGE_SIZE = 20
"""Items of a list where the caller does not say."""
PAGE_LIMIT = 100
NAME_LENGTH = 255
"""The longest id or slug that anything has."""
CURSOR_LENGTH = 1_000


async def list_products(wanted: ProductFilter, page: PageRequest, *, ports: Ports) -> Page:
    """
    A page of the active products that fit.

    Raises InvalidInput naming the fields, CategoryNotFound, BrandNotFound, BadCursor.
    """
    if faults := _faults(wanted, page):
        raise InvalidInput(tuple(faults))
    async with ports.reading() as reads:
        return await reads.catalog.list_products(wanted, page)


async def get_product(id_or_slug: str, *, ports: Ports) -> ProductDetail:
    """The active product; raises ProductNotFound."""
    async with ports.reading() as reads:
        return await reads.catalog.product(id_or_slug)


async def list_categories(*, ports: Ports) -> tuple[CategoryNode, ...]:
    """The tree of active categories, roots first."""
    async with ports.reading() as reads:
        return await reads.catalog.categories()


async def list_brands(*, ports: Ports) -> tuple[Brand, ...]:
    """The active brands, by name."""
    async with ports.reading() as reads:
        return await reads.catalog.brands()


async def catalog_version(*, ports: Ports) -> str:
    """A mark that changes with every committed change of the catalogue."""
    async with ports.reading() as reads:
        return await reads.catalog.version()


def _faults(wanted: ProductFilter, page: PageRequest) -> list[FieldError]:
    faults = []
    if not 1 <= page.limit <= PAGE_LIMIT:
        faults.append(FieldError("limit", f"is 1 to {PAGE_LIMIT}"))
    for field, text, longest in (
        ("category", wanted.category, NAME_LENGTH),
        ("brand", wanted.brand, NAME_LENGTH),
        ("cursor", page.cursor, CURSOR_LENGTH),
    ):
        if text is not None and not 1 <= len(text) <= longest:
            faults.append(FieldError(field, f"has 1 to {longest} characters"))
    return faults + _price_faults(wanted)


def _price_faults(wanted: ProductFilter) -> list[FieldError]:
    prices = {"min_price": wanted.min_price, "max_price": wanted.max_price}
    faults = [
        FieldError(field, "is an amount of zero or more")
        for field, price in prices.items()
        if price is not None and not _is_price(price)
    ]
    if faults or wanted.min_price is None or wanted.max_price is None:
        return faults
    if wanted.min_price > wanted.max_price:
        return [FieldError("max_price", "is not below min_price")]
    return []


def _is_price(price: Decimal) -> bool:
    return price.is_finite() and 0 <= price < MINOR_LIMIT
