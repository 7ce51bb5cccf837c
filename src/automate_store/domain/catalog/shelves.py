"""Where products stand and who makes them: the tree of categories, and brands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from automate_store.domain.catalog.refusals import CategoryCycle
from automate_store.domain.kernel.ids import BrandId, CategoryId


@frozen(kw_only=True)
class Category:
    """A shelf in the tree; ``parent_id`` None stands at the root."""

    id: CategoryId
    name: str
    slug: str
    description: str | None = None
    parent_id: CategoryId | None = None
    image_url: str | None = None
    sort_order: int = 0
    is_active: bool = True


@frozen(kw_only=True)
class Brand:
    """Who makes it."""

    id: BrandId
    name: str
    slug: str
    logo_url: str | None = None
    description: str | None = None
    website: str | None = None
    is_active: bool = True


def ancestors(
    category_id: CategoryId, parents: Mapping[CategoryId, CategoryId | None]
) -> frozenset[CategoryId]:
    """The category and all it stands under; raises CategoryCycle."""
    seen: set[CategoryId] = set()
    here: CategoryId | None = category_id
    while here is not None:
        if here in seen:
            raise CategoryCycle(category_id)
        seen.add(here)
        here = parents.get(here)
    return frozenset(seen)


def descendants(root: CategoryId, categories: Iterable[Category]) -> frozenset[CategoryId]:
    """The category and all that stand below it."""
    children: dict[CategoryId | None, list[CategoryId]] = {}
    for category in categories:
        children.setdefault(category.parent_id, []).append(category.id)
    found: set[CategoryId] = set()
    waiting = [root]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting.extend(children.get(here, ()))
    return frozenset(found)
