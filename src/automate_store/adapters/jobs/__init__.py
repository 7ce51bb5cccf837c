"""
Jobs: what follows an event or the clock, run by procrastinate on any number of machines.

The unit of work defers a job in the transaction of the event it reacts to: the queue is
``reactions``, the task has the name of the event's code, and its arguments are
``event_id``, ``event``, ``payload`` and ``request_id``. A job may run more than once, so
reactions are idempotent by the event's id. One that fails is tried again with growing
pauses, ``TRIES`` times in all, and then kept as failed, for a person to look at; a mail
that is refused for good is kept so at once.
"""

from automate_store.adapters.jobs.app import (
    TRIES,
    FailedJob,
    Periodic,
    Reaction,
    failed_jobs,
    job_app,
)
from automate_store.adapters.jobs.worker import run_worker

__all__ = [
    "TRIES",
    "FailedJob",
    "Periodic",
    "Reaction",
    "failed_jobs",
    "job_app",
    "run_worker",
]
