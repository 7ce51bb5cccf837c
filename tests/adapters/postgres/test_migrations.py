"""The schema: the owner's, whole; the same for Core and for the database; made once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, create_engine

from automate_store.adapters.postgres.migrate import (
    LOCK_KEY,
    current_revision,
    is_up_to_date,
    migrate,
    newest_revision,
)
from automate_store.adapters.postgres.migrations.scripts import build_concurrently
from automate_store.adapters.postgres.tables import metadata
from automate_store.application.errors import DatabaseUnavailable
from tests.postgres_fixtures import fresh

OWNERS = Path(__file__).parents[4] / "shared" / "spec" / "schema.sql"
MIGRATIONS = (
    Path(__file__).parents[3] / "src" / "automate_store" / "adapters" / "postgres" / "migrations"
)


def test_an_empty_database_is_brought_to_the_newest_revision_once(empty_url: str) -> None:
    first, second = migrate(empty_url), migrate(empty_url)

    assert (first.before, first.after) == (None, newest_revision())
    assert first.applied == (
        "0001",
        "0002",
        "0003",
        "0004",
        "0005",
        "0006",
        "0007",
        "0008",
        "0009",
        "0010",
        "0011",
        "0013",
        "0014",
        "0015",
        "0016",
        "0017",
        "0018",
        "0019",
    )
    assert (second.before, second.applied) == (newest_revision(), ())


def test_two_processes_that_migrate_at_once_migrate_once(empty_url: str) -> None:
    program = (
        "import sys; from automate_store.adapters.postgres.migrate import migrate; "
        "print(len(migrate(sys.argv[1]).applied))"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", program, empty_url], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    applied = sorted(int(one.communicate(timeout=60)[0]) for one in both)

    assert applied == [0, 18]
    assert is_up_to_date(empty_url)


def test_a_migration_under_way_elsewhere_is_waited_for_and_not_for_ever(empty_url: str) -> None:
    with psycopg.connect(empty_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        with pytest.raises(DatabaseUnavailable):
            migrate(empty_url, lock_timeout_s=0.05)

    assert current_revision(empty_url) is None


def test_an_index_whose_build_failed_is_built_again(postgres_url: str) -> None:
    with _core(postgres_url) as connection:
        connection.exec_driver_sql(
            "UPDATE pg_index SET indisvalid = false "
            "WHERE indexrelid = 'idx_orders_status'::regclass"
        )
        build_concurrently(connection, "idx_orders_status", "ON orders (status)")
        build_concurrently(connection, "idx_orders_status", "ON orders (status)")
        invalid = connection.exec_driver_sql("SELECT 1 FROM pg_index WHERE NOT indisvalid").all()

    assert invalid == []


@pytest.mark.parametrize("kept", ["order", "payment"])
def test_answers_kept_for_a_key_gain_the_unit_shares_that_quotes_have_now(
    postgres_url: str, kept: str
) -> None:
    # 10.00 over three units is 3.34, 3.33, 3.33; 1.00 of tax is 0.34, 0.33, 0.33
    line = {"quantity": 3, "discount": {"minor": 1000}, "tax": {"minor": 100}, "net": "é"}
    order = {"quote": {"lines": [line], "total": {"minor": 1}}}
    old = order if kept == "order" else {"payment": {}, "order": order}
    script = (MIGRATIONS / "sql" / "0004" / "30_promotions.sql").read_text()
    with psycopg.connect(postgres_url) as connection:
        add = "INSERT INTO idempotency_keys (caller, key, fingerprint, answer)"
        answers = {"mine": json.dumps(old), "counted": '{"item": {"on_hand": 1}}'}
        for key, answer in answers.items():
            connection.execute(add + " VALUES ('me', %s, '', %s)", [key, answer.encode()])
        connection.execute(script[script.index("CREATE FUNCTION with_unit_shares") :])
        query = "SELECT answer FROM idempotency_keys ORDER BY key DESC"
        mine, counted = [json.loads(answer) for (answer,) in connection.execute(query)]

    found = mine if kept == "order" else mine["order"]
    shares = {
        "discount_shares": {"base": 333, "extra": 1},
        "tax_shares": {"base": 33, "extra": 1},
    }
    assert found == {"quote": {"lines": [{**line, **shares}], "total": {"minor": 1}}}
    assert counted == {"item": {"on_hand": 1}}


def test_a_database_that_is_away_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable):
        migrate(f"postgresql://nobody@/nowhere?host={tmp_path}")


def test_the_tables_of_core_are_those_of_the_database(module_postgres_url: str) -> None:
    with _core(module_postgres_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [found for found in compare_metadata(context, metadata) if _matters(found)]

    assert differences == []


def test_the_owners_schema_is_there_whole(postgres_server: str, module_postgres_url: str) -> None:
    if not OWNERS.exists():
        pytest.skip(f"the owner's schema is not at {OWNERS}")
    with fresh(postgres_server) as owners_url, psycopg.connect(owners_url) as owners:
        owners.execute(_runnable(OWNERS.read_text()))
        wanted = {name: _facts(owners, query) for name, query in FACTS.items()}
    with psycopg.connect(module_postgres_url) as connection:
        have = {name: _facts(connection, query) for name, query in FACTS.items()}

    assert len(wanted["columns"]) > 150
    assert {name: wanted[name] - have[name] for name in FACTS} == {name: set() for name in FACTS}


def test_the_job_queue_is_that_of_the_installed_procrastinate() -> None:
    ours = (MIGRATIONS / "sql" / "0003" / "procrastinate_3.10.sql").read_text()

    assert ours == SchemaManager.get_schema(), "a release with another schema needs a revision"


FACTS = {
    "columns": """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public'
    """,
    "required columns": """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND is_nullable = 'NO'
    """,
    "defaults": """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_default IS NOT NULL
    """,
    "keys": """
        SELECT c.conrelid::regclass::text, c.contype, c.confrelid::regclass::text, c.confdeltype,
            (SELECT array_agg(a.attname ORDER BY a.attname) FROM pg_attribute a
             WHERE a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey))::text
        FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace
            AND c.contype IN ('p', 'u', 'f')
    """,
    "checks": """
        SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
        FROM pg_constraint c
        WHERE c.connamespace = 'public'::regnamespace AND c.contype = 'c'
    """,
    "indexes": """
        SELECT tablename, indexname, regexp_replace(indexdef, '::[a-z ]+', '', 'g')
        FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'idx_%'
    """,
    "enums": "SELECT enumtypid::regtype::text, enumlabel, enumsortorder FROM pg_enum",
}
"""What is compared, as rows that must all be ours too."""


def _facts(connection: psycopg.Connection[Any], query: str) -> set[tuple[Any, ...]]:
    return set(connection.execute(query).fetchall())


def _runnable(owners: str) -> str:
    """The owner's script for one transaction, where no extension can be installed."""
    own_function = "CREATE FUNCTION uuid_generate_v4() RETURNS uuid RETURN gen_random_uuid();\n"
    script = re.sub(r"CREATE EXTENSION[^;]*;", "", owners).replace("CONCURRENTLY", "")
    # GIN takes jsonb only: the one place where the owner's script can't run as it stands.
    return own_function + script.replace("attributes JSON,", "attributes JSONB,")


def _matters(difference: Any) -> bool:
    """Whether it is more than an index or the queue, which only the migrations know."""
    kind, subject = difference[0], difference[1] if isinstance(difference, tuple) else None
    ours = not getattr(subject, "name", "").startswith("procrastinate_")
    return ours and kind not in {"remove_index", "remove_constraint"}


@contextmanager
def _core(url: str) -> Iterator[Connection]:
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def empty_url(postgres_server: str) -> Iterator[str]:
    with fresh(postgres_server) as url:
        yield url
