"""The store in memory: committed tables, works over them, and the events they leave behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from automate_store.adapters.memory.audit import MemoryAuditor
from automate_store.adapters.memory.carts import MemoryCarts
from automate_store.adapters.memory.catalog import (
    MemoryCatalogQueries,
    MemoryProducts,
    MemoryShelf,
)
from automate_store.adapters.memory.coupons import MemoryCoupons
from automate_store.adapters.memory.history import MemoryOrderHistory
from automate_store.adapters.memory.identity import (
    MemoryAccounts,
    MemoryAddressBooks,
    MemoryLinks,
    MemorySessions,
    MemorySigningKeys,
    MemoryTrail,
)
from automate_store.adapters.memory.inventory import MemoryStock
from automate_store.adapters.memory.keys import MemoryKeys
from automate_store.adapters.memory.locks import Locks
from automate_store.adapters.memory.methods import MemoryMethods
from automate_store.adapters.memory.order_lists import MemoryOrderLists
from automate_store.adapters.memory.orders import MemoryOrders
from automate_store.adapters.memory.payments import MemoryPayments, MemoryRefunds
from automate_store.adapters.memory.pricing import MemoryRules
from automate_store.adapters.memory.returns import MemoryReturns
from automate_store.adapters.memory.rows import Tables
from automate_store.adapters.memory.session import RecordedEvent, Session
from automate_store.adapters.memory.told import MemoryDisputes, MemoryToldEvents
from automate_store.application.ports import Ports
from automate_store.application.ports.sources import Clock, Ids
from automate_store.domain.kernel.events import Event
from automate_store.domain.pricing import PricingPolicy

Reaction = Callable[[Event, UUID, Ports], Awaitable[None]]
REACTION_LIMIT = 10_000
"""How many events one round of reactions handles; more is a circle."""


class MemoryReads:
    """What can be read; implements ``ports.unit_of_work.Reads``."""

    def __init__(self, session: Session) -> None:
        self.catalog = MemoryCatalogQueries(session)
        self.products = MemoryProducts(session)
        self.shelf = MemoryShelf(session)
        self.carts = MemoryCarts(session)
        self.orders = MemoryOrders(session)
        self.order_lists = MemoryOrderLists(session)
        self.history = MemoryOrderHistory(session)
        self.payments = MemoryPayments(session)
        self.refunds = MemoryRefunds(session)
        self.told = MemoryToldEvents(session)
        self.disputes = MemoryDisputes(session)
        self.methods = MemoryMethods(session)
        self.returns = MemoryReturns(session)
        self.stock = MemoryStock(session)
        self.coupons = MemoryCoupons(session)
        self.rules = MemoryRules(session)
        self.accounts = MemoryAccounts(session)
        self.sessions = MemorySessions(session)
        self.address_books = MemoryAddressBooks(session)
        self.signing_keys = MemorySigningKeys(session)
        self.trail = MemoryTrail(session)


class MemoryWork(MemoryReads):
    """One transaction; implements ``ports.unit_of_work.Work``."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.keys = MemoryKeys(session)
        self.links = MemoryLinks(session)
        self._session = session

    def record(self, *events: Event) -> None:
        """Report facts that no aggregate carries; reactions follow once they are committed."""
        self._session.record(*events)


class MemoryStore:
    """
    A whole store in one process, for tests: what it keeps dies with it.

    A work sees what is committed at each call and its own changes over it, holds what
    it writes until it ends, and leaves all of it or nothing (READ COMMITTED, as the
    real database is used). Works interleave at every call of a port.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        guest_cart_lifetime: timedelta,
        pricing_policy: PricingPolicy,
        repositories: Callable[[Session], MemoryWork] = MemoryWork,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._guest_cart_lifetime = guest_cart_lifetime
        self._pricing_policy = pricing_policy
        self._repositories = repositories
        self._committed = Tables()
        self._locks = Locks()
        self._unheard: list[RecordedEvent] = []
        self.events: list[RecordedEvent] = []
        """Every event that was committed, oldest first."""

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[MemoryWork]:
        """A work: committed on a clean exit, forgotten on any exception."""
        session = self._session(self._locks)
        try:
            yield self._repositories(session)
            await session.turn()
            session.tables.settle()
            self.events.extend(session.recorded)
            self._unheard.extend(session.recorded)
        finally:
            self._locks.release(session)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[MemoryReads]:
        """A place to read from: each call sees what is committed."""
        session = self._session(None)
        yield self._repositories(session)
        assert not session.tables.changed, "a reading takes no locks and writes nothing"

    def auditor(self) -> MemoryAuditor:
        """Reads the books as they are committed."""
        return MemoryAuditor(self._committed)

    async def react(self, reactions: Mapping[type[Event], Reaction], ports: Ports) -> int:
        """
        Run what follows the events committed since the last call, and what follows that.

        Gives how many events were handled; an event whose reaction fails stays unheard.
        """
        for handled in range(REACTION_LIMIT):
            if not self._unheard:
                return handled
            recorded = self._unheard[0]
            reaction = reactions.get(type(recorded.event))
            if reaction is not None:
                await reaction(recorded.event, recorded.id, ports)
            self._unheard.remove(recorded)
        raise AssertionError("reactions follow one another in a circle")

    def _session(self, locks: Locks | None) -> Session:
        return Session(
            tables=self._committed.over(),
            locks=locks,
            clock=self._clock,
            ids=self._ids,
            guest_cart_lifetime=self._guest_cart_lifetime,
            pricing_policy=self._pricing_policy,
        )
