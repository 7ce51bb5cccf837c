"""
The store for any ASGI server: ``uvicorn --no-proxy-headers automate_store.entrypoints.asgi:app``.

Whose ``X-Forwarded-For`` is believed is a setting of ours: tell the server to leave it.
The server's lifespan opens and closes it: database, pools, and the worker where the
settings want one inside. ``automate-store serve`` is the same with a server of its own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from litestar import Litestar

from automate_store import release
from automate_store.adapters.jobs import job_app, run_worker
from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.revisions import (
    shipped_revision,
    stored_currencies,
    stored_revision,
)
from automate_store.adapters.postgres.session import Session
from automate_store.application.ports import Ports
from automate_store.application.reactions import PERIODIC, REACTIONS, Reaction
from automate_store.application.waiting import one_wait
from automate_store.domain.kernel.errors import Unavailable
from automate_store.domain.kernel.events import Event
from automate_store.entrypoints.bootstrap import Store, open_store, running_database
from automate_store.entrypoints.http.app import create_app
from automate_store.entrypoints.http.config import HttpConfig, Readiness
from automate_store.entrypoints.logs import request_logs, set_up_logs
from automate_store.entrypoints.settings import PREFIX, Settings

READINESS_TIMEOUT_S = 1.0


def http_app(store: Store) -> Litestar:
    """The open store over HTTP."""
    if "manual" in store.ports.ways_to_pay and store.settings.url.startswith("https://"):
        structlog.get_logger().warning(
            "manual_gateway_offered",
            url=store.settings.url,
            what="anybody can confirm their own order as paid",
            way_out=f"set {PREFIX}GATEWAYS to those that take money, or to none",
        )
    config = HttpConfig.of(store.settings, version=release())
    return create_app(store.ports, config=config, readiness=partial(readiness, store))


async def readiness(store: Store) -> Readiness:
    """Whether a database of the right revision and currency answers, through a pool with room."""
    try:
        async with asyncio.timeout(READINESS_TIMEOUT_S), Session(store.pool) as session:
            found = await stored_revision(session)
            if found != shipped_revision():
                return Readiness((f"the database stands at revision {found}; migrate it",))
            others = await stored_currencies(session) - {store.settings.currency}
    except (TimeoutError, Unavailable):
        return Readiness((_busy(store.pool) or "the database does not answer",))
    reasons = (f"prices are in {other}, and {PREFIX}CURRENCY is not" for other in sorted(others))
    return Readiness(tuple(reasons))


async def work(store: Store) -> None:
    """
    Run jobs until cancelled, then finish what is under way, within the settings' grace.

    Waits for a database that is away; whatever else goes wrong is raised.
    """
    jobs = job_app(
        store.database_url,
        reactions={event: reacting(reaction, store.ports) for event, reaction in REACTIONS.items()},
        periodic={
            name: (cron, partial(task, ports=store.ports))
            for name, (cron, task) in PERIODIC.items()
        },
        request_logs=request_logs,
    )
    await run_worker(
        jobs,
        concurrency=store.settings.worker_concurrency,
        shutdown_grace_s=store.settings.shutdown_grace_s,
    )


def reacting(reaction: Reaction, ports: Ports) -> Callable[[Event, UUID], Awaitable[None]]:
    """What a job does for its event; however often it asks providers, it waits for them once."""

    async def react(event: Event, event_id: UUID) -> None:
        with one_wait():
            await reaction(event, event_id, ports)

    return react


@asynccontextmanager
async def working(store: Store) -> AsyncIterator[asyncio.Task[None] | None]:
    """A worker beside whatever the block does, where the settings want one; it ends with it."""
    if not store.settings.embedded_worker:
        yield None
        return
    worker = asyncio.create_task(work(store), name="worker")
    worker.add_done_callback(_report)
    try:
        yield worker
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


def _busy(pool: Pool) -> str | None:
    size = pool.settings.pool_size
    return f"all {size} database connections are in use" if pool.in_use >= size else None


def _report(worker: asyncio.Task[None]) -> None:
    """Say at once that a worker broke: who awaits it may do so much later."""
    if not worker.cancelled() and (broken := worker.exception()) is not None:
        structlog.get_logger().error("worker_broke", exc_info=broken)


Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class StoreApp:
    """An ASGI application whose lifespan is the store's, with settings from the environment."""

    def __init__(self) -> None:
        # Litestar types ASGI's dictionaries one by one; a wrapper passes them on as they are.
        self._inner: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one whole lifespan."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        else:
            assert self._inner is not None, "the server runs the lifespan first: lifespan=on"
            await self._inner(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The inner application's lifespan, inside the store's; a refusal ends the server."""
        try:
            settings = Settings.from_environment(os.environ)
            set_up_logs(level=settings.log_level, format=settings.log_format)
            async with (
                running_database(settings) as url,
                open_store(settings, url) as store,
                working(store),
            ):
                self._inner = http_app(store)
                await self._inner(scope, receive, send)
        except Exception as failed:
            await send({"type": "lifespan.startup.failed", "message": str(failed)})
            raise


app = StoreApp()
