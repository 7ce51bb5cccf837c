"""
No statement about one account goes through the rows of all.

A plan is made once a connection, often while the tables are empty, and kept while they
grow: so it is looked at on an empty database, as a connection of the store sees it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import psycopg
import pytest
from sqlalchemy import TextClause

from automate_store.adapters.postgres.engine import Pool, PoolSettings
from automate_store.adapters.postgres.identity import (
    accounts,
    address_books,
    erasing,
    exporting,
    links,
    sessions,
    trail,
)
from automate_store.adapters.postgres.statements import compiled

MODULES: tuple[ModuleType, ...] = (accounts, address_books, exporting, links, sessions, trail)
STATEMENTS: dict[str, TextClause] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": statement
    for module in MODULES
    for name, statement in vars(module).items()
    if isinstance(statement, TextClause)
} | {f"erasing.{name}": statement for name, statement in erasing.STATEMENTS.items()}
WHOLE = {
    "erasing.jobs": {"procrastinate_jobs"},
    "erasing.jobs to them": {"procrastinate_jobs"},
    "sessions._DISTRUSTED": {"distrusted_sessions"},
    "sessions._TRUST_OLD": {"distrusted_sessions"},
}
"""What is gone through, since it holds only what waits."""
IN_ORDER = {"accounts._PAGE": {"users"}}
"""What is read in the order of a key, from its beginning where no place is named."""


@pytest.fixture(scope="module")
def database(module_postgres_url: str) -> Iterator[psycopg.Connection]:
    """A connection that plans as those of the store do."""
    conninfo = Pool(PoolSettings(url=module_postgres_url))._conninfo
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_table_is_looked_into_by_a_key(database: psycopg.Connection, name: str) -> None:
    found = {
        node["Relation Name"]
        for node in nodes(plan(database, STATEMENTS[name]))
        if "Relation Name" in node and node["Node Type"] in SCANS and not by_key(node)
    }
    assert found == WHOLE.get(name, set()) | IN_ORDER.get(name, set())


SCANS = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan"}


def by_key(node: dict[str, Any]) -> bool:
    """Whether the scan looks for values, those of the first column of its index among them."""
    conditions = node.get("Index Cond") or node.get("Recheck Cond") or ""
    if node.get("Index Name", "").endswith("_open_key") and "user_id" not in conditions:
        return False
    return re.sub(r"\(\w+ IS NULL\)", "", conditions) != ""


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from nodes(below)


def plan(database: psycopg.Connection, statement: TextClause) -> dict[str, Any]:
    # Straight to libpq: psycopg would take the statement's own parameters for its own.
    sql = compiled(statement, {}).sql
    answer = database.pgconn.exec_(b"EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + sql)
    assert answer.status == psycopg.pq.ExecStatus.TUPLES_OK, answer.error_message
    text = (answer.get_value(0, 0) or b"").decode()
    explained: dict[str, Any] = json.loads(text)[0]["Plan"]
    return explained
