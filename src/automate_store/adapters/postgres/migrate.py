"""
Migrations: the schema brought to the newest revision, once, by whoever comes first.

Any PostgreSQL from 15 on. Several servers may start at once: one of them takes a lock
and migrates, the others find the work done.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import as_file, files

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from attrs import frozen
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from automate_store.adapters.postgres.engine import driver_url
from automate_store.adapters.postgres.errors import translate
from automate_store.application.errors import DatabaseUnavailable

LOCK_KEY = int.from_bytes(b"automate")
"""The advisory lock of whoever migrates."""

POLL_S = 0.1
CONNECT_TIMEOUT_S = 5
_LOCK = text("SELECT pg_try_advisory_lock(:key)")
_UNLOCK = text("SELECT pg_advisory_unlock(:key)")


@frozen
class MigrationReport:
    """What a run found and did; ``before`` is None for an empty database."""

    before: str | None
    after: str
    applied: tuple[str, ...]


def migrate(url: str, *, lock_timeout_s: float = 600) -> MigrationReport:
    """
    Bring the database to the newest revision, and say what that took.

    Raises DatabaseUnavailable where it can't be reached, or another process has been
    migrating for longer than ``lock_timeout_s``.
    """
    with _connected(url) as watch, _alone(watch, lock_timeout_s), _connected(url) as connection:
        before = MigrationContext.configure(connection).get_current_revision()
        connection.rollback()
        applied = _pending(before)
        if applied:
            with _config() as config:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        return MigrationReport(before, newest_revision(), applied)


def current_revision(url: str) -> str | None:
    """The revision that the database stands at; None where it was never migrated."""
    with _connected(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_up_to_date(url: str) -> bool:
    """Whether the database stands at the newest revision."""
    return current_revision(url) == newest_revision()


@cache
def newest_revision() -> str:
    """The revision that this release of the package was written for."""
    with _config() as config:
        head = ScriptDirectory.from_config(config).get_current_head()
    assert head is not None, "the package ships its revisions"
    return head


def _pending(before: str | None) -> tuple[str, ...]:
    """The revisions after that one, oldest first."""
    with _config() as config:
        scripts = ScriptDirectory.from_config(config)
        newer = [script.revision for script in scripts.iterate_revisions("head", before or "base")]
    return tuple(reversed(newer))


@contextmanager
def _config() -> Iterator[Config]:
    with as_file(files("automate_store.adapters.postgres.migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        yield config


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """A connection; what the driver raises inside is translated."""
    engine = create_engine(
        driver_url(url).replace("postgresql://", "postgresql+psycopg://", 1),
        poolclass=NullPool,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "options": "-c timezone=UTC"},
    )
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as failed:
        if isinstance(failed.orig, psycopg.Error):
            raise translate(failed.orig) from failed
        raise
    except psycopg.Error as failed:
        raise translate(failed) from failed


@contextmanager
def _alone(connection: Connection, timeout_s: float) -> Iterator[None]:
    """
    Hold the lock of whoever migrates, on a connection outside any transaction.

    Asked for again and again, not waited for: a session that waits inside
    pg_advisory_lock holds a snapshot, and CREATE INDEX CONCURRENTLY waits for it.
    """
    deadline = time.monotonic() + timeout_s
    connection.execution_options(isolation_level="AUTOCOMMIT")
    while not connection.execute(_LOCK, {"key": LOCK_KEY}).scalar_one():
        if time.monotonic() > deadline:
            raise DatabaseUnavailable
        time.sleep(POLL_S)
    try:
        yield
    finally:
        connection.execute(_UNLOCK, {"key": LOCK_KEY})
