"""The store in Postgres: one pool, and the works and reads that open on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cached_property

from attrs import frozen

from automate_store.adapters.postgres.carts import PostgresCarts
from automate_store.adapters.postgres.catalog.products import PostgresProducts
from automate_store.adapters.postgres.catalog.queries import PostgresCatalogQueries
from automate_store.adapters.postgres.coupons import PostgresCoupons
from automate_store.adapters.postgres.disputes import PostgresDisputes
from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.identity import (
    PostgresAccounts,
    PostgresAddressBooks,
    PostgresLinks,
    PostgresSessions,
    PostgresSigningKeys,
    PostgresTrail,
)
from automate_store.adapters.postgres.inventory import PostgresStock
from automate_store.adapters.postgres.keys import PostgresKeys
from automate_store.adapters.postgres.methods import PostgresMethods
from automate_store.adapters.postgres.orders import (
    PostgresOrderHistory,
    PostgresOrderLists,
    PostgresOrders,
)
from automate_store.adapters.postgres.payments import PostgresPayments
from automate_store.adapters.postgres.pricing import PostgresRules, ShopCache
from automate_store.adapters.postgres.refunds import PostgresRefunds
from automate_store.adapters.postgres.returns import PostgresReturns
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.postgres.shelf import PostgresShelf
from automate_store.adapters.postgres.told import PostgresToldEvents
from automate_store.adapters.postgres.unit_of_work import JobWriter, PostgresUnitOfWork
from automate_store.application.ports.sources import Clock, Ids
from automate_store.domain.kernel.events import Event


@frozen(kw_only=True)
class PostgresStore:
    """What repositories are made of; ``unit_of_work`` and ``reading`` are the ports."""

    pool: Pool
    jobs: JobWriter
    cache: ShopCache
    clock: Clock
    ids: Ids
    guest_cart_lifetime: timedelta

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[PostgresWork]:
        """One transaction: committed on a clean exit, rolled back on any exception."""
        async with PostgresUnitOfWork(self.pool, jobs=self.jobs) as unit:
            yield PostgresWork(self, unit.session, unit)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[PostgresReads]:
        """A place to read from; each statement sees what is committed."""
        async with Session(self.pool) as session:
            yield PostgresReads(self, session)


class PostgresReads:
    """The Reads port: repositories on one session, made when they are asked for."""

    def __init__(self, store: PostgresStore, session: Session) -> None:
        self._store = store
        self.session = session

    def record(self, *events: Event) -> None:
        """Nothing is reported from a read."""
        assert not events, "a read saves nothing"

    @cached_property
    def catalog(self) -> PostgresCatalogQueries:
        """What customers browse."""
        return PostgresCatalogQueries(self.session)

    @cached_property
    def products(self) -> PostgresProducts:
        """Products, whole."""
        return PostgresProducts(self.session, self._store.ids, self.record)

    @cached_property
    def shelf(self) -> PostgresShelf:
        """What can be sold."""
        return PostgresShelf(self.session, self._store.cache)

    @cached_property
    def carts(self) -> PostgresCarts:
        """Carts."""
        store = self._store
        return PostgresCarts(self.session, store.cache, store.clock, store.guest_cart_lifetime)

    @cached_property
    def orders(self) -> PostgresOrders:
        """Orders."""
        return PostgresOrders(self.session, self._store.ids, self.record)

    @cached_property
    def order_lists(self) -> PostgresOrderLists:
        """Lists of orders."""
        return PostgresOrderLists(self.session)

    @cached_property
    def history(self) -> PostgresOrderHistory:
        """Orders as they were."""
        return PostgresOrderHistory(self.session)

    @cached_property
    def payments(self) -> PostgresPayments:
        """Attempts to be paid."""
        return PostgresPayments(self.session, self.record)

    @cached_property
    def refunds(self) -> PostgresRefunds:
        """Money on its way back."""
        return PostgresRefunds(self.session, self.record)

    @cached_property
    def told(self) -> PostgresToldEvents:
        """What gateways told of themselves."""
        return PostgresToldEvents(self.session, self.record)

    @cached_property
    def disputes(self) -> PostgresDisputes:
        """Contested payments."""
        return PostgresDisputes(self.session)

    @cached_property
    def methods(self) -> PostgresMethods:
        """Saved ways to pay."""
        return PostgresMethods(self.session)

    @cached_property
    def returns(self) -> PostgresReturns:
        """Goods on their way back."""
        return PostgresReturns(self.session)

    @cached_property
    def stock(self) -> PostgresStock:
        """Stock, reservations, the ledger."""
        return PostgresStock(self.session)

    @cached_property
    def coupons(self) -> PostgresCoupons:
        """Codes, and their uses."""
        return PostgresCoupons(self.session)

    @cached_property
    def rules(self) -> PostgresRules:
        """What prices are made by."""
        return PostgresRules(self.session, self._store.cache)

    @cached_property
    def accounts(self) -> PostgresAccounts:
        """People."""
        return PostgresAccounts(self.session, self._store.ids, self.record)

    @cached_property
    def sessions(self) -> PostgresSessions:
        """Who is signed in."""
        return PostgresSessions(self.session)

    @cached_property
    def address_books(self) -> PostgresAddressBooks:
        """Where customers have things sent."""
        return PostgresAddressBooks(self.session)

    @cached_property
    def signing_keys(self) -> PostgresSigningKeys:
        """What access tokens are signed with."""
        return PostgresSigningKeys(self.session)

    @cached_property
    def trail(self) -> PostgresTrail:
        """What staff changed."""
        return PostgresTrail(self.session)


class PostgresWork(PostgresReads):
    """The Work port: the same repositories in one transaction, and those that only write."""

    def __init__(self, store: PostgresStore, session: Session, unit: PostgresUnitOfWork) -> None:
        super().__init__(store, session)
        self._unit = unit

    def record(self, *events: Event) -> None:
        """Report facts; reactions follow once they are committed."""
        self._unit.record(*events)

    @cached_property
    def keys(self) -> PostgresKeys:
        """Idempotency keys."""
        return PostgresKeys(self.session)

    @cached_property
    def links(self) -> PostgresLinks:
        """Mailed secrets."""
        return PostgresLinks(self.session)
