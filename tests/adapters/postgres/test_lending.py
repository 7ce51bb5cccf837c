"""The database that tests have one after the other: nothing of one is left for the next."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import psycopg
import pytest

from tests.lending import MOST_USES, Lender
from tests.postgres_fixtures import copied

ROWS = """
    SELECT format('SELECT %L, md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM %s AS t',
        oid::regclass, oid::regclass)
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""

SET_FOR_ALL = """
    DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET work_mem = 64', current_database());
    END $$
"""


@pytest.fixture
def own(postgres_server: str) -> Iterator[Lender]:
    lender = Lender(partial(copied, postgres_server))
    yield lender
    lender.close()


def all_of(url: str) -> list[object]:
    """Every row, and where each sequence stands."""
    with psycopg.connect(url) as connection:
        asked = " UNION ALL ".join(row[0] for row in connection.execute(ROWS)) + " ORDER BY 1"
        rows: list[object] = list(connection.execute(asked.encode()).fetchall())
        return rows + connection.execute("SELECT * FROM pg_sequences").fetchall()


def run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('q', 't', '{}')",
        "UPDATE pricing_version SET version = 7",
        "DELETE FROM stock_locations",
        "SELECT nextval('procrastinate_jobs_id_seq') FROM generate_series(1, 9)",
    ],
)
def test_rows_are_put_back(own: Lender, statement: str) -> None:
    url = own.lend()
    before = all_of(url)
    run(url, statement)
    assert all_of(url) != before
    own.take_back()
    assert (own.lend(), all_of(url)) == (url, before)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (id int)",
        "ALTER TABLE orders DROP COLUMN notes",
        "ALTER TABLE orders ALTER COLUMN notes SET NOT NULL",
        "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE orders DROP CONSTRAINT orders_order_number_key",
        "ANALYZE pricing_version",
        SET_FOR_ALL,
    ],
)
def test_what_is_no_row_is_gone_with_its_database(own: Lender, statement: str) -> None:
    url = own.lend()
    run(url, statement)
    own.take_back()
    assert own.lend() != url


def test_who_is_still_connected_is_sent_away(own: Lender) -> None:
    url = own.lend()
    with psycopg.connect(url) as left_open:
        left_open.execute("LOCK TABLE orders")
        own.take_back()
        with pytest.raises(psycopg.OperationalError):
            left_open.execute("SELECT 1")
    assert own.lend() == url


def test_no_database_is_lent_for_ever(own: Lender) -> None:
    urls = []
    for _ in range(MOST_USES + 1):
        urls.append(own.lend())
        own.take_back()
    assert len(set(urls[:-1])) == 1
    assert urls[-1] != urls[0]
