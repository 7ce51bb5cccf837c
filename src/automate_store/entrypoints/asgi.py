"""
The store for any ASGI server: ``uvicorn automate_store.entrypoints.asgi:app``.

The server's lifespan opens and closes it: database, pools, and the worker where the
settings want one inside. ``automate-store serve`` is the same with a server of its own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from litestar import Litestar

from automate_store import release
from automate_store.entrypoints.bootstrap import Store, open_store, running_database
from automate_store.entrypoints.http.app import create_app
from automate_store.entrypoints.http.config import HttpConfig
from automate_store.entrypoints.logs import set_up_logs
from automate_store.entrypoints.settings import Settings


def http_app(store: Store) -> Litestar:
    """The open store over HTTP."""
    config = HttpConfig.of(store.settings, version=release())
    return create_app(store.ports, config=config, readiness=store.readiness)


@asynccontextmanager
async def working(store: Store) -> AsyncIterator[asyncio.Task[None] | None]:
    """A worker beside whatever the block does, where the settings want one; it ends with it."""
    if not store.settings.embedded_worker:
        yield None
        return
    worker = asyncio.create_task(store.work(), name="worker")
    worker.add_done_callback(_report)
    try:
        yield worker
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


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
