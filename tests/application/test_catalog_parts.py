"""Staff add variants and images to a product, change them, and take them off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.application import catalog
from automate_store.application.catalog import PutVariant, StaffProduct, StaffVariant
from automate_store.application.catalog.picturing import IMAGE_LIMIT
from automate_store.application.errors import VersionConflict
from automate_store.application.ports.media import NotAPicture
from automate_store.domain.catalog import (
    Image,
    ImageNotFound,
    ImagesFull,
    ImagesNotNamed,
    LastVariant,
    Product,
    SkuTaken,
    VariantNotFound,
)
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import ImageId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.contracts.media import png
from tests.application.catalogs import memory_ports, postgres_ports
from tests.application.editing import Desk, shirt, usd, variant
from tests.application.trading import STAFF

NOBODY = UUID("0195510c-0000-7000-8000-ffffffffffff")
MEDIUM = variant("SHIRT-M", attributes={"Size": "M"}, inventory_quantity=7)


@pytest.fixture(params=["memory", "postgres"])
def desk(request: pytest.FixtureRequest) -> Desk:
    if request.param == "memory":
        return Desk(memory_ports())
    return Desk(postgres_ports(request.getfixturevalue("pool")))


async def add(
    desk: Desk, product: Product, wish: PutVariant, *, versions: tuple[int, ...] | None = None
) -> StaffVariant:
    return await catalog.add_variant(
        str(product.id), wish, versions=versions, actor=STAFF, ports=desk.ports
    )


async def change(desk: Desk, product: Product, wish: PutVariant) -> StaffVariant:
    return await catalog.change_variant(
        str(product.id), wish, versions=None, actor=STAFF, ports=desk.ports
    )


async def drop(desk: Desk, product: Product, variant_id: VariantId) -> StaffProduct:
    return await catalog.remove_variant(
        str(product.id), variant_id, versions=None, actor=STAFF, ports=desk.ports
    )


async def picture(
    desk: Desk, product: Product, content: bytes, alt_text: str | None = None
) -> Product:
    added = await catalog.add_image(
        str(product.id), content, alt_text, versions=None, actor=STAFF, ports=desk.ports
    )
    return added.product


async def arrange(desk: Desk, product: Product, told: Mapping[ImageId, str | None]) -> Product:
    arranged = await catalog.arrange_images(
        str(product.id), told, versions=None, actor=STAFF, ports=desk.ports
    )
    return arranged.product


async def fields_refused(making: Any) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        await making
    return [error.field for error in refused.value.errors]


async def test_a_new_variant_stands_last_with_its_first_stock(desk: Desk) -> None:
    product = await desk.create(shirt())
    added = await add(desk, product, MEDIUM)
    seen = await desk.seen(product)
    assert seen == added.of
    last = seen.product.variants[-1]
    assert (last.id, last.sku, last.name, last.position) == (added.variant_id, "SHIRT-M", "M", 2)
    assert seen.stock[last.id].on_hand == 7
    assert [each.quantity_after for each in await desk.ledger()] == [7]


async def test_a_changed_variant_keeps_its_place_and_its_stock(desk: Desk) -> None:
    product = await desk.create(shirt())
    added = await add(desk, product, MEDIUM)
    small = product.variants[0]
    wish = variant(
        "SHIRT-XS",
        id=small.id,
        name="Extra small",
        attributes={"Size": "XS"},
        price=usd(1800),
        inventory_quantity=99,
    )
    changed = await change(desk, product, wish)
    assert changed.of == await desk.seen(product)
    first = changed.of.product.variants[0]
    assert (first.id, first.sku, first.name, first.price) == (
        small.id,
        "SHIRT-XS",
        "Extra small",
        usd(1800),
    )
    assert {each.on_hand for each in changed.of.stock.values()} == {0, 7}
    assert changed.of.product.version == added.of.product.version + 1


async def test_a_variant_that_goes_is_gone_and_its_sku_is_free(desk: Desk) -> None:
    product = await desk.create(shirt())
    small, large = product.variants
    left = await drop(desk, product, small.id)
    assert [each.id for each in left.product.variants] == [large.id]
    assert left == await desk.seen(product)
    await desk.create(variants=(variant("SHIRT-S"),))
    with pytest.raises(LastVariant):
        await drop(desk, product, large.id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sku": "  "}, "sku"),
        ({"attributes": {}}, "attributes"),
        ({"attributes": {"Size": "M", "Colour": "red"}}, "attributes"),
        ({"attributes": {"Size": "S"}}, "attributes"),
        ({"price": Money(1, "EUR")}, "price"),
        ({"compare_price": usd(2000)}, "compare_price"),
        ({"minimum_price": usd(2001)}, "minimum_price"),
        ({"weight_g": -1}, "weight_g"),
        ({"tax_class": " "}, "tax_class"),
    ],
)
async def test_a_variant_that_can_not_be_sold_is_refused_by_its_own_field(
    desk: Desk, changes: dict[str, Any], field: str
) -> None:
    product = await desk.create(shirt())
    wish = evolve(MEDIUM, **changes)
    assert await fields_refused(add(desk, product, wish)) == [field]
    large = product.variants[1]
    assert await fields_refused(change(desk, product, evolve(wish, id=large.id))) == [field]
    assert (await desk.seen(product)).product == product


async def test_a_product_without_options_gets_no_second_variant(desk: Desk) -> None:
    product = await desk.create()
    assert await fields_refused(add(desk, product, variant("MUG-2"))) == ["attributes"]


async def test_a_variants_sku_is_its_own(desk: Desk) -> None:
    await desk.create()
    product = await desk.create(shirt())
    for taken in ("mug-1", "shirt-s"):
        with pytest.raises(SkuTaken):
            await add(desk, product, evolve(MEDIUM, sku=taken))


async def test_what_is_not_the_products_is_not_found(desk: Desk) -> None:
    other, product = await desk.create(), await desk.create(shirt())
    for strange in (other.variants[0].id, VariantId(NOBODY)):
        with pytest.raises(VariantNotFound):
            await change(desk, product, evolve(MEDIUM, id=strange))
        with pytest.raises(VariantNotFound):
            await drop(desk, product, strange)


async def test_a_variant_of_an_old_version_is_refused(desk: Desk) -> None:
    product = await desk.create(shirt())
    await add(desk, product, MEDIUM, versions=(1,))
    with pytest.raises(VersionConflict):
        await add(desk, product, evolve(MEDIUM, sku="SHIRT-XL"), versions=(1,))


async def test_a_picture_is_kept_and_shown_behind_the_others(desk: Desk) -> None:
    product = await desk.create()
    await picture(desk, product, png(3, 3, shade=1), "front")
    shown = await picture(desk, product, png(3, 3, shade=2))
    assert (await desk.seen(product)).product == shown
    assert [(each.alt_text, each.sort_order) for each in shown.images] == [("front", 0), (None, 1)]
    for image in shown.images:
        media = await desk.ports.media.open(image.url.rpartition("/")[2])
        assert media.media_type == "image/png"


async def test_the_same_picture_twice_is_there_once_with_the_newer_words(desk: Desk) -> None:
    product = await desk.create()
    await picture(desk, product, png(3, 3), "front")
    once = await picture(desk, product, png(3, 3, note=b"from another camera"), "the front")
    assert [each.alt_text for each in once.images] == ["the front"]


async def test_what_is_no_picture_changes_nothing(desk: Desk) -> None:
    product = await desk.create()
    with pytest.raises(NotAPicture):
        await picture(desk, product, b"<svg onload='alert(1)'/>")
    assert (await desk.seen(product)).product == product


async def test_images_are_put_in_order_and_taken_off(desk: Desk) -> None:
    product = await desk.create()
    for shade in range(3):
        product = await picture(desk, product, png(3, 3, shade=shade), str(shade))
    one, two, three = product.images
    arranged = await arrange(desk, product, {three.id: "first", one.id: None, two.id: "last"})
    assert [(each.url, each.alt_text) for each in arranged.images] == [
        (three.url, "first"),
        (one.url, None),
        (two.url, "last"),
    ]
    left = await catalog.remove_image(
        str(product.id), one.id, versions=None, actor=STAFF, ports=desk.ports
    )
    assert [each.id for each in left.product.images] == [three.id, two.id]
    assert (await desk.ports.media.open(one.url.rpartition("/")[2])).size_bytes > 0


async def test_an_order_that_leaves_one_out_is_refused(desk: Desk) -> None:
    product = await picture(desk, await desk.create(), png(3, 3))
    for told in ({}, {ImageId(NOBODY): None}):
        with pytest.raises(ImagesNotNamed):
            await arrange(desk, product, told)
    with pytest.raises(ImageNotFound):
        await catalog.remove_image(
            str(product.id), ImageId(NOBODY), versions=None, actor=STAFF, ports=desk.ports
        )


async def test_a_product_has_so_many_images_and_no_more() -> None:
    desk = Desk(memory_ports())
    product = await desk.create()
    pictures = [
        Image(id=ImageId(UUID(int=number)), url=f"https://a.example/{number}.png")
        for number in range(IMAGE_LIMIT)
    ]
    full = evolve(product, images=pictures)
    async with desk.ports.unit_of_work() as work:
        await work.products.save([full])
    with pytest.raises(ImagesFull):
        await picture(desk, product, b"not even looked at")


async def test_parts_leave_entries_of_their_own(desk: Desk) -> None:
    product = await desk.create(shirt())
    added = await add(desk, product, MEDIUM)
    await change(desk, product, evolve(MEDIUM, id=added.variant_id, price=usd(1)))
    await drop(desk, product, added.variant_id)
    pictured = await picture(desk, product, png(3, 3))
    told: dict[ImageId, str | None] = {pictured.images[0].id: "front"}
    await arrange(desk, product, told)
    await arrange(desk, product, told)
    await catalog.remove_image(
        str(product.id), pictured.images[0].id, versions=None, actor=STAFF, ports=desk.ports
    )
    entries = (await desk.trail())[1:]
    assert [each.action for each in entries] == [
        "add_variant",
        "change_variant",
        "remove_variant",
        "add_image",
        "arrange_images",
        "remove_image",
    ]
    assert {each.subject for each in entries} == {f"product:{product.id}"}
    assert (entries[0].before, entries[2].after) == (None, None)
    changed = entries[1]
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before["price"], changed.after["price"]) == (
        None,
        {"amount": "0.01", "currency": "USD"},
    )
