"""``reconcile``: the store and its payment providers made to agree, and what is left of that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from attrs import asdict
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from automate_store.application.payments import Reconciled, reconcile
from automate_store.application.payments.reconciling import Progress as Hears
from automate_store.application.ports import Ports
from automate_store.entrypoints.cli.printing import notes, results, say, table

_SPAN = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def span(text: str) -> timedelta | None:
    """The time that ``90m``, ``24h`` or ``7d`` is; None for anything else."""
    read = _SPAN.fullmatch(text.strip())
    return None if read is None else timedelta(**{_UNITS[read[2]]: int(read[1])})


async def run(since: timedelta, only: str | None, *, as_json: bool, ports: Ports) -> bool:
    """Reconcile, say what came of it, and whether nothing is left."""
    with _progress() as hears:
        done = await reconcile(since=since, only=only, progress=hears, ports=ports)
    (_print_json if as_json else _print)(done)
    return done.agreed


@contextmanager
def _progress() -> Iterator[Hears]:
    """Tells how far it is, where somebody looks on."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = notes()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("asking", total=None)

        def hears(gateway: str, what: str, many: int) -> None:
            bar.update(task, description=f"{gateway}: {many:,} {what}")

        yield hears


def _print(done: Reconciled) -> None:
    console = results()
    if done.left:
        rows = [
            (each.gateway, each.what, each.subject, each.ours, each.theirs) for each in done.left
        ]
        columns = ("gateway", "what", "which", "here", "there")
        console.print(table(columns, rows, whole=["which"]))
        console.print()
    console.print(
        f"Asked about {done.payments:,} payments and {done.refunds:,} refunds,"
        f" heard {done.events:,} events, looked up what went back of {done.compared:,} payments;"
        f" {done.changed:,} changes."
    )
    if done.agreed:
        console.print("[green]The store and its payment providers agree.[/green]")
    else:
        console.print(f"[red]{len(done.left):,} left to look at.[/red]")


def _print_json(done: Reconciled) -> None:
    told = {"agreed": done.agreed, **asdict(done)}
    say(json.dumps(told, ensure_ascii=False))
