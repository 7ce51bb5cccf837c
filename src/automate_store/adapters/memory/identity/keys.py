"""Signing keys in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from automate_store.adapters.memory.session import Session
from automate_store.application.errors import Contended
from automate_store.application.ports.identity import StoredKey


class MemorySigningKeys:
    """Implements ``ports.identity.SigningKeys``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def all(self) -> Sequence[StoredKey]:
        """Every key, the newest first."""
        await self._session.turn()
        stored = self._tables.signing_keys.values()
        return tuple(sorted(stored, key=lambda each: (each.created_at, each.key.id), reverse=True))

    async def add(self, key: StoredKey) -> None:
        """Store a new key, which signs from now on."""
        await self._session.turn()
        await self._session.take("signing key", key.key.id)
        if key.key.id in self._tables.signing_keys:
            raise Contended
        self._tables.signing_keys.put(key.key.id, key)

    async def drop(self, *, before: datetime) -> int:
        """Forget keys made before then, but never the newest; how many."""
        dropped = [each for each in (await self.all())[1:] if each.created_at < before]
        for each in dropped:
            await self._session.take("signing key", each.key.id)
            self._tables.signing_keys.drop(each.key.id)
        return len(dropped)
