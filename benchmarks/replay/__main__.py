"""
Replay a retailer's days: ``python -m benchmarks.replay FOLDER_OR_FILES``.

Each invoice is placed as an order through the use cases on a real PostgreSQL, paid by the
manual gateway, shipped and delivered, at its own time. Each line of a credit invoice is a
return, paid back, of the earlier sales that it can be of; what finds none is listed. 0 where
sales, returns and net equal the file's to the penny, day by day, only what came back is on
the shelf in the end and the audit is clean; else 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from automate_store.adapters.postgres.migrate import migrate
from automate_store.domain.kernel.money import Money
from benchmarks.replay.books import CURRENCY, Books, NotABook, read_books
from benchmarks.replay.replaying import SHOWN, Replayed, replay
from benchmarks.rig.database import TemporaryDatabase
from benchmarks.speed.processes import cpu_seconds

CLIENTS = 1


def main(arguments: Sequence[str]) -> int:
    """The exit code of a replay."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=__doc__)
    parser.add_argument("places", nargs="+", type=Path, help="CSV files, or folders of them")
    parser.add_argument("--invoices", type=int, help="only the first so many sales")
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
        processes = (os.getpid(), database.postmaster.pid)
        spent = partial(_cpu_seconds, processes)
        replayed = asyncio.run(replay(books, database.url, clients=chosen.clients, spent=spent))
    if chosen.json:
        print(json.dumps(replayed.result()))
    else:
        _print(books, replayed)
    return 0 if replayed.true_to_the_file else 1


def _cpu_seconds(processes: Iterable[int]) -> float:
    return sum(cpu_seconds(each) for each in processes)


def _print(books: Books, replayed: Replayed) -> None:
    console = Console(highlight=False)
    for each in books.aside:
        console.print(f"aside: invoice {each.number}, {each.lines} lines: {each.reason}")
    console.print(_by_day(replayed))
    if unmatched := len(replayed.matching.unmatched):
        console.print(_unmatched(replayed))
        console.print(f"{min(SHOWN, unmatched):,} of {unmatched:,}; --json has all")
    console.print(_figures(replayed))
    for fault in replayed.result()["faults"]:
        console.print(f"[red]{fault}[/red]")


def _by_day(replayed: Replayed) -> Table:
    made = Table(box=None, header_style="bold")
    for column in ("day", "", "orders", "sales", "returned", "net", "unmatched"):
        made.add_column(column, justify="left" if column in {"day", ""} else "right")
    made.add_column(no_wrap=True)
    for day in replayed.days:
        file = (day.booked, day.credited, day.booked_net)
        store = (day.taken, day.refunded, day.net)
        agrees = "agrees" if day.agrees else "[red]differs[/red]"
        unmatched = str(day.unmatched.decimal())
        made.add_row(str(day.day), "file", f"{day.invoices:,}", *_decimals(file), unmatched)
        made.add_row("", "store", f"{day.orders:,}", *_decimals(store), "", agrees)
    return made


def _decimals(amounts: Iterable[Money]) -> Iterator[str]:
    return (str(amount.decimal()) for amount in amounts)


def _unmatched(replayed: Replayed) -> Table:
    """The first of the credits that no sale is known for, and why."""
    made = Table(box=None, header_style="bold")
    for column in ("credit", "line", "article", "pieces", CURRENCY, "unmatched"):
        made.add_column(
            column, justify="right" if column in {"line", "pieces", CURRENCY} else "left"
        )
    for each in replayed.matching.unmatched[:SHOWN]:
        credit, total = each.credit, str(each.total.decimal())
        place = (credit.invoice, str(credit.line), credit.article.sku)
        made.add_row(*place, f"{each.pieces:,}", total, each.why)
    return made


def _figures(replayed: Replayed) -> Table:
    trading = replayed.trading
    made = Table(box=None, show_header=False)
    made.add_column()
    made.add_column(justify="right")
    made.add_row("articles on the shelf", f"{replayed.articles:,}")
    made.add_row("orders placed, paid, delivered", f"{trading.orders:,}")
    made.add_row("lines", f"{trading.lines:,}")
    made.add_row("pieces sold", f"{trading.pieces:,}")
    made.add_row("pieces written off", f"{trading.written_off:,}")
    for standing, many in replayed.credit_lines.items():
        made.add_row(f"credit lines {standing.replace('_', ' ')}", f"{many:,}")
    for why, many in Counter(each.why for each in replayed.matching.unmatched).items():
        made.add_row(f"  of lines without a sale: {why}", f"{many:,}")
    made.add_row("returns paid back", f"{trading.returns:,}")
    made.add_row("pieces back on the shelf", f"{trading.pieces_back:,}")
    made.add_row("invoices left aside", f"{replayed.aside.total():,}")
    made.add_row("differences in the audit", f"{replayed.audit.differences:,}")
    made.add_row("ms of CPU an order", f"{replayed.cpu_ms:,.1f}")
    made.add_row("orders a second", f"{replayed.orders_per_s:,.1f}")
    made.add_row("lines a second", f"{replayed.lines_per_s:,.1f}")
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
