"""Use cases of categories: staff put up shelves, move them, and take empty ones down."""

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
from automate_store.domain.catalog import Category, CategoryNotFound, ancestors, descendants
from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import CategoryId

DEPTH_LIMIT = 20
"""Steps from the root; importing takes as many."""


@frozen(kw_only=True)
class PutCategory:
    """A category as it is to be; where it says so, what is left out stays."""

    name: str
    slug: str | None = None
    """Stays; of a new one, made from its name."""
    description: str | None = None
    parent_id: CategoryId | None = None
    image_url: str | None = None
    sort_order: int = 0
    is_active: bool = True


async def create_category(command: PutCategory, *, actor: Actor, ports: Ports) -> Category:
    """The new category; raises InvalidInput, SlugTaken."""
    actor.may(Permission.EDIT_CATALOG)

    async def attempt() -> Category:
        async with ports.unit_of_work() as work:
            known = await _held(work)
            category = _category(command, CategoryId(ports.ids.uuid()), known, ports)
            await work.products.add_categories([category])
            await _note("create_category", None, category, work, actor=actor, ports=ports)
        return category

    return await retrying(attempt)


async def change_category(
    id_or_slug: str, command: PutCategory, *, actor: Actor, ports: Ports
) -> Category:
    """
    The category as it is from now on, with all that stands below it.

    Raises CategoryNotFound, InvalidInput, SlugTaken, and CategoryCycle where it would
    stand below itself.
    """
    actor.may(Permission.EDIT_CATALOG)

    async def attempt() -> Category:
        async with ports.unit_of_work() as work:
            known = await _held(work)
            before = _named(id_or_slug, known)
            category = _category(command, before.id, known, ports)
            if category != before:
                await work.products.save_category(category)
                await _note("change_category", before, category, work, actor=actor, ports=ports)
        return category

    return await retrying(attempt)


async def remove_category(id_or_slug: str, *, actor: Actor, ports: Ports) -> Category:
    """The category that is gone; raises CategoryNotFound, and CategoryInUse for a full one."""
    actor.may(Permission.EDIT_CATALOG)

    async def attempt() -> Category:
        async with ports.unit_of_work() as work:
            category = _named(id_or_slug, await _held(work))
            await work.products.remove_category(category)
            await _note("remove_category", category, None, work, actor=actor, ports=ports)
        return category

    return await retrying(attempt)


async def get_category(id_or_slug: str, *, actor: Actor, ports: Ports) -> Category:
    """The category, in use or not; raises CategoryNotFound."""
    actor.may(Permission.EDIT_CATALOG)
    async with ports.reading() as reads:
        return _named(id_or_slug, await _all(reads))


async def list_staff_categories(
    *, after: str, limit: int, actor: Actor, ports: Ports
) -> Sequence[Category]:
    """Categories whose slug comes after that one, those out of use too, in their order."""
    actor.may(Permission.EDIT_CATALOG)
    async with ports.reading() as reads:
        known = (await _all(reads)).values()
    rest = (category for category in known if category.slug > after)
    return sorted(rest, key=lambda category: category.slug)[:limit]


async def _held(work: Work) -> Mapping[CategoryId, Category]:
    """All categories, while nobody else changes one: two moves could close a circle."""
    await work.products.lock_shelves()
    return await _all(work)


async def _all(reads: Reads) -> Mapping[CategoryId, Category]:
    return {category.id: category for category in await reads.products.categories()}


def _named(id_or_slug: str, known: Mapping[CategoryId, Category]) -> Category:
    wanted = id_or_slug.lower()
    for category in known.values():
        if wanted in {str(category.id), category.slug}:
            return category
    raise CategoryNotFound(id_or_slug)


def _category(
    command: PutCategory, id: CategoryId, known: Mapping[CategoryId, Category], ports: Ports
) -> Category:
    before = known.get(id)
    taken = {each.slug for each in known.values() if each.id != id}
    category = Category(
        id=id,
        name=called(command.name),
        slug=shelf_slug(
            command.slug,
            command.name,
            now=before.slug if before else None,
            taken=taken,
            ports=ports,
        ),
        description=cleaned(command.description, ports),
        parent_id=command.parent_id,
        image_url=command.image_url,
        sort_order=command.sort_order,
        is_active=command.is_active,
    )
    _refuse_place(category, known)
    return category


def _refuse_place(category: Category, known: Mapping[CategoryId, Category]) -> None:
    """Nothing, where it can stand there; raises InvalidInput, CategoryCycle."""
    if category.parent_id is not None and category.parent_id not in known:
        raise InvalidInput.of("parent_id", "is the id of a category")
    after = {**known, category.id: category}
    parents = {each.id: each.parent_id for each in after.values()}
    moved = [category.id, *descendants(category.id, after.values())]
    if max(len(ancestors(each, parents)) for each in moved) > DEPTH_LIMIT:
        raise InvalidInput.of("parent_id", f"leaves at most {DEPTH_LIMIT} steps from the root")


async def _note(
    action: str,
    before: Category | None,
    after: Category | None,
    work: Work,
    *,
    actor: Actor,
    ports: Ports,
) -> None:
    one = after or before
    assert one is not None, "something changed"
    await note(work, actor, action, f"category:{one.id}", before=before, after=after, ports=ports)
