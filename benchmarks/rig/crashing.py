"""
The store's own command line, with every port call a place where the process can be killed.

``QA_CRASH_AT=folder python -m benchmarks.rig.crashing serve`` serves as always. While the
folder holds a file ``tracing``, each call adds a line to ``trace``: when, and the port and
method, as ``before payments.save``; the end of a transaction is ``work.commit``. While it holds
``armed``, a line of that kind and a number, the process kills itself, unasked and at once,
when that is reached for the so many-th time; the file is gone then. Whoever was killed is
followed by another one, whose number is in the file ``pid``: what is slow to load was loaded
before the first of them.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.entrypoints.bootstrap import Store
from automate_store.entrypoints.cli import main, serving

CRASHING = (sys.executable, "-m", "benchmarks.rig.crashing")
CRASH_AT = "QA_CRASH_AT"
"""The variable that names the folder where it is told so."""

TRACING, TRACE, ARMED, PID = "tracing", "trace", "armed", "pid"
BEFORE, AFTER = "before", "after"

Opening = Callable[[], AbstractAsyncContextManager[Any]]


class Crossing:
    """Where every call passes, once before it and once after."""

    def __init__(self, folder: Path) -> None:
        self._tracing, self._trace = folder / TRACING, folder / TRACE
        self._armed = folder / ARMED

    def pass_by(self, when: str, call: str) -> None:
        """Note the call, or die at it."""
        point = f"{when} {call}"
        if self._tracing.exists():
            with self._trace.open("a") as trace:
                trace.write(point + "\n")
        if self._armed.exists():
            self._count_down(point)

    def _count_down(self, point: str) -> None:
        wanted, _, left = self._armed.read_text().rpartition(" ")
        if wanted != point:
            return
        if int(left) > 1:
            self._armed.write_text(f"{wanted} {int(left) - 1}")
            return
        self._armed.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


class Watched:
    """What a port is made of, its calls passing by; all else of it as it is."""

    def __init__(self, name: str, port: Any, crossing: Crossing) -> None:
        self._name, self._port, self._crossing = name, port, crossing

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._port, attribute)
        if iscoroutinefunction(found):
            return self._passing(f"{self._name}.{attribute}", found)
        if attribute in _REPOSITORIES:
            return Watched(attribute, found, self._crossing)
        return found

    def _passing(self, call: str, method: Callable[..., Awaitable[Any]]) -> Any:
        async def passing(*arguments: Any, **named: Any) -> Any:
            self._crossing.pass_by(BEFORE, call)
            answer = await method(*arguments, **named)
            self._crossing.pass_by(AFTER, call)
            return answer

        return passing


_REPOSITORIES = frozenset(name for name in dir(Work) if isinstance(getattr(Work, name), property))
"""What a unit of work is made of."""


def watched(ports: Ports, crossing: Crossing) -> Ports:
    """The ports, whose calls pass by."""
    gateways = {
        name: Watched(f"gateway_{name}", gateway, crossing)
        for name, gateway in ports.gateways.items()
    }
    return evolve(
        ports,
        unit_of_work=_transaction(ports.unit_of_work, crossing),
        reading=_looking(ports.reading, crossing),
        gateways=gateways,
        mailer=Watched("mailer", ports.mailer, crossing),
    )


def _transaction(opening: Opening, crossing: Crossing) -> Opening:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Any]:
        async with opening() as work:
            yield Watched("work", work, crossing)
            crossing.pass_by(BEFORE, "work.commit")
        crossing.pass_by(AFTER, "work.commit")

    return opened


def _looking(opening: Opening, crossing: Crossing) -> Opening:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Any]:
        async with opening() as reads:
            yield Watched("reads", reads, crossing)

    return opened


def _crash_where_told(crossing: Crossing) -> None:
    names = vars(serving)
    open_store = names["open_store"]

    @asynccontextmanager
    async def opened(*arguments: Any, **named: Any) -> AsyncIterator[Store]:
        async with open_store(*arguments, **named) as store:
            yield evolve(store, ports=watched(store.ports, crossing))

    names["open_store"] = opened


def _again_and_again(folder: Path) -> int:
    """Serve in a process of its own, and in another one whenever that was killed."""
    child, wanted = 0, True

    def end(*_: object) -> None:
        nonlocal wanted
        wanted = False
        os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    while True:
        child = os.fork()
        if not child:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            (folder / PID).write_text(str(os.getpid()))
            return main()
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if not wanted or code != -signal.SIGKILL:
            return code


if __name__ == "__main__":
    told_in = Path(os.environ[CRASH_AT])
    _crash_where_told(Crossing(told_in))
    sys.exit(_again_and_again(told_in))
