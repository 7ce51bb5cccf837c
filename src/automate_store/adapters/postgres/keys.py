"""Idempotency keys in Postgres: the key is locked while its request is worked on."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import from_json, json_bytes
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import KeyInProgress, OtherInputs
from automate_store.application.ports.keys import Begun, Keyed

T = TypeVar("T")

_CLAIM = text("""
    SELECT pg_try_advisory_xact_lock(:lock) AS free, k.fingerprint, k.subject,
        k.answer
    FROM (SELECT 1) AS request
    LEFT JOIN idempotency_keys k ON k.caller = :caller AND k.key = :key
""")

_BEGIN = text("""
    INSERT INTO idempotency_keys (caller, key, fingerprint, subject, created_at)
    VALUES (:caller, :key, :fingerprint, :subject, :at)
    ON CONFLICT (caller, key) DO NOTHING
""")

_KEEP = text("""
    INSERT INTO idempotency_keys AS k (caller, key, fingerprint, answer, created_at)
    VALUES (:caller, :key, :fingerprint, :answer, :at)
    ON CONFLICT (caller, key) DO UPDATE SET answer = EXCLUDED.answer
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
        params = {"lock": _lock(keyed), "caller": keyed.caller, "key": keyed.key}
        row = await self.session.fetch_one(_CLAIM, params)
        assert row is not None, "the request itself is a row"
        if row.fingerprint is not None and bytes(row.fingerprint) != keyed.fingerprint:
            raise OtherInputs
        if row.answer is not None:
            return from_json(row.answer, answer)
        if not row.free:
            raise KeyInProgress
        return None if row.subject is None else Begun(row.subject)

    async def begin(self, keyed: Keyed, subject: UUID, at: datetime) -> None:
        """Keep the key without an answer."""
        params = _params(keyed, at) | {"subject": subject}
        await self.session.later(_BEGIN, params, touching=1, otherwise=KeyInProgress())

    async def keep(self, keyed: Keyed, answer: object, at: datetime) -> None:
        """Keep the answer; one that was kept meanwhile wins."""
        params = _params(keyed, at) | {"answer": json_bytes(answer)}
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
