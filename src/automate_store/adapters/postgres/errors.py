"""The one place that turns the driver's errors into ours."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import errors as pg

from automate_store.application.errors import Contended, DatabaseUnavailable, Unstorable
from automate_store.domain.kernel.errors import StoreError

Refusals = Mapping[str, StoreError]
"""What breaking a constraint means, by the constraint's name."""

_LOST_CLASSES = ("08", "53", "57", "58")
"""Connection, resources, an operator's hand, the system below."""


class DatabaseFault(Exception):  # noqa: N818 - named for the fact
    """A statement that can't be right: our bug, or a schema that is not ours."""


def translate(error: psycopg.Error, refusals: Refusals | None = None) -> Exception:
    """
    What the driver's error means to us; raise it from the driver's.

    A broken constraint is what ``refusals`` says, else somebody who got in between. A
    lost, silent, stopping or overloaded database is DatabaseUnavailable.
    """
    _forget_details(error)
    if isinstance(error, pg.IntegrityError):
        return _broken(error, refusals or {})
    if isinstance(error, (pg.SerializationFailure, pg.DeadlockDetected)) or is_outdated(error):
        return Contended()
    if is_lost(error):
        return DatabaseUnavailable()
    if isinstance(error, psycopg.DataError):
        return Unstorable()
    return DatabaseFault(f"{error.sqlstate or type(error).__name__}: {error}")


def is_lost(error: psycopg.Error) -> bool:
    """Whether the database could not be asked, or could not answer in time."""
    if isinstance(error, (pg.LockNotAvailable, pg.ReadOnlySqlTransaction)):
        return True
    if error.sqlstate is None:
        return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
    return error.sqlstate.startswith(_LOST_CLASSES) or isinstance(
        error, pg.IdleInTransactionSessionTimeout
    )


def is_outdated(error: psycopg.Error) -> bool:
    """Whether a prepared statement met a schema that changed since; a new connection helps."""
    return isinstance(error, (pg.FeatureNotSupported, pg.InvalidSqlStatementName))


def _forget_details(error: psycopg.Error) -> None:
    """Leave it its first line: the others quote the row, and a traceback shows them all."""
    if error.diag.message_primary is not None:
        error.args = (error.diag.message_primary,)


def _broken(error: psycopg.IntegrityError, refusals: Refusals) -> Exception:
    name = error.diag.constraint_name or ""
    if name in refusals:
        return refusals[name]
    if isinstance(error, (pg.UniqueViolation, pg.ForeignKeyViolation, pg.ExclusionViolation)):
        return Contended()
    return DatabaseFault(f"{name or error.sqlstate}: {error}")
