"""Servers that die where they are told to, or at any moment, and are there again at once."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Self

from attrs import frozen

from benchmarks.rig.crashing import ARMED, CRASH_AT, CRASHING, PID, TRACE, TRACING
from benchmarks.rig.servers import START_TIMEOUT_S, Server, serve

POLL_S = 0.02
Client = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""Works until the event is set."""


@frozen
class Place:
    """Where a server can be killed: the so many-th time that it comes by there."""

    point: str
    """As ``before payments.save``."""
    time: int

    def __str__(self) -> str:
        return f"{self.point} {self.time}"


class Victim:
    """One such server, as long as it is entered."""

    def __init__(self, settings: Mapping[str, str], folder: Path, *, name: str) -> None:
        self._settings = settings
        self._folder = folder / name
        self._log = folder / f"{name}.log"
        self._server: Server | None = None
        self.deaths = 0

    def __enter__(self) -> Self:
        self._folder.mkdir()
        self._server = serve(
            self._settings,
            log=self._log,
            program=CRASHING,
            variables={CRASH_AT: str(self._folder)},
        )
        self._server.wait_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    @property
    def server(self) -> Server:
        """The process that begins the others."""
        assert self._server is not None, "entered before it is used"
        return self._server

    @contextmanager
    def traced(self) -> Iterator[list[Place]]:
        """All places that it comes by meanwhile, in their order; complete once it is left."""
        places: list[Place] = []
        (self._folder / TRACE).write_text("")
        (self._folder / TRACING).touch()
        try:
            yield places
        finally:
            (self._folder / TRACING).unlink()
            places += _places((self._folder / TRACE).read_text().splitlines())

    def arm(self, place: Place) -> None:
        """Have it die there."""
        # Never half of it: the server reads whenever it comes by anything.
        half = self._folder / "half"
        half.write_text(str(place))
        half.replace(self._folder / ARMED)

    @property
    def armed(self) -> bool:
        """Whether it has not come there yet."""
        return (self._folder / ARMED).exists()

    def disarm(self) -> None:
        """Let it live."""
        (self._folder / ARMED).unlink(missing_ok=True)

    def kill(self) -> None:
        """End it at this very moment."""
        os.kill(self.pid, signal.SIGKILL)

    async def back(self, before: int) -> None:
        """Return when another one than that serves; raises TimeoutError, ServerDied."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while self.pid == before:
            if time.monotonic() > deadline:
                raise TimeoutError(f"it did not die: {self.server.tail()}")
            await asyncio.sleep(POLL_S)
        await asyncio.to_thread(self.server.wait_until_ready)
        self.deaths += 1

    @property
    def pid(self) -> int:
        """Of the process that serves now."""
        while not (told := (self._folder / PID).read_text()):
            time.sleep(POLL_S)
        return int(told)


def _places(points: Sequence[str]) -> Iterator[Place]:
    times: Counter[str] = Counter()
    for point in points:
        times[point] += 1
        yield Place(point, times[point])


async def killed_under_load(
    victims: Sequence[Victim],
    clients: Sequence[Client],
    chance: Random,
    *,
    between_s: tuple[float, float],
    enough: Callable[[], bool],
) -> None:
    """Kill any of the servers at any moment while the clients are at work, until it is enough."""
    ended = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(client(ended))
        while not enough():
            await asyncio.sleep(chance.uniform(*between_s))
            victim = chance.choice(victims)
            before = victim.pid
            victim.kill()
            await victim.back(before)
        ended.set()
