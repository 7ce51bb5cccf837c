"""Pictures that nothing speaks of go, once they are old; all others stay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryMedia, MemoryShop
from automate_store.application import catalog
from automate_store.application.access import GUEST, Actor, Role
from automate_store.application.catalog import Swept, sweep_pictures
from automate_store.application.errors import NotAllowed
from automate_store.application.ports.media import MediaNotFound
from automate_store.domain.catalog import Image
from automate_store.entrypoints.properties.contracts.media import png
from tests.application.editing import Desk, variant
from tests.application.trading import OPENED, POLICY, PRICING, STAFF

DAY = timedelta(days=1)


@pytest.fixture
def shop() -> MemoryShop:
    return MemoryShop.open(POLICY, PRICING, at=OPENED)


async def pictured(shop: MemoryShop, shade: int) -> Image:
    """The picture that a new mug shows."""
    await Desk(shop.ports).create(name=f"Mug {shade}", variants=(variant(f"MUG-{shade}"),))
    content = png(3, 3, shade=shade)
    seen = await catalog.add_image(
        f"mug-{shade}", content, None, versions=None, actor=STAFF, ports=shop.ports
    )
    return seen.product.images[0]


async def taken_off(shop: MemoryShop, shade: int) -> str:
    """The name of a picture that a mug showed."""
    image = await pictured(shop, shade)
    await catalog.remove_image(
        f"mug-{shade}", image.id, versions=None, actor=STAFF, ports=shop.ports
    )
    return named(image)


def named(image: Image) -> str:
    return image.url.rpartition("/")[2]


async def is_kept(shop: MemoryShop, name: str) -> bool:
    try:
        await shop.ports.media.open(name)
    except MediaNotFound:
        return False
    return True


async def sweep(shop: MemoryShop, *, dry_run: bool = False, actor: Actor = STAFF) -> Swept:
    return await sweep_pictures(
        before=shop.clock() - DAY, dry_run=dry_run, actor=actor, ports=shop.ports
    )


async def test_an_old_picture_that_nothing_speaks_of_goes_and_leaves_an_entry(
    shop: MemoryShop,
) -> None:
    shown, gone = named(await pictured(shop, 1)), await taken_off(shop, 2)
    shop.clock.advance(2 * DAY)
    young = await taken_off(shop, 3)
    assert await sweep(shop) == Swept(removed=(gone,), kept=1)
    assert [await is_kept(shop, name) for name in (shown, gone, young)] == [True, False, True]
    (*_, entry) = await Desk(shop.ports).trail()
    assert (entry.action, entry.after) == ("sweep_pictures", {"removed": [gone]})


async def test_a_trial_names_them_and_keeps_them(shop: MemoryShop) -> None:
    gone = await taken_off(shop, 1)
    shop.clock.advance(2 * DAY)
    before = await Desk(shop.ports).trail()
    assert await sweep(shop, dry_run=True) == Swept(removed=(gone,), kept=0)
    assert await is_kept(shop, gone)
    assert await Desk(shop.ports).trail() == before


async def test_what_is_sent_in_again_stays(shop: MemoryShop) -> None:
    gone = await taken_off(shop, 1)
    shop.clock.advance(2 * DAY)
    await shop.ports.media.keep(await shop.ports.pictures.redraw(png(3, 3, shade=1)))
    assert await sweep(shop) == Swept(removed=(), kept=0)
    assert await is_kept(shop, gone)


class SentInMeanwhile(MemoryMedia):
    async def names(self, *, before: datetime) -> AsyncIterator[str]:
        async for name in super().names(before=before):
            yield name
            await self.keep(self._kept[name].picture)


async def test_what_is_sent_in_while_others_are_swept_stays(shop: MemoryShop) -> None:
    media = SentInMeanwhile(shop.clock)
    shop = evolve(shop, ports=evolve(shop.ports, media=media))
    gone = await taken_off(shop, 1)
    shop.clock.advance(2 * DAY)
    await sweep(shop)
    assert await is_kept(shop, gone)


@pytest.mark.parametrize("actor", [GUEST, Actor(Role.VENDOR, "ann"), Actor(Role.SUPPORT, "sue")])
async def test_nobody_else_sweeps(shop: MemoryShop, actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        await sweep(shop, actor=actor)
