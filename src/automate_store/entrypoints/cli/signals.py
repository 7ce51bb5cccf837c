"""Signals: an operator's wish to stop, heard from the first moment on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

STOPPING = (signal.SIGINT, signal.SIGTERM)
T = TypeVar("T")


class Stop:
    """The first SIGINT or SIGTERM is a wish to stop, the second insists on it."""

    def __init__(self) -> None:
        self._wished = asyncio.Event()
        self._insisted = asyncio.Event()

    def wish(self) -> None:
        """Ask to stop; asked again, insist."""
        (self._insisted if self._wished.is_set() else self._wished).set()

    @property
    def insisted(self) -> bool:
        """Whether somebody does not want to wait any longer."""
        return self._insisted.is_set()

    async def wait(self) -> None:
        """Return once somebody wants us to stop."""
        await self._wished.wait()

    async def insistence(self) -> None:
        """Return once somebody does not want to wait any longer."""
        await self._insisted.wait()


@contextmanager
def listening() -> Iterator[Stop]:
    """
    Signals go to the Stop while the block lasts, instead of ending the process.

    The third one ends it: whoever sends that has waited for long enough.
    """
    loop, stop = asyncio.get_running_loop(), Stop()

    def hear() -> None:
        stop.wish()
        if stop.insisted:
            unheard()

    def unheard() -> None:
        for each in STOPPING:
            loop.remove_signal_handler(each)

    for each in STOPPING:
        loop.add_signal_handler(each, hear)
    try:
        yield stop
    finally:
        unheard()


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """
    What the coroutine gives, on the fastest loop there is.

    SIGTERM cancels it, as Ctrl-C does, so that what it opened is closed; raises
    CancelledError then.
    """
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_cancelled_by_sigterm(coroutine))


async def _cancelled_by_sigterm(coroutine: Coroutine[Any, Any, T]) -> T:
    task = asyncio.current_task()
    assert task is not None, "a coroutine runs in a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await coroutine


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # Not on every platform; the standard loop does the same, slower.
        return None
    return uvloop.new_event_loop
