"""Where a shop holds a card's number: any row that it ever wrote, its mails, its logs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
from attrs import frozen
from psycopg import sql

GAP = r"(?:[ +._-]|%20)?"
"""What may stand between two digits: what people write, and what becomes of that in a form."""
CODE = r"(?:cvc|cvv|security_?code)(?:[^0-9a-z]|%5[bd]|%22){1,12}"
"""A name for the digits on a card's back, and what may stand between the name and them."""
_BYTES = re.compile(r"\\x((?:[0-9a-f]{2})+)")
_TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname
"""
_REMEMBER = """
    CREATE TABLE ever_written (place text NOT NULL, content text NOT NULL);
    CREATE FUNCTION remember_what_is_written() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO ever_written VALUES (TG_TABLE_NAME, to_jsonb(NEW)::text);
        RETURN NULL;
    END $$;
    DO $$
    DECLARE each regclass;
    BEGIN
        FOR each IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'ever_written'
        LOOP
            EXECUTE format('CREATE TRIGGER remembered AFTER INSERT OR UPDATE ON %s'
                ' FOR EACH ROW EXECUTE FUNCTION remember_what_is_written()', each);
        END LOOP;
    END $$;
"""
"""Jobs are deleted once they are done, and rows are written over: a copy of each is kept."""


@frozen
class Card:
    """What a shopper types in at a provider."""

    number: str
    code: str

    def stands_in(self, text: str) -> bool:
        """Whether its number does, however it is written, or its code beside a name for it."""
        number = GAP.join(self.number)
        pattern = rf"(?<![0-9]){number}(?![0-9])|{CODE}{self.code}(?![0-9])"
        return re.search(pattern, text, re.IGNORECASE) is not None


def remember_what_is_written(url: str) -> None:
    """From now on a copy of every row of every table stays, whatever becomes of the row."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_REMEMBER)


def places_written(url: str) -> set[str]:
    """The tables of which something was written since."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT DISTINCT place FROM ever_written").fetchall()
    return {place for (place,) in found}


def places_of(cards: Sequence[Card], *, url: str, folder: Path) -> list[str]:
    """The tables of the database and the files below the folder that hold anything of them."""
    texts = [*_rows(url), *_files(folder)]
    return [
        place
        for place, held in texts
        if any(card.stands_in(text) for text in held for card in cards)
    ]


def files_with(texts: Sequence[str], folder: Path) -> list[str]:
    """The files below the folder that hold one of the texts."""
    return [name for name, held in _files(folder) if any(text in held[0] for text in texts)]


def _rows(url: str) -> Iterator[tuple[str, list[str]]]:
    """Every table with its rows; bytes are read as texts."""
    with psycopg.connect(url) as connection:
        for (table,) in connection.execute(_TABLES).fetchall():
            rows = sql.SQL("SELECT to_jsonb(t)::text FROM {} AS t").format(sql.Identifier(table))
            yield table, [_readable(row) for (row,) in connection.execute(rows).fetchall()]


def _files(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Every file with what it holds."""
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        yield str(file.relative_to(folder)), [file.read_text(errors="replace")]


def _readable(row: str) -> str:
    return _BYTES.sub(lambda found: bytes.fromhex(found[1]).decode(errors="replace"), row)
