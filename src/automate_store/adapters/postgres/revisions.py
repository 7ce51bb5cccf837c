"""
Where the database stands, and where this release needs it; quick to ask.

The migrations themselves need Alembic, which takes as long to import as all the rest: a
server or a command that only wants to know does without.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sqlalchemy import text

from automate_store.adapters.postgres.session import Session

_MIGRATED = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_STORED = text("SELECT version_num FROM alembic_version")


@cache
def shipped_revision() -> str:
    """The newest revision of this release: its files are named by their number, then a word."""
    folder = files("automate_store.adapters.postgres.migrations") / "versions"
    names = [file.name for file in folder.iterdir() if file.name.endswith(".py")]
    return max(name.partition("_")[0] for name in names)


async def stored_revision(session: Session) -> str | None:
    """The revision that the database stands at; None where it was never migrated."""
    if not await session.fetch_value(_MIGRATED):
        return None
    found: str | None = await session.fetch_value(_STORED)
    return found
