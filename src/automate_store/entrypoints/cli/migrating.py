"""``migrate``: the database where this release needs it, and what a new shop starts with."""

from __future__ import annotations

import asyncio

from automate_store.adapters.postgres.migrate import MigrationReport, migrate
from automate_store.entrypoints.bootstrap import open_store
from automate_store.entrypoints.cli.printing import say
from automate_store.entrypoints.cli.seeds import seed_shipping
from automate_store.entrypoints.settings import Settings


async def bring_up_to_date(settings: Settings, url: str) -> None:
    """
    Run the migrations that are missing and say which; a new shop gets ways to ship.

    Safe from two processes at once. Raises DatabaseUnavailable.
    """
    report = await asyncio.to_thread(migrate, url)
    say(_told(report))
    if report.before is None and report.applied:
        async with open_store(settings, url) as store:
            codes = await seed_shipping(ports=store.ports)
        if codes:
            say(f"A new shop: shipping methods {' and '.join(codes)} are put up.")


def _told(report: MigrationReport) -> str:
    if not report.applied:
        return f"Nothing to do: the database stands at {report.after}."
    start = report.before or "nothing"
    return f"Migrated from {start} to {report.after}: {', '.join(report.applied)}."
