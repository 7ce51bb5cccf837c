"""
The gate: access tokens are given out here, and looked at with every request.

Postgres says who is signed in; a cache may answer in its place as long as nothing speaks
against it (``trusting``). So a token that was signed out is refused from the answer on,
whatever the cache does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from automate_store.application.identity.keyring import KeyRing, is_secret, secret_of
from automate_store.application.identity.trusting import TrustedCache
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
        self._reading = reading
        self._clock = clock
        self._ids = ids
        self._tokens = tokens
        self._cache = (
            None
            if cache is None
            else TrustedCache(cache, unit_of_work=unit_of_work, reading=reading, clock=clock)
        )
        self._policy = policy
        self._keys = KeyRing(
            unit_of_work=unit_of_work, reading=reading, clock=clock, ids=ids, derive=derive
        )

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

    async def forget(self, change: SessionChange) -> None:  # noqa: ARG002 - of all changes, this one too
        """Return once no process remembers these sessions as they were."""
        if self._cache is not None:
            await self._cache.tell()

    async def secret(self, label: str) -> str:
        """A secret that is the same for the same label."""
        return secret_of(label, await self._keys.signing())

    async def knows(self, label: str, secret: str) -> bool:
        """Whether it is the label's secret, under any key in force."""
        return is_secret(label, secret, await self._keys.all())

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
        if self._cache is None:
            return await self._stored(session_id, at)
        kept = await self._cache.get(session_id)
        if isinstance(kept, SignedIn):
            return kept
        found = await self._stored(session_id, at)
        if found is not None and kept is not None:
            await self._cache.keep(found, kept)
        return found

    async def _stored(self, session_id: SessionId, at: datetime) -> SignedIn | None:
        async with self._reading() as reads:
            return await reads.sessions.signed_in(session_id, at=at)
