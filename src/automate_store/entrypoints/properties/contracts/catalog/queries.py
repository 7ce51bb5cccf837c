"""What every adapter of ``ports.catalog.CatalogQueries`` promises."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from automate_store.application.errors import BadCursor
from automate_store.application.ports import Ports
from automate_store.application.ports.catalog import (
    CategoryNode,
    Page,
    PageRequest,
    ProductFilter,
    ProductSort,
    ProductSummary,
    VariantDetail,
)
from automate_store.domain.catalog import (
    BrandNotFound,
    CategoryNotFound,
    ProductNotFound,
    ProductStatus,
)
from automate_store.domain.kernel.ids import BrandId, CategoryId
from automate_store.entrypoints.properties.contracts.catalog.rich import (
    Shelves,
    put_shelves,
    rich_product,
)
from automate_store.entrypoints.properties.contracts.scene import (
    new_product,
    price,
    put_product,
    put_stocked,
)

EVERYTHING = ProductFilter()
BY_NAME = PageRequest(limit=20, cursor=None, sort=ProductSort.NAME, descending=False)


@pytest.mark.asyncio
class CatalogQueriesContract:
    """Active products are listed, filtered, sorted and paged; nothing else is ever shown."""

    async def test_a_list_shows_active_products_only(self, store: Ports) -> None:
        for status in ProductStatus:
            await put_product(store, new_product(store, status.value, status=status))
        assert await _slugs(store) == ["active"]

    async def test_a_product_is_summed_up_for_the_list(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        product = rich_product(store, shelves)
        await put_product(store, product, on_hand=0)
        (shown,) = (await _list(store)).items
        assert shown == ProductSummary(
            id=product.id,
            slug=product.slug,
            name=product.name,
            short_description=product.short_description,
            price=price(store, 20),
            max_price=price(store, 30),
            compare_price=product.compare_price,
            image_url=product.images[0].url,
            image_alt="front",
            in_stock=False,
            featured=True,
            category_id=shelves.shirts.id,
            brand_id=shelves.brand.id,
            created_at=product.created_at,
        )

    async def test_lists_are_sorted_as_asked_either_way(self, store: Ports) -> None:
        now = store.clock()
        for hours, (slug, major) in enumerate([("b-mug", 10), ("c-cup", 30), ("a-pan", 20)]):
            made_at = now - timedelta(hours=hours)
            await put_product(store, new_product(store, slug, major=major, at=made_at))
        rising = {
            ProductSort.NAME: ["a-pan", "b-mug", "c-cup"],
            ProductSort.PRICE: ["b-mug", "a-pan", "c-cup"],
            ProductSort.CREATED_AT: ["a-pan", "c-cup", "b-mug"],
        }
        for sort, slugs in rising.items():
            up = evolve(BY_NAME, sort=sort)
            assert await _slugs(store, page=up) == slugs
            assert await _slugs(store, page=evolve(up, descending=True)) == slugs[::-1]

    async def test_a_list_sorts_by_the_lowest_price_of_a_product(self, store: Ports) -> None:
        await put_product(store, rich_product(store, await put_shelves(store)))
        await put_product(store, new_product(store, "dearer", major=21))
        await put_product(store, new_product(store, "cheaper", major=19))
        by_price = evolve(BY_NAME, sort=ProductSort.PRICE)
        assert await _slugs(store, page=by_price) == ["cheaper", "shirt", "dearer"]

    async def test_pages_show_each_product_once_in_order(self, store: Ports) -> None:
        # Equal prices and times: what pages lean on must settle ties.
        at = store.clock()
        for number in range(7):
            await put_product(store, new_product(store, f"mug-{number}", at=at))
        for sort in ProductSort:
            for descending in (False, True):
                page = PageRequest(limit=3, cursor=None, sort=sort, descending=descending)
                whole = await _slugs(store, page=evolve(page, limit=20))
                assert await _walk(store, page) == [whole[:3], whole[3:6], whole[6:]]

    async def test_the_last_page_ends_the_list(self, store: Ports) -> None:
        for slug in ("a", "b", "c", "d"):
            await put_stocked(store, slug)
        page = evolve(BY_NAME, limit=2)
        assert await _walk(store, page) == [["a", "b"], ["c", "d"]]
        assert (await _list(store, page=evolve(page, limit=4))).next_cursor is None

    async def test_an_empty_list_is_one_empty_page(self, store: Ports) -> None:
        assert await _list(store) == Page(items=(), next_cursor=None)

    async def test_what_comes_and_goes_between_pages_repeats_nothing(self, store: Ports) -> None:
        for slug in ("b", "c", "d", "e"):
            await put_stocked(store, slug)
        first = await _list(store, page=evolve(BY_NAME, limit=2))
        await put_stocked(store, "a")
        async with store.unit_of_work() as work:
            (gone,) = (await work.products.by_slugs(["c"])).values()
            await work.products.save([gone.archive(at=store.clock())])
        second = await _list(store, page=evolve(BY_NAME, limit=2, cursor=first.next_cursor))
        assert [each.slug for each in (*first.items, *second.items)] == ["b", "c", "d", "e"]

    async def test_what_is_no_cursor_of_this_list_is_refused(self, store: Ports) -> None:
        for slug in ("a", "b"):
            await put_stocked(store, slug)
        given = (await _list(store, page=evolve(BY_NAME, limit=1))).next_cursor
        assert given is not None
        by_price = evolve(BY_NAME, sort=ProductSort.PRICE, cursor=given)
        falling = evolve(BY_NAME, descending=True, cursor=given)
        made_up = [evolve(BY_NAME, cursor=text) for text in ("", "x", "MTIz", given[:-4], "é" * 9)]
        for page in (by_price, falling, *made_up):
            with pytest.raises(BadCursor):
                await _list(store, page=page)

    async def test_a_category_lists_what_stands_below_it_too(self, store: Ports) -> None:
        shelves = await _three_on_shelves(store)
        for wanted, slugs in (
            (shelves.clothes, ["coat", "shirt"]),
            (shelves.shirts, ["shirt"]),
            (shelves.tools, ["saw"]),
        ):
            for named in (wanted.slug, str(wanted.id)):
                assert await _slugs(store, ProductFilter(category=named)) == slugs

    async def test_a_brand_lists_its_own(self, store: Ports) -> None:
        shelves = await _three_on_shelves(store)
        for named in (shelves.brand.slug, str(shelves.brand.id)):
            assert await _slugs(store, ProductFilter(brand=named)) == ["shirt"]

    async def test_an_unknown_category_or_brand_is_not_found(self, store: Ports) -> None:
        await put_stocked(store)
        for unknown in ("never-there", str(store.ids.uuid())):
            with pytest.raises(CategoryNotFound):
                await _list(store, ProductFilter(category=unknown))
            with pytest.raises(BrandNotFound):
                await _list(store, ProductFilter(brand=unknown))

    async def test_a_price_range_holds_both_its_ends(self, store: Ports) -> None:
        for major in (10, 20, 30):
            await put_product(store, new_product(store, f"for-{major}", major=major))
        for low, high, slugs in (
            (20, None, ["for-20", "for-30"]),
            (None, 20, ["for-10", "for-20"]),
            (20, 20, ["for-20"]),
            (21, 29, []),
        ):
            wanted = ProductFilter(
                min_price=None if low is None else Decimal(low),
                max_price=None if high is None else Decimal(high),
            )
            assert await _slugs(store, wanted) == slugs

    async def test_a_product_of_many_prices_is_in_each_range_that_meets_its_own(
        self, store: Ports
    ) -> None:
        await put_product(store, rich_product(store, await put_shelves(store)))
        for low, high, slugs in (
            (30, None, ["shirt"]),
            (31, None, []),
            (None, 20, ["shirt"]),
            (None, 19, []),
        ):
            wanted = ProductFilter(
                min_price=None if low is None else Decimal(low),
                max_price=None if high is None else Decimal(high),
            )
            assert await _slugs(store, wanted) == slugs

    async def test_stock_and_features_can_be_asked_for_either_way(self, store: Ports) -> None:
        await put_stocked(store, "here", on_hand=1)
        await put_stocked(store, "sold-out", on_hand=0)
        best = evolve(new_product(store, "best"), featured=True)
        taken = await put_product(store, best, on_hand=1)
        async with store.unit_of_work() as work:
            await work.stock.apply([taken.change(reserved=1)])
        for wanted, slugs in (
            (ProductFilter(in_stock=True), ["here"]),
            (ProductFilter(in_stock=False), ["best", "sold-out"]),
            (ProductFilter(featured=True), ["best"]),
            (ProductFilter(featured=False), ["here", "sold-out"]),
        ):
            assert await _slugs(store, wanted) == slugs

    async def test_a_product_is_shown_by_its_id_or_slug(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        stocked = await put_product(store, rich_product(store, shelves), on_hand=4)
        product = stocked.product.for_customers()
        large, small = product.variants
        async with store.reading() as reads:
            shown = await reads.catalog.product(product.slug)
            assert await reads.catalog.product(str(product.id)) == shown
        assert (shown.product, shown.category) == (product, shelves.shirts)
        assert shown.brand == shelves.brand
        assert shown.variants == (
            VariantDetail(variant=large, price=price(store, 30), available=4, in_stock=True),
            VariantDetail(variant=small, price=price(store, 20), available=0, in_stock=False),
        )

    async def test_what_is_without_limit_says_so(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=0)
        async with store.unit_of_work() as work:
            await work.stock.put([evolve(stocked.stock, tracked=False)])
        async with store.reading() as reads:
            (variant,) = (await reads.catalog.product("mug")).variants
        assert (variant.available, variant.in_stock) == (None, True)

    async def test_backorders_count_as_stock_until_their_limit(self, store: Ports) -> None:
        stocked = await put_stocked(store, on_hand=0)
        async with store.unit_of_work() as work:
            limited = evolve(stocked.stock, allow_backorder=True, backorder_limit=2)
            await work.stock.put([limited])
        for left in (2, 1, 0):
            async with store.reading() as reads:
                (variant,) = (await reads.catalog.product("mug")).variants
            assert (variant.available, variant.in_stock) == (left, left > 0)
            assert await _slugs(store, ProductFilter(in_stock=left > 0)) == ["mug"]
            if left:
                async with store.unit_of_work() as work:
                    await work.stock.apply([stocked.change(reserved=1)])

    async def test_what_is_not_there_or_not_active_is_not_found(self, store: Ports) -> None:
        draft = await put_product(store, new_product(store, "draft", status=ProductStatus.DRAFT))
        async with store.reading() as reads:
            for named in ("draft", str(draft.product.id), "nothing", str(store.ids.uuid())):
                with pytest.raises(ProductNotFound):
                    await reads.catalog.product(named)

    async def test_categories_make_a_tree_in_their_order(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        async with store.reading() as reads:
            assert await reads.catalog.categories() == (
                CategoryNode(category=shelves.tools),
                CategoryNode(
                    category=shelves.clothes, children=(CategoryNode(category=shelves.shirts),)
                ),
            )

    async def test_what_is_not_active_stands_in_no_tree_and_no_list(self, store: Ports) -> None:
        shelves = await put_shelves(store)
        closed = evolve(shelves.tools, id=CategoryId(store.ids.uuid()), slug="x", is_active=False)
        retired = evolve(
            shelves.brand, id=BrandId(store.ids.uuid()), name="X", slug="x", is_active=False
        )
        async with store.unit_of_work() as work:
            await work.products.add_categories([closed])
            await work.products.add_brands([retired])
        async with store.reading() as reads:
            roots = [node.category.slug for node in await reads.catalog.categories()]
            assert roots == ["tools", "clothes"]
            assert await reads.catalog.brands() == (shelves.brand,)

    async def test_every_committed_change_changes_the_mark(self, store: Ports) -> None:
        marks = [await _mark(store)]
        shelves = await put_shelves(store)
        marks.append(await _mark(store))
        product = rich_product(store, shelves)
        await put_product(store, product)
        marks.append(await _mark(store))
        async with store.unit_of_work() as work:
            await work.products.save([evolve(product.saved(), name="Renamed")])
        marks.append(await _mark(store))
        assert len(set(marks)) == len(marks)
        assert await _mark(store) == marks[-1]

    async def test_what_was_rolled_back_leaves_the_mark(self, store: Ports) -> None:
        await put_stocked(store)
        before = await _mark(store)
        with pytest.raises(ZeroDivisionError):
            async with store.unit_of_work() as work:
                await work.products.add([new_product(store, "cup")])
                raise ZeroDivisionError
        assert await _mark(store) == before


async def _three_on_shelves(store: Ports) -> Shelves:
    shelves = await put_shelves(store)
    await put_product(store, rich_product(store, shelves))
    for slug, category in (("coat", shelves.clothes), ("saw", shelves.tools)):
        await put_product(store, evolve(new_product(store, slug), category_id=category.id))
    return shelves


async def _list(
    store: Ports, wanted: ProductFilter = EVERYTHING, page: PageRequest = BY_NAME
) -> Page:
    async with store.reading() as reads:
        return await reads.catalog.list_products(wanted, page)


async def _slugs(
    store: Ports, wanted: ProductFilter = EVERYTHING, page: PageRequest = BY_NAME
) -> list[str]:
    return [each.slug for each in (await _list(store, wanted, page)).items]


async def _walk(store: Ports, page: PageRequest) -> list[list[str]]:
    pages = [await _list(store, page=page)]
    while (cursor := pages[-1].next_cursor) is not None:
        pages.append(await _list(store, page=evolve(page, cursor=cursor)))
    return [[each.slug for each in one.items] for one in pages]


async def _mark(store: Ports) -> str:
    async with store.reading() as reads:
        return await reads.catalog.version()
