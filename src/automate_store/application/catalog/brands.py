"""Use cases of brands: staff put them up, change them, and take down those nobody names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.catalog.naming import shelf_slug
from automate_store.application.catalog.wishes import called, cleaned
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Reads, Work
from automate_store.application.retries import retrying
from automate_store.domain.catalog import Brand, BrandNameTaken, BrandNotFound
from automate_store.domain.kernel.ids import BrandId


@frozen(kw_only=True)
class PutBrand:
    """A brand as it is to be; where it says so, what is left out stays."""

    name: str
    slug: str | None = None
    """Stays; of a new one, made from its name."""
    logo_url: str | None = None
    description: str | None = None
    website: str | None = None
    is_active: bool = True


async def create_brand(command: PutBrand, *, actor: Actor, ports: Ports) -> Brand:
    """The new brand; raises InvalidInput, SlugTaken, BrandNameTaken."""
    actor.may(Permission.EDIT_CATALOG)

    async def attempt() -> Brand:
        async with ports.unit_of_work() as work:
            brand = _brand(command, BrandId(ports.ids.uuid()), await _held(work), ports)
            await work.products.add_brands([brand])
            await _note("create_brand", None, brand, work, actor=actor, ports=ports)
        return brand

    return await retrying(attempt)


async def change_brand(id_or_slug: str, command: PutBrand, *, actor: Actor, ports: Ports) -> Brand:
    """
    The brand as it is from now on.

    Raises BrandNotFound, InvalidInput, SlugTaken, BrandNameTaken.
    """
    actor.may(Permission.EDIT_CATALOG)

    async def attempt() -> Brand:
        async with ports.unit_of_work() as work:
            known = await _held(work)
            before = _named(id_or_slug, known)
            brand = _brand(command, before.id, known, ports)
            if brand != before:
                await work.products.save_brand(brand)
                await _note("change_brand", before, brand, work, actor=actor, ports=ports)
        return brand

    return await retrying(attempt)


async def remove_brand(id_or_slug: str, *, actor: Actor, ports: Ports) -> Brand:
    """The brand that is gone; raises BrandNotFound, and BrandInUse where products name it."""
    actor.may(Permission.EDIT_CATALOG)

    async def attempt() -> Brand:
        async with ports.unit_of_work() as work:
            brand = _named(id_or_slug, await _held(work))
            await work.products.remove_brand(brand)
            await _note("remove_brand", brand, None, work, actor=actor, ports=ports)
        return brand

    return await retrying(attempt)


async def get_brand(id_or_slug: str, *, actor: Actor, ports: Ports) -> Brand:
    """The brand, in use or not; raises BrandNotFound."""
    actor.may(Permission.EDIT_CATALOG)
    async with ports.reading() as reads:
        return _named(id_or_slug, await _all(reads))


async def list_staff_brands(
    *, after: str, limit: int, actor: Actor, ports: Ports
) -> Sequence[Brand]:
    """Brands whose slug comes after that one, those out of use too, in their order."""
    actor.may(Permission.EDIT_CATALOG)
    async with ports.reading() as reads:
        known = (await _all(reads)).values()
    return sorted((b for b in known if b.slug > after), key=lambda brand: brand.slug)[:limit]


async def _held(work: Work) -> Mapping[BrandId, Brand]:
    """All brands, while nobody else changes one."""
    await work.products.lock_shelves()
    return await _all(work)


async def _all(reads: Reads) -> Mapping[BrandId, Brand]:
    return {brand.id: brand for brand in await reads.products.brands()}


def _named(id_or_slug: str, known: Mapping[BrandId, Brand]) -> Brand:
    wanted = id_or_slug.lower()
    for brand in known.values():
        if wanted in {str(brand.id), brand.slug}:
            return brand
    raise BrandNotFound(id_or_slug)


def _brand(command: PutBrand, id: BrandId, known: Mapping[BrandId, Brand], ports: Ports) -> Brand:
    before, name = known.get(id), called(command.name)
    others = [brand for brand in known.values() if brand.id != id]
    if name.casefold() in {brand.name.casefold() for brand in others}:
        raise BrandNameTaken(name)
    slug = shelf_slug(
        command.slug,
        name,
        now=before.slug if before else None,
        taken={brand.slug for brand in others},
        ports=ports,
    )
    return Brand(
        id=id,
        name=name,
        slug=slug,
        logo_url=command.logo_url,
        description=cleaned(command.description, ports),
        website=command.website,
        is_active=command.is_active,
    )


async def _note(
    action: str,
    before: Brand | None,
    after: Brand | None,
    work: Work,
    *,
    actor: Actor,
    ports: Ports,
) -> None:
    one = after or before
    assert one is not None, "something changed"
    await note(work, actor, action, f"brand:{one.id}", before=before, after=after, ports=ports)
