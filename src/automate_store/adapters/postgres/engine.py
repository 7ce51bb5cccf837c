"""
The database as the store uses it: a bounded pool of connections, and its sessions.

One pool serves transactions and plain reads alike: connections are in autocommit, and
a transaction is a BEGIN that leaves together with its first statement. Every wait has a
bound; a database that is away or silent is DatabaseUnavailable in well under 5 s.
"""

from __future__ import annotations

import asyncio
from collections import deque

import psycopg
from attrs import frozen
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from automate_store.adapters.postgres._wire import Wire
from automate_store.application.errors import DatabaseUnavailable

ANSWER_GRACE_S = 0.5
"""How much longer than PostgreSQL's own time-out we wait for its answer."""


@frozen(kw_only=True)
class PoolSettings:
    """Where the database is, and the bounds of every wait for it; times in seconds."""

    url: str
    pool_size: int = 10
    acquire_timeout_s: float = 2.0
    """For a free connection or a fresh one, whichever comes first."""
    connect_timeout_s: float = 2.0
    statement_timeout_s: float = 2.0
    lock_timeout_s: float = 1.5
    idle_in_transaction_timeout_s: float = 10.0
    lifetime_s: float = 1800.0
    """After which a connection is replaced, so that none grows old and fat."""
    application_name: str = "automate_store"


# A statement is planned once a connection, not at every run: with arrays PostgreSQL would
# never settle on its generic plan, and planning cost more than running (a third of the
# database's time for a cart). A plan made while a table is small must still serve when it
# has grown, long before anybody analyses it: so an index goes before a scan, always.
_ALWAYS = (
    "-c timezone=UTC",
    "-c plan_cache_mode=force_generic_plan",
    "-c enable_seqscan=off",
)


def driver_url(url: str) -> str:
    """The URL as libpq has it, whichever of ``postgres``, ``postgresql+...`` names the driver."""
    scheme, _, rest = url.partition("://")
    return f"postgresql://{rest}" if scheme.startswith("postgres") else url


class Pool:
    """
    At most ``pool_size`` connections, made when they are needed, the warmest used first.

    One that idles listens to its socket, so that a server's end is noticed at once and
    no request is spent on finding out. There is no reconnecting in the background: the
    first request after the database is back makes its own connection.
    """

    def __init__(self, settings: PoolSettings) -> None:
        self.settings = settings
        self._conninfo = _conninfo(settings)
        self._idle: list[Wire] = []
        self._waiters: deque[asyncio.Future[Wire | None]] = deque()
        self._places = settings.pool_size
        self._closed = False

    async def acquire(self) -> Wire:
        """A working connection; raises DatabaseUnavailable where none is had in time."""
        while self._idle:
            wire = self._idle.pop()
            if self._usable(wire):
                return wire
            self.discard(wire)
        try:
            async with asyncio.timeout(self.settings.acquire_timeout_s):
                return await self._wait_or_connect()
        except TimeoutError as late:
            raise DatabaseUnavailable from late

    def release(self, wire: Wire) -> None:
        """Take a connection back, or close one that can't be used again."""
        if wire.broken or wire.in_transaction or not self._usable(wire):
            self.discard(wire)
        elif (waiter := self._next_waiter()) is not None:
            waiter.set_result(wire)
        else:
            self._idle.append(wire)

    def discard(self, wire: Wire) -> None:
        """Close a connection and free its place."""
        wire.close()
        self._free_place()

    def close(self) -> None:
        """Close what idles now and whatever comes back later."""
        self._closed = True
        while self._idle:
            self.discard(self._idle.pop())

    @property
    def in_use(self) -> int:
        """How many connections are out, or being made."""
        return self.settings.pool_size - self._places - len(self._idle)

    def _usable(self, wire: Wire) -> bool:
        age_s = asyncio.get_running_loop().time() - wire.born_at
        return not wire.broken and not self._closed and age_s < self.settings.lifetime_s

    async def _wait_or_connect(self) -> Wire:
        if self._places == 0:
            handed = await self._wait()
            if handed is not None:
                return handed
        else:
            self._places -= 1
        return await self._connect()

    async def _wait(self) -> Wire | None:
        """A connection that came back, or None for the place of one that was closed."""
        waiter: asyncio.Future[Wire | None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                handed = waiter.result()
                self._free_place() if handed is None else self.release(handed)
            raise

    async def _connect(self) -> Wire:
        try:
            async with asyncio.timeout(self.settings.connect_timeout_s):
                driver = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
        except psycopg.Error as error:
            self._free_place()
            raise DatabaseUnavailable from error
        except BaseException:
            self._free_place()
            raise
        timeout_s = self.settings.statement_timeout_s + ANSWER_GRACE_S
        return Wire(driver, answer_timeout_s=timeout_s)

    def _free_place(self) -> None:
        if (waiter := self._next_waiter()) is not None:
            waiter.set_result(None)
        else:
            self._places += 1

    def _next_waiter(self) -> asyncio.Future[Wire | None] | None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                return waiter
        return None


def _conninfo(settings: PoolSettings) -> str:
    given = conninfo_to_dict(driver_url(settings.url))
    bounds = {
        "statement_timeout": settings.statement_timeout_s,
        "lock_timeout": settings.lock_timeout_s,
        "idle_in_transaction_session_timeout": settings.idle_in_transaction_timeout_s,
    }
    options = [f"-c {name}={round(bound * 1000)}" for name, bound in bounds.items()]
    ours: dict[str, str | int] = {
        "application_name": settings.application_name,
        "client_encoding": "utf8",
        "gssencmode": "disable",
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": round((settings.statement_timeout_s + ANSWER_GRACE_S) * 1000),
    }
    ours["options"] = " ".join([*_ALWAYS, *options, str(given.pop("options", ""))])
    return make_conninfo("", **{**ours, **given})
