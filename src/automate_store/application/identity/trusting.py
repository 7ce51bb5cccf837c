"""
A cache of sessions that is asked only while it can't remember anything that has changed.

Whoever changes a session writes, in the same transaction, that caches are distrusted
about it, and then has the cache forget whatever is distrusted. Where it can't be told,
they wait until every process has looked: none goes longer than TRUSTED_FOR without, and
none asks the cache while anything is distrusted. Whoever looks tries to have it forgotten,
so that the cache is asked again once it is back.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from automate_store.application.identity.knowing import Known
from automate_store.application.ports.identity import (
    Leave,
    SessionCache,
    SignedIn,
)
from automate_store.application.ports.sources import Clock
from automate_store.application.ports.unit_of_work import Reading, UnitOfWork
from automate_store.domain.kernel.ids import SessionId

TRUSTED_FOR = timedelta(milliseconds=500)
"""How long a process goes without looking whether the cache may be wrong."""
WAIT_S = TRUSTED_FOR.total_seconds() * 1.2
SETTLED_AT_ONCE = 500
"""Changes that one look has the cache forget, at most; the cache is not asked before the last."""


class TrustedCache:
    """The cache that processes share, as one of them asks it."""

    def __init__(
        self, cache: SessionCache, *, unit_of_work: UnitOfWork, reading: Reading, clock: Clock
    ) -> None:
        self._cache = cache
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._may_be_asked = Known(self._nothing_is_distrusted, clock=clock)

    async def get(self, session_id: SessionId) -> SignedIn | Leave | None:
        """What the cache says of the session; None where it may be wrong."""
        if not await self._may_be_asked.within(TRUSTED_FOR):
            return None
        return await self._cache.get(session_id)

    async def keep(self, signed_in: SignedIn, leave: Leave) -> None:
        """Let the cache keep it."""
        await self._cache.keep(signed_in, leave)

    async def tell(self) -> None:
        """Return once no process asks a cache that remembers what was changed before now."""
        # All of it: who finds a session ended already may be faster than who ended it.
        if not await self._nothing_is_distrusted():
            await asyncio.sleep(WAIT_S)

    async def _nothing_is_distrusted(self) -> bool:
        """Whether nothing is, after a try to have the cache forget it."""
        async with self._reading() as reads:
            changes = await reads.sessions.distrusted(limit=SETTLED_AT_ONCE)
        if not changes:
            return True
        if not await self._cache.forget([each for one in changes for each in one.session_ids]):
            return False
        async with self._unit_of_work() as work:
            await work.sessions.trust([change.mark for change in changes])
        return len(changes) < SETTLED_AT_ONCE
