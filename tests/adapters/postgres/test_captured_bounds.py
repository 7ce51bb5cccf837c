"""Whoever writes: no more was captured than was authorised, and old rows are put right."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from automate_store.adapters.postgres import migrate

SCRIPT = Path(migrate.__file__).parent / "migrations" / "sql" / "0019" / "10_captured.sql"
_ADD = """
    INSERT INTO payments (id, payment_method, amount, authorised_amount, captured_amount)
    VALUES (%s, 'by hand', 20, %s, %s)
"""


def test_more_than_was_authorised_is_not_captured(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(_ADD, [UUID(int=1), 10, 10])
        with pytest.raises(psycopg.errors.CheckViolation, match="payments_captured_amount_check"):
            connection.execute("UPDATE payments SET captured_amount = 10.01")


def test_what_stood_there_was_authorised_and_is_looked_through(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("ALTER TABLE payments DROP CONSTRAINT payments_captured_amount_check")
        connection.execute(_ADD, [UUID(int=1), 0, 10])
        connection.execute(_ADD, [UUID(int=2), 20, 10])

        connection.execute(SCRIPT.read_text(encoding="utf-8"))
        connection.execute(SCRIPT.read_text(encoding="utf-8"))

        found = connection.execute("SELECT authorised_amount FROM payments ORDER BY id").fetchall()
    assert [amount for (amount,) in found] == [10, 20]


def test_the_constraint_is_valid_once_all_was_looked_through(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        valid = connection.execute(
            "SELECT convalidated FROM pg_constraint"
            " WHERE conname = 'payments_captured_amount_check'"
        ).fetchone()
    assert valid == (True,)
