"""Sessions in memory, and the refresh tokens that carry each one on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from attrs import evolve

from automate_store.adapters.memory import session as works
from automate_store.adapters.memory.rows import StoredChange, StoredToken
from automate_store.application.errors import Contended
from automate_store.application.ports.identity import RefreshToken, SessionChange, SignedIn
from automate_store.domain.identity import Session
from automate_store.domain.kernel.ids import SessionId, UserId


class MemorySessions:
    """Implements ``ports.identity.Sessions``."""

    def __init__(self, session: works.Session) -> None:
        self._session = session
        self._tables = session.tables

    async def add(self, session: Session, refresh_hash: bytes) -> None:
        """Store a new session with its first refresh token."""
        await self._session.turn()
        await self._session.take("session", session.id)
        self._tables.sessions.put(session.id, session)
        self._tables.refresh_tokens.put(refresh_hash, StoredToken(session_id=session.id))

    async def signed_in(self, session_id: SessionId, *, at: datetime) -> SignedIn | None:
        """The session with its account as both are now; None where it is over by then."""
        await self._session.turn()
        session = self._tables.sessions.get(session_id)
        if session is None or not session.open_at(at):
            return None
        account = self._tables.accounts.get(session.account_id)
        if account is None or account.deleted_at is not None:
            return None
        return SignedIn(
            session_id=session.id,
            account_id=account.id,
            email=account.email,
            role=account.role,
            groups=account.groups,
            tax_exempt=account.tax_exempt,
            second_factor=account.has_second_factor,
            signed_in_at=session.created_at,
            expires_at=session.expires_at,
        )

    async def by_refresh(self, refresh_hash: bytes) -> RefreshToken | None:
        """The refresh token of that hash, its session locked until the work ends."""
        await self._session.turn()
        known = self._tables.refresh_tokens.get(refresh_hash)
        if known is None:
            return None
        await self._session.take("session", known.session_id)
        token = self._tables.refresh_tokens.get(refresh_hash)
        session = self._tables.sessions.get(known.session_id)
        if token is None or session is None:
            return None
        return RefreshToken(session=session, used_at=token.used_at)

    async def rotate(
        self, session: Session, spent_hash: bytes, fresh_hash: bytes, *, at: datetime
    ) -> None:
        """The one token is used, the other takes its place; the session was used then."""
        await self._session.turn()
        await self._session.take("session", session.id)
        unspent = StoredToken(session_id=session.id)
        if self._tables.refresh_tokens.get(spent_hash) != unspent:
            raise Contended
        self._tables.refresh_tokens.put(spent_hash, evolve(unspent, used_at=at))
        self._tables.refresh_tokens.put(fresh_hash, StoredToken(session_id=session.id))
        await self._change(session.id, last_used_at=at)

    async def confirm(self, session_id: SessionId, *, at: datetime) -> None:
        """The owner proved again who they are, then."""
        await self._session.turn()
        await self._change(session_id, created_at=at)

    async def end(
        self,
        account_id: UserId,
        *,
        at: datetime,
        only: SessionId | None = None,
        but: SessionId | None = None,
    ) -> tuple[SessionId, ...]:
        """End all sessions of the account, or one, or all but one; which were open."""
        await self._session.turn()
        ended = []
        for listed in await self.of_account(account_id, at=at):
            if only in {None, listed.id} and but != listed.id:
                await self._session.take("session", listed.id)
                session = self._tables.sessions.get(listed.id)
                if session is not None and session.open_at(at):
                    self._tables.sessions.put(session.id, evolve(session, ended_at=at))
                    ended.append(session.id)
        return tuple(ended)

    async def of_account(self, account_id: UserId, *, at: datetime) -> tuple[Session, ...]:
        """The account's sessions that are open then, the last used first."""
        await self._session.turn()
        mine = [
            session
            for session in self._tables.sessions.values()
            if session.account_id == account_id and session.open_at(at)
        ]
        return tuple(sorted(mine, key=lambda each: (each.last_used_at, each.id), reverse=True))

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Delete sessions that ended or ran out before then; how many."""
        await self._session.turn()
        over = [
            session.id
            for session in self._tables.sessions.values()
            if (session.ended_at or session.expires_at) < before
        ][:limit]
        for session_id in over:
            await self._session.take("session", session_id)
            self._tables.sessions.drop(session_id)
        for token_hash, token in self._tables.refresh_tokens.items():
            if token.session_id in over:
                self._tables.refresh_tokens.drop(token_hash)
        return len(over)

    async def distrust(self, change: SessionChange) -> None:
        """Remember that what caches keep of these sessions may be old."""
        await self._session.turn()
        await self._session.take("distrusted", change.mark)
        stored = StoredChange(change=change, at=self._session.clock())
        self._tables.distrusted.put(change.mark, stored)

    async def distrusted(self, *, limit: int) -> tuple[SessionChange, ...]:
        """The first so many of the changes of which caches may not have heard, each whole."""
        await self._session.turn()
        return tuple(stored.change for stored in self._tables.distrusted.values()[:limit])

    async def trust(self, marks: Collection[UUID]) -> None:
        """Caches have heard of the changes with these marks, and of no others."""
        await self._session.turn()
        for mark in marks:
            # Every process may be at it at once: whoever is, does it for all.
            if self._session.take_now("distrusted", mark):
                self._tables.distrusted.drop(mark)

    async def trust_old(self, *, before: datetime, limit: int) -> int:
        """Caches remember nothing from before then; how many changes, at most ``limit``."""
        await self._session.turn()
        old = [mark for mark, stored in self._tables.distrusted.items() if stored.at < before]
        await self.trust(old[:limit])
        return len(old[:limit])

    async def _change(self, session_id: SessionId, **changes: Any) -> None:
        await self._session.take("session", session_id)
        session = self._tables.sessions.get(session_id)
        if session is not None:
            self._tables.sessions.put(session_id, evolve(session, **changes))
