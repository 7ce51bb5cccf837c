"""Selections: which items a condition counts and an action reduces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Any

from attrs import field, frozen

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import BrandId, CategoryId, ProductId, VariantId
from automate_store.domain.kernel.words import folded
from automate_store.domain.promotions.item import Item

MOST_NAMED = 1_000
"""The most products, variants and so on that one selection names."""
TAG_SETS_REMEMBERED = 4_096
"""For how many sets of tags it is kept how they are compared: a shop's products have few."""


def _set(named: Iterable[Any]) -> frozenset[Any]:
    # Type checkers take an attribute's type from its converter, and from a generic one none.
    return frozenset(named)


def _tags(named: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(tag) for tag in named)


@frozen(kw_only=True)
class Selection:
    """
    Items by what they are; what is left empty says nothing, and all that is said must hold.

    Within one list any of the named will do: ``categories`` of two and ``brands`` of one
    hold what is of that brand in either category. A category holds what stands under
    it. ``on_sale`` False leaves out what has a compare price above its price. Raises
    InvalidInput where a list names more than MOST_NAMED.
    """

    products: frozenset[ProductId] = field(default=frozenset(), converter=_set)
    variants: frozenset[VariantId] = field(default=frozenset(), converter=_set)
    categories: frozenset[CategoryId] = field(default=frozenset(), converter=_set)
    brands: frozenset[BrandId] = field(default=frozenset(), converter=_set)
    tags: frozenset[str] = field(default=frozenset(), converter=_tags)
    on_sale: bool | None = None
    excluding: Selection | None = None
    narrows: bool = field(init=False, eq=False, repr=False)
    """Whether it leaves anything out."""

    def __attrs_post_init__(self) -> None:
        named = (self.products, self.variants, self.categories, self.brands, self.tags)
        if any(len(each) > MOST_NAMED for each in named):
            raise InvalidInput.of("of", f"names at most {MOST_NAMED} of each kind")
        if self.excluding is not None and not self.excluding.narrows:
            raise InvalidInput.of("of.excluding", "names something, else nothing is left")
        says = any(named) or self.on_sale is not None or self.excluding is not None
        object.__setattr__(self, "narrows", says)

    def holds(self, item: Item) -> bool:
        """Whether the item is one of them."""
        return bool(self.among((item,)))

    def among(self, items: Sequence[Item]) -> list[int]:
        """The places of the items that it holds, in their order."""
        left = self._named(items)
        if self.categories:
            left = [i for i in left if not self.categories.isdisjoint(items[i].category_ids)]
        if self.tags:
            left = [i for i in left if not self.tags.isdisjoint(_all_folded(items[i].tags))]
        if self.on_sale is not None:
            left = [i for i in left if _on_sale(items[i]) is self.on_sale]
        if self.excluding is not None and left:
            left_out = set(self.excluding.among(items))
            left = [i for i in left if i not in left_out]
        return left

    @cached_property
    def _numbers(self) -> tuple[frozenset[int], ...]:
        # To find a number in a set is several times quicker than to find an id.
        by_id = (self.products, self.variants, self.brands)
        return tuple(frozenset(each.int for each in ids) for ids in by_id)

    def _named(self, items: Sequence[Item]) -> list[int]:
        """The places of the items whose product, variant and brand will do."""
        products, variants, brands = self._numbers
        left = list(range(len(items)))
        if products:
            left = [i for i in left if items[i].product_id.int in products]
        if variants:
            left = [i for i in left if items[i].variant_id.int in variants]
        if brands:
            left = [i for i in left if (own := items[i].brand_id) and own.int in brands]
        return left


EVERYTHING = Selection()


@lru_cache(maxsize=TAG_SETS_REMEMBERED)
def _all_folded(tags: frozenset[str]) -> frozenset[str]:
    return _tags(tags)


def _on_sale(item: Item) -> bool:
    return item.compare_price is not None and item.compare_price > item.unit_price
