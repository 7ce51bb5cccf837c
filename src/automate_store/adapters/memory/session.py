"""What every repository is handed: the tables as its work sees them, and the work's locks."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from datetime import datetime, timedelta
from uuid import UUID

from attrs import field, frozen

from automate_store.adapters.memory.locks import Locks
from automate_store.adapters.memory.rows import Tables
from automate_store.application.ports.sources import Clock, Ids
from automate_store.domain.kernel.events import Event
from automate_store.domain.pricing import PricingPolicy


@frozen(kw_only=True)
class RecordedEvent:
    """An event that was committed, under the id that reactions know it by."""

    id: UUID
    event: Event


@frozen(kw_only=True, eq=False)
class Session:
    """One work or one reading; ``locks`` is None where nothing may be written."""

    tables: Tables
    locks: Locks | None
    clock: Clock
    ids: Ids
    guest_cart_lifetime: timedelta
    pricing_policy: PricingPolicy
    recorded: list[RecordedEvent] = field(factory=list)

    @property
    def carts_since(self) -> datetime:
        """Guests' carts that nobody touched since then count as not there."""
        return self.clock() - self.guest_cart_lifetime

    async def turn(self) -> None:
        """Let others run: every call of a port is a point where works interleave."""
        await asyncio.sleep(0)

    async def take(self, *key: Hashable) -> None:
        """Hold the row until the work ends; it is then read as it was last committed."""
        assert self.locks is not None, "a reading takes no locks and writes nothing"
        await self.locks.take(key, self)

    def take_now(self, *key: Hashable) -> bool:
        """Whether the work holds the row now; never waits."""
        assert self.locks is not None, "a reading takes no locks and writes nothing"
        return self.locks.take_now(key, self)

    def record(self, *events: Event) -> tuple[RecordedEvent, ...]:
        """Keep the events, each with its fresh id, until the work ends."""
        recorded = tuple(RecordedEvent(id=self.ids.uuid(), event=event) for event in events)
        self.recorded.extend(recorded)
        return recorded
