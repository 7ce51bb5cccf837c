"""What every adapter of ``ports.catalog.Products`` promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from attrs import evolve

from automate_store.application.errors import VersionConflict
from automate_store.application.ports import Ports
from automate_store.domain.catalog import Product, ProductNotFound, ProductStatus
from automate_store.domain.kernel.errors import Stale
from automate_store.domain.kernel.ids import VariantId
from automate_store.entrypoints.properties.contracts.catalog.rich import put_shelves, rich_product
from automate_store.entrypoints.properties.contracts.scene import (
    new_movement,
    new_product,
    outcomes,
    price,
    put_product,
    put_stocked,
    stock_now,
)


@pytest.mark.asyncio
class KeptProducts:
    """Products are kept whole, named once, and changed by one at a time."""

    async def test_a_product_comes_back_as_it_was_added(self, store: Ports) -> None:
        product = rich_product(store, await put_shelves(store))
        await _add(store, product)
        assert await _get(store, product) == product.saved()

    async def test_products_are_found_by_their_slugs_whatever_their_status(
        self, store: Ports
    ) -> None:
        draft = new_product(store, "draft", status=ProductStatus.DRAFT)
        archived = new_product(store, "gone", status=ProductStatus.ARCHIVED)
        await _add(store, draft, archived)
        async with store.unit_of_work() as work:
            found = await work.products.by_slugs(["gone", "never-there", "draft"])
        assert found == {"draft": draft.saved(), "gone": archived.saved()}

    async def test_an_unknown_product_is_not_found(self, store: Ports) -> None:
        with pytest.raises(ProductNotFound):
            await _get(store, new_product(store, "mug"))

    async def test_skus_are_taken_whatever_their_case(self, store: Ports) -> None:
        mug = new_product(store, "mug")
        await _add(store, mug)
        async with store.unit_of_work() as work:
            taken = await work.products.taken_skus(["mug-1", "free-1"])
        assert taken == {"mug-1": mug.id}

    async def test_a_slug_is_taken_once(self, store: Ports) -> None:
        await _add(store, new_product(store, "mug"))
        other = new_product(store, "other")
        with pytest.raises(Stale):
            await _add(store, evolve(other, slug="mug"))

    async def test_a_sku_is_taken_once_whatever_its_case(self, store: Ports) -> None:
        await _add(store, new_product(store, "mug"))
        other = new_product(store, "other")
        variant = evolve(other.variants[0], sku="Mug-1")
        with pytest.raises(Stale):
            await _add(store, evolve(other, variants=(variant,)))

    async def test_of_two_at_once_one_gets_the_slug(self, store: Ports) -> None:
        one, two = new_product(store, "one"), new_product(store, "two")
        both_ready = asyncio.Barrier(2)

        async def add(product: Product) -> None:
            async with store.unit_of_work() as work:
                await both_ready.wait()
                await work.products.add([product])

        came_to = await outcomes(add(evolve(one, slug="mug")), add(evolve(two, slug="mug")))
        refused = [each for each in came_to if each is not None]
        assert len(refused) == 1
        assert isinstance(refused[0], Stale)

    async def test_a_change_is_kept_and_raises_the_version(self, store: Ports) -> None:
        product = rich_product(store, await put_shelves(store))
        await _add(store, product)
        wanted = evolve(
            await _get(store, product),
            name="Shirt, new",
            slug="new-shirt",
            compare_price=None,
            price=price(store, 22),
            images=product.images[1:],
            featured=False,
            tags=("winter",),
            status=ProductStatus.ARCHIVED,
            brand_id=None,
            updated_at=product.updated_at + timedelta(hours=1),
        )
        await _save(store, wanted)
        assert await _get(store, product) == wanted.saved()

    async def test_variants_come_change_and_go_with_their_product(self, store: Ports) -> None:
        product = rich_product(store, await put_shelves(store))
        await _add(store, product)
        large, small = product.variants
        fresh = evolve(
            small,
            id=VariantId(store.ids.uuid()),
            sku="SHIRT-M",
            name="M / red",
            attributes={"Size": "M", "Colour": "red"},
        )
        changed = evolve(small, price=price(store, 19), sku="SHIRT-XS", position=0)
        wanted = evolve(product.saved(), variants=(changed, evolve(fresh, position=1)))
        await _save(store, wanted)
        assert await _get(store, product) == wanted.saved()
        async with store.reading() as reads:
            found = await reads.shelf.of([large.id, changed.id, fresh.id])
        assert {key for key, each in found.items() if each.active} == {changed.id, fresh.id}

    async def test_what_a_product_gave_up_is_free_again(self, store: Ports) -> None:
        mug = new_product(store, "mug")
        await _add(store, mug)
        renamed = evolve(mug.saved(), slug="cup", variants=(evolve(mug.variants[0], sku="CUP-1"),))
        await _save(store, renamed)
        await _add(store, new_product(store, "mug"))

    async def test_a_variant_in_the_ledger_stays_there_when_it_goes(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        movement = new_movement(store, stocked, 1, 11)
        async with store.unit_of_work() as work:
            await work.stock.record([movement])
        fresh = evolve(stocked.product.variants[0], id=VariantId(store.ids.uuid()), sku="OTHER-1")
        await _save(store, evolve(stocked.product, variants=(fresh,)))
        async with store.reading() as reads:
            found = await reads.shelf.of([stocked.variant_id])
            ledger = await reads.stock.movements(stocked.variant_id, before=None, limit=9)
        assert not any(each.active for each in found.values())
        assert ledger == (movement,)

    async def test_stock_does_not_move_when_its_product_is_saved(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=7)
        await _save(store, evolve(stocked.product, name="Renamed"))
        assert await stock_now(store, stocked) == stocked.stock

    async def test_a_lost_update_is_refused(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        await _save(store, evolve(stocked.product, name="First"))
        with pytest.raises(VersionConflict):
            await _save(store, evolve(stocked.product, name="Second"))
        assert (await _get(store, stocked.product)).name == "First"

    async def test_of_many_saved_one_conflict_refuses_all(self, store: Ports) -> None:
        one, two = await put_stocked(store, "a"), await put_stocked(store, "b")
        await _save(store, evolve(two.product, name="First"))
        with pytest.raises(VersionConflict):
            await _save(
                store, evolve(one.product, name="Second"), evolve(two.product, name="Second")
            )
        assert (await _get(store, one.product)).name == one.product.name

    async def test_categories_and_brands_come_back_as_they_were_added(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        async with store.unit_of_work() as work:
            categories, brands = await work.products.categories(), await work.products.brands()
        assert {each.id: each for each in categories} == {
            each.id: each for each in (shelves.clothes, shelves.shirts, shelves.tools)
        }
        assert list(brands) == [shelves.brand]

    async def test_the_shop_is_empty_until_it_has_a_product(self, store: Ports) -> None:
        await put_shelves(store)
        async with store.unit_of_work() as work:
            assert await work.products.is_empty()
        await _add(store, new_product(store, "draft", status=ProductStatus.DRAFT))
        async with store.unit_of_work() as work:
            assert not await work.products.is_empty()

    async def test_all_products_come_in_the_order_of_their_slugs(self, store: Ports) -> None:
        for slug in ("pan", "cup", "mug-2", "mug-10"):
            await put_product(store, new_product(store, slug))
        shelves = await put_shelves(store)
        await _add(store, rich_product(store, shelves, "axe"))
        async with store.unit_of_work() as work:
            found = [product async for product in work.products.all()]
        assert [each.slug for each in found] == ["axe", "cup", "mug-10", "mug-2", "pan"]
        assert len(found[0].variants) == 2


async def _add(store: Ports, *products: Product) -> None:
    async with store.unit_of_work() as work:
        await work.products.add(products)


async def _save(store: Ports, *products: Product) -> None:
    async with store.unit_of_work() as work:
        await work.products.save(products)


async def _get(store: Ports, product: Product) -> Product:
    async with store.unit_of_work() as work:
        return await work.products.get(product.id)
