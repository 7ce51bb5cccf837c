"""Carts as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from automate_store.application.ports.catalog import Sellable
from automate_store.domain.carts import Cart
from automate_store.domain.kernel.ids import OrderId, VariantId
from automate_store.domain.pricing import PresentedCode, PricingRules
from automate_store.domain.promotions import ANYBODY, Shopper


@frozen
class LoadedCart:
    """A cart with all that a quote of it needs, read at one moment."""

    cart: Cart
    sellable: Mapping[VariantId, Sellable]
    """What each line's variant is now; one that was deleted is left out."""
    rules: PricingRules
    codes: tuple[PresentedCode, ...] = ()
    """What each code of the cart is."""
    giveaways: Mapping[VariantId, Sellable] = field(factory=dict)
    """What the rules could give away."""
    shopper: Shopper = ANYBODY


class Carts(Protocol):
    """Carts by the hash of their guest's token."""

    async def by_token(self, token_hash: bytes) -> LoadedCart:
        """
        The open cart; raises CartNotFound, or CartOrdered where it became an order.

        Carts untouched for longer than the guest's lifetime count as not there.
        """

    async def add(self, cart: Cart) -> None:
        """Store a new cart with its lines."""

    async def save(self, cart: Cart) -> None:
        """Store the changed cart; raises VersionConflict where it changed meanwhile."""

    async def consume(self, cart: Cart, order_id: OrderId) -> None:
        """Close the cart in favour of the order; raises VersionConflict where it changed."""

    async def purge(self, *, untouched_since: datetime, limit: int) -> int:
        """Delete guests' carts that nobody touched since then; how many, at most ``limit``."""
