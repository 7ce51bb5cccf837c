"""The audit trail in memory."""

from __future__ import annotations

from uuid import UUID

from automate_store.adapters.memory.session import Session
from automate_store.application.ports.identity import TrailEntry
from automate_store.domain.kernel.ids import UserId


class MemoryTrail:
    """Implements ``ports.identity.Trail``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def add(self, entry: TrailEntry) -> None:
        """Store an entry."""
        await self._session.turn()
        await self._session.take("trail", entry.id)
        self._tables.trail.put(entry.id, entry)

    async def page(
        self, *, before: UUID | None, limit: int, subject: str | None, account_id: UserId | None
    ) -> tuple[TrailEntry, ...]:
        """Entries that are older than that one, the newest first."""
        await self._session.turn()
        wanted = [
            entry
            for entry in self._tables.trail.values()
            if (before is None or entry.id < before)
            and subject in {None, entry.subject}
            and account_id in {None, entry.account_id}
        ]
        return tuple(sorted(wanted, key=lambda entry: entry.id, reverse=True)[:limit])
