"""
A real PostgreSQL for tests: one embedded server a run, whatever the number of workers.

It does not wait for the disk, since what a test loses is lost anyway. The migrations run
once, into a template; each module that asks for ``module_postgres_url`` gets a copy of it
(about 0.1 s) for its tests to share, and each test that asks for ``postgres_url`` one that
no other has meanwhile, with nothing in it that another left (``lending``).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from automate_store.adapters.postgres.embedded import EmbeddedPostgres
from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.adapters.postgres.migrate import migrate
from tests.lending import Lender

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
}
TEMPLATE = "migrated"
_copies = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of the run's server; its databases are made with ``copied``."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"alone-{os.getpid()}")
    folder = Path(tempfile.gettempdir()) / f"automate_store-tests-{run[:12]}"
    server = EmbeddedPostgres(folder, settings=FAST)
    with _alone(folder):
        url = server.start()
        _ensure_template(url)
    yield url
    with _alone(folder):
        server.stop()
        if server.postmaster_pid() is None:
            shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_suffix(".lock").unlink()


@pytest.fixture(scope="module")
def module_postgres_url(postgres_server: str) -> Iterator[str]:
    """A migrated database for the tests of one module."""
    with copied(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def lender(postgres_server: str) -> Iterator[Lender]:
    """Lends this worker's tests a database."""
    lender = Lender(partial(copied, postgres_server))
    yield lender
    lender.close()


@pytest.fixture
def postgres_url(lender: Lender) -> Iterator[str]:
    """A migrated database for one test."""
    yield lender.lend()
    lender.take_back()


@pytest.fixture
async def pool(postgres_url: str) -> AsyncIterator[Pool]:
    """A pool on the test's own database; it ends with no connection out."""
    pool = Pool(PoolSettings(url=postgres_url))
    yield pool
    pool.close()
    assert pool.in_use == 0, "every connection comes back"


@pytest.fixture
def scratch_folder() -> Iterator[Path]:
    """A folder for a server of the test's own, passable for whatever user that runs as."""
    with scratch() as folder:
        yield folder


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for a server, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="automate_store-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def copied(server: str) -> Iterator[str]:
    """The URL of a fresh copy of the migrated database, dropped afterwards."""
    with fresh(server, template=TEMPLATE) as url:
        yield url


@contextmanager
def fresh(server: str, template: str = "template0") -> Iterator[str]:
    """The URL of a new database, empty where no template is named, dropped afterwards."""
    name = f"test_{os.getpid()}_{next(_copies)}"
    _run(server, "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
    try:
        yield on_database(server, name)
    finally:
        _run(server, "DROP DATABASE {} WITH (FORCE)", name)


def on_database(server: str, name: str) -> str:
    """The server's URL, for another of its databases."""
    start, _, rest = server.partition("@/")
    return f"{start}@/{name}?{rest.partition('?')[2]}"


def _ensure_template(server: str) -> None:
    with psycopg.connect(server) as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    if (TEMPLATE,) not in names:
        _run(server, "CREATE DATABASE {}", "migrating")
        migrate(on_database(server, "migrating"))
        _run(server, "ALTER DATABASE {} RENAME TO {}", "migrating", TEMPLATE)


def _run(server: str, statement: str, *names: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One worker at a time makes or removes the server's folder."""
    while True:
        with folder.with_suffix(".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.with_suffix(".lock").exists():
                yield
                return
