"""Rows in the hands of one work until it ends, as a database holds them."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable

from automate_store.application.errors import Contended


class Locks:
    """Who holds which row, and who waits for it; works that wait in a circle are turned away."""

    def __init__(self) -> None:
        self._holders: dict[Hashable, object] = {}
        self._waits_for: dict[object, Hashable] = {}
        self._wakers: dict[Hashable, list[asyncio.Future[None]]] = {}

    async def take(self, key: Hashable, owner: object) -> None:
        """Hold the row until ``release``; waits its turn, raises Contended in a circle."""
        while self._holders.setdefault(key, owner) is not owner:
            self._refuse_circles(key, owner)
            await self._until_released(key, owner)

    def take_now(self, key: Hashable, owner: object) -> bool:
        """Whether the row is held by the owner now; never waits."""
        return self._holders.setdefault(key, owner) is owner

    def release(self, owner: object) -> None:
        """Let go of all that the owner holds, and wake whoever waits for it."""
        for key in [key for key, holder in self._holders.items() if holder is owner]:
            del self._holders[key]
            for waker in self._wakers.pop(key, ()):
                if not waker.done():
                    waker.set_result(None)

    async def _until_released(self, key: Hashable, owner: object) -> None:
        waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._wakers.setdefault(key, []).append(waker)
        self._waits_for[owner] = key
        try:
            await waker
        finally:
            del self._waits_for[owner]

    def _refuse_circles(self, key: Hashable, owner: object) -> None:
        holder = self._holders[key]
        while holder in self._waits_for:
            holder = self._holders.get(self._waits_for[holder])
            if holder is owner:
                raise Contended
