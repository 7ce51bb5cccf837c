"""``media sweep``: pictures that nothing speaks of, gone or named."""

from __future__ import annotations

from datetime import timedelta

from automate_store.application.catalog import sweep_pictures
from automate_store.application.ports import Ports
from automate_store.entrypoints.cli.operator import OPERATOR
from automate_store.entrypoints.cli.printing import say


async def sweep(older_than_days: int, *, dry_run: bool, ports: Ports) -> None:
    """Let them go, and say which they were."""
    before = ports.clock() - timedelta(days=older_than_days)
    swept = await sweep_pictures(before=before, dry_run=dry_run, actor=OPERATOR, ports=ports)
    for name in swept.removed:
        say(name)
    gone = "Pictures that would go" if dry_run else "Pictures gone"
    say(f"{gone}: {len(swept.removed):,}. Old ones that are still spoken of: {swept.kept:,}.")
