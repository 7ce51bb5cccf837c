"""``serve``, ``worker`` and ``run``: the store as processes that stop as they should."""

from __future__ import annotations

import asyncio
import math
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import structlog
import uvicorn
from attrs import evolve
from litestar import Litestar

from automate_store.application.payments.unasked import warn_of_unasked
from automate_store.entrypoints.asgi import http_app, working
from automate_store.entrypoints.bootstrap import Store, open_store, running_database
from automate_store.entrypoints.cli.errors import AddressTaken
from automate_store.entrypoints.cli.heads import protocol
from automate_store.entrypoints.cli.opening import refuse_misfit
from automate_store.entrypoints.cli.printing import say
from automate_store.entrypoints.cli.shopfront import open_shop, print_way
from automate_store.entrypoints.cli.signals import Stop, listening
from automate_store.entrypoints.http.app import begin_draining
from automate_store.entrypoints.settings import Settings

BACKLOG = 2_048
KEEP_ALIVE_S = 75
"""Longer than proxies commonly keep their connections to us, so that they hang up first."""

Started = Callable[[Settings], None]


async def serve_store(settings: Settings, *, migrate: bool) -> None:
    """
    Serve until somebody wants us to stop, then finish what is under way.

    Raises MigrationsMissing, DatabaseNewer, CurrencyTaken, AddressTaken or
    DatabaseUnavailable before anything is served.
    """
    with listening() as stop, bound(settings) as (address, here):
        async with running_database(here) as url:
            if migrate:
                await _bring_up_to_date(here, url)
            async with open_store(here, url) as store:
                await refuse_misfit(store)
                await serve(store, address, stop, started=_log_started)


async def run_shop(settings: Settings) -> None:
    """A shop from nothing: database, tables, ways to ship, a demo catalogue; then serve it."""
    with listening() as stop, bound(settings) as (address, here):
        async with running_database(here) as url:
            await _bring_up_to_date(here, url)
            async with open_store(here, url, patient=True) as store:
                await refuse_misfit(store)
                await open_shop(store)
            async with open_store(here, url) as store:
                await serve(store, address, stop, started=print_way)
        say("Closed; everything is kept.")


async def work(settings: Settings) -> None:
    """Run jobs, and nothing else, until somebody wants us to stop."""
    with listening() as stop:
        async with running_database(settings) as url:
            settings = evolve(settings, embedded_worker=True)
            async with open_store(settings, url) as store:
                await refuse_misfit(store)
                await warn_of_unasked(ports=store.ports)
                async with working(store) as worker:
                    assert worker is not None, "the settings want a worker"
                    structlog.get_logger().info("working", concurrency=settings.worker_concurrency)
                    await either(worker, stop)
                    structlog.get_logger().info("stopping")


async def serve(store: Store, address: socket.socket, stop: Stop, *, started: Started) -> None:
    """
    Serve the open store there, with a worker where the settings want one, until told to stop.

    Then no more connections are taken, the requests under way are answered, within the
    grace, and the worker ends. A worker that breaks takes the server with it, so that
    whoever supervises us begins anew.
    """
    await warn_of_unasked(ports=store.ports)
    app = http_app(store)
    server = Server(server_config(app, store.settings), lambda: started(store.settings))
    async with working(store) as worker:
        serving = asyncio.create_task(server.serve(sockets=[address]))
        try:
            await either(serving, stop, worker)
            begin_draining(app)
            server.should_exit = True
            structlog.get_logger().info("stopping", grace_s=store.settings.shutdown_grace_s)
            await _insisting(serving, server, stop)
        finally:
            server.should_exit = server.force_exit = True
            await serving


class Server(uvicorn.Server):
    """Uvicorn's server; signals are ours, and it says when it listens."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self._tell()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone: uvicorn would end the process before the store is closed."""
        yield


def server_config(app: Litestar, settings: Settings) -> uvicorn.Config:
    """How an app of ours is served."""
    return uvicorn.Config(
        app,
        http=protocol(head_timeout_s=settings.body_timeout_s),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # Whose word about a client is taken is for the settings to say, and for nobody else.
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=math.ceil(settings.shutdown_grace_s),
    )


async def either(
    task: asyncio.Task[None], stop: Stop, other: asyncio.Task[None] | None = None
) -> None:
    """Return when somebody wants to stop, or one of the tasks has ended."""
    wished = asyncio.create_task(stop.wait())
    tasks = {task, wished} | ({other} if other else set())
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    wished.cancel()
    with suppress(asyncio.CancelledError):
        await wished


async def _insisting(serving: asyncio.Task[None], server: uvicorn.Server, stop: Stop) -> None:
    """Wait for the end of serving, or make it short where somebody insists."""
    insisted = asyncio.create_task(stop.insistence())
    await asyncio.wait({serving, insisted}, return_when=asyncio.FIRST_COMPLETED)
    server.force_exit = server.force_exit or insisted.done()
    insisted.cancel()
    with suppress(asyncio.CancelledError):
        await insisted


async def _bring_up_to_date(settings: Settings, url: str) -> None:
    # Alembic is imported by whoever migrates, and by nobody else.
    from automate_store.entrypoints.cli.migrating import bring_up_to_date

    await bring_up_to_date(settings, url)


@contextmanager
def bound(settings: Settings) -> Iterator[tuple[socket.socket, Settings]]:
    """A socket at the settings' address, not listening yet, and the settings with its port."""
    host, port = settings.host, settings.port
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[
            0
        ]
        address = socket.socket(family, kind, protocol)
    except OSError as failed:
        raise AddressTaken(host, port, _reason(failed)) from failed
    with address:
        address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            address.bind(where)
        except OSError as failed:
            raise AddressTaken(host, port, _reason(failed)) from failed
        yield address, evolve(settings, port=address.getsockname()[1])


def _reason(failed: OSError) -> str:
    return (failed.strerror or str(failed)).lower()


def _log_started(settings: Settings) -> None:
    structlog.get_logger().info("serving", url=settings.url)
