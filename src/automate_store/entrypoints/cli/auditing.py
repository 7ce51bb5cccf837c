"""``audit``: whether the books agree, as a table for people or one line for programs."""

from __future__ import annotations

import json

from attrs import asdict

from automate_store.application.ports.audit import AuditReport, CheckReport
from automate_store.entrypoints.cli.printing import results, say, table


def print_report(report: AuditReport) -> None:
    """What each check looked at and found, and where."""
    console = results()
    rows = [
        (one.check, f"{one.looked_at:,}", f"{one.differences:,}", one.rule) for one in report.checks
    ]
    columns = ("check", "looked at", "differences", "what must hold")
    console.print(table(columns, rows, numbers=columns[1:3]))
    for check in report.checks:
        if check.differences:
            console.print()
            console.print(_differences(check))
    console.print()
    if report.clean:
        console.print("[green]The books agree.[/green]")
    else:
        console.print(f"[red]{report.differences:,} differences.[/red]")


def print_json(report: AuditReport) -> None:
    """The report as one line of JSON."""
    checks = [asdict(check) for check in report.checks]
    told = {"clean": report.clean, "differences": report.differences, "checks": checks}
    say(json.dumps(told, ensure_ascii=False))


def _differences(check: CheckReport) -> object:
    shown = len(check.shown)
    more = f", the first {shown} of {check.differences:,}" if check.differences > shown else ""
    rows = [(one.subject, one.expected, one.found) for one in check.shown]
    return table(("where", "expected", "found"), rows, title=f"{check.check}{more}")
