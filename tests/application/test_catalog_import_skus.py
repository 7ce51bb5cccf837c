"""What a catalogue file makes of variants and their SKUs, in memory and on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.application.catalogs import MUGS, Warehouse, counts


async def test_a_variant_that_changes_its_sku_is_known_by_its_options(shop: Warehouse) -> None:
    await shop.take(*MUGS)
    before = await shop.product("mug")
    await shop.take("mug,Mug,Size,S,NEW-S,9.00,4", MUGS[1])
    after = await shop.product("mug")
    assert [one.id for one in after.variants] == [one.id for one in before.variants]
    assert after.variants[0].sku == "NEW-S"


async def test_a_variant_that_the_file_leaves_out_goes_and_its_sku_is_free(
    shop: Warehouse,
) -> None:
    await shop.take(*MUGS)
    gone = (await shop.product("mug")).variants[0]
    await shop.take("mug,Mug,Size,L,MUG-L,12.00,0", "cup,Cup,,,MUG-S,5.00,1")
    assert [one.sku for one in (await shop.product("mug")).variants] == ["MUG-L"]
    assert [one.sku for one in (await shop.product("cup")).variants] == ["MUG-S"]
    async with shop.ports.reading() as reads:
        found = await reads.shelf.of([gone.id])
        assert not any(each.active for each in found.values())
        assert len(await reads.stock.movements(gone.id, before=None, limit=9)) == 1


async def test_variants_can_come_back_and_trade_skus(shop: Warehouse) -> None:
    await shop.take(*MUGS)
    await shop.take("mug,Mug,Size,L,MUG-L,12.00,0")
    await shop.take(*MUGS)
    swapped = await shop.take("mug,Mug,Size,S,MUG-L,9.00,4", "mug,,,L,MUG-S,12.00,0")
    mug = await shop.product("mug")
    assert counts(swapped) == (0, 1, 0, 0)
    assert [(one.sku, one.attributes["Size"]) for one in mug.variants] == [
        ("MUG-L", "S"),
        ("MUG-S", "L"),
    ]


async def test_each_product_can_take_the_sku_that_the_one_before_gave_up(shop: Warehouse) -> None:
    # Stored in the opposite order, and enough of them that a database may join as it likes.
    many = range(150)
    await shop.take(*(f"p-{n:03},P {n},,,S-{n},5.00,1" for n in reversed(many)))
    report = await shop.take(*(f"p-{n:03},P {n},,,S-{n - 1},5.00,1" for n in many))
    assert (counts(report), report.repairs) == ((0, 150, 0, 0), ())
    assert [one.variants[0].sku for one in await shop.products()] == [f"S-{n - 1}" for n in many]


async def test_a_missing_or_repeated_sku_is_made_and_named(shop: Warehouse) -> None:
    await shop.take("old,Old,,,TAKEN,1.00,1")
    rows = (
        "mug,Mug,Size,S,,9.00,4",
        "mug,,,M,MUG,9.00,4",
        "mug,,,L,mug,9.00,4",
        "cup,Cup,,,MUG,9.00,4",
        "new,New,,,taken,9.00,4",
    )
    report = await shop.take(*rows)
    assert [(one.line, one.field, one.reason, one.value) for one in report.repairs] == [
        (2, "SKU", "is missing: made 'mug.s'", None),
        (4, "SKU", "stands on another row already: made 'mug.l'", "mug"),
        (5, "SKU", "stands on another row already: made 'cup'", "MUG"),
        (6, "SKU", "belongs to another product: made 'new'", "taken"),
    ]
    again = await shop.take(*rows)
    assert counts(again) == (0, 0, 3, 0)
    assert [one.sku for one in (await shop.product("mug")).variants] == ["mug.s", "MUG", "mug.l"]


@pytest.mark.parametrize(("one", "other"), [("i-1", "İ-1"), ("π-1", "Π-1"), ("é-1", "É-1")])
async def test_skus_that_differ_by_case_alone_are_repeated(
    shop: Warehouse, one: str, other: str
) -> None:
    rows = f"mug,Mug,,,{one},9.00,1", f"tea,Tea,,,{other},4.50,1"
    report = await shop.take(*rows)
    again = await shop.take(*rows)
    assert [repair.value for repair in report.repairs] == [other]
    assert counts(again) == (0, 0, 2, 0)


async def test_skus_that_differ_by_more_than_case_stay(shop: Warehouse) -> None:
    rows = "mug,Mug,,,STRASSE,9.00,1", "tea,Tea,,,Straße,4.50,1"
    apart = [await shop.take(row) for row in rows]
    together = await shop.take(*rows)
    assert [report.repairs for report in apart] == [(), ()]
    assert counts(together) == (0, 0, 2, 0)


async def test_a_made_sku_makes_way_for_one_that_the_file_has(shop: Warehouse) -> None:
    await shop.take("mug,Mug,Size,S,,9.00,1", "mug,,,L,mug.s,9.00,1")
    skus = [one.sku for one in (await shop.product("mug")).variants]
    assert skus[1] == "mug.s"
    assert skus[0].startswith("mug.s-")
