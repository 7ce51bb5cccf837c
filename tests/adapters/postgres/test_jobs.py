"""Jobs exist exactly when what they react to was committed, and run until they succeed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, LiteralString
from uuid import UUID, uuid5

import psycopg
import pytest
from attrs import frozen
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job

from automate_store.adapters.jobs import TRIES, Reaction, failed_jobs, job_app, run_worker
from automate_store.adapters.jobs.app import GrowingPauses, resume_stalled_jobs
from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.unit_of_work import JobWriter, PostgresUnitOfWork
from automate_store.application.errors import MailRefused
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.money import Money

AT = datetime(2026, 3, 1, tzinfo=UTC)
ZERO = UUID(int=0)
CUT_OFF: LiteralString = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND query LIKE '%procrastinate%'"
)
"""Ends the connections of the workers, and returns when they are gone."""


@frozen(kw_only=True)
class TillOpened(Event):
    till: UUID
    float_: Money


@frozen(kw_only=True)
class TillClosed(Event):
    till: UUID


OPENED = TillOpened(at=AT, till=ZERO, float_=Money(10_000, "EUR"))
CLOSED = TillClosed(at=AT, till=ZERO)


class CountingIds:
    """Ids in a row, so that a test can name them."""

    def __init__(self) -> None:
        self._given = 0

    def uuid(self) -> UUID:
        self._given += 1
        return uuid5(ZERO, str(self._given))

    def token(self) -> str:
        return str(self.uuid())

    def letters(self, alphabet: str, count: int) -> str:
        return alphabet[0] * count

    def order_number(self) -> str:
        return str(self.uuid())


@pytest.fixture
def jobs() -> JobWriter:
    return JobWriter(ids=CountingIds(), reacting={TillOpened}, request_id=lambda: "request-7")


async def test_an_event_that_somebody_reacts_to_leaves_a_job_with_the_commit(
    pool: Pool, jobs: JobWriter, postgres_url: str
) -> None:
    async with PostgresUnitOfWork(pool, jobs=jobs) as work:
        work.record(OPENED, CLOSED, OPENED)

    stored = [(task, args["event_id"]) for task, args in _stored(postgres_url)]
    assert stored == [
        ("till_opened", str(uuid5(ZERO, "1"))),
        ("till_opened", str(uuid5(ZERO, "2"))),
    ]


async def test_work_that_is_rolled_back_takes_its_jobs_with_it(
    pool: Pool, jobs: JobWriter, postgres_url: str
) -> None:
    with suppress(LookupError):
        async with PostgresUnitOfWork(pool, jobs=jobs) as work:
            work.record(OPENED)
            raise LookupError

    assert _stored(postgres_url) == []


async def test_a_reaction_gets_the_event_as_it_was_its_id_and_the_request(
    pool: Pool, jobs: JobWriter, postgres_url: str
) -> None:
    seen: asyncio.Queue[tuple[Event, UUID]] = asyncio.Queue()
    requests: list[str] = []

    @contextmanager
    def request_logs(request_id: str) -> Iterator[None]:
        requests.append(request_id)
        yield

    async def react(event: Event, event_id: UUID) -> None:
        await seen.put((event, event_id))

    app = job_app(
        postgres_url, reactions={TillOpened: react}, periodic={}, request_logs=request_logs
    )
    async with _working(app):
        async with PostgresUnitOfWork(pool, jobs=jobs) as work:
            work.record(OPENED)
        told = await asyncio.wait_for(seen.get(), timeout=20)

    assert told == (OPENED, uuid5(ZERO, "1"))
    assert requests == ["request-7"]
    assert _stored(postgres_url) == [], "a job that succeeded is gone"


async def test_a_reaction_that_fails_waits_for_another_try(
    pool: Pool, jobs: JobWriter, postgres_url: str
) -> None:
    tried = asyncio.Event()

    async def react(event: Event, event_id: UUID) -> None:
        del event, event_id
        tried.set()
        raise ConnectionError("the mail server is away")

    app = _app(postgres_url, react)
    async with _working(app):
        async with PostgresUnitOfWork(pool, jobs=jobs) as work:
            work.record(OPENED)
        await asyncio.wait_for(tried.wait(), timeout=20)

    with psycopg.connect(postgres_url) as connection:
        waiting = connection.execute(
            "SELECT status, attempts, scheduled_at > now() FROM procrastinate_jobs "
            "WHERE queue_name = 'reactions'"
        ).fetchall()
    assert waiting == [("todo", 1, True)]


async def test_a_job_out_of_tries_is_kept_as_failed(
    pool: Pool, jobs: JobWriter, postgres_url: str
) -> None:
    tried = asyncio.Event()

    async def react(event: Event, event_id: UUID) -> None:
        del event, event_id
        tried.set()
        raise ConnectionError("the mail server is away")

    async with PostgresUnitOfWork(pool, jobs=jobs) as work:
        work.record(OPENED)
    _write(postgres_url, "UPDATE procrastinate_jobs SET attempts = %s", TRIES - 1)
    app = _app(postgres_url, react)
    async with _working(app):
        await asyncio.wait_for(tried.wait(), timeout=20)
    async with app.open_async():
        (failed,) = await failed_jobs(app)

    assert (failed.task, failed.attempts) == ("till_opened", TRIES)
    assert failed.arguments["payload"]["till"] == str(ZERO)


def test_pauses_grow_and_end() -> None:
    pauses = GrowingPauses()
    job = _job(attempts=0)
    first = pauses.get_retry_decision(exception=OSError(), job=job)
    last = pauses.get_retry_decision(exception=OSError(), job=job.evolve(attempts=TRIES - 2))
    none = pauses.get_retry_decision(exception=OSError(), job=job.evolve(attempts=TRIES - 1))

    assert first is not None
    assert last is not None
    assert first.retry_at is not None
    assert last.retry_at is not None
    assert last.retry_at > first.retry_at
    assert none is None


async def test_a_mail_that_is_refused_for_good_is_not_tried_again(
    pool: Pool, jobs: JobWriter, postgres_url: str
) -> None:
    tried = asyncio.Event()

    async def react(event: Event, event_id: UUID) -> None:
        del event, event_id
        tried.set()
        raise MailRefused("550 nobody of that name")

    async with PostgresUnitOfWork(pool, jobs=jobs) as work:
        work.record(OPENED)
    app = _app(postgres_url, react)
    async with _working(app):
        await asyncio.wait_for(tried.wait(), timeout=20)
    async with app.open_async():
        (failed,) = await failed_jobs(app)

    assert (failed.task, failed.attempts) == ("till_opened", 1)


async def test_what_a_dead_worker_left_is_begun_again(
    pool: Pool, jobs: JobWriter, postgres_url: str
) -> None:
    async with PostgresUnitOfWork(pool, jobs=jobs) as work:
        work.record(OPENED)
    _write(
        postgres_url,
        "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) "
        "VALUES (now() - interval '1 minute') RETURNING id) "
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead",
    )

    app = _app(postgres_url, _ignore)
    async with app.open_async():
        resumed = await resume_stalled_jobs(app)

    assert resumed == 1
    assert _states(postgres_url) == [("todo", 1)]


async def test_a_job_whose_end_could_not_be_told_is_begun_again(
    pool: Pool, jobs: JobWriter, postgres_url: str
) -> None:
    async with PostgresUnitOfWork(pool, jobs=jobs) as work:
        work.record(OPENED, OPENED)
    app = _app(postgres_url, _ignore)
    async with app.open_async():
        manager = app.job_manager
        worker_id = await manager.register_worker()
        first, second = [await manager.fetch_job(None, worker_id) for _ in range(2)]
        assert first is not None
        assert second is not None
        in_hand = await manager.fetch_job(None, worker_id)
        _write(postgres_url, CUT_OFF)
        with pytest.raises(ConnectorException):
            await manager.retry_job(first)
        again = await manager.fetch_job(None, worker_id)

    assert in_hand is None
    assert again is not None
    assert again.id == first.id


async def test_a_worker_that_stops_gives_back_what_it_had_not_begun(
    pool: Pool, jobs: JobWriter, postgres_url: str
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def react(event: Event, event_id: UUID) -> None:
        del event, event_id
        begun.set()
        await go_on.wait()

    async with PostgresUnitOfWork(pool, jobs=jobs) as work:
        work.record(OPENED, OPENED, OPENED)
    async with _working(_app(postgres_url, react), concurrency=1):
        await asyncio.wait_for(begun.wait(), timeout=20)
        asyncio.get_running_loop().call_later(0.2, go_on.set)

    assert _states(postgres_url) == [("todo", 0), ("todo", 0)]


async def test_the_worker_outlives_its_database_connections(
    pool: Pool, jobs: JobWriter, postgres_url: str
) -> None:
    done = asyncio.Semaphore(0)

    async def react(event: Event, event_id: UUID) -> None:
        del event, event_id
        done.release()

    async with _working(_app(postgres_url, react)):
        for _ in range(2):
            async with PostgresUnitOfWork(pool, jobs=jobs) as work:
                work.record(OPENED)
            await asyncio.wait_for(done.acquire(), timeout=20)
            _write(postgres_url, CUT_OFF)


async def test_periodic_work_runs_by_the_clock_and_only_once_for_all_workers(
    postgres_url: str,
) -> None:
    runs = 0
    ran = asyncio.Event()

    async def sweep() -> None:
        nonlocal runs
        runs += 1
        ran.set()

    apps = [
        job_app(
            postgres_url,
            reactions={},
            periodic={"sweep": ("* * * * *", sweep)},
            request_logs=_no_logs,
        )
        for _ in range(2)
    ]
    async with _working(apps[0]), _working(apps[1]):
        await asyncio.wait_for(ran.wait(), timeout=20)

    with psycopg.connect(postgres_url) as connection:
        # Each minute's run is written down once, whoever comes to it first.
        minutes = connection.execute(
            "SELECT count(*) FROM procrastinate_periodic_defers WHERE task_name = 'sweep'"
        ).fetchall()
    assert minutes == [(1,)]
    assert runs in {1, 2}, "twice only where the test met the turn of a minute"


@asynccontextmanager
async def _working(app: App, *, concurrency: int = 4) -> AsyncIterator[None]:
    """A worker for the block; leaving it lets the worker finish."""
    worker = asyncio.create_task(
        run_worker(app, concurrency=concurrency, shutdown_grace_s=10, poll_s=0.05)
    )
    try:
        yield
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


def _app(url: str, react: Reaction) -> App:
    return job_app(url, reactions={TillOpened: react}, periodic={}, request_logs=_no_logs)


@contextmanager
def _no_logs(_request_id: str) -> Iterator[None]:
    yield


async def _ignore(event: Event, event_id: UUID) -> None:
    del event, event_id


def _job(*, attempts: int) -> Job:
    return Job(id=1, queue="", lock=None, queueing_lock=None, task_name="", attempts=attempts)


def _stored(url: str) -> list[tuple[str, dict[str, Any]]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT task_name, args FROM procrastinate_jobs WHERE queue_name = 'reactions' "
            "ORDER BY id"
        )
        return [(task, args) for task, args in rows]


def _states(url: str) -> list[tuple[str, int]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT status, attempts FROM procrastinate_jobs WHERE queue_name = 'reactions' "
            "ORDER BY id"
        )
        return [(status, attempts) for status, attempts in rows]


def _write(url: str, statement: LiteralString, *values: object) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement, values or None)
