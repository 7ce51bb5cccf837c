"""Products through PostgreSQL: nothing is lost on the way, and nobody stands in another's way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.application.ports.catalog import PageRequest, ProductFilter
from automate_store.domain.catalog import Product
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.catalog import brands, category_trees, products
from tests.application.catalogs import Warehouse, counts, postgres_ports
from tests.application.trading import OPENED


class _Enough(Exception):  # noqa: N818 - named for the fact
    """The example has been seen; nothing of it is kept."""


@given(data=st.data())
def test_what_is_stored_comes_back_as_it_was(module_postgres_url: str, data: st.DataObject) -> None:
    tree, maker = data.draw(category_trees()), data.draw(brands())
    shelves = st.none() | st.sampled_from([one.id for one in tree])
    wanted: SearchStrategy[dict[str, Any]] = st.builds(
        dict, category_id=shelves, brand_id=st.just(maker.id)
    )
    first, second, third = (_apart(data.draw(_products(wanted)), number) for number in range(3))
    edited = evolve(third, id=first.id, version=1, created_at=first.created_at)
    _assume_apart(first, second, third)
    seen: list[object] = []

    async def through_postgres(pool: Pool) -> None:
        async with postgres_ports(pool).unit_of_work() as work:
            await work.products.add_categories(tree)
            await work.products.add_brands([maker])
            await work.products.add([first, second])
            seen.append({one.id: one for one in await work.products.categories()})
            seen.append(await work.products.brands())
            seen.append({one.id: one async for one in work.products.all()})
            await work.products.save([edited])
            seen.append(await work.products.get(edited.id))
            raise _Enough

    with suppress(_Enough):
        asyncio.run(_on(module_postgres_url, through_postgres))
    assert seen == [
        {one.id: one for one in tree},
        [maker],
        {one.id: one.saved() for one in (first, second)},
        edited.saved(),
    ]


@pytest.mark.parametrize("way", ["enable_nestloop", "enable_hashjoin", "enable_mergejoin"])
async def test_each_product_can_take_the_sku_that_the_one_before_gave_up(
    postgres_url: str, way: str
) -> None:
    # However the database joins the rows it was given to those it has.
    mark = "&" if "?" in postgres_url else "?"
    pool = Pool(PoolSettings(url=f"{postgres_url}{mark}options=-c%20{way}%3Doff"))
    shop = Warehouse(postgres_ports(pool))
    try:
        many = range(150)
        await shop.take(*(f"p-{n:03},P {n},,,S-{n},5.00,1" for n in reversed(many)))
        report = await shop.take(*(f"p-{n:03},P {n},,,S-{n - 1},5.00,1" for n in many))
        assert (counts(report), report.repairs) == ((0, 150, 0, 0), ())
    finally:
        pool.close()


async def test_a_sku_is_taken_in_the_databases_own_idea_of_case(pool: Pool) -> None:
    shop = Warehouse(postgres_ports(pool))
    await shop.take("cafe,Cafe,,,CAFÉ-1,5.00,1")
    report = await shop.take("other,Other,,,CAFÉ-1,5.00,1")
    assert counts(report) == (1, 0, 0, 0)
    assert [one.sku for one in (await shop.product("other")).variants] == ["other"]


async def test_a_change_of_price_is_recorded_with_who_and_when(
    pool: Pool, postgres_url: str
) -> None:
    shop = Warehouse(postgres_ports(pool))
    await shop.take("tea,Tea,Size,S,TEA-S,5.00,1", "tea,,,L,TEA-L,8.00,1")
    await shop.take("tea,Tea,Size,S,TEA-S,4.00,1", "tea,,,L,TEA-L,8.00,1")
    await shop.take("tea,Tea,Size,S,TEA-S,4.00,1", "tea,,,L,TEA-L,8.00,1")
    with psycopg.connect(postgres_url) as connection:
        rows = connection.execute(
            "SELECT v.sku, c.old_price, c.new_price, c.currency, c.changed_by, c.changed_at"
            " FROM price_changes c JOIN product_variants v ON v.id = c.variant_id"
        ).fetchall()
    assert rows == [("TEA-S", 5, 4, "USD", "sam", OPENED)]


async def test_a_list_shows_what_the_cheapest_variant_cost_before(pool: Pool) -> None:
    shop = Warehouse(postgres_ports(pool))
    await shop.take("tea,Tea,Size,S,TEA-S,5.00,1", "tea,,,L,TEA-L,8.00,1")
    tea = await shop.product("tea")
    small, large = tea.variants
    reduced = evolve(
        tea,
        price=tea.price_of(large),
        variants=(evolve(small, compare_price=Money(700, "USD")), large),
    )
    async with shop.ports.unit_of_work() as work:
        await work.products.save([reduced])
    async with shop.ports.reading() as reads:
        (shown,) = (
            await reads.catalog.list_products(ProductFilter(), PageRequest(limit=9, cursor=None))
        ).items
    assert (shown.price, shown.compare_price) == (Money(500, "USD"), Money(700, "USD"))


def _products(wanted: SearchStrategy[dict[str, Any]]) -> SearchStrategy[Product]:
    return wanted.flatmap(lambda fields: products("KWD", **fields))


def _apart(product: Product, number: int) -> Product:
    """The product with a slug and SKUs that no other number has."""
    variants = tuple(evolve(one, sku=f"{one.sku}.{number}") for one in product.variants)
    return evolve(product, slug=f"{product.slug}-x{number}", variants=variants)


def _assume_apart(*drawn: Product) -> None:
    ids = [product.id for product in drawn]
    variants = [one.id for product in drawn for one in product.variants]
    images = [one.id for product in drawn for one in product.images]
    for each in (ids, variants, images):
        assume(len(set(each)) == len(each))


async def _on(url: str, test: Callable[[Pool], Awaitable[None]]) -> None:
    pool = Pool(PoolSettings(url=url))
    try:
        await test(pool)
    finally:
        pool.close()
