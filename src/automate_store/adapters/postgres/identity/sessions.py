"""Sessions in Postgres, and the refresh tokens that carry each one on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres import session as database
from automate_store.adapters.postgres.rows import Row
from automate_store.application.errors import Contended
from automate_store.application.ports.identity import RefreshToken, SessionChange, SignedIn
from automate_store.domain.identity import AccountRole, Session
from automate_store.domain.kernel.ids import SessionId, UserId

# With every request of somebody who is signed in: two look-ups by primary key.
_SIGNED_IN = text("""
    SELECT s.id, s.user_id, u.email, u.role, u.groups, u.tax_exempt,
        u.second_factor ->> 'enabled_at' IS NOT NULL AS second_factor,
        s.created_at, s.expires_at
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = :id AND s.ended_at IS NULL AND s.expires_at > :at AND u.deleted_at IS NULL
""")

_ADD = text("""
    WITH signed_in AS (
        INSERT INTO sessions (id, user_id, user_agent, ip_address, created_at, last_used_at,
            expires_at, ended_at)
        VALUES (:id, :account_id, :user_agent, :address, :created_at, :last_used_at,
            :expires_at, :ended_at)
        RETURNING id, created_at
    )
    INSERT INTO refresh_tokens (token_hash, session_id, created_at)
    SELECT CAST(:refresh_hash AS bytea), signed_in.id, signed_in.created_at FROM signed_in
""")

_LOCK_BY_REFRESH = text("""
    SELECT 1 FROM sessions
    WHERE id = (SELECT session_id FROM refresh_tokens WHERE token_hash = :refresh_hash)
    FOR NO KEY UPDATE
""")

_BY_REFRESH = text("""
    SELECT s.id, s.user_id, s.user_agent, s.ip_address, s.created_at, s.last_used_at,
        s.expires_at, s.ended_at, r.used_at
    FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id
    WHERE r.token_hash = :refresh_hash
""")

_ROTATE = text("""
    WITH spent AS (
        UPDATE refresh_tokens SET used_at = :at
        WHERE token_hash = :spent_hash AND session_id = :id AND used_at IS NULL
        RETURNING session_id
    ), used AS (
        UPDATE sessions SET last_used_at = :at FROM spent WHERE sessions.id = spent.session_id
    )
    INSERT INTO refresh_tokens (token_hash, session_id, created_at)
    SELECT CAST(:fresh_hash AS bytea), spent.session_id, :at FROM spent
""")

_CONFIRM = text("UPDATE sessions SET created_at = :at WHERE id = :id")

_END = text("""
    UPDATE sessions SET ended_at = :at
    WHERE user_id = :account_id AND ended_at IS NULL AND expires_at > :at
        AND (CAST(:only AS uuid) IS NULL OR id = :only)
        AND (CAST(:but AS uuid) IS NULL OR id <> :but)
    RETURNING id
""")

_OF_ACCOUNT = text("""
    SELECT id, user_id, user_agent, ip_address, created_at, last_used_at, expires_at, ended_at
    FROM sessions
    WHERE user_id = :account_id AND ended_at IS NULL AND expires_at > :at
    ORDER BY last_used_at DESC, id DESC
""")

_PURGE = text("""
    DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions WHERE coalesce(ended_at, expires_at) < :before
        ORDER BY coalesce(ended_at, expires_at) LIMIT :limit FOR UPDATE SKIP LOCKED)
""")

_DISTRUST = text("""
    INSERT INTO distrusted_sessions (mark, session_id)
    SELECT CAST(:mark AS uuid), changed.id FROM unnest(CAST(:ids AS uuid[])) AS changed(id)
    ON CONFLICT DO NOTHING
""")

_DISTRUSTED = text("""
    SELECT mark, session_id FROM distrusted_sessions
    WHERE mark IN (SELECT DISTINCT mark FROM distrusted_sessions ORDER BY mark LIMIT :limit)
    ORDER BY mark, session_id
""")

# Every process may be at it at once: whoever is, does it for all.
_TRUST = text("""
    DELETE FROM distrusted_sessions d USING (
        SELECT mark, session_id FROM distrusted_sessions
        WHERE mark = ANY(CAST(:marks AS uuid[])) FOR UPDATE SKIP LOCKED) heard
    WHERE d.mark = heard.mark AND d.session_id = heard.session_id
""")

_TRUST_OLD = text("""
    WITH old AS (
        SELECT mark FROM distrusted_sessions WHERE created_at < :before
        GROUP BY mark ORDER BY mark LIMIT :limit
    ), trusted AS (
        DELETE FROM distrusted_sessions d USING (
            SELECT mark, session_id FROM distrusted_sessions
            WHERE mark IN (SELECT mark FROM old) FOR UPDATE SKIP LOCKED) heard
        WHERE d.mark = heard.mark AND d.session_id = heard.session_id
    )
    SELECT count(*) AS changes FROM old
