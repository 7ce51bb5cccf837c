"""Server processes of the store, started as anybody starts them, on free loopback ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import define

START_TIMEOUT_S = 180
STOP_TIMEOUT_S = 20
POLL_S = 0.05
PREFIX = "AUTOMATE_STORE_"
RAISED: Mapping[str, str] = {
    f"limit_{bucket}": "1000000/1s" for bucket in ("general", "auth", "cart", "checkout")
}
"""A storm comes from one address; it is counted like any other, and let through."""
COMMAND = (sys.executable, "-m", "automate_store.entrypoints.cli")
"""Not the installed script: a check of a changed copy must run the copy's code."""


class ServerDied(RuntimeError):  # noqa: N818 - named for the fact
    """A server ended, or never answered; carries the end of its log."""


@define
class Server:
    """One `automate-store serve`."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process; a restart of the server changes it."""
        return self.process.pid

    def alive(self) -> bool:
        """Whether the process that was started still runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """End it as an operator does, and by force where it does not listen."""
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def wait_until_ready(self) -> None:
        """Return when the server says that it can serve; raises ServerDied."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.alive():
            if _ready(f"{self.base}/health/ready"):
                return
            time.sleep(POLL_S)
        raise ServerDied(self.tail())

    def tail(self, letters: int = 4_000) -> str:
        """The end of what the server logged."""
        return self.log.read_text(errors="replace")[-letters:]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Our own environment with these settings of the store, and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**kept, **{PREFIX + name.upper(): value for name, value in settings.items()}}


def serve(
    settings: Mapping[str, str],
    *,
    log: Path,
    program: Sequence[str] = COMMAND,
    variables: Mapping[str, str] = {},
) -> Server:
    """
    A server that has just been started, and may not answer yet; its limits are raised.

    Another program than the store's own command line is told what it is to do in variables.
    """
    port = free_port()
    told = environment({**RAISED, **settings, "host": "127.0.0.1", "port": str(port)})
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*program, "serve"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**told, **variables},
        )
    return Server(port=port, process=process, log=log)


def run(settings: Mapping[str, str], *arguments: str, timeout_s: float) -> tuple[int, str]:
    """One command of the store's command line, run to its end: its code and what it printed."""
    ended = subprocess.run(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(settings),
        timeout=timeout_s,
        check=False,
    )
    return ended.returncode, ended.stdout.decode(errors="replace")


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
