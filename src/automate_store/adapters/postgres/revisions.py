"""
Where the database stands, and where this release needs it; quick to ask, like its currency.

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
# Any row of each tells: a store has one currency, and this is asked with every health check.
_CURRENCIES = text("""
    (SELECT currency FROM products LIMIT 1) UNION (SELECT currency FROM shipping_methods LIMIT 1)
""")


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


async def stored_currencies(session: Session) -> frozenset[str]:
    """The currencies that prices are kept in; none in a store without any."""
    return frozenset(row.currency for row in await session.fetch_all(_CURRENCIES))
