"""Selections: which items a condition counts and an action reduces."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from attrs import field, frozen

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import BrandId, CategoryId, ProductId, VariantId
from automate_store.domain.kernel.words import folded
from automate_store.domain.promotions.item import Item

MOST_NAMED = 1_000
"""The most products, variants and so on that one selection names."""
_T = TypeVar("_T")


def _set(named: Iterable[_T]) -> frozenset[_T]:
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
        return (
            (not self.products or item.product_id in self.products)
            and (not self.variants or item.variant_id in self.variants)
            and (not self.categories or not self.categories.isdisjoint(item.category_ids))
            and (not self.brands or item.brand_id in self.brands)
            and (not self.tags or not self.tags.isdisjoint(map(folded, item.tags)))
            and (self.on_sale is None or self.on_sale is _on_sale(item))
            and (self.excluding is None or not self.excluding.holds(item))
        )


EVERYTHING = Selection()


def _on_sale(item: Item) -> bool:
    return item.compare_price is not None and item.compare_price > item.unit_price
