"""The closed loop: so many shoppers, each of whom starts anew as soon as an answer is there."""

from __future__ import annotations

import asyncio
import time

import aiohttp
from attrs import frozen

from benchmarks.rig.figures import percentile
from benchmarks.speed.flow import Context, Operation
from benchmarks.speed.processes import cpu_seconds

WARM_UP_S = 2.0


@frozen(kw_only=True)
class Speed:
    """What one operation took, under one load; times in milliseconds."""

    operation: str
    concurrency: int
    ops_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    """Of the whole store, database included, for each operation."""
    database_ms: float
    """The part of it that PostgreSQL took."""
    done: int
    errors: int
    first_error: str | None


@frozen
class Target:
    """Where the store answers, and the roots of its processes."""

    base: str
    server: int
    database: int
    beside: tuple[int, ...] = ()
    """What else the server stands on, counted with it."""

    def spent(self) -> tuple[float, float]:
        """CPU seconds of the server and of the database so far."""
        server = sum(cpu_seconds(each) for each in (self.server, *self.beside))
        return server, cpu_seconds(self.database)


async def measure(
    name: str,
    operation: Operation,
    *,
    target: Target,
    session: aiohttp.ClientSession,
    context: Context,
    concurrency: int,
    seconds: float,
) -> Speed:
    """The speed of an operation, after a warm-up that is not counted."""
    ask = _Loop(operation, target.base, session, context)
    await ask.run(concurrency, min(WARM_UP_S, seconds))
    ask = _Loop(operation, target.base, session, context)
    before, began = target.spent(), time.perf_counter()
    await ask.run(concurrency, seconds)
    wall, after = time.perf_counter() - began, target.spent()
    server_s, database_s = (late - early for early, late in zip(before, after, strict=True))
    done = len(ask.times)
    return Speed(
        operation=name,
        concurrency=concurrency,
        ops_per_s=round(done / wall, 1),
        p50_ms=percentile(ask.times, 50),
        p99_ms=percentile(ask.times, 99),
        cpu_ms=round((server_s + database_s) / max(done, 1) * 1e3, 3),
        database_ms=round(database_s / max(done, 1) * 1e3, 3),
        done=done,
        errors=ask.errors,
        first_error=ask.first_error,
    )


class _Loop:
    def __init__(
        self, operation: Operation, base: str, session: aiohttp.ClientSession, context: Context
    ) -> None:
        self._operation, self._base = operation, base
        self._session, self._context = session, context
        self.times: list[float] = []
        self.errors = 0
        self.first_error: str | None = None

    async def run(self, concurrency: int, seconds: float) -> None:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(self._shopper(until) for _ in range(concurrency)))

    async def _shopper(self, until: float) -> None:
        while (began := time.perf_counter()) < until:
            try:
                await self._operation(self._session, self._base, self._context)
            except Exception as wrong:  # noqa: BLE001 - a wrong answer is a figure here
                self.errors += 1
                self.first_error = self.first_error or f"{type(wrong).__name__}: {wrong}"[:300]
            else:
                self.times.append(time.perf_counter() - began)
