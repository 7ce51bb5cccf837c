"""Taking in catalogue files, in memory and on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

import pytest
from attrs import evolve

from automate_store.adapters.shopify import ShopifyReader, ShopifyWriter
from automate_store.adapters.texts import WrittenTexts
from automate_store.application.access import GUEST
from automate_store.application.catalog import ImportProgress, export_catalog, import_catalog
from automate_store.application.catalog.importing import BATCH
from automate_store.application.errors import BrokenFile, NotAllowed
from automate_store.application.ports.catalog import PageRequest, ProductFilter
from automate_store.domain.catalog import ProductStatus
from automate_store.domain.inventory import MovementType, StockChange
from automate_store.domain.kernel.money import Money
from tests.adapters.shopify.files import REAL_NAMES, real_file
from tests.application.catalogs import HEADER, MUGS, Warehouse, counts, memory_ports
from tests.application.trading import STAFF

TEA = "tea,Tea,Title,Default Title,TEA-1,4.50,10"


async def test_a_file_makes_products_with_their_variants_and_stock(shop: Warehouse) -> None:
    report = await shop.take(*MUGS, TEA)
    mug = await shop.product("mug")
    assert counts(report) == (2, 0, 0, 0)
    assert (mug.name, mug.status, mug.options) == ("Mug", ProductStatus.ACTIVE, ("Size",))
    assert mug.published_at is not None
    assert [(one.sku, one.name, mug.price_of(one)) for one in mug.variants] == [
        ("MUG-S", "S", Money(900, "USD")),
        ("MUG-L", "L", Money(1200, "USD")),
    ]
    assert mug.price == Money(900, "USD")
    assert [(one.on_hand, one.reserved, one.tracked) for one in await shop.stock(mug)] == [
        (4, 0, True),
        (0, 0, True),
    ]


async def test_new_stock_enters_the_ledger_once(shop: Warehouse) -> None:
    await shop.take(*MUGS, TEA)
    await shop.take(*MUGS, TEA)
    moved = [
        (one.type, one.quantity_change, one.quantity_after, one.actor, one.notes)
        for one in await shop.ledger()
    ]
    assert moved == [
        (MovementType.RESTOCK, 4, 4, "sam", "catalogue import"),
        (MovementType.RESTOCK, 10, 10, "sam", "catalogue import"),
    ]


async def test_the_same_file_twice_changes_nothing(shop: Warehouse) -> None:
    await shop.take(*MUGS, TEA)
    before, mark = await shop.products(), await shop.mark()
    report = await shop.take(*MUGS, TEA)
    assert counts(report) == (0, 0, 2, 0)
    assert (await shop.products(), await shop.mark()) == (before, mark)


@pytest.mark.parametrize("name", REAL_NAMES)
async def test_a_merchants_file_is_taken_and_then_unchanged(shop: Warehouse, name: str) -> None:
    content = real_file(name)
    first = await shop.take_file(content)
    before, mark = await shop.products(), await shop.mark()
    again = await shop.take_file(content, with_stock=True)
    assert (first.refused, again.unchanged) == (0, first.created)
    assert (await shop.products(), await shop.mark()) == (before, mark)


async def test_merchants_files_come_back_from_an_export_as_they_are(shop: Warehouse) -> None:
    for name in REAL_NAMES:
        await shop.take_file(real_file(name))
    before, exported = await shop.products(), await shop.write()
    report = await shop.take_file(exported, with_stock=True)
    other = Warehouse(memory_ports())
    await other.take_file(exported)
    assert counts(report) == (0, 0, len(before), 0)
    assert await shop.products() == before
    assert await other.write() == exported


async def test_importing_again_leaves_stock_alone_unless_asked(shop: Warehouse) -> None:
    await shop.take(TEA)
    tea = await shop.product("tea")
    counted = "tea,Tea,Title,Default Title,TEA-1,4.50,25"
    unasked = await shop.take(counted)
    assert counts(unasked) == (0, 0, 1, 0)
    assert [one.on_hand for one in await shop.stock(tea)] == [10]
    asked = await shop.take(counted, with_stock=True)
    assert counts(asked) == (0, 1, 0, 0)
    assert [one.on_hand for one in await shop.stock(tea)] == [25]
    last = (await shop.ledger())[-1]
    assert (last.type, last.quantity_change, last.quantity_after, last.actor) == (
        MovementType.ADJUSTMENT,
        15,
        25,
        "sam",
    )


async def test_a_count_keeps_what_is_reserved(shop: Warehouse) -> None:
    await shop.take(TEA)
    tea = await shop.product("tea")
    async with shop.ports.unit_of_work() as work:
        await work.stock.apply([StockChange(variant_id=tea.variants[0].id, reserved=6)])
    await shop.take("tea,Tea,Title,Default Title,TEA-1,4.50,2", with_stock=True)
    assert [(one.on_hand, one.reserved) for one in await shop.stock(tea)] == [(2, 6)]


async def test_how_stock_is_tracked_follows_the_file(shop: Warehouse) -> None:
    header = f"{HEADER},Variant Inventory Tracker,Variant Inventory Policy"
    await shop.take(f"{TEA},shopify,deny", header=header)
    report = await shop.take(f"{TEA},,continue", header=header)
    (item,) = await shop.stock(await shop.product("tea"))
    assert counts(report) == (0, 1, 0, 0)
    assert (item.tracked, item.allow_backorder, item.on_hand) == (False, True, 10)


async def test_a_dry_run_reports_and_keeps_nothing(shop: Warehouse) -> None:
    mark = await shop.mark()
    report = await shop.take(*MUGS, TEA, dry_run=True)
    assert (counts(report), report.dry_run) == ((2, 0, 0, 0), True)
    assert (await shop.products(), await shop.ledger()) == ([], ())
    assert await shop.mark() == mark


async def test_a_file_that_breaks_half_way_changes_nothing(shop: Warehouse) -> None:
    await shop.take(TEA)
    before, mark = await shop.products(), await shop.mark()
    many = [f"p-{n},P {n},,,P-{n},1.00,1" for n in range(BATCH + 5)]
    with pytest.raises(BrokenFile) as broken:
        await shop.take("tea,Changed,,,TEA-1,9.00,1", *many, 'last,"Last')
    assert broken.value.line == BATCH + 8
    assert (await shop.products(), await shop.mark()) == (before, mark)


async def test_a_product_that_the_file_leaves_out_stays(shop: Warehouse) -> None:
    await shop.take(*MUGS, TEA)
    await shop.take(TEA)
    assert [one.slug for one in await shop.products()] == ["mug", "tea"]


async def test_what_changed_is_updated_and_keeps_its_ids(shop: Warehouse) -> None:
    await shop.take(*MUGS)
    before = await shop.product("mug")
    report = await shop.take("mug,Big Mug,Size,S,MUG-S,9.00,4", "mug,,,XL,MUG-L,13.00,0")
    after = await shop.product("mug")
    assert counts(report) == (0, 1, 0, 0)
    assert (after.id, after.name) == (before.id, "Big Mug")
    assert [one.id for one in after.variants] == [one.id for one in before.variants]
    assert [one.attributes["Size"] for one in after.variants] == ["S", "XL"]
    assert after.created_at == before.created_at


async def test_what_the_file_has_no_column_for_stays(shop: Warehouse) -> None:
    full = "Vendor,Tags,Body (HTML),Image Src,Variant Grams,Cost per item,Season"
    await shop.take(
        f"{TEA},Leaf,green,<b>Fine.</b>,https://img.example/1.jpg,100,1.25,spring",
        header=f"{HEADER},{full}",
    )
    before = await shop.product("tea")
    report = await shop.take(TEA)
    assert counts(report) == (0, 0, 1, 0)
    assert await shop.product("tea") == before
    blank = await shop.take(f"{TEA},,,,,,,", header=f"{HEADER},{full}")
    after = await shop.product("tea")
    assert counts(blank) == (0, 1, 0, 0)
    assert (after.brand_id, after.tags, after.description, after.images) == (None, (), None, ())
    assert (after.metadata, after.variants[0].weight_g) == ({}, 0)


async def test_options_are_not_lost_to_a_file_without_their_columns(shop: Warehouse) -> None:
    await shop.take(*MUGS)
    report = await shop.take("mug,Mug,9.00", header="Handle,Title,Variant Price")
    assert [one.reason for one in report.refusals] == [
        "the product has options, and the file no columns for them"
    ]
    assert len((await shop.product("mug")).variants) == 2


async def test_a_product_goes_off_sale_and_comes_back_as_its_life_allows(shop: Warehouse) -> None:
    header = f"{HEADER},Published,Status"
    seen = []
    for words in ("false,draft", "true,active", "false,draft", "false,archived", "true,active"):
        report = await shop.take(f"{TEA},{words}", header=header)
        seen.append(((await shop.product("tea")).status.value, counts(report)[:3]))
    assert seen == [
        ("draft", (1, 0, 0)),
        ("active", (0, 1, 0)),
        ("archived", (0, 1, 0)),
        ("archived", (0, 0, 1)),
        ("active", (0, 1, 0)),
    ]


async def test_categories_and_brands_are_made_once_whatever_their_case(shop: Warehouse) -> None:
    header = f"{HEADER},Vendor,Product Category"
    await shop.take(
        "a,A,,,A,1.00,1,Acme,Home > Kitchen",
        "b,B,,,B,1.00,1,ACME,home > Garden",
        "c,C,,,C,1.00,1,acme,Garden > Kitchen",
        header=header,
    )
    await shop.take("d,D,,,D,1.00,1,Acme,HOME > KITCHEN", header=header)
    async with shop.ports.reading() as reads:
        roots = await reads.catalog.categories()
        brands = await reads.catalog.brands()
    tree = {
        root.category.name: {one.category.name: one.category.slug for one in root.children}
        for root in roots
    }
    assert tree == {
        "Home": {"Kitchen": "kitchen", "Garden": "garden"},
        "Garden": {"Kitchen": "garden-2-kitchen"},
    }
    assert [one.name for one in brands] == ["Acme"]
    assert len({one.brand_id for one in await shop.products()}) == 1


async def test_a_refused_product_leaves_nothing_behind(shop: Warehouse) -> None:
    many = (f"mug,{'Mug' if n == 0 else ''},Size,{n},,9.00,1,Kiln" for n in range(2_001))
    report = await shop.take(*many, f"{TEA},Leaf", header=f"{HEADER},Vendor")
    assert counts(report) == (1, 0, 0, 1)
    assert [(one.line, one.reason) for one in report.refusals] == [
        (2, "variants has one to 2000 entries")
    ]
    async with shop.ports.reading() as reads:
        assert [one.name for one in await reads.catalog.brands()] == ["Leaf"]


async def test_prices_that_a_merchant_set_another_way_stay_that_way(shop: Warehouse) -> None:
    await shop.take(*MUGS)
    mug = await shop.product("mug")
    small, large = mug.variants
    by_product = evolve(mug, variants=(evolve(small, price=None), large), featured=True)
    async with shop.ports.unit_of_work() as work:
        await work.products.save([by_product])
    report = await shop.take(*MUGS)
    assert counts(report) == (0, 0, 1, 0)
    assert (await shop.product("mug")).variants[0].price is None


async def test_a_tax_class_of_the_merchants_own_counts_as_taxed(shop: Warehouse) -> None:
    header = f"{HEADER},Variant Taxable"
    await shop.take(f"{TEA},true", header=header)
    tea = await shop.product("tea")
    reduced = evolve(tea, variants=(evolve(tea.variants[0], tax_class="reduced"),))
    async with shop.ports.unit_of_work() as work:
        await work.products.save([reduced])
    seen = []
    for taxable in ("true", "false", "true"):
        await shop.take(f"{TEA},{taxable}", header=header)
        seen.append((await shop.product("tea")).variants[0].tax_class)
    assert seen == ["reduced", "exempt", "standard"]


async def test_what_needs_no_shipping_is_digital(shop: Warehouse) -> None:
    await shop.take(f"{TEA},false", header=f"{HEADER},Variant Requires Shipping")
    (variant,) = (await shop.product("tea")).variants
    assert (variant.requires_shipping, variant.is_digital) == (False, True)


async def test_what_was_imported_is_for_sale(shop: Warehouse) -> None:
    await shop.take(*MUGS, TEA, "gone,Gone,,,GONE,1.00,0")
    page = PageRequest(limit=20, cursor=None)
    async with shop.ports.reading() as reads:
        shown = await reads.catalog.product("mug")
        assert [one.available for one in shown.variants] == [4, 0]
        sellable = await reads.shelf.find(None, shown.variants[0].variant.id)
        in_stock = await reads.catalog.list_products(ProductFilter(in_stock=True), page)
    assert (sellable.sku, sellable.stock.available) == ("MUG-S", 4)
    assert {one.slug for one in in_stock.items} == {"mug", "tea"}


async def test_progress_is_told_after_each_batch(shop: Warehouse) -> None:
    rows = [f"p-{n},P {n},,,P-{n},1.00,1" for n in range(BATCH + 5)]
    content = "\n".join([HEADER, *rows, ""]).encode()
    told: list[ImportProgress] = []
    await import_catalog(
        ShopifyReader(BytesIO(content), currency="USD", texts=WrittenTexts()),
        ports=shop.ports,
        actor=STAFF,
        dry_run=False,
        with_stock=False,
        progress=told.append,
    )
    assert [(one.products, one.share) for one in told] == [(BATCH, 1.0), (BATCH + 5, 1.0)]
    assert told[-1].line == BATCH + 6


async def test_a_guest_may_neither_import_nor_export(shop: Warehouse) -> None:
    with pytest.raises(NotAllowed):
        await import_catalog(
            ShopifyReader(BytesIO(b""), currency="USD", texts=WrittenTexts()),
            ports=shop.ports,
            actor=GUEST,
            dry_run=False,
            with_stock=False,
        )
    with pytest.raises(NotAllowed):
        await export_catalog(ShopifyWriter(BytesIO()), ports=shop.ports, actor=GUEST)


async def test_the_ledger_sums_to_what_is_on_hand_after_any_imports(shop: Warehouse) -> None:
    await shop.take(*MUGS, TEA)
    await shop.take("mug,Mug,Size,S,MUG-S,9.00,1", "mug,,,L,MUG-L,9.00,8", with_stock=True)
    await shop.take(*MUGS, with_stock=True)
    sums: Counter[object] = Counter()
    for movement in await shop.ledger():
        sums[movement.variant_id] += movement.quantity_change
        assert movement.quantity_after == sums[movement.variant_id]
    for product in await shop.products():
        for item in await shop.stock(product):
            assert item.on_hand == sums[item.variant_id]
