"""The worker: runs jobs until it is told to stop, through outages of the database."""

from __future__ import annotations

import asyncio
import logging

import psycopg
from procrastinate import App
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import DeleteJobCondition

from automate_store.adapters.jobs.manager import BatchingJobManager

POLL_S = 1.0
"""How long a new job waits for a worker with nothing to do, at most."""

RESTART_PAUSE_S = 1.0

_log = logging.getLogger(__name__)


async def run_worker(
    app: App, *, concurrency: int, shutdown_grace_s: float, poll_s: float = POLL_S
) -> None:
    """
    Run jobs until cancelled; then finish what is under way, for the grace at most.

    What was not finished by then is tried again by the next worker. A database that is
    away is waited for.
    """
    _keep_arguments_out_of_the_log()
    while True:
        try:
            await _run(app, concurrency, shutdown_grace_s, poll_s)
        except (ProcrastinateException, psycopg.Error, OSError) as lost:
            # Procrastinate forgets that it was cancelled when it fails while it stops.
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError from lost
            _log.warning("the worker lost its database, and begins again: %s", lost)
        await asyncio.sleep(RESTART_PAUSE_S)


async def _run(app: App, concurrency: int, shutdown_grace_s: float, poll_s: float) -> None:
    manager = app.job_manager
    assert isinstance(manager, BatchingJobManager), "the app is made by job_app"
    async with app.open_async():
        try:
            await app.run_worker_async(
                concurrency=concurrency,
                fetch_job_polling_interval=poll_s,
                shutdown_graceful_timeout=shutdown_grace_s,
                delete_jobs=DeleteJobCondition.SUCCESSFUL,
                # Waking up for each job costs more than asking for all of them now and then.
                listen_notify=False,
                install_signal_handlers=False,
            )
        finally:
            await manager.settle()


def _keep_arguments_out_of_the_log() -> None:
    """Procrastinate writes a job's arguments into its lines; ours tell what a person needs."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    logging.getLogger("procrastinate.worker").setLevel(logging.CRITICAL)
    logging.getLogger("procrastinate.worker.worker").setLevel(logging.WARNING)
