"""
The scene: all that a condition or an action may look at.

Units: values are whole minor units of the scene's currency, in the basis that prices
are entered in (net or gross), without shipping and without tax that is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import field, frozen

from automate_store.domain.kernel.money import Rounding
from automate_store.domain.kernel.places import Destination
from automate_store.domain.promotions.item import Item
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
Found = dict[int, tuple[Selection, list[int]]]
"""Selections by their ids, each with the places of what it holds."""


@frozen(kw_only=True)
class Goods:
    """
    The lines as a promotion finds them, in line order; every list has an entry for each.

    ``values`` are what earlier promotions left, ``room`` how much of that can be taken
    before a floor price. ``spare`` are the pieces that no earlier promotion bought or
    gave, ``spare_values`` what these cost together. An action reads; the quote writes.
    """

    items: Sequence[Item]
    currency: str
    values: Sequence[int]
    room: Sequence[int]
    spare: Sequence[int]
    spare_values: Sequence[int]
    rounding: Rounding
    found: Found = field(factory=dict, eq=False, repr=False)
    """The eligible places by selection, kept for the whole of a quote."""

    def eligible(self, of: Selection) -> list[int]:
        """The places of the items that the selection holds."""
        found = self.found.get(id(of))
        if found is None:
            # Kept with its places, the selection lives on, and its id stays its own.
            found = self.found[id(of)] = (of, of.among(self.items))
        return found[1]


@frozen(kw_only=True)
class Scene:
    """A basket at the moment that a promotion's turn comes."""

    goods: Goods
    before_order: Sequence[int]
    """The value of each line before anything is taken off the order as a whole."""
    at: datetime
    destination: Destination | None
    shopper: Shopper

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.goods.currency
