"""The unit of work: one open, one decision, one save."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from automate_store.application.ports.carts import Carts
from automate_store.application.ports.catalog import CatalogQueries, Products, Shelf
from automate_store.application.ports.coupons import Coupons
from automate_store.application.ports.history import OrderHistory
from automate_store.application.ports.identity import (
    Accounts,
    AddressBooks,
    Links,
    Sessions,
    SigningKeys,
    Trail,
)
from automate_store.application.ports.inventory import Stock
from automate_store.application.ports.keys import Keys
from automate_store.application.ports.methods import SavedMethods
from automate_store.application.ports.order_lists import OrderLists
from automate_store.application.ports.orders import Orders, Payments, Refunds
from automate_store.application.ports.pricing import Rules
from automate_store.application.ports.returns import Returns
from automate_store.application.ports.told import Disputes, ToldEvents
from automate_store.domain.kernel.events import Event


class Reads(Protocol):
    """What can be read without a transaction: each call sees what is committed."""

    @property
    def catalog(self) -> CatalogQueries:
        """What customers browse."""

    @property
    def products(self) -> Products:
        """Products, whole."""

    @property
    def shelf(self) -> Shelf:
        """What can be sold."""

    @property
    def carts(self) -> Carts:
        """Carts."""

    @property
    def orders(self) -> Orders:
        """Orders."""

    @property
    def order_lists(self) -> OrderLists:
        """Lists of orders."""

    @property
    def history(self) -> OrderHistory:
        """Orders as they were."""

    @property
    def payments(self) -> Payments:
        """Attempts to be paid."""

    @property
    def refunds(self) -> Refunds:
        """Money on its way back."""

    @property
    def told(self) -> ToldEvents:
        """What gateways told of themselves."""

    @property
    def disputes(self) -> Disputes:
        """Contested payments."""

    @property
    def methods(self) -> SavedMethods:
        """Saved ways to pay."""

    @property
    def returns(self) -> Returns:
        """Goods on their way back."""

    @property
    def stock(self) -> Stock:
        """Stock, reservations, the ledger."""

    @property
    def coupons(self) -> Coupons:
        """Codes, and their uses."""

    @property
    def rules(self) -> Rules:
        """What prices are made by."""

    @property
    def accounts(self) -> Accounts:
        """People."""

    @property
    def sessions(self) -> Sessions:
        """Who is signed in."""

    @property
    def address_books(self) -> AddressBooks:
        """Where customers have things sent."""

    @property
    def signing_keys(self) -> SigningKeys:
        """What access tokens are signed with."""

    @property
    def trail(self) -> Trail:
        """What staff changed."""


class Work(Reads, Protocol):
    """One transaction: everything in it is kept, or nothing is."""

    @property
    def keys(self) -> Keys:
        """Idempotency keys."""

    @property
    def links(self) -> Links:
        """Mailed secrets."""

    def record(self, *events: Event) -> None:
        """Report facts that no aggregate carries; reactions follow once they are committed."""


UnitOfWork = Callable[[], AbstractAsyncContextManager[Work]]
"""Commits when its block is left cleanly, rolls back when it raises."""

Reading = Callable[[], AbstractAsyncContextManager[Reads]]
"""A place to read from; it must not be used to write."""
