"""What every adapter of ``ports.catalog.Products`` promises of categories and brands."""

from __future__ import annotations

import asyncio

import pytest
from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.domain.catalog import (
    Brand,
    BrandInUse,
    BrandNotFound,
    Category,
    CategoryInUse,
    CategoryNotFound,
)
from automate_store.domain.kernel.errors import Stale
from automate_store.domain.kernel.ids import BrandId, CategoryId
from automate_store.entrypoints.properties.contracts.catalog.rich import put_shelves, rich_product
from automate_store.entrypoints.properties.contracts.scene import still_waits


@pytest.mark.asyncio
class ManagedShelves:
    """Categories and brands change one at a time, and stay while anything stands on them."""

    async def test_a_changed_category_comes_back_as_it_was_changed(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        changed = Category(
            id=shelves.shirts.id,
            name="Jerseys",
            slug="jerseys",
            description="Knitted.",
            parent_id=shelves.tools.id,
            image_url="https://images.example/jerseys.jpg",
            sort_order=7,
            is_active=False,
        )
        async with store.unit_of_work() as work:
            await work.products.save_category(changed)
        found = {each.id: each for each in await _categories(store)}
        assert found == {each.id: each for each in (shelves.clothes, changed, shelves.tools)}

    async def test_a_changed_brand_comes_back_as_it_was_changed(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        changed = Brand(
            id=shelves.brand.id,
            name="Bolt",
            slug="bolt",
            logo_url="https://images.example/bolt.png",
            description="Since 1901.",
            website="https://bolt.example",
            is_active=False,
        )
        async with store.unit_of_work() as work:
            await work.products.save_brand(changed)
        assert await _brands(store) == [changed]

    async def test_what_is_not_there_is_neither_changed_nor_removed(self, store: Ports) -> None:
        category = Category(id=CategoryId(store.ids.uuid()), name="X", slug="x")
        brand = Brand(id=BrandId(store.ids.uuid()), name="X", slug="x")
        for refusal, change in (
            (CategoryNotFound, "save_category"),
            (CategoryNotFound, "remove_category"),
            (BrandNotFound, "save_brand"),
            (BrandNotFound, "remove_brand"),
        ):
            with pytest.raises(refusal):
                async with store.unit_of_work() as work:
                    await getattr(work.products, change)(
                        category if refusal is CategoryNotFound else brand
                    )
        assert [*await _categories(store), *await _brands(store)] == []

    async def test_a_slug_is_one_categorys_and_one_brands(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        other = Brand(id=BrandId(store.ids.uuid()), name="Other", slug="other")
        async with store.unit_of_work() as work:
            await work.products.add_brands([other])
        with pytest.raises(Stale):
            async with store.unit_of_work() as work:
                await work.products.save_category(evolve(shelves.tools, slug="shirts"))
        for taken in (evolve(other, slug="acme"), evolve(other, name="Acme")):
            with pytest.raises(Stale):
                async with store.unit_of_work() as work:
                    await work.products.save_brand(taken)
        assert shelves.tools in await _categories(store)

    async def test_a_category_that_holds_anything_stays(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        async with store.unit_of_work() as work:
            await work.products.add([rich_product(store, shelves)])
        for category in (shelves.clothes, shelves.shirts):
            with pytest.raises(CategoryInUse):
                async with store.unit_of_work() as work:
                    await work.products.remove_category(category)
        assert len(await _categories(store)) == 3

    async def test_a_brand_that_has_products_stays(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        async with store.unit_of_work() as work:
            await work.products.add([rich_product(store, shelves)])
        with pytest.raises(BrandInUse):
            async with store.unit_of_work() as work:
                await work.products.remove_brand(shelves.brand)
        assert await _brands(store) == [shelves.brand]

    async def test_what_is_empty_can_go(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        async with store.unit_of_work() as work:
            await work.products.remove_category(shelves.shirts)
            await work.products.remove_category(shelves.clothes)
            await work.products.remove_brand(shelves.brand)
        assert (await _categories(store), await _brands(store)) == ([shelves.tools], [])

    async def test_each_change_of_a_shelf_is_one_of_the_catalogue(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        marks = [await _mark(store)]
        for change, one in (
            ("save_category", evolve(shelves.tools, name="Gear")),
            ("save_brand", evolve(shelves.brand, name="Bolt")),
            ("remove_category", shelves.tools),
            ("remove_brand", shelves.brand),
        ):
            async with store.unit_of_work() as work:
                await getattr(work.products, change)(one)
            marks.append(await _mark(store))
        assert len(set(marks)) == 5

    async def test_of_two_who_hold_the_shelves_the_second_waits(self, store: Ports) -> None:
        shelves = await put_shelves(store)

        async def move(category: Category, below: Category) -> bool:
            async with store.unit_of_work() as work:
                await work.products.lock_shelves()
                seen = {each.id: each for each in await work.products.categories()}
                if seen[below.id].parent_id == category.id:
                    return False
                await work.products.save_category(evolve(category, parent_id=below.id))
                return True

        async with store.unit_of_work() as work:
            await work.products.lock_shelves()
            later = asyncio.ensure_future(move(shelves.tools, shelves.clothes))
            assert await still_waits(later)
            moved = evolve(shelves.clothes, parent_id=shelves.tools.id)
            await work.products.save_category(moved)
        assert not await later
        found = {each.id: each.parent_id for each in await _categories(store)}
        assert found[shelves.clothes.id] == shelves.tools.id
        assert found[shelves.tools.id] is None


async def _categories(store: Ports) -> list[Category]:
    async with store.reading() as reads:
        return list(await reads.products.categories())


async def _brands(store: Ports) -> list[Brand]:
    async with store.reading() as reads:
        return list(await reads.products.brands())


async def _mark(store: Ports) -> str:
    async with store.reading() as reads:
        return await reads.catalog.version()
