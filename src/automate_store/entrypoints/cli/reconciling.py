"""``reconcile``: the store and its payment providers made to agree, and what is left of that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from attrs import asdict
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from automate_store.application.payments import Discrepancy, Reconciled, reconcile
from automate_store.application.payments.looking import only_looking
from automate_store.application.payments.reconciling import Progress as Hears
from automate_store.application.ports import Ports
from automate_store.entrypoints.cli.printing import notes, results, say, table

BOUNDS = "between 1m and 99999d, such as 90m, 24h or 7d"
_SPAN = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def span(text: str) -> timedelta | None:
    """The time that ``90m``, ``24h`` or ``7d`` is; None for anything else."""
    read = _SPAN.fullmatch(text.strip())
    return None if read is None else timedelta(**{_UNITS[read[2]]: int(read[1])})


async def run(
    since: timedelta, only: str | None, *, as_json: bool, dry: bool, ports: Ports
) -> bool:
    """
    Reconcile, say what came of it, and whether nothing is left.

    Where it is a ``dry`` run nothing is done, and what would be is left as well.
    """
    ports = only_looking(ports) if dry else ports
    with _progress() as hears:
        done = await reconcile(since=since, only=only, progress=hears, ports=ports)
    if as_json:
        told = {"agreed": done.agreed, "dry_run": dry, **asdict(done)}
        say(json.dumps(told, ensure_ascii=False, default=str))
    else:
        _print(done, dry=dry)
    return done.agreed and not (dry and done.changed)


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


def _print(done: Reconciled, *, dry: bool) -> None:
    console = results()
    _print_all("would change" if dry else "changed", done.mended)
    if len(done.mended) < done.changed:
        console.print(f"... and {done.changed - len(done.mended):,} more.")
    _print_all("to look at", done.left)
    console.print(
        f"Asked about {many(done.payments, 'payment')} and {many(done.refunds, 'refund')},"
        f" heard {many(done.events, 'event')}, looked up what went back of"
        f" {many(done.compared, 'payment')};"
        f" {many(done.changed, 'change')}{', not made' if dry and done.changed else ''}."
    )
    if done.left:
        console.print(f"[red]{len(done.left):,} left to look at.[/red]")
    elif not (dry and done.changed):
        console.print("[green]The store and its payment providers agree.[/green]")


def _print_all(title: str, found: Sequence[Discrepancy]) -> None:
    if not found:
        return
    rows = [
        (each.gateway, each.what, each.order or "", each.subject, each.ours, each.theirs)
        for each in found
    ]
    now = "there" if title == "to look at" else "then"
    columns = ("gateway", title, "order", "which", "here", now)
    results().print(table(columns, rows, whole=["which"]))
    results().print()


def many(number: int, what: str) -> str:
    """So many of them, in words."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
