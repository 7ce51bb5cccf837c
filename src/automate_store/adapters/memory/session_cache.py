"""Sessions kept near at hand in memory, by one process of a test or by several."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from automate_store.application.ports.identity import Leave, SignedIn
from automate_store.application.ports.sources import Ids
from automate_store.domain.kernel.ids import SessionId


class MemorySessionCache:
    """
    Implements ``ports.identity.SessionCache``.

    One ``beside`` another keeps what that one keeps, as another process of the shop does,
    and may be away alone.
    """

    def __init__(self, ids: Ids, *, beside: MemorySessionCache | None = None) -> None:
        self._ids = ids
        self.kept: dict[SessionId, SignedIn | Leave] = {} if beside is None else beside.kept
        self.away = False

    async def get(self, session_id: SessionId) -> SignedIn | Leave | None:
        """What is kept of the session, else the leave to keep it, if nobody has it."""
        await asyncio.sleep(0)
        if self.away:
            return None
        kept = self.kept.get(session_id)
        if kept is None:
            leave = Leave(token=self._ids.uuid().bytes)
            self.kept[session_id] = leave
            return leave
        return kept if isinstance(kept, SignedIn) else None

    async def keep(self, signed_in: SignedIn, leave: Leave) -> None:
        """Keep it, where the leave still stands."""
        await asyncio.sleep(0)
        if not self.away and self.kept.get(signed_in.session_id) == leave:
            self.kept[signed_in.session_id] = signed_in

    async def forget(self, session_ids: Collection[SessionId]) -> bool:
        """Keep nothing of these sessions; False where it is away."""
        await asyncio.sleep(0)
        if self.away:
            return False
        for session_id in session_ids:
            self.kept.pop(session_id, None)
        return True

    def lose(self) -> None:
        """Keep nothing at all."""
        self.kept.clear()
