"""What commands print: results on standard output, all else on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

PIPE_WIDTH = 160
"""Columns of a table that goes into a file or a pipe, which have no width of their own."""


def results() -> Console:
    """Where results go."""
    return _console(stderr=False)


def notes() -> Console:
    """Where everything goes that is not the result."""
    return _console(stderr=True)


def say(text: str) -> None:
    """Print one line of result, as it is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def refuse(text: str) -> None:
    """Print why a command stopped, in red."""
    notes().print(f"[red]{escape(text)}[/red]", highlight=False, soft_wrap=True)


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str | None = None,
    numbers: Iterable[str] = (),
) -> Table:
    """A table of texts; the columns named in ``numbers`` stand to the right."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    right = set(numbers)
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(escape(cell) for cell in row))
    return made


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(stderr=stderr, width=width, highlight=False)
