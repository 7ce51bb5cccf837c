"""Idempotency keys in memory."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from automate_store.adapters.memory.rows import StoredKey
from automate_store.adapters.memory.session import Session
from automate_store.application.errors import KeyInProgress, OtherInputs
from automate_store.application.ports.keys import Begun, Keyed

T = TypeVar("T")


class MemoryKeys:
    """Implements ``ports.keys.Keys``; a key is held from its claim until the work ends."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def claim(self, keyed: Keyed, answer: type[T]) -> T | Begun | None:
        """The stored answer, what was begun, or None; raises KeyReused or KeyInProgress."""
        await self._session.turn()
        self._hold(keyed)
        stored = self._tables.keys.get((keyed.caller, keyed.key))
        if stored is None:
            return None
        if stored.fingerprint != keyed.fingerprint:
            raise OtherInputs
        if stored.answer is None:
            assert stored.subject is not None, "a key without an answer names what it began"
            return Begun(stored.subject)
        assert isinstance(stored.answer, answer), "a key's answers are of one type"
        return stored.answer

    async def begin(self, keyed: Keyed, subject: UUID, at: datetime) -> None:
        """Keep the key without an answer; raises KeyInProgress where it is kept already."""
        await self._session.turn()
        self._hold(keyed)
        if (keyed.caller, keyed.key) in self._tables.keys:
            raise KeyInProgress
        self._keep(keyed, subject, None, at)

    async def keep(self, keyed: Keyed, answer: object, at: datetime) -> None:
        """Keep the answer; raises KeyInProgress where another one was kept meanwhile."""
        await self._session.turn()
        self._hold(keyed)
        stored = self._tables.keys.get((keyed.caller, keyed.key))
        if stored is not None and stored.answer is not None:
            raise KeyInProgress
        self._keep(keyed, stored.subject if stored else None, answer, at)

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Forget keys kept before then; how many."""
        await self._session.turn()
        old = [name for name, stored in self._tables.keys.items() if stored.kept_at < before]
        for name in old[:limit]:
            await self._session.take("key", *name)
            self._tables.keys.drop(name)
        return len(old[:limit])

    def _hold(self, keyed: Keyed) -> None:
        if not self._session.take_now("key", keyed.caller, keyed.key):
            raise KeyInProgress

    def _keep(self, keyed: Keyed, subject: UUID | None, answer: object, at: datetime) -> None:
        stored = StoredKey(
            fingerprint=keyed.fingerprint, subject=subject, answer=answer, kept_at=at
        )
        self._tables.keys.put((keyed.caller, keyed.key), stored)
