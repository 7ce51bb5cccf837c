"""An item: a line of a basket as promotions see it."""

from __future__ import annotations

from typing import Protocol

from automate_store.domain.kernel.ids import BrandId, CategoryId, LineId, ProductId, VariantId
from automate_store.domain.kernel.money import Money


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
