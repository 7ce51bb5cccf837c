"""Carts as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from automate_store.application.ports.catalog import Sellable
from automate_store.domain.carts import Cart
from automate_store.domain.kernel.ids import OrderId, UserId, VariantId
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
    """Carts: an account's one open one, and guests' by the hashes of their tokens."""

    async def by_token(self, token_hash: bytes) -> LoadedCart:
        """
        The guest's open cart; raises CartNotFound, or CartOrdered where it became an order.

        Carts untouched for longer than the guest's lifetime count as not there, and so do
        those that an account took over.
        """

    async def by_account(self, user_id: UserId) -> LoadedCart:
        """The account's open cart, however old; raises CartNotFound where it has none."""

    async def add(self, cart: Cart) -> None:
        """
        Store a new cart with its lines.

        By the commit at the latest it raises Contended where the account has an open one,
        and SessionOver where the account was deleted, however short ago.
        """

    async def save(self, cart: Cart) -> None:
        """Store the changed cart; raises VersionConflict where it changed meanwhile."""

    async def consume(self, cart: Cart, order_id: OrderId) -> None:
        """Close the cart in favour of the order; raises VersionConflict where it changed."""

    async def take_over(self, cart: Cart, user_id: UserId, *, at: datetime) -> None:
        """
        Close the guest's cart in favour of the account's; its token opens nothing more.

        What was in it is forgotten; its lines may stand in another cart from here on.
        Raises VersionConflict where it changed, was ordered, or was taken over before.
        """

    async def taken_over_by(self, token_hash: bytes) -> UserId | None:
        """The account that took over the guest's cart of that token, while that is known."""

    async def purge(self, *, untouched_since: datetime, limit: int) -> int:
        """Delete guests' carts that nobody touched since then; how many, at most ``limit``."""
