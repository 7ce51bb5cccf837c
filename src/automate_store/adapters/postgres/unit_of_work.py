"""
The unit of work in Postgres: one transaction, and the jobs that react to its events.

A job is deferred by procrastinate's own SQL function inside the writer's transaction, in
the round trip of its COMMIT: it exists exactly when what it reacts to does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from types import TracebackType
from typing import Self

import msgspec
from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.session import Transaction
from automate_store.application.ports.sources import Ids
from automate_store.domain.kernel.events import Event

REACTIONS_QUEUE = "reactions"
"""The queue of jobs that react to events; a job's task has the name of its event's code."""

_DEFER = text("""
    SELECT procrastinate_defer_jobs_v1(array_agg(
        ROW(:queue, job.task, 0, NULL, NULL, job.args::jsonb, NULL)::procrastinate_job_to_defer_v1
        ORDER BY job.place))
    FROM unnest(CAST(:tasks AS text[]), CAST(:args AS text[])) WITH ORDINALITY
        AS job(task, args, place)
""")


@frozen
class JobWriter:
    """Which events leave a job behind, and what the job is told."""

    ids: Ids
    reacting: Collection[type[Event]]
    request_id: Callable[[], str | None]
    """The id of the request under way, so that the logs of its jobs can be found."""

    async def defer(self, events: Collection[Event], transaction: Transaction) -> None:
        """Queue one job an event that somebody reacts to; it leaves with the commit."""
        told = [event for event in events if type(event) in self.reacting]
        if told:
            params = {
                "queue": REACTIONS_QUEUE,
                "tasks": [type(event).code() for event in told],
                "args": [self._args(event) for event in told],
            }
            await transaction.later(_DEFER, params)

    def _args(self, event: Event) -> str:
        args = {
            "event_id": self.ids.uuid(),
            "event": type(event).code(),
            "payload": event,
            "request_id": self.request_id(),
        }
        return msgspec.json.encode(args).decode()


class PostgresUnitOfWork:
    """
    Commits when its block is left cleanly, rolls back on any exception.

    The repositories stand on ``session`` and hand their aggregates' events to
    ``record``. For one task, once.
    """

    def __init__(self, pool: Pool, *, jobs: JobWriter) -> None:
        self.session = Transaction(pool)
        self._jobs = jobs
        self._recorded: list[Event] = []

    def record(self, *events: Event) -> None:
        """Report facts; reactions to them follow once they are committed."""
        self._recorded.extend(events)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            await self.session.__aexit__(kind, error, trace)
            return
        async with self.session:
            await self._jobs.defer(self._recorded, self.session)
