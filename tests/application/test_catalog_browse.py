"""Browsing: the bounds that every list has, before anything is read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from automate_store.application.catalog import (
    PAGE_LIMIT,
    catalog_version,
    get_product,
    list_brands,
    list_categories,
    list_products,
)
from automate_store.application.ports.catalog import PageRequest, ProductFilter
from automate_store.domain.catalog import BrandNotFound, CategoryNotFound, ProductNotFound
from automate_store.domain.kernel.errors import InvalidInput
from tests.application.catalogs import Warehouse, memory_ports

EVERYTHING = ProductFilter()
PAGE = PageRequest(limit=PAGE_LIMIT, cursor=None)
REFUSED: list[tuple[ProductFilter, PageRequest, list[tuple[str, str]]]] = [
    (EVERYTHING, evolve(PAGE, limit=0), [("limit", "is 1 to 100")]),
    (EVERYTHING, evolve(PAGE, limit=101), [("limit", "is 1 to 100")]),
    (EVERYTHING, evolve(PAGE, cursor=""), [("cursor", "has 1 to 1000 characters")]),
    (EVERYTHING, evolve(PAGE, cursor="c" * 1001), [("cursor", "has 1 to 1000 characters")]),
    (ProductFilter(category=""), PAGE, [("category", "has 1 to 255 characters")]),
    (ProductFilter(brand="b" * 256), PAGE, [("brand", "has 1 to 255 characters")]),
    (
        ProductFilter(min_price=Decimal(-1)),
        PAGE,
        [("min_price", "is an amount of zero or more")],
    ),
    (
        ProductFilter(min_price=Decimal("NaN"), max_price=Decimal("Infinity")),
        PAGE,
        [
            ("min_price", "is an amount of zero or more"),
            ("max_price", "is an amount of zero or more"),
        ],
    ),
    (
        ProductFilter(max_price=Decimal("1e30")),
        PAGE,
        [("max_price", "is an amount of zero or more")],
    ),
    (
        ProductFilter(min_price=Decimal(2), max_price=Decimal(1)),
        PAGE,
        [("max_price", "is not below min_price")],
    ),
    (
        ProductFilter(min_price=Decimal(-2)),
        evolve(PAGE, limit=-1),
        [("limit", "is 1 to 100"), ("min_price", "is an amount of zero or more")],
    ),
]


@pytest.fixture
async def shop() -> Warehouse:
    shop = Warehouse(memory_ports())
    await shop.take(
        "mug,Mug,9.00,Kiln,Pots",
        "tea,Tea,4.50,Leaf,Drinks",
        header="Handle,Title,Variant Price,Vendor,Type",
    )
    return shop


@pytest.mark.parametrize(("wanted", "page", "faults"), REFUSED)
async def test_what_is_out_of_bounds_is_refused_by_field(
    shop: Warehouse, wanted: ProductFilter, page: PageRequest, faults: list[tuple[str, str]]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await list_products(wanted, page, ports=shop.ports)
    assert [(error.field, error.reason) for error in refused.value.errors] == faults


@pytest.mark.parametrize(
    ("wanted", "slugs"),
    [
        (EVERYTHING, {"mug", "tea"}),
        (ProductFilter(category="pots"), {"mug"}),
        (ProductFilter(brand="leaf"), {"tea"}),
        (ProductFilter(min_price=Decimal(0), max_price=Decimal("4.50")), {"tea"}),
        (ProductFilter(min_price=Decimal(9), max_price=Decimal(9)), {"mug"}),
    ],
)
async def test_what_is_within_bounds_is_listed(
    shop: Warehouse, wanted: ProductFilter, slugs: set[str]
) -> None:
    for limit in (2, PAGE_LIMIT):
        found = await list_products(wanted, evolve(PAGE, limit=limit), ports=shop.ports)
        assert {one.slug for one in found.items} == slugs


async def test_what_is_not_there_is_not_found(shop: Warehouse) -> None:
    with pytest.raises(CategoryNotFound):
        await list_products(ProductFilter(category="x"), PAGE, ports=shop.ports)
    with pytest.raises(BrandNotFound):
        await list_products(ProductFilter(brand="x"), PAGE, ports=shop.ports)
    with pytest.raises(ProductNotFound):
        await get_product("x", ports=shop.ports)


async def test_the_rest_of_the_catalogue_is_there_to_look_at(shop: Warehouse) -> None:
    ports = shop.ports
    assert (await get_product("mug", ports=ports)).product.name == "Mug"
    assert [one.name for one in await list_brands(ports=ports)] == ["Kiln", "Leaf"]
    assert [one.category.name for one in await list_categories(ports=ports)] == ["Drinks", "Pots"]
    assert await catalog_version(ports=ports) == await shop.mark()
