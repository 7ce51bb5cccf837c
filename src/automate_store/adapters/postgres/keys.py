"""Idempotency keys in Postgres: the key is locked while its request is worked on."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.answers import read_answer
from automate_store.adapters.postgres.rows import json_bytes
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import KeyInProgress, OtherInputs
from automate_store.application.ports.keys import Begun, Keyed, order_in

T = TypeVar("T")

_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock) AS free")

_READ = text("""
    SELECT fingerprint, subject, answer FROM idempotency_keys
    WHERE caller = :caller AND key = :key
""")

_BEGIN = text("""
    INSERT INTO idempotency_keys (caller, key, fingerprint, subject, created_at)
    VALUES (:caller, :key, :fingerprint, :subject, :at)
    ON CONFLICT (caller, key) DO NOTHING
""")

_KEEP = text("""
    INSERT INTO idempotency_keys AS k (caller, key, fingerprint, answer, order_id, created_at)
    VALUES (:caller, :key, :fingerprint, :answer, :order_id, :at)
    ON CONFLICT (caller, key) DO UPDATE
        SET answer = EXCLUDED.answer, order_id = EXCLUDED.order_id
        WHERE k.answer IS NULL AND k.fingerprint = EXCLUDED.fingerprint
""")

_PURGE = text("""
    DELETE FROM idempotency_keys WHERE (caller, key) IN (
        SELECT caller, key FROM idempotency_keys WHERE created_at < :before
        ORDER BY created_at LIMIT :limit FOR UPDATE SKIP LOCKED)
""")


@frozen
class PostgresKeys:
    """The Keys port on Postgres."""

    session: Session

    async def claim(self, keyed: Keyed, answer: type[T]) -> T | Begun | None:
        """The stored answer; the advisory lock keeps a twin out until this work ends."""
        # Two statements in one round trip: what the lock's last holder committed is seen
        # by a statement that begins after the lock was taken, and not by the same one.
        params = {"caller": keyed.caller, "key": keyed.key}
        (lock,), found = await self.session.fetch_batch(
            (_LOCK, {"lock": _lock(keyed)}), (_READ, params)
        )
        row = found[0] if found else None
        if row is not None and bytes(row.fingerprint) != keyed.fingerprint:
            raise OtherInputs
        if row is not None and row.answer is not None:
            return read_answer(row.answer, answer)
        if not lock.free:
            raise KeyInProgress
        return None if row is None or row.subject is None else Begun(row.subject)

    async def begin(self, keyed: Keyed, subject: UUID, at: datetime) -> None:
        """Keep the key without an answer."""
        params = _params(keyed, at) | {"subject": subject}
        await self.session.later(_BEGIN, params, touching=1, otherwise=KeyInProgress())

    async def keep(self, keyed: Keyed, answer: object, at: datetime) -> None:
        """Keep the answer; one that was kept meanwhile wins."""
        kept = {"answer": json_bytes(answer), "order_id": order_in(answer)}
        params = _params(keyed, at) | kept
        await self.session.later(_KEEP, params, touching=1, otherwise=KeyInProgress())

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Forget keys kept before then; how many."""
        return await self.session.execute(_PURGE, {"before": before, "limit": limit})


def _lock(keyed: Keyed) -> int:
    name = f"{keyed.caller}\n{keyed.key}".encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest(), signed=True)


def _params(keyed: Keyed, at: datetime) -> dict[str, object]:
    return {
        "caller": keyed.caller,
        "key": keyed.key,
        "fingerprint": keyed.fingerprint,
        "at": at,
    }
