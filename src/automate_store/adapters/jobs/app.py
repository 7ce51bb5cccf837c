"""The job application: which tasks there are, when they run, and what failure means."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import msgspec
from attrs import frozen
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job, Status
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from automate_store.adapters.jobs.manager import BatchingJobManager
from automate_store.application.errors import GatewayUnavailable, MailRefused
from automate_store.domain.kernel.events import Event

REACTIONS_QUEUE = "reactions"
PERIODIC_QUEUE = "periodic"

TRIES = 10
FIRST_PAUSE_S = 5
LONGEST_PAUSE_S = 3600
"""Pauses double from the first to the longest: about 43 minutes in all before it is failed."""

STALLED_CRON = "* * * * *"
STALLED_AFTER_S = 30
"""A worker silent for that long is dead; what it was doing is begun again."""

POOL_SIZE = 3

Reaction = Callable[[Any, UUID], Awaitable[None]]
"""Takes the event and its id; may be called more than once for the same id."""

Periodic = tuple[str, Callable[[], Awaitable[object]]]
"""When (cron, in UTC) and what; harmless when it runs twice."""

RequestLogs = Callable[[str], AbstractContextManager[None]]
"""Gives the log lines inside its block the id of the request that the job stems from."""

_log = logging.getLogger(__name__)


@frozen(kw_only=True)
class FailedJob:
    """A job that was given up after all its tries."""

    id: int
    task: str
    attempts: int
    arguments: Mapping[str, Any]


class GrowingPauses(BaseRetryStrategy):
    """
    Twice the pause after each failure, up to a bound, for a bounded number of tries.

    A mail that is refused for good gets no second one: it would only be refused again.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again; None gives the job up."""
        if isinstance(exception, MailRefused) or job.attempts + 1 >= TRIES:
            return None
        pause_s = min(FIRST_PAUSE_S * 2**job.attempts, LONGEST_PAUSE_S)
        return RetryDecision(retry_in={"seconds": pause_s})


def job_app(
    url: str,
    *,
    reactions: Mapping[type[Event], Reaction],
    periodic: Mapping[str, Periodic],
    request_logs: RequestLogs,
) -> App:
    """The application whose worker runs these reactions and these periodic tasks."""
    app = App(connector=_connector(url), periodic_defaults={"max_delay": 60.0})
    app.job_manager = BatchingJobManager(app.connector)
    for event, reaction in reactions.items():
        task = _reacting(event, reaction, request_logs)
        app.task(
            name=event.code(), queue=REACTIONS_QUEUE, retry=GrowingPauses(), pass_context=True
        )(task)
    for name, (cron, work) in periodic.items():
        _every(app, name, cron, work)
    _every(app, "resume_stalled_jobs", STALLED_CRON, lambda: resume_stalled_jobs(app))
    return app


async def failed_jobs(app: App) -> tuple[FailedJob, ...]:
    """The jobs that were given up, oldest first; the app must be open."""
    failed = await app.job_manager.list_jobs_async(status=Status.FAILED.value)
    return tuple(
        FailedJob(
            id=job.id or 0, task=job.task_name, attempts=job.attempts, arguments=job.task_kwargs
        )
        for job in failed
    )


async def resume_stalled_jobs(app: App) -> int:
    """Begin again what dead workers left half done; how many. A try that killed counts as one."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S)
    resumed = 0
    for job in stalled:
        _log.warning("job %s of %s was left by a dead worker", job.id, job.task_name)
        if job.attempts + 1 < TRIES:
            await app.job_manager.retry_job(job)
        else:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        resumed += 1
    return resumed


def _reacting(
    kind: type[Event], reaction: Reaction, request_logs: RequestLogs
) -> Callable[..., Awaitable[None]]:
    async def react(
        context: JobContext,
        *,
        event_id: str,
        event: str,
        payload: dict[str, Any],
        request_id: str | None,
    ) -> None:
        with request_logs(request_id or f"job-{event_id}"):
            try:
                await reaction(msgspec.convert(payload, kind), UUID(event_id))
            except Exception as failed:
                if isinstance(failed, GatewayUnavailable) and context.job.attempts + 1 < TRIES:
                    _log.warning(
                        "the reaction to %s %s is tried again: %s", event, event_id, failed
                    )
                else:
                    _log.exception("the reaction to %s %s failed", event, event_id)
                raise

    return react


def _every(app: App, name: str, cron: str, work: Callable[[], Awaitable[object]]) -> None:
    async def run(timestamp: int) -> None:
        del timestamp
        try:
            await work()
        except Exception:
            _log.exception("the periodic task %s failed", name)
            raise

    task = app.task(name=name, queue=PERIODIC_QUEUE, queueing_lock=name)(run)
    app.periodic(cron=cron)(task)


def _connector(url: str) -> PsycopgConnector:
    def pool(**options: Any) -> AsyncConnectionPool:
        # Not asking a connection whether it lives before each use: a dead one ends the
        # worker's run, and the next run makes new ones.
        return AsyncConnectionPool(**{**options, "check": None})

    return PsycopgConnector(
        conninfo=url,
        pool_factory=pool,
        min_size=1,
        max_size=POOL_SIZE,
        configure=_configure,
    )


async def _configure(connection: AsyncConnection[Any]) -> None:
    """Each statement on its own, and none waits for the disk: what a crash forgets runs again."""
    await connection.set_autocommit(True)
    await connection.execute("SET synchronous_commit = off")
