"""A real PostgreSQL in a temporary folder, which a check may question, restart and freeze."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import psutil
import psycopg
from psycopg import AsyncConnection, Connection

from automate_store.adapters.postgres.embedded import EmbeddedPostgres
from automate_store.adapters.postgres.embedded._account import server_home
from automate_store.adapters.postgres.embedded._programs import programs

RESTART_TIMEOUT_S = 60
Row = tuple[Any, ...]


class TemporaryDatabase:
    """The embedded PostgreSQL, as the store ships it, in a folder that goes with the check."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="automate-store-check-"))
        # The server's system user must be able to enter, where we are root.
        self.folder.chmod(0o755)
        self.server = EmbeddedPostgres(self.folder / "data", settings=settings)
        self.url = ""

    def __enter__(self) -> Self:
        try:
            self.url = self.server.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.thaw()
        self.server.stop()
        self._remove()

    @property
    def postmaster(self) -> psutil.Process:
        """The process that all others of the database descend from."""
        pid = self.server.postmaster_pid()
        assert pid is not None, "the database runs while a check does"
        return psutil.Process(pid)

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of one query, on a connection of its own."""
        with self.connect() as connection:
            return connection.execute(query.encode(), parameters or None).fetchall()

    def value(self, query: str, parameters: Sequence[Any] = ()) -> Any:
        """The one value of a query that gives one."""
        ((value,),) = self.rows(query, parameters)
        return value

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "data" / "postgres" / "server.log"

    def logged(self) -> int:
        """How many bytes it has said so far."""
        return self.log.stat().st_size

    def program(self, name: str) -> Path:
        """One of PostgreSQL's own programs."""
        account, _ = server_home(self.server.folder)
        return programs(account) / name

    def connect(self) -> Connection[Row]:
        """A connection in autocommit."""
        return psycopg.connect(self.url, autocommit=True)

    async def connect_async(self, *, autocommit: bool = True) -> AsyncConnection[Row]:
        """The same, for the load's own loop."""
        return await AsyncConnection.connect(self.url, autocommit=autocommit)

    def restart_immediately(self) -> None:
        """``pg_ctl restart -m immediate``: no farewell to anyone, recovery from the log."""
        account, home = server_home(self.server.folder)
        ended = account.run(
            programs(account) / "pg_ctl",
            *("restart", "--pgdata", home / "data", "-m", "immediate"),
            *("--wait", "--silent", "--log", home / "server.log"),
            timeout_s=RESTART_TIMEOUT_S,
        )
        assert ended.ok, ended.output

    def processes(self) -> list[psutil.Process]:
        """The postmaster and all its children."""
        postmaster = self.postmaster
        return [postmaster, *postmaster.children(recursive=True)]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Every process of this database stopped, and none of any other."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.thaw()

    def thaw(self) -> None:
        """Let everything run again; harmless where it does."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(psutil.Error, AssertionError):
            # The postmaster first, so that it makes no child that is missed.
            for process in self.processes():
                with suppress(psutil.Error):
                    os.kill(process.pid, number)

    def _remove(self) -> None:
        link = self.folder / "data" / "postgres"
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
