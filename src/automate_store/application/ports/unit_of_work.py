"""The unit of work: one open, one decision, one save."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from automate_store.application.ports.carts import Carts
from automate_store.application.ports.catalog import CatalogQueries, Products, Shelf
from automate_store.application.ports.inventory import Stock
from automate_store.application.ports.keys import Keys
from automate_store.application.ports.orders import Orders, Payments
from automate_store.application.ports.pricing import Rules
from automate_store.domain.kernel.events import Event


class Reads(Protocol):
    """What can be read without a transaction: each call sees what is committed."""

    @property
    def catalog(self) -> CatalogQueries: ...
    @property
    def shelf(self) -> Shelf: ...
    @property
    def carts(self) -> Carts: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def stock(self) -> Stock: ...
    @property
    def rules(self) -> Rules: ...


class Work(Reads, Protocol):
    """One transaction: everything in it is kept, or nothing is."""

    @property
    def products(self) -> Products: ...
    @property
    def keys(self) -> Keys: ...

    def record(self, *events: Event) -> None:
        """Report facts that no aggregate carries; reactions follow once they are committed."""


UnitOfWork = Callable[[], AbstractAsyncContextManager[Work]]
"""Commits when its block is left cleanly, rolls back when it raises."""

Reading = Callable[[], AbstractAsyncContextManager[Reads]]
"""A place to read from; it must not be used to write."""
