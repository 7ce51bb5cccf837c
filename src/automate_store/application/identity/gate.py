"""
The gate: access tokens are given out here, and looked at with every request.

Postgres says who is signed in; a cache may answer in its place as long as nothing speaks
against it. Whoever changes a session writes, in the same transaction, that it is
distrusted, and then has the cache forget it. Where the cache can't be told, they wait
until every process has looked at what is distrusted: none goes longer than TRUSTED_FOR
without looking, and none asks the cache while it may be wrong. So a token that was
signed out is refused from the answer on, whatever the cache does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from automate_store.application.errors import DatabaseUnavailable
from automate_store.application.identity.keyring import KeyRing, is_secret, secret_of
from automate_store.application.ports.credentials import (
    AccessClaims,
    AccessTokens,
    TokenRefused,
)
from automate_store.application.ports.identity import (
    IssuedToken,
    SessionCache,
    SessionChange,
    SignedIn,
)
from automate_store.application.ports.sources import Clock, Ids
from automate_store.application.ports.unit_of_work import Reading, UnitOfWork
from automate_store.domain.identity import AccountPolicy, SessionOver
from automate_store.domain.kernel.ids import SessionId

TRUSTED_FOR = timedelta(milliseconds=500)
"""How long a process goes without looking whether the cache may be wrong."""
WAIT_S = TRUSTED_FOR.total_seconds() * 1.2
SETTLED_AT_ONCE = 500
"""Changes that one look has the cache forget, at most; it is not asked before the last."""


class StoreGate:
    """Implements ``ports.identity.Gate`` over the other ports; ``cache`` None keeps nothing."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        reading: Reading,
        clock: Clock,
        ids: Ids,
        tokens: AccessTokens,
        cache: SessionCache | None,
        derive: Callable[[bytes], bytes],
        policy: AccountPolicy,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._clock = clock
        self._ids = ids
        self._tokens = tokens
        self._cache = cache
        self._policy = policy
        self._keys = KeyRing(
            unit_of_work=unit_of_work, reading=reading, clock=clock, ids=ids, derive=derive
        )
        self._looked_at: datetime | None = None
        self._trusted = False

    async def admit(self, token: str) -> SignedIn:
        """Who carries the access token, as they are now."""
        at = self._clock()
        claims = await self._claims(token, at)
        found = await self._signed_in(SessionId(claims.session_id), at)
        if found is None or found.expires_at <= at:
            raise SessionOver
        if found.account_id != claims.user_id:
            raise TokenRefused("is of another account")
        return found

    async def issue(self, signed_in: SignedIn) -> IssuedToken:
        """An access token for the session."""
        at = self._clock().replace(microsecond=0)
        expires_at = min(at + self._policy.access_lifetime, signed_in.expires_at)
        claims = AccessClaims(
            user_id=signed_in.account_id,
            email=signed_in.email,
            role=signed_in.role.value,
            session_id=signed_in.session_id,
            token_id=self._ids.uuid(),
            audience=self._tokens.audience,
            issued_at=at,
            expires_at=expires_at.replace(microsecond=0),
        )
        token = self._tokens.issue(claims, await self._keys.signing())
        return IssuedToken(token=token, expires_at=claims.expires_at)

    async def forget(self, change: SessionChange) -> None:
        """Return once no process remembers these sessions as they were."""
        if self._cache is None or not change.session_ids:
            return
        if await self._cache.forget(change.session_ids):
            await self._trust(change)
        else:
            self._trusted = False
            await asyncio.sleep(WAIT_S)

    async def secret(self, label: str) -> str:
        """A secret that is the same for the same label."""
        return secret_of(label, await self._keys.signing())

    async def knows(self, label: str, secret: str) -> bool:
        """Whether it is the label's secret, under any key in force."""
        return is_secret(label, secret, await self._keys.all())

    async def rotate(self, *, at_once: bool) -> str:
        """Sign with a new key, whose id it gives."""
        return await self._keys.rotate(at_once=at_once)

    async def _claims(self, token: str, at: datetime) -> AccessClaims:
        known = await self._keys.all()
        try:
            return self._tokens.read(token, known, at=at)
        except TokenRefused:
            # It may be signed with a key that is newer than what is known here.
            fresh = await self._keys.fresh()
            if fresh.keys() == known.keys():
                raise
        return self._tokens.read(token, fresh, at=at)

    async def _signed_in(self, session_id: SessionId, at: datetime) -> SignedIn | None:
        cache = self._cache
        if cache is None or not await self._may_trust(cache):
            return await self._stored(session_id, at)
        kept = await cache.get(session_id)
        if isinstance(kept, SignedIn):
            return kept
        found = await self._stored(session_id, at)
        if found is not None and kept is not None:
            await cache.keep(found, kept)
        return found

    async def _stored(self, session_id: SessionId, at: datetime) -> SignedIn | None:
        async with self._reading() as reads:
            return await reads.sessions.signed_in(session_id, at=at)

    async def _may_trust(self, cache: SessionCache) -> bool:
        now = self._clock()
        if self._looked_at is None or now - self._looked_at >= TRUSTED_FOR:
            try:
                self._trusted = await self._settled(cache)
            except DatabaseUnavailable:
                self._trusted = False
                raise
            self._looked_at = now
        return self._trusted

    async def _settled(self, cache: SessionCache) -> bool:
        """Whether the cache keeps nothing old, after a try to have it forget what it may."""
        async with self._reading() as reads:
            distrusted = await reads.sessions.distrusted(limit=SETTLED_AT_ONCE)
        if not distrusted:
            return True
        if not await cache.forget([each for change in distrusted for each in change.session_ids]):
            return False
        await self._trust(*distrusted)
        return len(distrusted) < SETTLED_AT_ONCE

    async def _trust(self, *changes: SessionChange) -> None:
        async with self._unit_of_work() as work:
            await work.sessions.trust([change.mark for change in changes])
