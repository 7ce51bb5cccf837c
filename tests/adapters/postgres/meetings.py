"""Works that meet: each reads its order before any of them goes on, unless one keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from attrs import define, evolve, field, frozen

from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work

PATIENCE_S = 0.3
"""How long one waits for the others, who may be waiting for it."""


@define
class Meeting:
    """So many works of one shop, whose orders are read at the same time where they can be."""

    shop: Ports
    works: int
    over: str = "orders"
    """What they read when they meet: a repository of the work."""
    opened: int = 0
    """How many works were begun: more than there are, where one had to try again."""
    _read: asyncio.Barrier = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._read = asyncio.Barrier(self.works)

    @property
    def ports(self) -> Ports:
        """The shop, for those who meet."""
        return evolve(self.shop, unit_of_work=self._unit_of_work)

    @asynccontextmanager
    async def _unit_of_work(self) -> AsyncIterator[Work]:
        self.opened += 1
        async with self.shop.unit_of_work() as work:
            yield _Work(work, self.over, _Read(getattr(work, self.over), self._read))


@frozen
class _Work:
    """A work, but for what is read together."""

    _of: Any
    _over: str
    _together: Any

    def __getattr__(self, name: str) -> Any:
        return self._together if name == self._over else getattr(self._of, name)


@frozen
class _Read:
    _of: Any
    _read: asyncio.Barrier

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)

    async def get(self, *asked: Any, **how: Any) -> Any:
        """What is read, once the others have read it too or are kept from it."""
        found = await self._of.get(*asked, **how)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._read.wait(), PATIENCE_S)
        return found
