"""What the revisions share: their SQL files, and indexes built while the shop sells."""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy import Connection, text

_INVALID = text("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid")


def run_scripts(connection: Connection, revision: str) -> None:
    """Run the SQL files of one revision, in the order of their names."""
    driver = connection.connection.driver_connection
    assert driver is not None, "a migration runs on an open connection"
    folder = files("automate_store.adapters.postgres.migrations") / "sql" / revision
    for script in sorted(folder.iterdir(), key=lambda file: file.name):
        # Straight to the driver: only without parameters does it take a whole script.
        driver.execute(script.read_text(encoding="utf-8"))


def build_concurrently(connection: Connection, name: str, definition: str) -> None:
    """
    Build the index if it is missing, and again where a failed build left it invalid.

    The connection must be outside a transaction.
    """
    if connection.execute(_INVALID, {"name": name}).first():
        connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY {name}")
    connection.exec_driver_sql(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} {definition}")
