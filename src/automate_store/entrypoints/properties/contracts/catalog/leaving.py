"""What every adapter of ``ports.catalog.Products`` promises of lists, and of what leaves."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.application.errors import VersionConflict
from automate_store.application.ports import Ports
from automate_store.application.ports.catalog import ProductRecord, ProductsOfStaff
from automate_store.domain.catalog import Product, ProductNotFound, ProductStatus
from automate_store.domain.inventory import ReservationState, StockChange
from automate_store.domain.kernel.errors import InvalidInput, Stale
from automate_store.domain.kernel.ids import ProductId, UserId, VariantId
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.contracts.catalog.rich import put_shelves, rich_product
from automate_store.entrypoints.properties.contracts.scene import (
    Stocked,
    new_movement,
    new_order,
    new_product,
    put_cart,
    put_order,
    put_product,
    put_reservation,
    put_stocked,
    stock_now,
)

EVERY = ProductsOfStaff()


@pytest.mark.asyncio
class ListedProducts:
    """Staff list products of any status, newest first, their own or all."""

    async def test_products_of_any_status_are_listed_newest_first(self, store: Ports) -> None:
        made = [new_product(store, f"p-{each}", status=each) for each in ProductStatus]
        await _add(store, *made)
        found = await _page(store, EVERY)
        assert [each.id for each in found] == [each.id for each in reversed(made)]

    async def test_a_page_begins_after_the_one_named_and_has_so_many(self, store: Ports) -> None:
        made = [new_product(store, f"p-{number}") for number in range(5)]
        await _add(store, *made)
        first = await _page(store, EVERY, limit=2)
        second = await _page(store, EVERY, before=first[-1].id, limit=2)
        last = await _page(store, EVERY, before=second[-1].id, limit=2)
        slugs = [[each.slug for each in page] for page in (first, second, last)]
        assert slugs == [["p-4", "p-3"], ["p-2", "p-1"], ["p-0"]]

    async def test_a_status_is_asked_for(self, store: Ports) -> None:
        for number, status in enumerate([*ProductStatus, *ProductStatus]):
            await _add(store, new_product(store, f"p-{number}", status=status))
        for status in ProductStatus:
            found = await _page(store, ProductsOfStaff(status=status))
            assert [each.status for each in found] == [status, status]

    async def test_a_vendors_own_are_asked_for(self, store: Ports) -> None:
        ann, bob = [(await put_account(store, name)).id for name in ("ann", "bob")]
        for slug, owner in (("anns", ann), ("bobs", bob), ("nobodys", None)):
            await _add(store, evolve(new_product(store, slug), vendor_id=owner))
        found = await _page(store, ProductsOfStaff(vendor_id=ann))
        assert [each.vendor_id for each in found] == [ann]
        both = ProductsOfStaff(vendor_id=bob, status=ProductStatus.DRAFT)
        assert await _page(store, both) == ()

    async def test_a_record_says_what_there_is(self, store: Ports) -> None:
        shirt = rich_product(store, await put_shelves(store))
        await _add(store, shirt)
        await _add(store, mug := new_product(store, "mug"))
        bare, rich = await _page(store, EVERY)
        prices = [shirt.price_of(variant) for variant in shirt.variants]
        assert rich == ProductRecord(
            id=shirt.id,
            slug=shirt.slug,
            name=shirt.name,
            status=shirt.status,
            price=min(prices),
            max_price=max(prices),
            variants=2,
            image_url=shirt.images[0].url,
            category_id=shirt.category_id,
            brand_id=shirt.brand_id,
            vendor_id=None,
            featured=True,
            version=1,
            created_at=shirt.created_at,
            updated_at=shirt.updated_at,
        )
        assert (bare.slug, bare.image_url, bare.variants) == (mug.slug, None, 1)

    async def test_a_variant_that_is_gone_is_not_counted(self, store: Ports) -> None:
        shirt = rich_product(store, await put_shelves(store))
        await _add(store, shirt)
        await _save(store, evolve(shirt.saved(), variants=shirt.variants[:1]))
        (record,) = await _page(store, EVERY)
        assert (record.variants, record.version) == (1, 2)


@pytest.mark.asyncio
class OwnedProducts:
    """A product may be a vendor's, whose account there is."""

    async def test_whose_it_is_comes_back_and_may_change(self, store: Ports) -> None:
        ann, bob = [(await put_account(store, name)).id for name in ("ann", "bob")]
        mug = evolve(new_product(store, "mug"), vendor_id=ann)
        await _add(store, mug)
        assert (await _get(store, mug)).vendor_id == ann
        await _save(store, evolve(mug.saved(), vendor_id=bob))
        assert (await _get(store, mug)).vendor_id == bob
        await _save(store, evolve(await _get(store, mug), vendor_id=None))
        assert (await _get(store, mug)).vendor_id is None

    async def test_nobodys_account_owns_nothing(self, store: Ports) -> None:
        nobody = UserId(store.ids.uuid())
        mug = new_product(store, "mug")
        await _add(store, mug)
        with pytest.raises(InvalidInput) as refused:
            await _add(store, evolve(new_product(store, "pan"), vendor_id=nobody))
        assert [error.field for error in refused.value.errors] == ["vendor_id"]
        with pytest.raises(InvalidInput) as refused:
            await _save(store, evolve(mug.saved(), vendor_id=nobody))
        assert [error.field for error in refused.value.errors] == ["vendor_id"]


