"""One cluster on disk: made once, started, repaired after kills, stopped."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import psycopg
from attrs import frozen
from psycopg import sql

from automate_store.adapters.postgres.embedded._account import Account, Ran
from automate_store.adapters.postgres.embedded._failures import EmbeddedPostgresFailed

DATABASE = "automate_store"
SUPERUSER = "postgres"
PORT = 5432
"""Names the socket; the server listens on no network."""

SOCKET_PATH_LIMIT = 100
"""Bytes; systems allow 104 to 108 for the whole path of a socket."""

START_TIMEOUT_S = 120
"""The longest a start may take, recovery after a crash included."""

PROBE_TIMEOUT_S = 3
POLL_S = 0.05
REASON_LENGTH = 2_000
NEVER_A_PID = 4_194_304
"""No system gives this number, or a greater one, to a process."""

_INCLUDE = "include_if_exists = 'automate_store.conf'"
_MAIN_CONF = f"""\
# The store writes its settings into the file below, anew at each start.
{_INCLUDE}

# Your own stand here, and win.
"""
_PASSING = ("lock file", "pre-existing shared memory block", "is in use", "shutting down")
"""What the log says when a server that is just dying is still in the way."""


@frozen
class Cluster:
    """A server's files, its programs, and the account it runs as."""

    home: Path
    account: Account
    programs: Path

    @property
    def data(self) -> Path:
        """What PostgreSQL calls PGDATA."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.home / "server.log"

    def ensure_running(self, settings: Mapping[str, str]) -> str:
        """The database's URL, on a server that answers; raises EmbeddedPostgresFailed."""
        if not self.data.exists():
            self._create(durable=settings.get("fsync") != "off")
        sockets = self._sockets()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers(sockets):
            self._start(settings, sockets, deadline)
        self._ensure_database(sockets)
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={sockets}&port={PORT}"

    def stop(self) -> None:
        """Stop the server; what is under way is rolled back, what is committed stays."""
        if self.postmaster_pid() is not None:
            self._control("stop", "-m", "fast")
        if (sockets := self._sockets()) != self.home:
            with suppress(OSError):
                sockets.rmdir()

    def postmaster_pid(self) -> int | None:
        """The running server's process, by its own file; None where it is dead."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if str(self.data) in self._command_of(pid) else None

    def _command_of(self, pid: int) -> str:
        """The command line of a living process; of a zombie it is empty, or without arguments."""
        if not Path("/proc/self").exists():
            return self.account.run("ps", "-o", "command=", "-p", str(pid), timeout_s=10).output
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""

    def _create(self, *, durable: bool) -> None:
        fresh = self.home / "data.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        made = self.account.run(
            self.programs / "initdb",
            *("--pgdata", fresh, "--username", SUPERUSER, "--auth", "trust"),
            # Order and case by code point, the same on every machine and for ever.
            *("--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            *("--locale", "C", "--no-instructions"),
            *([] if durable else ["--no-sync"]),
            timeout_s=START_TIMEOUT_S,
        )
        if not made.ok:
            self._fail(made.output)
        # Instead of initdb's, whose examples would win over the store's settings.
        (fresh / "postgresql.conf").write_text(_MAIN_CONF)
        fresh.rename(self.data)

    def _answers(self, sockets: Path) -> bool:
        try:
            with self._connect(sockets, "postgres"):
                return True
        except psycopg.errors.ConnectionTimeout:
            self._fail("a server is there, and does not answer.")
        except psycopg.OperationalError:
            return False

    def _start(self, settings: Mapping[str, str], sockets: Path, deadline: float) -> None:
        """Try to start, or wait a moment where one that is dying is still in the way."""
        if self.postmaster_pid() is None:
            self._bury(sockets)
        self._configure(settings, sockets)
        written = self.log.stat().st_size if self.log.exists() else 0
        started = self._control("start", "--log", self.log)
        if started.ok:
            return
        with self.log.open(errors="replace") as log:
            log.seek(written)
            said = log.read()
        passing = any(sign in said for sign in _PASSING)
        if not passing or time.monotonic() > deadline:
            self._fail(said or started.output)
        time.sleep(POLL_S)

    def _control(self, *action: str | Path) -> Ran:
        wait = ("--wait", "--timeout", str(START_TIMEOUT_S), "--silent")
        return self.account.run(
            self.programs / "pg_ctl",
            *(action[0], "--pgdata", self.data, *wait, *action[1:]),
            timeout_s=START_TIMEOUT_S + 10,
        )

    def _bury(self, sockets: Path) -> None:
        """
        Keep a dead server's files from standing in the way of a start.

        Its number may belong to another process by now, or to a zombie that nobody
        buries. The pid file stays, since it also names the shared memory that PostgreSQL
        checks for orphans of the dead server; only the number in it is made impossible.
        """
        for leftover in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (sockets / leftover).unlink(missing_ok=True)
        file = self.data / "postmaster.pid"
        with suppress(FileNotFoundError):
            _, *rest = file.read_text().split("\n")
            file.write_text("\n".join([str(NEVER_A_PID), *rest]))

    def _configure(self, settings: Mapping[str, str], sockets: Path) -> None:
        own = {
            **settings,
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(sockets),
            "unix_socket_permissions": "0700",
        }
        lines = [f"{name} = '{value}'" for name, value in own.items()]
        self._write("automate_store.conf", "\n".join(lines) + "\n")
        main = (self.data / "postgresql.conf").read_text()
        if _INCLUDE not in main:
            self._write("postgresql.conf", f"{_MAIN_CONF}{main}")

    def _write(self, name: str, text: str) -> None:
        fresh = self.data / f"{name}.new"
        fresh.write_text(text)
        self.account.own(fresh)
        fresh.rename(self.data / name)

    def _sockets(self) -> Path:
        """The folder of the socket: beside the data, or a short one where that path is too long."""
        if len(f"{self.home}/.s.PGSQL.{PORT}".encode()) <= SOCKET_PATH_LIMIT:
            return self.home
        mark = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        short = Path(tempfile.gettempdir()) / f"automate_store-{mark}"
        with suppress(FileExistsError):
            short.mkdir(mode=0o700)
            self.account.own(short)
        if short.is_symlink() or short.stat().st_uid != self.home.stat().st_uid:
            self._fail(f"{short} belongs to somebody else; remove it.")
        return short

    def _ensure_database(self, sockets: Path) -> None:
        with self._connect(sockets, "postgres") as connection:
            names = connection.execute("SELECT datname FROM pg_database").fetchall()
            if (DATABASE,) not in names:
                create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE))
                connection.execute(create)

    def _connect(self, sockets: Path, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(sockets),
            port=PORT,
            user=SUPERUSER,
            dbname=database,
            connect_timeout=PROBE_TIMEOUT_S,
            autocommit=True,
        )

    def _fail(self, reason: str) -> NoReturn:
        raise EmbeddedPostgresFailed(str(self.home), reason.strip()[-REASON_LENGTH:])