""")


@frozen
class PostgresSessions:
    """The Sessions port on Postgres."""

    session: database.Session

    async def add(self, session: Session, refresh_hash: bytes) -> None:
        """Store a new session with its first refresh token, in one statement."""
        await self.session.later(_ADD, to_row(session) | {"refresh_hash": refresh_hash})

    async def signed_in(self, session_id: SessionId, *, at: datetime) -> SignedIn | None:
        """The session with its account as both are now; None where it is over by then."""
        row = await self.session.fetch_one(_SIGNED_IN, {"id": session_id, "at": at})
        if row is None:
            return None
        return SignedIn(
            session_id=SessionId(row.id),
            account_id=UserId(row.user_id),
            email=row.email,
            role=AccountRole(row.role),
            groups=frozenset(row.groups),
            tax_exempt=row.tax_exempt,
            second_factor=row.second_factor,
            signed_in_at=row.created_at,
            expires_at=row.expires_at,
        )

    async def by_refresh(self, refresh_hash: bytes) -> RefreshToken | None:
        """The refresh token; the lock comes first, so that what is read is what is locked."""
        given = {"refresh_hash": refresh_hash}
        await self.session.later(_LOCK_BY_REFRESH, given)
        row = await self.session.fetch_one(_BY_REFRESH, given)
        return None if row is None else RefreshToken(session=from_row(row), used_at=row.used_at)

    async def rotate(
        self, session: Session, spent_hash: bytes, fresh_hash: bytes, *, at: datetime
    ) -> None:
        """The one token is used, the other takes its place; the session was used then."""
        tokens = {"spent_hash": spent_hash, "fresh_hash": fresh_hash}
        params = {"id": session.id, "at": at, **tokens}
        await self.session.later(_ROTATE, params, touching=1, otherwise=Contended())

    async def confirm(self, session_id: SessionId, *, at: datetime) -> None:
        """The owner proved again who they are, then."""
        await self.session.later(_CONFIRM, {"id": session_id, "at": at})

    async def end(
        self,
        account_id: UserId,
        *,
        at: datetime,
        only: SessionId | None = None,
        but: SessionId | None = None,
    ) -> tuple[SessionId, ...]:
        """End all sessions of the account, or one, or all but one; which were open."""
        params = {"account_id": account_id, "at": at, "only": only, "but": but}
        return tuple(SessionId(row.id) for row in await self.session.fetch_all(_END, params))

    async def of_account(self, account_id: UserId, *, at: datetime) -> tuple[Session, ...]:
        """The account's sessions that are open then, the last used first."""
        params = {"account_id": account_id, "at": at}
        return tuple(from_row(row) for row in await self.session.fetch_all(_OF_ACCOUNT, params))

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Delete sessions that ended or ran out before then; how many."""
        return await self.session.execute(_PURGE, {"before": before, "limit": limit})

    async def distrust(self, change: SessionChange) -> None:
        """Remember that what caches keep of these sessions may be old."""
        params = {"mark": change.mark, "ids": list(change.session_ids)}
        await self.session.later(_DISTRUST, params)

    async def distrusted(self, *, limit: int) -> tuple[SessionChange, ...]:
        """The first so many of the changes of which caches may not have heard, each whole."""
        changes: dict[UUID, list[SessionId]] = defaultdict(list)
        for row in await self.session.fetch_all(_DISTRUSTED, {"limit": limit}):
            changes[row.mark].append(SessionId(row.session_id))
        return tuple(
            SessionChange(mark=mark, session_ids=tuple(ids)) for mark, ids in changes.items()
        )

    async def trust(self, marks: Collection[UUID]) -> None:
        """Caches have heard of the changes with these marks, and of no others."""
        await self.session.later(_TRUST, {"marks": list(marks)})

    async def trust_old(self, *, before: datetime, limit: int) -> int:
        """Caches remember nothing from before then; how many changes, at most ``limit``."""
        row = await self.session.fetch_one(_TRUST_OLD, {"before": before, "limit": limit})
        assert row is not None, "a count is always given"
        return int(row.changes)


def to_row(session: Session) -> dict[str, object]:
    """The session as its row's parameters."""
    return {
        "id": session.id,
        "account_id": session.account_id,
        "user_agent": session.user_agent,
        "address": session.address,
        "created_at": session.created_at,
        "last_used_at": session.last_used_at,
        "expires_at": session.expires_at,
        "ended_at": session.ended_at,
    }


def from_row(row: Row) -> Session:
    """The session of a row."""
    return Session(
        id=SessionId(row.id),
        account_id=UserId(row.user_id),
        user_agent=row.user_agent,
        address=row.ip_address,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
    )