@pytest.mark.asyncio
class LeavingProducts:
    """What nobody remembers can be deleted; what orders and the ledger name stays."""

    async def test_a_removed_product_is_gone_with_all_its_parts(self, store: Ports) -> None:
        shirt = rich_product(store, await put_shelves(store))
        stocked = await put_product(store, shirt)
        async with store.unit_of_work() as work:
            await work.products.remove(stocked.product)
        with pytest.raises(ProductNotFound):
            await _get(store, shirt)
        async with store.reading() as reads:
            assert await reads.products.by_slugs([shirt.slug]) == {}
            assert await reads.shelf.of([each.id for each in shirt.variants]) == {}
            assert await reads.stock.of([stocked.variant_id]) == {}
        assert await _page(store, EVERY) == ()

    async def test_its_slug_and_skus_are_free_again(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        async with store.unit_of_work() as work:
            await work.products.remove(stocked.product)
        await put_stocked(store)

    async def test_what_changed_meanwhile_is_not_removed(self, store: Ports) -> None:
        mug = await put_stocked(store)
        await _save(store, evolve(mug.product, name="Changed"))
        with pytest.raises(VersionConflict):
            async with store.unit_of_work() as work:
                await work.products.remove(mug.product)
        assert (await _get(store, mug.product)).name == "Changed"

    async def test_a_product_that_nobody_names_is_in_no_history(self, store: Ports) -> None:
        mug, other = await put_stocked(store, "mug"), await put_stocked(store, "other")
        await put_cart(store, other)
        await _book(store, other)
        assert not await _in_history(store, mug)
        assert not await _in_history(store, ProductId(store.ids.uuid()))

    async def test_a_cart_an_order_a_hold_and_the_ledger_are_history(self, store: Ports) -> None:
        in_cart, ordered, held, booked = [
            await put_stocked(store, slug) for slug in ("in-cart", "ordered", "held", "booked")
        ]
        await put_cart(store, in_cart)
        order = await put_order(store, ordered)
        await put_reservation(store, order, held, 1)
        await _book(store, booked)
        for stocked in (in_cart, ordered, held, booked):
            assert await _in_history(store, stocked), stocked.product.slug

    async def test_a_variant_that_is_gone_is_history_still(self, store: Ports) -> None:
        mug = await put_stocked(store)
        await _book(store, mug)
        fresh = evolve(mug.product.variants[0], id=VariantId(store.ids.uuid()), sku="OTHER-1")
        await _save(store, evolve(mug.product, variants=(fresh,)))
        assert await _in_history(store, mug)

    async def test_what_is_in_history_is_not_removed(self, store: Ports) -> None:
        in_cart, ordered, booked = [
            await put_stocked(store, slug) for slug in ("in-cart", "ordered", "booked")
        ]
        await put_cart(store, in_cart)
        await put_order(store, ordered)
        await _book(store, booked)
        for stocked in (in_cart, ordered, booked):
            with pytest.raises(Stale):
                async with store.unit_of_work() as work:
                    await work.products.remove(stocked.product)
            assert await _get(store, stocked.product) == stocked.product

    async def test_stock_that_orders_hold_stays_when_its_variant_goes(self, store: Ports) -> None:
        mug = await put_stocked(store)
        order = await put_order(store, mug)
        await put_reservation(store, order, mug, 2)
        fresh = evolve(mug.product.variants[0], id=VariantId(store.ids.uuid()), sku="OTHER-1")
        await _save(store, evolve(mug.product, variants=(fresh,)))
        async with store.unit_of_work() as work:
            held = await work.stock.held(order.id)
            await work.stock.close(held, ReservationState.SOLD)
            sold = StockChange(variant_id=mug.variant_id, on_hand=-2, reserved=-2)
            await work.stock.apply([sold])
        after = await stock_now(store, mug)
        assert (after.on_hand, after.reserved) == (8, 0)


@pytest.mark.asyncio
class NamedPictures:
    """Every place that speaks of a picture is known, and nothing else counts."""

    async def test_pictures_are_found_wherever_they_are_spoken_of(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        shirt = rich_product(store, shelves)
        image, variant = shirt.images[0], shirt.variants[0]
        told = evolve(
            shirt,
            images=(evolve(image, url=_picture(1)),),
            variants=(evolve(variant, image_url=_picture(2)), *shirt.variants[1:]),
            description=f"<img src='{_picture(3)}'> and <img src='{_picture(4)}'>",
        )
        async with store.unit_of_work() as work:
            await work.products.add([told])
            category = evolve(shelves.tools, image_url=_picture(5), description=_picture(6))
            await work.products.save_category(category)
            brand = evolve(shelves.brand, logo_url=_picture(7), description=_picture(8))
            await work.products.save_brand(brand)
            order = new_order(store, await put_stocked(store))
            items = tuple(evolve(item, image_url=_picture(9)) for item in order.items)
            await work.orders.add(evolve(order, items=items))
        async with store.reading() as reads:
            named = await reads.products.pictures_named()
        assert named == {_picture(number).rpartition("/")[2] for number in range(1, 10)}

    async def test_other_addresses_name_none(self, store: Ports) -> None:
        await _add(store, rich_product(store, await put_shelves(store)))
        async with store.reading() as reads:
            assert await reads.products.pictures_named() == frozenset()


def _picture(number: int) -> str:
    return f"https://shop.example/media/{number:064x}.{('jpg', 'png', 'webp')[number % 3]}"


async def _page(
    store: Ports, wanted: ProductsOfStaff, *, before: ProductId | None = None, limit: int = 100
) -> tuple[ProductRecord, ...]:
    async with store.reading() as reads:
        return await reads.products.page(wanted, before=before, limit=limit)


async def _in_history(store: Ports, of: Stocked | ProductId) -> bool:
    async with store.reading() as reads:
        return await reads.products.in_history(of.product.id if isinstance(of, Stocked) else of)


async def _book(store: Ports, stocked: Stocked) -> None:
    async with store.unit_of_work() as work:
        await work.stock.record([new_movement(store, stocked, 1, 11)])


async def _add(store: Ports, *products: Product) -> None:
    async with store.unit_of_work() as work:
        await work.products.add(products)


async def _save(store: Ports, *products: Product) -> None:
    async with store.unit_of_work() as work:
        await work.products.save(products)


async def _get(store: Ports, product: Product) -> Product:
    async with store.reading() as reads:
        return await reads.products.get(product.id)
