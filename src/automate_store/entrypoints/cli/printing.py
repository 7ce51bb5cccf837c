"""What commands print: results on standard output, all else on standard error."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

NAME = "automate-store"
PIPE_WIDTH = 1_000
"""A file or a pipe has no width: each row of a table is one line there, for grep to find."""


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


def called(own: str, *, found: str | None) -> str:
    """
    What to type for the command line: its name where the shell finds it, else its path.

    ``own`` is the path this process was called by, ``found`` what the shell finds by name.
    """
    is_ours = Path(own).name == NAME
    return NAME if found is not None or not is_ours else shlex.quote(own)


def called_here() -> str:
    """The same for this process and its shell."""
    return called(sys.argv[0], found=shutil.which(NAME))


def refuse(text: str) -> None:
    """Print why a command stopped, in red."""
    notes().print(f"[red]{escape(text)}[/red]", highlight=False, soft_wrap=True)


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str | None = None,
    numbers: Iterable[str] = (),
    whole: Iterable[str] = (),
) -> Table:
    """
    A table of texts; the columns named in ``numbers`` stand to the right.

    Where it is narrow, the columns named in ``whole`` are the last ones that are folded.
    """
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    right, kept = set(numbers), set(whole)
    for column in columns:
        made.add_column(
            column,
            justify="right" if column in right else "left",
            overflow="fold",
            no_wrap=column in kept,
        )
    for row in rows:
        made.add_row(*(escape(cell) for cell in row))
    return made


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(stderr=stderr, width=width, highlight=False)
