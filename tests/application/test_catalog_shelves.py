"""Staff put up categories and brands, move them, and take down what is empty."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from automate_store.application import catalog
from automate_store.application.catalog import PutBrand, PutCategory
from automate_store.application.catalog.categories import DEPTH_LIMIT
from automate_store.domain.catalog import (
    Brand,
    BrandInUse,
    BrandNameTaken,
    BrandNotFound,
    Category,
    CategoryCycle,
    CategoryInUse,
    CategoryNotFound,
    SlugTaken,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import CategoryId
from tests.application.catalogs import memory_ports, postgres_ports
from tests.application.editing import Desk, shirt
from tests.application.trading import STAFF

NOWHERE = UUID("0195510c-0000-7000-8000-ffffffffffff")


@pytest.fixture(params=["memory", "postgres"])
def desk(request: pytest.FixtureRequest) -> Desk:
    if request.param == "memory":
        return Desk(memory_ports())
    return Desk(postgres_ports(request.getfixturevalue("pool")))


async def put(desk: Desk, category: Category, **changes: Any) -> Category:
    plain = {"name": category.name, "parent_id": category.parent_id}
    wish = PutCategory(**{**plain, **changes})
    return await catalog.change_category(str(category.id), wish, actor=STAFF, ports=desk.ports)


async def brand(desk: Desk, name: str, **changes: Any) -> Brand:
    return await catalog.create_brand(PutBrand(name=name, **changes), actor=STAFF, ports=desk.ports)


async def categories(desk: Desk) -> list[Category]:
    found = await catalog.list_staff_categories(after="", limit=100, actor=STAFF, ports=desk.ports)
    return list(found)


async def fields_refused(making: Any) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        await making
    return [error.field for error in refused.value.errors]


async def test_a_category_gets_a_slug_of_its_name_and_is_found_by_it(desk: Desk) -> None:
    clothes = await desk.category("Warm Clothes", description="<b>Soft</b><script>x()</script>")
    shirts = await desk.category("Shirts", clothes, is_active=False, sort_order=3)
    assert (clothes.slug, clothes.description) == ("warm-clothes", "<b>Soft</b>")
    for name in (shirts.slug, shirts.slug.upper(), str(shirts.id)):
        assert await catalog.get_category(name, actor=STAFF, ports=desk.ports) == shirts
    assert await categories(desk) == [shirts, clothes]


async def test_categories_of_one_name_have_slugs_of_their_own(desk: Desk) -> None:
    slugs = [(await desk.category("Shirts")).slug for _ in range(3)]
    assert slugs == ["shirts", "shirts-2", "shirts-3"]
    with pytest.raises(SlugTaken):
        await desk.category("Others", slug="shirts-2")


async def test_a_category_keeps_its_slug_when_it_is_renamed(desk: Desk) -> None:
    shirts = await desk.category("Shirts")
    renamed = await put(desk, shirts, name="Jerseys")
    assert (renamed.name, renamed.slug) == ("Jerseys", "shirts")
    moved = await put(desk, renamed, slug="jerseys", image_url="https://a.example/j.jpg")
    assert await categories(desk) == [moved]
    assert moved.slug == "jerseys"


async def test_a_category_never_stands_below_itself(desk: Desk) -> None:
    clothes = await desk.category("Clothes")
    shirts = await desk.category("Shirts", clothes)
    tees = await desk.category("Tees", shirts)
    for below in (clothes, shirts, tees):
        with pytest.raises(CategoryCycle) as refused:
            await put(desk, clothes, parent_id=below.id)
        assert refused.value.category_id == clothes.id
    assert await categories(desk) == [clothes, shirts, tees]


async def test_two_moves_at_once_close_no_circle(desk: Desk) -> None:
    one, two = await desk.category("One"), await desk.category("Two")
    came = await asyncio.gather(
        put(desk, one, parent_id=two.id), put(desk, two, parent_id=one.id), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in came) == ["Category", "CategoryCycle"]


async def test_a_tree_is_so_deep_and_no_deeper(desk: Desk) -> None:
    above: Category | None = None
    for step in range(DEPTH_LIMIT):
        above = await desk.category(f"Step {step}", above)
    assert await fields_refused(desk.category("Too deep", above)) == ["parent_id"]
    root = await desk.category("Root")
    top = next(each for each in await categories(desk) if each.name == "Step 0")
    assert await fields_refused(put(desk, top, parent_id=root.id)) == ["parent_id"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "   "}, "name"),
        ({"parent_id": CategoryId(NOWHERE)}, "parent_id"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"slug": str(NOWHERE)}, "slug"),
        ({"description": "x" * 100_001}, "description"),
    ],
)
async def test_a_category_that_can_not_be_is_refused_by_its_field(
    desk: Desk, changes: dict[str, Any], field: str
) -> None:
    assert await fields_refused(desk.category(**{"name": "Shirts", **changes})) == [field]
    assert await categories(desk) == []


async def test_a_category_goes_when_it_is_empty(desk: Desk) -> None:
    clothes = await desk.category("Clothes")
    shirts = await desk.category("Shirts", clothes)
    product = await desk.create(shirt(category_id=shirts.id))
    for full in (clothes, shirts):
        with pytest.raises(CategoryInUse):
            await catalog.remove_category(full.slug, actor=STAFF, ports=desk.ports)
    await desk.change(product, shirt(variants=None))
    for empty in (shirts, clothes):
        assert await catalog.remove_category(empty.slug, actor=STAFF, ports=desk.ports) == empty
    with pytest.raises(CategoryNotFound):
        await catalog.get_category("shirts", actor=STAFF, ports=desk.ports)
    with pytest.raises(CategoryNotFound):
        await catalog.remove_category("shirts", actor=STAFF, ports=desk.ports)


async def test_categories_are_listed_page_by_page_in_the_order_of_their_slugs(desk: Desk) -> None:
    for name in ("C", "A", "B"):
        await desk.category(name)

    async def page(after: str) -> list[str]:
        found = await catalog.list_staff_categories(
            after=after, limit=2, actor=STAFF, ports=desk.ports
        )
        return [each.slug for each in found]

    assert (await page(""), await page("b")) == (["a", "b"], ["c"])


async def test_a_brand_is_made_changed_and_taken_down(desk: Desk) -> None:
    acme = await brand(desk, "Acme & Sons", website="https://acme.example")
    assert acme.slug == "acme-sons"
    wish = PutBrand(name="Acme", description="Since <i>1901</i>", is_active=False)
    changed = await catalog.change_brand("ACME-sons", wish, actor=STAFF, ports=desk.ports)
    assert (changed.name, changed.slug, changed.website) == ("Acme", "acme-sons", None)
    assert await catalog.get_brand(str(acme.id), actor=STAFF, ports=desk.ports) == changed
    product = await desk.create(shirt(brand_id=acme.id))
    with pytest.raises(BrandInUse):
        await catalog.remove_brand("acme-sons", actor=STAFF, ports=desk.ports)
    await desk.change(product, shirt(variants=None))
    assert await catalog.remove_brand("acme-sons", actor=STAFF, ports=desk.ports) == changed
    for missing in ("acme-sons", str(acme.id)):
        with pytest.raises(BrandNotFound):
            await catalog.get_brand(missing, actor=STAFF, ports=desk.ports)


async def test_a_brands_name_is_its_own_whatever_its_case(desk: Desk) -> None:
    await brand(desk, "Acme")
    other = await brand(desk, "Other")
    with pytest.raises(BrandNameTaken):
        await brand(desk, "ACME")
    with pytest.raises(BrandNameTaken):
        await catalog.change_brand(
            str(other.id), PutBrand(name=" acme "), actor=STAFF, ports=desk.ports
        )
    with pytest.raises(SlugTaken):
        await brand(desk, "Third", slug="other")


async def test_brands_are_listed_page_by_page_in_the_order_of_their_slugs(desk: Desk) -> None:
    assert await fields_refused(brand(desk, "  ")) == ["name"]
    for name in ("C", "A", "B"):
        await brand(desk, name)
    found = await catalog.list_staff_brands(after="a", limit=1, actor=STAFF, ports=desk.ports)
    assert [each.slug for each in found] == ["b"]


async def test_changes_of_shelves_leave_entries_and_what_changes_nothing_none(desk: Desk) -> None:
    shirts = await desk.category("Shirts")
    await put(desk, shirts)
    await put(desk, shirts, name="Jerseys")
    await catalog.remove_category("shirts", actor=STAFF, ports=desk.ports)
    acme = await brand(desk, "Acme")
    for name in ("Acme", "Bolt"):
        await catalog.change_brand("acme", PutBrand(name=name), actor=STAFF, ports=desk.ports)
    await catalog.remove_brand("acme", actor=STAFF, ports=desk.ports)
    entries = await desk.trail()
    assert [(each.action, each.subject) for each in entries] == [
        ("create_category", f"category:{shirts.id}"),
        ("change_category", f"category:{shirts.id}"),
        ("remove_category", f"category:{shirts.id}"),
        ("create_brand", f"brand:{acme.id}"),
        ("change_brand", f"brand:{acme.id}"),
        ("remove_brand", f"brand:{acme.id}"),
    ]
    ends = [
        (each.before and each.before["name"], each.after and each.after["name"]) for each in entries
    ]
    assert ends == [
        (None, "Shirts"),
        ("Shirts", "Jerseys"),
        ("Jerseys", None),
        (None, "Acme"),
        ("Acme", "Bolt"),
        ("Bolt", None),
    ]
