"""Two ways to race: storms find what nobody thought of, barriers make a known race certain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from benchmarks.rig.database import TemporaryDatabase

T = TypeVar("T")
Job = Callable[[], Awaitable[T]]

POLL_S = 0.02
GATHER_TIMEOUT_S = 1.0
"""Shorter than the store waits for a lock, so that nobody gives up at the barrier."""

_WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def storm(jobs: Iterable[Job[T]], *, clients: int) -> list[T]:
    """What every job gave, so many of them under way at a time; in no order."""
    queue, results = iter(jobs), list[T]()

    async def client() -> None:
        for job in queue:
            results.append(await job())

    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(client())
    return results


async def at_once(jobs: Iterable[Job[T]]) -> list[T]:
    """What every job gave, all of them started together; in their order."""
    return list(await asyncio.gather(*(job() for job in jobs)))


@asynccontextmanager
async def held(
    database: TemporaryDatabase, lock: str, parameters: Sequence[Any]
) -> AsyncIterator[None]:
    """Rows locked by the check itself, so that whoever writes them next has to wait."""
    connection = await database.connect_async(autocommit=False)
    try:
        await connection.execute(lock.encode(), parameters)
        yield
    finally:
        await connection.rollback()
        await connection.close()


async def raced(
    database: TemporaryDatabase,
    jobs: Sequence[Job[T]],
    *,
    lock: str,
    parameters: Sequence[Any],
    meet: int,
    meanwhile: Job[None] | None = None,
) -> tuple[list[T], int]:
    """
    The jobs' results, in their order, and how many stood at the barrier together.

    The barrier is a row lock: who has read, and means to write that row, waits at it.
    It opens once ``meet`` of them wait, or all others have their answers already, and
    ``meanwhile`` was done.
    """
    async with held(database, lock, parameters):
        tasks = [asyncio.ensure_future(job()) for job in jobs]
        met = await _gathered(database, tasks, meet)
        if meanwhile is not None:
            await meanwhile()
    return list(await asyncio.gather(*tasks)), met


async def _gathered(
    database: TemporaryDatabase, tasks: Sequence[asyncio.Future[Any]], meet: int
) -> int:
    watch = await database.connect_async()
    met = 0
    try:
        async with asyncio.timeout(GATHER_TIMEOUT_S):
            while met < meet and met + sum(task.done() for task in tasks) < len(tasks):
                await asyncio.sleep(POLL_S)
                ((met,),) = await (await watch.execute(_WAITING)).fetchall()
    except TimeoutError:
        pass
    finally:
        await watch.close()
    return met
