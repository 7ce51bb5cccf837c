"""
The scene: all that a condition or an action may look at.

Units: values are whole minor units of the scene's currency, in the basis that prices
are entered in (net or gross), without shipping and without tax that is added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import Factory, field, frozen

from automate_store.domain.kernel.ids import BrandId, CategoryId, LineId, ProductId, VariantId
from automate_store.domain.kernel.money import Money, Rounding
from automate_store.domain.kernel.places import Destination
from automate_store.domain.promotions.selection import Selection


@frozen(kw_only=True)
class Shopper:
    """
    Who buys, as far as prices hang on it.

    ``first_order`` is None while it isn't known, as with a guest without an e-mail.
    """

    signed_in: bool = False
    groups: frozenset[str] = frozenset()
    first_order: bool | None = None
    tax_exempt: bool = False


ANYBODY = Shopper()


class Item(Protocol):
    """A line as promotions see it; a line of a basket is one."""

    @property
    def id(self) -> LineId:
        """The line's."""

    @property
    def product_id(self) -> ProductId:
        """The product's."""

    @property
    def variant_id(self) -> VariantId:
        """The variant's: what is sold."""

    @property
    def unit_price(self) -> Money:
        """The price of one before any discount."""

    @property
    def quantity(self) -> int:
        """How many, 1 or more."""

    @property
    def category_ids(self) -> frozenset[CategoryId]:
        """The product's category and all it stands under."""

    @property
    def brand_id(self) -> BrandId | None:
        """The product's brand."""

    @property
    def tags(self) -> frozenset[str]:
        """The product's tags."""

    @property
    def compare_price(self) -> Money | None:
        """What it cost before a reduction, where it is on sale."""


@frozen
class GiftStock:
    """How many of a variant could be given away, beside those that are bought."""

    variant_id: VariantId
    available: int


@frozen(kw_only=True)
class Goods:
    """
    The lines as one promotion finds them, in line order; every list has an entry for each.

    ``values`` are what earlier promotions left, ``room`` how much of that can be taken
    before a floor price. ``spare`` are the units that no earlier promotion bought or
    gave, ``spare_values`` what these cost together.
    """

    items: Sequence[Item]
    currency: str
    values: Sequence[int]
    room: Sequence[int]
    spare: Sequence[int]
    spare_values: Sequence[int]
    rounding: Rounding
    _found: dict[int, list[int]] = field(default=Factory(dict), eq=False, repr=False)

    def eligible(self, of: Selection) -> list[int]:
        """The places of the items that the selection holds."""
        found = self._found.get(id(of))
        if found is None:
            every = range(len(self.items))
            found = [i for i in every if of.holds(self.items[i])] if of.narrows else list(every)
            # The selection belongs to a rule that outlives the quote, so its id stays its own.
            self._found[id(of)] = found
        return found


@frozen(kw_only=True)
class Scene:
    """A basket at the moment that a promotion's turn comes."""

    goods: Goods
    before_order: Sequence[int]
    """The value of each line before anything is taken off the order as a whole."""
    at: datetime
    destination: Destination | None
    shopper: Shopper
    gifts: Mapping[VariantId, int] = field(factory=dict)
    """How many of each variant that could be a gift are there to give."""

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.goods.currency
