"""A server that is killed and says so, on the event loop that serves: nobody waits for it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from automate_store.adapters.postgres.embedded import EmbeddedPostgres
from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import DatabaseUnavailable
from tests.postgres_fixtures import FAST

uvloop = pytest.importorskip("uvloop")

SILENCE_S = 20.0
"""How long the pool would wait for an answer; an end that is heard comes far sooner."""


@pytest.fixture
def mortal_server() -> Iterator[str]:
    """A server of the test's own, since the end of one connection is felt by all."""
    with TemporaryDirectory(prefix="automate_store-mortal-") as folder:
        # Where we are root, the server's own user must be able to enter.
        Path(folder).chmod(0o755)
        with EmbeddedPostgres(Path(folder) / "data", settings=FAST) as url:
            yield url


def test_the_end_of_a_server_is_heard_with_its_last_words(mortal_server: str) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        waited_s = runner.run(_seconds_until_the_end_is_heard(mortal_server))

    assert waited_s < SILENCE_S / 2


async def _seconds_until_the_end_is_heard(url: str) -> float:
    pool = Pool(PoolSettings(url=url, pool_size=1, statement_timeout_s=SILENCE_S))
    async with Session(pool) as session:
        backend = await session.fetch_value(text("SELECT pg_backend_pid()"))
        # Held, so that the question is never read: the socket then ends with an error.
        os.kill(backend, signal.SIGSTOP)
        asked = asyncio.ensure_future(session.fetch_value(text("SELECT 1")))
        await asyncio.sleep(0)
        os.kill(backend, signal.SIGQUIT)
        os.kill(backend, signal.SIGCONT)
        # Busy until the words and the error are both there, as a loaded server is.
        time.sleep(0.5)  # noqa: ASYNC251 - the loop is kept from looking
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            await asked
    pool.close()
    return time.monotonic() - began
