"""Running the command line: its code, and what it printed where."""

from __future__ import annotations

import io
import logging
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import structlog
from attrs import frozen

from automate_store.entrypoints.cli import main
from benchmarks.rig.servers import COMMAND, environment

TIMEOUT_S = 120


@frozen
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def command(*arguments: str, settings: Mapping[str, str] | None = None) -> Ended:
    """One command, with these settings and no others, in this process."""
    out, err = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    with redirect_stdout(out), redirect_stderr(err), _logs_as_they_were():
        code = main(arguments, environment(settings or {}))
    return Ended(code, _printed(out), _printed(err))


def process(
    *arguments: str, settings: Mapping[str, str] | None = None, given: str | None = None
) -> Ended:
    """The same in a process of its own, as anybody runs it; dearer."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=given,
        capture_output=True,
        text=True,
        env=environment(settings or {}),
        timeout=TIMEOUT_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def _printed(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


@contextmanager
def _logs_as_they_were() -> Iterator[None]:
    """A command sends the logs to its own standard error; afterwards they go where they went."""
    root = logging.getLogger()
    handlers, level, ours = root.handlers[:], root.level, structlog.get_config()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**ours)
