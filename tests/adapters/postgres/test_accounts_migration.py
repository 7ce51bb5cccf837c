"""What stood in a shop before it had accounts is brought into their order."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from automate_store.adapters.postgres import migrate

SCRIPT = Path(migrate.__file__).parent / "migrations" / "sql" / "0005" / "10_identity.sql"
ORDER = "01a22c0c-0000-7000-8000-000000000001"
ANN, BOB = UUID(int=1), UUID(int=2)


def statement(beginning: str) -> str:
    """The one statement of the script that begins so."""
    script = SCRIPT.read_text(encoding="utf-8")
    assert script.count(beginning) == 1, "the beginning names one statement"
    return script[script.index(beginning) :].partition(";")[0]


@pytest.mark.parametrize("kept", ["order", "payment"])
def test_answers_kept_for_a_key_say_which_order_they_show(postgres_url: str, kept: str) -> None:
    order = {"id": ORDER, "number": "A", "shipping_address": {"city": "Springfield"}}
    shown = order if kept == "order" else {"payment": {"id": str(ANN)}, "order": order}
    answers = {"mine": shown, "counted": {"id": str(BOB), "item": {"on_hand": 1}}, "listed": [1]}
    with psycopg.connect(postgres_url) as connection:
        for key, answer in answers.items():
            connection.execute(
                "INSERT INTO idempotency_keys (caller, key, fingerprint, answer)"
                " VALUES ('me', %s, '', %s)",
                [key, json.dumps(answer).encode()],
            )
        connection.execute(
            "INSERT INTO idempotency_keys (caller, key, fingerprint, subject)"
            " VALUES ('me', 'begun', '', %s)",
            [BOB],
        )
        connection.execute(statement("UPDATE idempotency_keys k SET order_id"))
        found = connection.execute("SELECT key, order_id FROM idempotency_keys").fetchall()

    assert dict(found) == {"mine": UUID(ORDER), "counted": None, "listed": None, "begun": None}


def test_of_several_default_addresses_the_oldest_stays(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("ALTER TABLE addresses DROP CONSTRAINT addresses_default_key")
        _put_users(connection)
        rows = [
            (1, ANN, "shipping", 2, True),
            (2, ANN, "shipping", 1, True),
            (3, ANN, "shipping", 1, True),
            (4, ANN, "billing", 3, True),
            (5, ANN, "billing", 1, False),
            (6, BOB, "shipping", 9, True),
        ]
        for number, owner, kind, day, is_default in rows:
            connection.execute(
                "INSERT INTO addresses (id, user_id, type, first_name, last_name, address_line_1,"
                " city, state, postal_code, is_default, created_at) VALUES (%s, %s, %s, '', '',"
                " '', '', '', '', %s, make_timestamptz(2026, 1, %s, 0, 0, 0))",
                [UUID(int=number), owner, kind, is_default, day],
            )
        connection.execute(statement("UPDATE addresses a SET is_default"))
        connection.execute(statement("ALTER TABLE addresses ADD CONSTRAINT addresses_default_key"))
        left = connection.execute("SELECT id FROM addresses WHERE is_default ORDER BY id")

        assert [row[0].int for row in left.fetchall()] == [2, 4, 6]


def test_an_email_has_one_spelling(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        _put_users(connection)
        connection.execute(statement("UPDATE users SET email"))
        found = connection.execute("SELECT email FROM users ORDER BY email").fetchall()

    assert found == [("ann@example.com",), ("bob@example.com",)]


def _put_users(connection: psycopg.Connection) -> None:
    for user_id, email in ((ANN, "Ann@Example.com"), (BOB, "bob@example.com")):
        connection.execute(
            "INSERT INTO users (id, email, password_hash, first_name, last_name)"
            " VALUES (%s, %s, '', '', '')",
            [user_id, email],
        )
