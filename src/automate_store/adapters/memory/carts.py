"""Carts in memory."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from automate_store.adapters.memory.catalog.shelf import MemoryShelf
from automate_store.adapters.memory.pricing import MemoryRules
from automate_store.adapters.memory.rows import StoredCart
from automate_store.adapters.memory.session import Session
from automate_store.application.errors import CartOrdered, Contended, VersionConflict
from automate_store.application.ports.carts import LoadedCart
from automate_store.domain.carts import Cart, CartNotFound
from automate_store.domain.identity import SessionOver
from automate_store.domain.kernel.ids import OrderId, UserId


class MemoryCarts:
    """Implements ``ports.carts.Carts``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def by_token(self, token_hash: bytes) -> LoadedCart:
        """The open cart; raises CartNotFound or CartOrdered."""
        await self._session.turn()
        cart_id = self._tables.cart_tokens.get(token_hash)
        stored = self._tables.carts.get(cart_id) if cart_id else None
        if stored is None or self._abandoned(stored.cart, self._session.carts_since):
            raise CartNotFound
        if stored.merged_into is not None:
            raise CartNotFound
        if stored.order_id is not None:
            order = self._tables.orders.get(stored.order_id)
            assert order is not None, "a cart becomes an order that is stored with it"
            raise CartOrdered(order.number)
        return await self._loaded(stored.cart)

    async def by_account(self, user_id: UserId) -> LoadedCart:
        """The open cart of the account; raises CartNotFound."""
        await self._session.turn()
        cart = self._open_cart(user_id)
        if cart is None:
            raise CartNotFound
        return await self._loaded(cart)

    async def add(self, cart: Cart) -> None:
        """Store a new cart; raises Contended where its token or account has one, SessionOver."""
        await self._session.turn()
        if cart.user_id is not None:
            await self._refuse_deleted(cart.user_id)
            await self._session.take("cart of account", cart.user_id)
            if self._open_cart(cart.user_id) is not None:
                raise Contended
        if cart.token_hash is not None:
            await self._session.take("cart token", cart.token_hash)
            if cart.token_hash in self._tables.cart_tokens:
                raise Contended
            self._tables.cart_tokens.put(cart.token_hash, cart.id)
        await self._session.take("cart", cart.id)
        self._store(cart, None)

    async def save(self, cart: Cart) -> None:
        """Store the changed cart; raises VersionConflict."""
        await self._unchanged(cart)
        self._store(cart, None)

    async def consume(self, cart: Cart, order_id: OrderId) -> None:
        """Close the cart in favour of the order; raises VersionConflict."""
        await self._unchanged(cart)
        self._store(cart, order_id)

    async def take_over(self, cart: Cart, user_id: UserId, *, at: datetime) -> None:
        """Close the guest's cart, emptied, in favour of the account's; raises VersionConflict."""
        await self._unchanged(cart)
        emptied = evolve(cart.clear(at=at), email=None, destination=None, shipping_method=None)
        taken = StoredCart(cart=emptied.saved(), merged_into=user_id)
        self._tables.carts.put(cart.id, taken)

    async def taken_over_by(self, token_hash: bytes) -> UserId | None:
        """The account that took the guest's cart over, if one did."""
        await self._session.turn()
        cart_id = self._tables.cart_tokens.get(token_hash)
        stored = self._tables.carts.get(cart_id) if cart_id else None
        return stored.merged_into if stored else None

    async def purge(self, *, untouched_since: datetime, limit: int) -> int:
        """Delete abandoned guests' carts; how many."""
        await self._session.turn()
        abandoned = [
            stored.cart
            for stored in self._tables.carts.values()
            if self._abandoned(stored.cart, untouched_since)
        ]
        for cart in abandoned[:limit]:
            await self._session.take("cart", cart.id)
            self._tables.carts.drop(cart.id)
            if cart.token_hash is not None:
                self._tables.cart_tokens.drop(cart.token_hash)
        return len(abandoned[:limit])

    async def _refuse_deleted(self, user_id: UserId) -> None:
        # Who waits for the account may find that it is nobody's any more.
        await self._session.take("account", user_id)
        owner = self._tables.accounts.get(user_id)
        if owner is not None and owner.deleted_at is not None:
            raise SessionOver

    async def _loaded(self, cart: Cart) -> LoadedCart:
        sellable = await MemoryShelf(self._session).of([line.variant_id for line in cart.lines])
        return LoadedCart(cart, sellable, await MemoryRules(self._session).current())

    async def _unchanged(self, cart: Cart) -> None:
        await self._session.turn()
        await self._session.take("cart", cart.id)
        stored = self._tables.carts.get(cart.id)
        if stored is None or stored.cart.version != cart.version:
            raise VersionConflict("cart", str(cart.id))

    def _open_cart(self, user_id: UserId) -> Cart | None:
        for stored in self._tables.carts.values():
            if stored.cart.user_id == user_id and stored.order_id is None:
                return stored.cart
        return None

    def _store(self, cart: Cart, order_id: OrderId | None) -> None:
        self._tables.carts.put(cart.id, StoredCart(cart=cart.saved(), order_id=order_id))
        self._session.record(*cart.events)

    @staticmethod
    def _abandoned(cart: Cart, since: datetime) -> bool:
        return cart.user_id is None and cart.updated_at < since
