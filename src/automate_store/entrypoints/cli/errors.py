"""What stops a command that no use case refuses, and the way out of it."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from automate_store.application.errors import DatabaseUnavailable
from automate_store.domain.identity import EmailTaken
from automate_store.domain.kernel.errors import (
    InvalidInput,
    Malformed,
    RuleBroken,
    StoreError,
    Unavailable,
)


@frozen
class MigrationsMissing(Unavailable):
    """The database does not stand where this release needs it."""

    says = "The database stands at {found}, and this release needs revision {needed}."
    found: str
    needed: str


@frozen
class DatabaseNewer(Unavailable):
    """A later release has migrated the database."""

    says = "The database stands at revision {found}, which is newer than this release's {needed}."
    found: str
    needed: str


@frozen
class CurrencyTaken(Unavailable):
    """Prices are kept in another currency than the settings name, and a store has one."""

    says = "AUTOMATE_STORE_CURRENCY is {set}, and the database keeps prices in {stored}."
    set: str
    stored: str


@frozen
class AddressTaken(Unavailable):
    """Nothing can listen there."""

    says = "Nothing can listen on {host}:{port}: {reason}."
    host: str
    port: int
    reason: str


@frozen
class GatewayAddressTaken(Unavailable):
    """The fake gateway can't listen there."""

    says = "Nothing can listen on {host}:{port}: {reason}."
    host: str
    port: int
    reason: str


@frozen
class FileUnreadable(Malformed):
    """The file can't be opened."""

    says = "{file} can't be opened: {reason}."
    file: str
    reason: str


@frozen
class ShopSilent(Unavailable):
    """No shop answers at that address."""

    says = "No shop answers at {url}: {reason}."
    url: str
    reason: str


@frozen
class ShopRefused(RuleBroken):
    """The shop that the demo talks to said no."""

    says = "{request} was answered {status}: {detail}"
    request: str
    status: int
    detail: str


WAYS_OUT: Mapping[type[StoreError], str] = {
    MigrationsMissing: "Run: automate-store migrate (or serve with --migrate).",
    DatabaseNewer: "Install the release that migrated it, or a later one.",
    CurrencyTaken: (
        "Set AUTOMATE_STORE_CURRENCY to that of the prices, or take a database of its own:"
        " AUTOMATE_STORE_DATABASE_URL or AUTOMATE_STORE_DATA_DIR."
    ),
    AddressTaken: (
        "Stop what listens there, or take another port: --port 8001 or AUTOMATE_STORE_PORT=8001."
    ),
    GatewayAddressTaken: "Stop what listens there, or take another port: --port 4243.",
    EmailTaken: "To let whoever has it run the shop: automate-store user promote EMAIL.",
    ShopSilent: "Start one with: automate-store run. Or leave --url out: the demo brings its own.",
    DatabaseUnavailable: "Does the PostgreSQL of AUTOMATE_STORE_DATABASE_URL run, and answer?",
}
"""What to do about it, where the error's own sentence does not say so."""


def sentence(error: StoreError) -> str:
    """The error and the way out of it, as a person reads them."""
    said = str(error)
    if isinstance(error, InvalidInput):
        said = "; ".join(f"{fault.field} {fault.reason}" for fault in error.errors) + "."
    ways = (way for kind, way in WAYS_OUT.items() if isinstance(error, kind))
    return " ".join([said, *ways])
