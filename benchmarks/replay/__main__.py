"""
Replay a retailer's days: ``python -m benchmarks.replay FOLDER_OR_FILES``.

Each invoice is placed as an order through the use cases on a real PostgreSQL, paid by the
manual gateway and shipped, at its own time. 0 where every total equals the file's to the
penny, day by day, the shelf is empty in the end and the audit is clean; else 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from automate_store.adapters.postgres.migrate import migrate
from benchmarks.replay.books import Books, NotABook, read_books
from benchmarks.replay.replaying import Replayed, replay
from benchmarks.rig.database import TemporaryDatabase

CLIENTS = 1


def main(arguments: Sequence[str]) -> int:
    """The exit code of a replay."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=__doc__)
    parser.add_argument("places", nargs="+", type=Path, help="CSV files, or folders of them")
    parser.add_argument("--invoices", type=int, help="only the first so many")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="invoices at a time")
    parser.add_argument("--json", action="store_true", help="one line of JSON, and no table")
    chosen = parser.parse_args(arguments)
    try:
        books = read_books(chosen.places)
    except (NotABook, OSError, UnicodeDecodeError) as wrong:
        parser.error(str(wrong))
    if chosen.invoices is not None:
        books = books.first(chosen.invoices)
    with TemporaryDatabase({}) as database:
        migrate(database.url)
        replayed = asyncio.run(replay(books, database.url, clients=chosen.clients))
    if not chosen.json:
        _print(books, replayed)
    print(json.dumps(replayed.result()))
    return 0 if replayed.true_to_the_file else 1


def _print(books: Books, replayed: Replayed) -> None:
    console = Console(highlight=False)
    for each in books.aside:
        console.print(f"aside: invoice {each.number}, {each.lines} lines: {each.reason}")
    console.print(_by_day(replayed))
    console.print(_figures(replayed))
    for fault in replayed.result()["faults"]:
        console.print(f"[red]{fault}[/red]")


def _by_day(replayed: Replayed) -> Table:
    made = Table(box=None, header_style="bold")
    for column in ("day", "invoices", "orders", "file", "store", ""):
        made.add_column(column, justify="left" if column in {"day", ""} else "right")
    for day in replayed.days:
        agrees = "to the penny" if day.agrees else "[red]differs[/red]"
        counts = (f"{day.invoices:,}", f"{day.orders:,}")
        made.add_row(str(day.day), *counts, str(day.booked), str(day.taken), agrees)
    return made


def _figures(replayed: Replayed) -> Table:
    trading = replayed.trading
    made = Table(box=None, show_header=False)
    made.add_column()
    made.add_column(justify="right")
    made.add_row("articles on the shelf", f"{replayed.articles:,}")
    made.add_row("orders placed, paid, shipped", f"{trading.orders:,}")
    made.add_row("lines", f"{trading.lines:,}")
    made.add_row("pieces sold", f"{trading.pieces:,}")
    made.add_row("pieces written off", f"{trading.written_off:,}")
    made.add_row("invoices left aside", f"{replayed.aside.total():,}")
    made.add_row("differences in the audit", f"{replayed.audit.differences:,}")
    made.add_row("orders a second", f"{replayed.orders_per_s:,.1f}")
    made.add_row("lines a second", f"{replayed.lines_per_s:,.1f}")
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
