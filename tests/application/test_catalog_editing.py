"""Staff and vendors make products, change them and let them go: in memory and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve, frozen

from automate_store.adapters.memory import MemoryShop
from automate_store.application import catalog
from automate_store.application.access import Actor
from automate_store.application.catalog import Owner, Removal, RemovedProduct
from automate_store.application.errors import VersionConflict
from automate_store.domain.catalog import (
    DraftInHistory,
    PriceChanged,
    Product,
    ProductMoveRefused,
    ProductNotFound,
    ProductStatus,
    SkuTaken,
    SlugTaken,
    VariantNotFound,
)
from automate_store.domain.inventory import MovementType
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import BrandId, CategoryId, UserId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.contracts.scene import Stocked, put_cart
from tests.application.catalogs import memory_ports, postgres_ports
from tests.application.editing import Desk, mug, shirt, usd, variant
from tests.application.trading import OPENED, POLICY, PRICING, STAFF

NOWHERE = UUID("0195510c-0000-7000-8000-ffffffffffff")


@pytest.fixture(params=["memory", "postgres"])
def desk(request: pytest.FixtureRequest) -> Desk:
    if request.param == "memory":
        return Desk(memory_ports())
    return Desk(postgres_ports(request.getfixturevalue("pool")))


async def fields_refused(making: Any) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        await making
    return [error.field for error in refused.value.errors]


async def remove(desk: Desk, product: Product, *, actor: Actor = STAFF) -> RemovedProduct:
    return await catalog.remove_product(
        str(product.id), versions=None, actor=actor, ports=desk.ports
    )


async def test_a_new_product_is_a_draft_with_a_slug_of_its_name_and_no_stock(desk: Desk) -> None:
    product = await desk.create()
    seen = await desk.seen(product)
    assert seen.product == product
    assert (product.slug, product.status, product.version) == ("blue-mug", ProductStatus.DRAFT, 1)
    assert (product.variants[0].sku, product.variants[0].name) == ("MUG-1", "Default")
    (stock,) = seen.stock.values()
    assert (stock.on_hand, stock.tracked, stock.low_stock_threshold) == (0, True, 5)
    assert await desk.ledger() == []


async def test_first_stock_is_booked_as_what_came_in(desk: Desk) -> None:
    await desk.create(variants=(variant("MUG-1", inventory_quantity=12),))
    (movement,) = await desk.ledger()
    assert (movement.type, movement.quantity_change, movement.quantity_after) == (
        MovementType.RESTOCK,
        12,
        12,
    )
    assert (movement.actor, movement.notes) == ("sam", "first stock")


async def test_a_product_may_be_sold_from_the_start_and_not_archived(desk: Desk) -> None:
    product = await desk.create(status=ProductStatus.ACTIVE)
    assert (product.status, product.published_at) == (ProductStatus.ACTIVE, OPENED)
    with pytest.raises(ProductMoveRefused):
        await desk.create(shirt(), status=ProductStatus.ARCHIVED)


async def test_a_slug_that_is_taken_is_numbered_when_made_and_refused_when_wanted(
    desk: Desk,
) -> None:
    for number in range(1, 4):
        made = await desk.create(variants=(variant(f"MUG-{number}"),))
        assert made.slug == ("blue-mug" if number == 1 else f"blue-mug-{number}")
    with pytest.raises(SlugTaken):
        await desk.create(slug="blue-mug", variants=(variant("MUG-9"),))


async def test_a_name_of_signs_alone_has_a_slug_all_the_same(desk: Desk) -> None:
    one = await desk.create(name="!!!")
    other = await desk.create(name="!!!", variants=(variant("MUG-2"),))
    assert one.slug != other.slug


@pytest.mark.parametrize("slug", ["Blue-Mug", "blue mug", "-x", "", str(NOWHERE), NOWHERE.hex])
async def test_a_slug_that_no_address_can_have_is_refused(desk: Desk, slug: str) -> None:
    assert await fields_refused(desk.create(slug=slug)) == ["slug"]


async def test_whoever_is_named_like_an_id_gets_another_slug(desk: Desk) -> None:
    first = await desk.create()
    product = await desk.create(name=str(first.id), variants=(variant("MUG-2"),))
    assert product.slug != str(first.id)


async def test_an_sku_is_one_products_whatever_its_case(desk: Desk) -> None:
    await desk.create()
    with pytest.raises(SkuTaken):
        await desk.create(variants=(variant("mug-1"),))
    other = await desk.create(variants=(variant("MUG-2"),))
    wish = mug(variants=(variant("Mug-1", id=other.variants[0].id),))
    with pytest.raises(SkuTaken):
        await desk.change(other, wish)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "   "}, "name"),
        ({"variants": ()}, "variants"),
        ({"price": Money(900, "EUR")}, "price"),
        ({"price": Money(-1, "USD")}, "price"),
        ({"compare_price": usd(900)}, "compare_price"),
        ({"category_id": CategoryId(NOWHERE)}, "category_id"),
        ({"brand_id": BrandId(NOWHERE)}, "brand_id"),
        ({"owner": Owner(UserId(NOWHERE))}, "vendor_id"),
        ({"options": ("Size",)}, "variants[0].attributes"),
        (
            {"options": ("Size",), "variants": (variant("A", attributes={"Size": " "}),)},
            "variants[0].attributes",
        ),
        ({"options": (" ",), "variants": (variant("A", attributes={" ": "x"}),)}, "options"),
        ({"description": "<b>" + "x" * 100_001}, "description"),
        ({"variants": (variant("A", minimum_price=usd(901)),)}, "variants[0].minimum_price"),
        ({"variants": (variant("A", price=usd(5), compare_price=usd(5)),)}, "variants[0]."),
        ({"variants": (variant("A", cost_price=Money(1, "EUR")),)}, "variants[0].cost_price"),
        ({"variants": (variant("   "),)}, "variants[0].sku"),
        ({"variants": (variant("A", tax_class="  "),)}, "variants[0].tax_class"),
        ({"variants": (variant("A"), variant("B"))}, "variants"),
    ],
)
async def test_what_can_not_be_sold_is_refused_by_its_field(
    desk: Desk, changes: dict[str, Any], field: str
) -> None:
    named = await fields_refused(desk.create(**changes))
    assert any(each.startswith(field) for each in named), named


async def test_tags_are_each_there_once_and_none_is_blank(desk: Desk) -> None:
    product = await desk.create(tags=(" summer ", "summer", "  ", "wool"))
    assert product.tags == ("summer", "wool")


async def test_descriptions_come_in_clean_and_names_as_they_are(desk: Desk) -> None:
    html = "<p onclick='x()'>Holds <b>tea</b></p><script>alert(1)</script>"
    product = await desk.create(name="Mug <b>bold</b> & co", description=html)
    assert product.name == "Mug <b>bold</b> & co"
    assert product.description == "<p>Holds <b>tea</b></p>"


async def test_a_change_is_of_all_that_is_said_and_leaves_the_rest(desk: Desk) -> None:
    product = await desk.create(shirt(slug="tee", status=ProductStatus.ACTIVE, featured=True))
    changed = await desk.change(product, shirt(name="Tee", price=usd(1500), variants=None))
    assert (changed.name, changed.price, changed.featured) == ("Tee", usd(1500), False)
    assert (changed.slug, changed.status) == ("tee", ProductStatus.ACTIVE)
    assert (changed.variants, changed.version) == (product.variants, 2)
    assert (await desk.seen(product)).product == changed


async def test_what_changes_nothing_makes_no_version_and_no_entry(desk: Desk) -> None:
    product = await desk.create(shirt())
    assert await desk.change(product, shirt(variants=None)) == product
    assert len(await desk.trail()) == 1


async def test_variants_are_replaced_as_a_list_and_the_known_keep_their_ids(desk: Desk) -> None:
    product = await desk.create(shirt())
    small, large = product.variants
    wish = shirt(
        options=("Size", "Colour"),
        variants=(
            variant("SHIRT-L", id=large.id, attributes={"Colour": "red", "Size": "L"}),
            variant("NEW", attributes={"Size": "M", "Colour": "red"}, inventory_quantity=3),
        ),
    )
    changed = await desk.change(product, wish)
    assert [each.sku for each in changed.variants] == ["SHIRT-L", "NEW"]
    assert changed.variants[0].id == large.id
    assert changed.variants[0].attributes == {"Size": "L", "Colour": "red"}
    assert changed.variants[1].name == "M / red"
    assert small.id not in {each.id for each in changed.variants}
    stock = (await desk.seen(product)).stock
    assert {stock[each.id].on_hand for each in changed.variants} == {0, 3}


async def test_skus_may_change_hands_within_a_product(desk: Desk) -> None:
    product = await desk.create(shirt())
    small, large = product.variants
    wish = shirt(
        variants=(
            variant("SHIRT-L", id=small.id, attributes={"Size": "S"}),
            variant("SHIRT-S", id=large.id, attributes={"Size": "L"}),
        )
    )
    changed = await desk.change(product, wish)
    assert {each.id: each.sku for each in changed.variants} == {
        small.id: "SHIRT-L",
        large.id: "SHIRT-S",
    }


async def test_a_variant_of_another_product_is_not_found(desk: Desk) -> None:
    other = await desk.create()
    product = await desk.create(shirt())
    strange = variant("X", id=other.variants[0].id, attributes={"Size": "S"})
    with pytest.raises(VariantNotFound):
        await desk.change(product, shirt(variants=(strange,)))
    with pytest.raises(VariantNotFound):
        await desk.create(variants=(variant("X", id=VariantId(NOWHERE)),))


async def test_each_change_of_a_price_is_an_event_with_who_and_when() -> None:
    shop = MemoryShop.open(POLICY, PRICING, at=OPENED)
    desk = Desk(shop.ports)
    product = await desk.create(shirt())
    await desk.change(product, shirt(price=usd(1500), variants=None))
    assert [each.event for each in shop.store.events] == [
        PriceChanged(
            at=OPENED,
            product_id=product.id,
            variant_id=each.id,
            old=usd(2000),
            new=usd(1500),
            by="sam",
        )
        for each in product.variants
    ]


async def test_a_version_that_is_named_has_to_be_the_one_that_is_there(desk: Desk) -> None:
    product = await desk.create()
    changed = await desk.change(product, mug(name="Mug"), versions=(1,))
    with pytest.raises(VersionConflict):
        await desk.change(product, mug(name="Cup"), versions=(1,))
    assert (await desk.seen(product)).product == changed


async def test_two_at_once_on_one_version_are_one_and_a_conflict(desk: Desk) -> None:
    product = await desk.create()
    came = await asyncio.gather(
        *(desk.change(product, mug(name=name), versions=(1,)) for name in ("Cup", "Pot")),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in came) == ["Product", "VersionConflict"]


async def test_of_two_who_want_one_slug_one_is_told_that_it_is_taken(desk: Desk) -> None:
    came = await asyncio.gather(
        *(desk.create(slug="mug", variants=(variant(f"MUG-{number}"),)) for number in range(2)),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in came) == ["Product", "SlugTaken"]


async def test_what_nobody_names_is_deleted(desk: Desk) -> None:
    product = await desk.create()
    gone = await remove(desk, product)
    assert (gone.outcome, gone.product) == (Removal.DELETED, product)
    with pytest.raises(ProductNotFound):
        await desk.seen(product)
    await desk.create()


async def test_what_a_cart_or_the_ledger_names_is_archived_and_stays(desk: Desk) -> None:
    booked = await desk.create(
        status=ProductStatus.ACTIVE, variants=(variant("A", inventory_quantity=1),)
    )
    wanted = await desk.create(status=ProductStatus.ACTIVE, variants=(variant("B"),))
    stock = (await desk.seen(wanted)).stock[wanted.variants[0].id]
    await put_cart(desk.ports, Stocked(product=wanted, stock=stock))
    for product in (booked, wanted):
        stays, again = await remove(desk, product), await remove(desk, product)
        assert stays == again
        assert stays.outcome is Removal.ARCHIVED
        assert stays.product.status is ProductStatus.ARCHIVED
        assert (await desk.seen(product)).product == stays.product


async def test_a_draft_whose_stock_was_booked_says_why_it_stays(desk: Desk) -> None:
    draft = await desk.create(variants=(variant("A", inventory_quantity=1),))
    with pytest.raises(DraftInHistory):
        await remove(desk, draft)
    assert (await desk.seen(draft)).product == draft


async def test_a_product_that_is_put_into_a_cart_while_it_goes_is_archived(desk: Desk) -> None:
    product = await desk.create(status=ProductStatus.ACTIVE)
    stock = (await desk.seen(product)).stock[product.variants[0].id]
    carts = iter([put_cart(desk.ports, Stocked(product=product, stock=stock))])

    @asynccontextmanager
    async def meanwhile() -> AsyncIterator[Any]:
        async with desk.ports.unit_of_work() as work:
            yield Slow(work, carts)

    stays = await remove(Desk(evolve(desk.ports, unit_of_work=meanwhile)), product)
    assert stays.outcome is Removal.ARCHIVED


@frozen
class Slow:
    """A work that looks into history, and then lets others write it."""

    work: Any
    meanwhile: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.work, name)

    @property
    def products(self) -> Any:
        return SlowProducts(self.work.products, self.meanwhile)


@frozen
class SlowProducts:
    products: Any
    meanwhile: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.products, name)

    async def in_history(self, product_id: Any) -> Any:
        found = await self.products.in_history(product_id)
        for one in self.meanwhile:
            await one
        return found


async def test_every_change_leaves_an_entry_with_both_ends(desk: Desk) -> None:
    ann = await desk.vendor("ann")
    product = await desk.create(actor=ann)
    await desk.change(product, mug(name="Cup"))
    await remove(desk, product)
    entries = await desk.trail()
    assert [(each.action, each.actor, each.account_id) for each in entries] == [
        ("create_product", "ann", ann.account_id),
        ("change_product", "sam", None),
        ("remove_product", "sam", None),
    ]
    assert {each.subject for each in entries} == {f"product:{product.id}"}
    names = [
        (each.before and each.before["name"], each.after and each.after["name"]) for each in entries
    ]
    assert names == [(None, "Blue Mug"), ("Blue Mug", "Cup"), ("Cup", None)]


async def test_what_is_refused_leaves_no_entry(desk: Desk) -> None:
    product = await desk.create()
    with pytest.raises(SkuTaken):
        await desk.create()
    with pytest.raises(ProductMoveRefused):
        await desk.change(product, mug(status=ProductStatus.ARCHIVED))
    assert [each.action for each in await desk.trail()] == ["create_product"]
