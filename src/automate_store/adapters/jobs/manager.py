"""Procrastinate's job manager, taking and ending jobs by the batch instead of one by one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

BATCH = 20
"""How many jobs a worker takes at a time; another worker can't help with those."""

_EXCHANGE = """
    WITH gone AS (
        DELETE FROM procrastinate_jobs WHERE id = ANY(%(succeeded)s) AND status = 'doing'
    ), candidate AS (
        SELECT id FROM procrastinate_jobs
        WHERE status = 'todo' AND lock IS NULL AND (scheduled_at IS NULL OR scheduled_at <= now())
            AND (%(queues)s::varchar[] IS NULL OR queue_name = ANY(%(queues)s))
        ORDER BY priority DESC, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ), dropped AS (
        SELECT id FROM procrastinate_jobs
        WHERE status = 'doing' AND worker_id = %(worker_id)s AND id <> ALL(%(in_hand)s)
        FOR UPDATE SKIP LOCKED
    )
    UPDATE procrastinate_jobs AS job SET status = 'doing', worker_id = %(worker_id)s
    FROM (SELECT id FROM candidate UNION ALL SELECT id FROM dropped) AS next
    WHERE job.id = next.id
    RETURNING job.id, job.status, job.task_name, job.priority, job.lock, job.queueing_lock,
        job.args, job.scheduled_at, job.queue_name, job.attempts, job.worker_id
"""

_SETTLE = """
    WITH gone AS (
        DELETE FROM procrastinate_jobs WHERE id = ANY(%(succeeded)s) AND status = 'doing'
    )
    UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL
    WHERE id = ANY(%(not_begun)s) AND status = 'doing'
"""


class BatchingJobManager(JobManager):
    """
    One statement takes the next jobs and deletes those that have succeeded since.

    One by one, a job costs four commits and as many round trips; see ADR 0010 for the
    figures. A worker that dies between two exchanges runs again what it had taken or
    ended, as it would anyway. Tasks with procrastinate's ``lock`` are not taken.

    A job whose end could not be told, since the database was away, is still ``doing``
    and nobody does it: no worker is dead. The exchange takes such jobs up again.
    """

    def __init__(self, connector: BaseConnector) -> None:
        super().__init__(connector)
        self._taken: deque[Job] = deque()
        self._begun: set[int] = set()
        self._succeeded: list[int] = []

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """The next job, now ``doing``; None where there is none."""
        if not self._taken:
            await self._exchange(queues, worker_id)
        if not self._taken:
            return None
        job = self._taken.popleft()
        self._begun.add(_id(job))
        return job

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001 - procrastinate's own signature
        """End the job; a success is deleted with the next exchange."""
        try:
            if delete_job and status is Status.SUCCEEDED:
                self._succeeded.append(_id(job))
            else:
                await super().finish_job(job, status, delete_job)
        finally:
            self._begun.discard(_id(job))

    async def retry_job(self, job: Job, *args: Any, **options: Any) -> None:
        """Let the job be tried again later."""
        try:
            await super().retry_job(job, *args, **options)
        finally:
            self._begun.discard(_id(job))

    async def settle(self) -> None:
        """Delete what has succeeded, and give back what was taken and not begun."""
        succeeded, not_begun = self._succeeded, [_id(job) for job in self._taken]
        self._succeeded, self._taken, self._begun = [], deque(), set()
        if succeeded or not_begun:
            await self.connector.execute_query_async(
                _SETTLE, succeeded=succeeded, not_begun=not_begun
            )

    async def _exchange(self, queues: Iterable[str] | None, worker_id: int) -> None:
        succeeded = tuple(self._succeeded)
        rows = await self.connector.execute_query_all_async(
            _EXCHANGE,
            succeeded=list(succeeded),
            queues=None if queues is None else list(queues),
            batch=BATCH,
            worker_id=worker_id,
            in_hand=[*self._begun, *succeeded],
        )
        del self._succeeded[: len(succeeded)]
        jobs = [Job.from_row(row) for row in rows]
        self._taken.extend(sorted(jobs, key=lambda job: (-job.priority, _id(job))))


def _id(job: Job) -> int:
    assert job.id is not None, "a job out of the queue has its number"
    return job.id
