"""What every adapter of ``ports.catalog.Shelf`` promises."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.application.ports.catalog import Sellable
from automate_store.domain.catalog import (
    Product,
    ProductNotFound,
    ProductStatus,
    VariantNotFound,
    VariantNotNamed,
)
from automate_store.domain.inventory import StockChange
from automate_store.domain.kernel.ids import ProductId, VariantId
from automate_store.entrypoints.properties.contracts.catalog.rich import put_shelves, rich_product
from automate_store.entrypoints.properties.contracts.scene import (
    new_product,
    put_product,
    put_stocked,
    stock_now,
)


@pytest.mark.asyncio
class ShelfContract:
    """What can be sold is found by its product or variant, as it is at this moment."""

    async def test_a_variant_is_shown_with_all_that_selling_it_needs(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        stocked = await put_product(store, rich_product(store, shelves), on_hand=4)
        product, large = stocked.product, stocked.product.variants[0]
        assert await _find(store, None, large.id) == Sellable(
            product_id=product.id,
            variant_id=large.id,
            slug=product.slug,
            name=product.name,
            variant_name=large.name,
            sku=large.sku,
            attributes=large.attributes,
            image_url=large.image_url,
            unit_price=large.price or product.price,
            compare_price=large.compare_price,
            minimum_price=large.minimum_price,
            weight_g=large.weight_g,
            requires_shipping=True,
            is_digital=False,
            tax_class="reduced",
            category_ids=frozenset({shelves.shirts.id, shelves.clothes.id}),
            brand_id=shelves.brand.id,
            tags=frozenset(product.tags),
            active=True,
            stock=stocked.stock,
        )

    async def test_a_variant_without_its_own_takes_the_products_price_and_image(
        self, store: Ports
    ) -> None:
        product = rich_product(store, await put_shelves(store))
        await put_product(store, product)
        small = await _find(store, product.id, product.variants[1].id)
        assert (small.unit_price, small.compare_price) == (product.price, product.compare_price)
        assert small.image_url == product.images[0].url

    async def test_a_product_of_one_variant_needs_no_more_than_its_name(self, store: Ports) -> None:
        stocked = await put_stocked(store)
        assert (await _find(store, stocked.product.id, None)).variant_id == stocked.variant_id

    async def test_a_product_of_several_variants_asks_which(self, store: Ports) -> None:
        product = rich_product(store, await put_shelves(store))
        await put_product(store, product)
        with pytest.raises(VariantNotNamed) as unnamed:
            await _find(store, product.id, None)
        assert unnamed.value.variants == 2

    async def test_what_is_unknown_is_not_found(self, store: Ports) -> None:
        with pytest.raises(ProductNotFound):
            await _find(store, ProductId(store.ids.uuid()), None)
        with pytest.raises(VariantNotFound):
            await _find(store, None, VariantId(store.ids.uuid()))

    async def test_what_is_not_active_is_not_found(self, store: Ports) -> None:
        for status in (ProductStatus.DRAFT, ProductStatus.ARCHIVED):
            stocked = await put_product(store, new_product(store, status.value, status=status))
            with pytest.raises(ProductNotFound):
                await _find(store, stocked.product.id, None)
            with pytest.raises(VariantNotFound):
                await _find(store, None, stocked.variant_id)

    async def test_a_variant_of_another_product_is_not_found(self, store: Ports) -> None:
        one, two = await put_stocked(store, "a"), await put_stocked(store, "b")
        with pytest.raises(VariantNotFound):
            await _find(store, one.product.id, two.variant_id)

    async def test_several_are_read_at_once_archived_ones_too(self, store: Ports) -> None:
        active = await put_stocked(store)
        gone = await put_product(store, new_product(store, "gone", status=ProductStatus.ARCHIVED))
        unknown = VariantId(store.ids.uuid())
        async with store.reading() as reads:
            found = await reads.shelf.of([gone.variant_id, unknown, active.variant_id])
        assert {variant_id: each.active for variant_id, each in found.items()} == {
            active.variant_id: True,
            gone.variant_id: False,
        }

    async def test_several_products_are_asked_at_once_what_they_offer(self, store: Ports) -> None:
        single = await put_stocked(store)
        several = rich_product(store, await put_shelves(store))
        await put_product(store, several)
        gone = await put_product(store, new_product(store, "gone", status=ProductStatus.ARCHIVED))
        draft = await put_product(store, new_product(store, "draft", status=ProductStatus.DRAFT))
        unknown = ProductId(store.ids.uuid())
        wanted = [several.id, gone.product.id, unknown, draft.product.id, single.product.id]
        async with store.reading() as reads:
            found = await reads.shelf.of_products([*wanted, single.product.id])
        assert {each: choice.variants for each, choice in found.items()} == {
            several.id: 2,
            single.product.id: 1,
        }
        assert found[single.product.id].variant == await _find(store, single.product.id, None)
        assert found[several.id].variant.variant_id in {each.id for each in several.variants}

    async def test_a_variant_without_stock_has_none_to_promise(self, store: Ports) -> None:
        product = new_product(store, "mug")
        async with store.unit_of_work() as work:
            await work.products.add([product])
        assert (await _find(store, product.id, None)).stock.promisable == 0

    async def test_price_and_stock_are_those_of_this_moment(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=10)
        dearer = evolve(stocked.product, price=stocked.product.price * 2)
        await _save_and_reserve(store, dearer, stocked.change(reserved=3))
        seen = await _find(store, stocked.product.id, None)
        assert (seen.unit_price, seen.stock) == (dearer.price, await stock_now(store, stocked))
        assert seen.stock.available == 7


async def _find(
    store: Ports, product_id: ProductId | None, variant_id: VariantId | None
) -> Sellable:
    async with store.reading() as reads:
        return await reads.shelf.find(product_id, variant_id)


async def _save_and_reserve(store: Ports, product: Product, change: StockChange) -> None:
    async with store.unit_of_work() as work:
        await work.products.save([product])
        await work.stock.apply([change])
