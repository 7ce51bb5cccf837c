"""``import catalog`` and ``export catalog``: files of products, in and out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from automate_store.adapters.shopify import ShopifyReader, ShopifyWriter
from automate_store.application.catalog import (
    ImportProgress,
    ImportReport,
    export_catalog,
    import_catalog,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.catalog_files import Repair
from automate_store.entrypoints.cli.errors import FileUnreadable
from automate_store.entrypoints.cli.operator import OPERATOR
from automate_store.entrypoints.cli.printing import notes, results, say, table

STANDARD_INPUT = Path("-")
TAKEN, SOME_REFUSED = 0, 3
"""Exit codes; a file of which nothing was taken ends with 1, as all refusals do."""

MENDED_ALIKE = 5
"""Mended cells of one column that are listed before the rest of them is only counted."""


async def import_file(
    file: Path, *, ports: Ports, dry_run: bool, with_stock: bool, verbose: bool
) -> int:
    """Take in a product CSV, and print what became of it; the exit code."""
    with _reading(file) as source, _bar(file.name) as show:
        reader = ShopifyReader(source, currency=ports.policy.currency, texts=ports.texts)
        report = await import_catalog(
            reader,
            ports=ports,
            actor=OPERATOR,
            dry_run=dry_run,
            with_stock=with_stock,
            progress=show,
        )
    print_report(report, file=file.name, verbose=verbose)
    return SOME_REFUSED if report.refused or report.refusals else TAKEN


async def export_file(file: Path | None, *, ports: Ports) -> None:
    """Write every product to the file, or to standard output."""
    if file is None:
        await export_catalog(ShopifyWriter(sys.stdout.buffer), ports=ports, actor=OPERATOR)
        sys.stdout.flush()
        return
    # Written beside and renamed, so that a file that was there is whole until the new one is.
    part = file.with_name(f"{file.name}.part")
    try:
        with _writing(part, named=file) as target:
            count = await export_catalog(ShopifyWriter(target), ports=ports, actor=OPERATOR)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    say(f"{count:,} products written to {file}.")


def print_report(report: ImportReport, *, file: str, verbose: bool) -> None:
    """What was refused and, of each column, what was mended first (or all of it), then the sums."""
    console = results()
    listed, left = _listed(report.repairs, MENDED_ALIKE if not verbose else len(report.repairs))
    if rows := sorted(_notes(report, listed)):
        console.print(table(("line", "what", "why"), [(f"{at}", *rest) for at, *rest in rows]))
    if left:
        more = ", ".join(f"{count:,} of {column}" for column, count in left.items())
        console.print(f"... and mended likewise: {escape(more)}; --verbose lists them.")
    if report.notes_left_out:
        console.print(f"... and {report.notes_left_out:,} more.")
    if rows:
        console.print()
    counts = {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": report.refused,
    }
    console.print(table(tuple(counts), [[f"{n:,}" for n in counts.values()]], numbers=counts))
    kept = "a dry run: nothing was kept" if report.dry_run else "done"
    console.print(f"{report.products:,} products in {escape(file)}, {kept}.")


def _listed(repairs: Iterable[Repair], alike: int) -> tuple[list[Repair], Counter[str]]:
    """The first ``alike`` of each column, and how many more each column has."""
    listed: list[Repair] = []
    seen: Counter[str] = Counter()
    for repair in repairs:
        seen[repair.field] += 1
        if seen[repair.field] <= alike:
            listed.append(repair)
    return listed, +Counter({column: count - alike for column, count in seen.items()})


def _notes(report: ImportReport, repairs: Iterable[Repair]) -> Iterator[tuple[int, str, str]]:
    for repair in repairs:
        was = "" if repair.value is None else f" (was {repair.value!r})"
        yield repair.line, f"mended: {repair.field}", f"{repair.reason}{was}"
    for refusal in report.refusals:
        yield refusal.line, f"refused: {refusal.handle or 'row'}", refusal.reason


@contextmanager
def _reading(file: Path) -> Iterator[BinaryIO]:
    if file == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    try:
        stream = file.open("rb")
    except OSError as failed:
        raise _unreadable(file, failed) from failed
    with stream:
        yield stream


@contextmanager
def _writing(file: Path, *, named: Path) -> Iterator[BinaryIO]:
    try:
        stream = file.open("wb")
    except OSError as failed:
        raise _unreadable(named, failed) from failed
    with stream:
        yield stream


def _unreadable(file: Path, failed: OSError) -> FileUnreadable:
    return FileUnreadable(str(file), (failed.strerror or str(failed)).lower())


@contextmanager
def _bar(name: str) -> Iterator[Callable[[ImportProgress], None] | None]:
    """A progress bar on standard error where that is a terminal, else nothing."""
    console = notes()
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(escape(name), total=1.0, said="")

        def show(progress: ImportProgress) -> None:
            size = None if progress.share is None else 1.0
            said = f"{progress.products:,} products"
            bar.update(task, total=size, completed=progress.share, said=said)

        yield show
