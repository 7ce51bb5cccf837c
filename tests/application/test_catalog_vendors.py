"""Vendors reach their own products and nobody else's; staff reach all of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from automate_store.application import catalog
from automate_store.application.access import GUEST, Actor, Role
from automate_store.application.catalog import Owner, PutBrand, PutCategory
from automate_store.application.errors import NotAllowed
from automate_store.domain.catalog import ProductNotFound, ProductStatus
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import ImageId, UserId
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.contracts.media import png
from tests.application.catalogs import memory_ports, postgres_ports
from tests.application.editing import Desk, mug, shirt, variant
from tests.application.trading import STAFF

SUPPORT, CUSTOMER = Actor(Role.SUPPORT, "sue"), Actor(Role.CUSTOMER, "cas", UserId(UUID(int=7)))


@pytest.fixture(params=["memory", "postgres"])
def desk(request: pytest.FixtureRequest) -> Desk:
    if request.param == "memory":
        return Desk(memory_ports())
    return Desk(postgres_ports(request.getfixturevalue("pool")))


async def test_a_vendors_product_is_its_own(desk: Desk) -> None:
    ann = await desk.vendor("ann")
    product = await desk.create(actor=ann)
    assert product.vendor_id == ann.account_id
    changed = await desk.change(product, mug(name="Cup"), actor=ann)
    assert (changed.name, changed.vendor_id) == ("Cup", ann.account_id)


async def test_another_vendors_product_is_like_none(desk: Desk) -> None:
    ann, bob = await desk.vendor("ann"), await desk.vendor("bob")
    anns, stores = await desk.create(actor=ann), await desk.create(shirt())
    for foreign in (anns, stores):
        for name in (str(foreign.id), foreign.slug):
            for attempt in everything_done_to(name, actor=bob, desk=desk):
                with pytest.raises(ProductNotFound) as refused:
                    await attempt
                assert refused.value.product == name
        assert (await desk.seen(foreign)).product == foreign


async def test_a_vendor_lists_its_own_and_staff_list_all(desk: Desk) -> None:
    ann, bob = await desk.vendor("ann"), await desk.vendor("bob")
    first = await desk.create(actor=ann, variants=(variant("A"),))
    second = await desk.create(actor=ann, variants=(variant("B"),), status=ProductStatus.ACTIVE)
    stores = await desk.create(shirt())

    async def listed(actor: Actor, status: ProductStatus | None = None) -> list[Any]:
        found = await catalog.list_staff_products(
            status=status, before=None, limit=20, actor=actor, ports=desk.ports
        )
        return [each.id for each in found]

    assert await listed(ann) == [second.id, first.id]
    assert await listed(ann, ProductStatus.DRAFT) == [first.id]
    assert await listed(bob) == []
    assert await listed(STAFF) == [stores.id, second.id, first.id]


async def test_a_vendor_gives_nothing_away_and_takes_nothing(desk: Desk) -> None:
    ann, bob = await desk.vendor("ann"), await desk.vendor("bob")
    for owner in (Owner(bob.account_id), Owner(None)):
        with pytest.raises(NotAllowed):
            await desk.create(actor=ann, owner=owner)
    product = await desk.create(actor=ann, owner=Owner(ann.account_id))
    for owner in (Owner(bob.account_id), Owner(None)):
        with pytest.raises(NotAllowed):
            await desk.change(product, mug(owner=owner), actor=ann)


async def test_staff_hand_a_product_to_a_vendor_and_take_it_back(desk: Desk) -> None:
    ann = await desk.vendor("ann")
    product = await desk.create()
    handed = await desk.change(product, mug(owner=Owner(ann.account_id)))
    assert (await desk.seen(product, actor=ann)).product == handed
    kept = await desk.change(product, mug(name="Cup"))
    assert kept.vendor_id == ann.account_id
    await desk.change(product, mug(owner=Owner(None)))
    with pytest.raises(ProductNotFound):
        await desk.seen(product, actor=ann)


async def test_only_a_vendors_account_owns_products(desk: Desk) -> None:
    customer = await put_account(desk.ports, "cas")
    with pytest.raises(InvalidInput) as refused:
        await desk.create(owner=Owner(customer.id))
    assert [error.field for error in refused.value.errors] == ["vendor_id"]


@pytest.mark.parametrize("actor", [GUEST, CUSTOMER, SUPPORT], ids=lambda actor: str(actor.role))
async def test_nobody_else_edits_anything(desk: Desk, actor: Actor) -> None:
    product = await desk.create()
    listing = catalog.list_staff_products(
        status=None, before=None, limit=20, actor=actor, ports=desk.ports
    )
    attempts = everything_done_to(str(product.id), actor=actor, desk=desk)
    for attempt in (desk.create(actor=actor), listing, *attempts):
        with pytest.raises(NotAllowed):
            await attempt


async def test_a_vendor_has_no_say_about_shelves(desk: Desk) -> None:
    ann, ports = await desk.vendor("ann"), desk.ports
    shelf = await desk.category("Mugs")
    for attempt in (
        catalog.create_category(PutCategory(name="Mine"), actor=ann, ports=ports),
        catalog.change_category(shelf.slug, PutCategory(name="Mine"), actor=ann, ports=ports),
        catalog.remove_category(shelf.slug, actor=ann, ports=ports),
        catalog.get_category(shelf.slug, actor=ann, ports=ports),
        catalog.list_staff_categories(after="", limit=9, actor=ann, ports=ports),
        catalog.create_brand(PutBrand(name="Mine"), actor=ann, ports=ports),
        catalog.change_brand("acme", PutBrand(name="Mine"), actor=ann, ports=ports),
        catalog.remove_brand("acme", actor=ann, ports=ports),
        catalog.get_brand("acme", actor=ann, ports=ports),
        catalog.list_staff_brands(after="", limit=9, actor=ann, ports=ports),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    assert await catalog.get_category(shelf.slug, actor=STAFF, ports=ports) == shelf


def everything_done_to(name: str, *, actor: Actor, desk: Desk) -> list[Any]:
    """Every use case of one product, not awaited yet."""
    told: Any = {"versions": None, "actor": actor, "ports": desk.ports}
    some = UUID(int=9)
    return [
        catalog.get_staff_product(name, actor=actor, ports=desk.ports),
        catalog.change_product(name, mug(name="Mine"), **told),
        catalog.remove_product(name, **told),
        catalog.add_variant(name, variant("MINE"), **told),
        catalog.change_variant(name, variant("MINE", id=some), **told),
        catalog.remove_variant(name, some, **told),  # type: ignore[arg-type]  # any id will do
        catalog.add_image(name, png(2, 2), None, **told),
        catalog.arrange_images(name, {ImageId(some): "mine"}, **told),
        catalog.remove_image(name, ImageId(some), **told),
    ]
