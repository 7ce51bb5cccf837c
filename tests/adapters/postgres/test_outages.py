"""A database that is away, slow or silent: refused in bounded time, and well again at once."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from automate_store.adapters.postgres.embedded import EmbeddedPostgres
from automate_store.adapters.postgres.engine import ANSWER_GRACE_S, Pool, PoolSettings
from automate_store.adapters.postgres.session import Session, Transaction
from automate_store.application.errors import DatabaseUnavailable
from tests.postgres_fixtures import FAST

ONE = text("SELECT 1")
SLEEP = text("SELECT pg_sleep(:seconds)")


async def ask(pool: Pool, statement: Any = ONE, **params: object) -> Any:
    async with Session(pool) as session:
        return await session.fetch_value(statement, params)


async def seconds_until_refused(asked: Callable[[], Awaitable[object]]) -> float:
    began = time.monotonic()
    with pytest.raises(DatabaseUnavailable):
        await asked()
    return time.monotonic() - began


async def test_an_exhausted_pool_refuses_in_time_and_serves_those_who_waited(
    postgres_url: str,
) -> None:
    pool = Pool(PoolSettings(url=postgres_url, pool_size=2, acquire_timeout_s=0.3))
    async with Session(pool) as first, Session(pool) as second:
        await first.fetch_value(ONE)
        await second.fetch_value(ONE)
        waited_s = await seconds_until_refused(lambda: ask(pool))
        patient = asyncio.create_task(ask(pool))
        await asyncio.sleep(0)

    assert 0.3 <= waited_s < 2
    assert await patient == 1
    assert pool.in_use == 0
    pool.close()


async def test_many_more_tasks_than_connections_are_all_served(postgres_url: str) -> None:
    pool = Pool(PoolSettings(url=postgres_url, pool_size=3))
    answers = await asyncio.gather(*(ask(pool) for _ in range(200)))
    with psycopg.connect(postgres_url) as connection:
        backends = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'automate_store' "
            "AND datname = current_database()"
        ).fetchall()
    pool.close()

    assert answers == [1] * 200
    assert backends[0][0] <= 3


async def test_a_place_handed_to_somebody_who_left_is_not_lost(postgres_url: str) -> None:
    pool = Pool(PoolSettings(url=postgres_url, pool_size=1))
    async with Session(pool) as holder:
        await holder.fetch_value(ONE)
        waiting = [asyncio.create_task(ask(pool)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
    # The connection is given back to the second, who leaves before it can take it.
    waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)

    assert waiting[2].result() == 1
    assert pool.in_use == 0
    pool.close()


async def test_a_statement_that_takes_too_long_is_refused_and_its_connection_kept(
    postgres_url: str,
) -> None:
    pool = Pool(PoolSettings(url=postgres_url, pool_size=1, statement_timeout_s=0.1))
    before = await ask(pool, text("SELECT pg_backend_pid()"))
    await seconds_until_refused(lambda: ask(pool, SLEEP, seconds=30))
    after = await ask(pool, text("SELECT pg_backend_pid()"))
    pool.close()

    assert before == after


async def test_a_lock_that_is_not_had_in_time_is_refused(postgres_url: str) -> None:
    pool = Pool(PoolSettings(url=postgres_url, lock_timeout_s=0.1))
    lock = text("LOCK TABLE brands IN EXCLUSIVE MODE")
    async with Transaction(pool) as holder:
        await holder.execute(lock)
        waited_s = await seconds_until_refused(lambda: _locked(pool))

    assert waited_s < 2
    assert pool.in_use == 0
    pool.close()


async def test_a_cancelled_task_takes_its_connection_with_it(pool: Pool) -> None:
    task = asyncio.create_task(ask(pool, SLEEP, seconds=30))
    await asyncio.sleep(0.2)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    assert pool.in_use == 0
    assert await ask(pool) == 1


async def test_connections_cut_while_they_idle_are_never_used(
    pool: Pool, postgres_url: str
) -> None:
    await asyncio.gather(*(ask(pool) for _ in range(5)))
    _cut_all(postgres_url)
    await asyncio.sleep(0.05)

    assert await asyncio.gather(*(ask(pool) for _ in range(5))) == [1] * 5


async def test_a_connection_cut_in_the_middle_is_refused_once(
    pool: Pool, postgres_url: str
) -> None:
    slow = asyncio.create_task(ask(pool, SLEEP, seconds=1.5))
    await asyncio.sleep(0.2)
    _cut_all(postgres_url)

    with pytest.raises(DatabaseUnavailable):
        await slow
    assert await ask(pool) == 1


async def test_a_database_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    pool = Pool(PoolSettings(url=f"postgresql://nobody@/nowhere?host={tmp_path}", pool_size=2))
    waited = await asyncio.gather(*(seconds_until_refused(lambda: ask(pool)) for _ in range(20)))

    assert max(waited) < 2
    assert pool.in_use == 0


@pytest.mark.slow
async def test_a_database_that_comes_back_serves_the_next_request(server: EmbeddedPostgres) -> None:
    pool = Pool(PoolSettings(url=server.start()))
    await asyncio.gather(*(ask(pool) for _ in range(5)))
    cluster = server._cluster()
    cluster._control("stop", "-m", "immediate")
    waited_s = await seconds_until_refused(lambda: ask(pool))
    server.start()

    assert waited_s < 1
    assert await asyncio.gather(*(ask(pool) for _ in range(5))) == [1] * 5
    assert pool.in_use == 0
    pool.close()


@pytest.mark.slow
async def test_a_silent_database_is_refused_in_bounded_time_and_leaks_nothing(
    server: EmbeddedPostgres,
) -> None:
    bounds = PoolSettings(
        url=server.start(),
        pool_size=2,
        acquire_timeout_s=0.4,
        connect_timeout_s=0.4,
        statement_timeout_s=0.2,
    )
    pool = Pool(bounds)
    await asyncio.gather(ask(pool), ask(pool))
    with _stopped(server):
        waited = await asyncio.gather(
            *(seconds_until_refused(lambda: ask(pool)) for _ in range(10))
        )
        again_s = await seconds_until_refused(lambda: ask(pool))

    longest_s = bounds.acquire_timeout_s + bounds.statement_timeout_s + ANSWER_GRACE_S
    assert max(*waited, again_s) < longest_s + 1
    assert pool.in_use == 0
    assert await ask(pool) == 1
    pool.close()


async def _locked(pool: Pool) -> None:
    async with Transaction(pool) as work:
        await work.execute(text("LOCK TABLE brands IN EXCLUSIVE MODE"))


def _cut_all(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def _stopped(server: EmbeddedPostgres) -> Iterator[None]:
    """The server's processes, all of them, stopped for the block as if the machine hung."""
    postmaster = server.postmaster_pid()
    assert postmaster is not None, "the server runs"
    family = [postmaster, *_children(postmaster)]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in family:
            os.kill(pid, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = status.read_text().rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                found.append(int(status.parent.name))
    return found


@pytest.fixture
def server(scratch_folder: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(scratch_folder, settings=FAST)
    yield server
    server.stop()
