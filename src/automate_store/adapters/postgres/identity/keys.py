"""Signing keys in Postgres, one place for all processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Row
from automate_store.adapters.postgres.session import Session
from automate_store.application.ports.credentials import SigningKey
from automate_store.application.ports.identity import StoredKey

_ALL = text("SELECT id, secret, created_at FROM signing_keys ORDER BY created_at DESC, id DESC")

_ADD = text("""
    INSERT INTO signing_keys (id, secret, created_at) VALUES (:id, :secret, :created_at)
""")

_DROP = text("""
    DELETE FROM signing_keys WHERE created_at < :before
        AND id <> (SELECT id FROM signing_keys ORDER BY created_at DESC, id DESC LIMIT 1)
""")


@frozen
class PostgresSigningKeys:
    """The SigningKeys port on Postgres."""

    session: Session

    async def all(self) -> Sequence[StoredKey]:
        """Every key, the newest first."""
        return tuple(from_row(row) for row in await self.session.fetch_all(_ALL))

    async def add(self, key: StoredKey) -> None:
        """Store a new key, which signs from now on."""
        await self.session.later(_ADD, to_row(key))

    async def drop(self, *, before: datetime) -> int:
        """Forget keys made before then, but never the newest; how many."""
        return await self.session.execute(_DROP, {"before": before})


def to_row(key: StoredKey) -> dict[str, object]:
    """The key as its row's parameters."""
    return {"id": key.key.id, "secret": key.key.secret, "created_at": key.created_at}


def from_row(row: Row) -> StoredKey:
    """The key of a row."""
    key = SigningKey(id=row.id, secret=bytes(row.secret))
    return StoredKey(key=key, created_at=row.created_at)
