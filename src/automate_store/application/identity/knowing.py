"""What a process knows of what others may change: never too old, and asked for once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from attrs import frozen

from automate_store.application.ports.sources import Clock

T = TypeVar("T")


@frozen
class _Moment:
    """By the loop, which no machine's clock sets back, and by the clock, which never sleeps."""

    by_loop_s: float
    by_clock: datetime

    def until(self, later: _Moment) -> timedelta:
        """The time between, by whichever says more."""
        by_loop = timedelta(seconds=later.by_loop_s - self.by_loop_s)
        return max(by_loop, later.by_clock - self.by_clock)


class Known(Generic[T]):
    """
    The answer to one question, kept for a while.

    However many want it at the same time, it is asked for once; nobody who gives up
    waiting calls that off for the others.
    """

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, T]], *, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._under_way: asyncio.Task[None] | None = None
        self._answer: tuple[_Moment, T] | None = None

    async def within(self, age: timedelta) -> T:
        """The answer as it was no longer ago than that."""
        wanted_at = self._now()
        # Twice as a rule: what was under way may be too old, what is asked now is not.
        while True:
            if self._answer is not None:
                asked_at, found = self._answer
                if asked_at.until(wanted_at) < age:
                    return found
            await self._asked()

    async def _asked(self) -> None:
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._ask_now())
            self._under_way.add_done_callback(self._done)
        await asyncio.shield(self._under_way)

    async def _ask_now(self) -> None:
        # Of before the question: what changes meanwhile may not be in the answer.
        asked_at = self._now()
        self._answer = asked_at, await self._ask()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way = None
        if not task.cancelled():
            # Whoever waits is told of it; that nobody does any more is no accident.
            task.exception()

    def _now(self) -> _Moment:
        return _Moment(asyncio.get_running_loop().time(), self._clock())
