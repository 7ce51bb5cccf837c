"""Where in a database something of somebody stands still: every column of every table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql

_COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
    ORDER BY c.table_name, c.ordinal_position
"""
_TEXT = sql.SQL("lower({column}::text)")
_BYTES = sql.SQL("lower(encode({column}, 'escape'))")
"""ASCII as it is, so that a text inside an answer in JSON is seen."""
_FOUND = sql.SQL("""
    SELECT EXISTS (SELECT 1 FROM {table}, unnest(%s::text[]) AS wanted(text)
        WHERE position(lower(wanted.text) IN {value}) > 0)
""")


def find_anywhere(url: str, texts: Iterable[str]) -> list[tuple[str, str]]:
    """
    The tables and columns that hold one of the texts, as a part and in whatever case.

    Whatever the column's type; texts in bytes are seen where they are ASCII.
    """
    wanted = list(texts)
    assert all(wanted), "nothing is found everywhere"
    assert all(text.isascii() for text in wanted), "what is not ASCII looks otherwise in bytes"
    with psycopg.connect(url) as connection:
        columns = connection.execute(_COLUMNS).fetchall()
        return [
            (table, column)
            for table, column, kind in columns
            if _holds(connection, table, column, kind, wanted)
        ]


def _holds(
    connection: psycopg.Connection, table: str, column: str, kind: str, wanted: Sequence[str]
) -> bool:
    value = (_BYTES if kind == "bytea" else _TEXT).format(column=sql.Identifier(column))
    query = _FOUND.format(table=sql.Identifier(table), value=value)
    row = connection.execute(query, [list(wanted)]).fetchone()
    assert row is not None, "EXISTS gives a row"
    return bool(row[0])
