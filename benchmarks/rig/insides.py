"""The store composed in this very process, for what no request can reach, or not as often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from automate_store.application.idempotency import purge_keys
from automate_store.entrypoints.bootstrap import open_store
from automate_store.entrypoints.settings import Settings
from benchmarks.rig.servers import environment
from benchmarks.rig.shop import Shop


async def audited(shop: Shop) -> list[str]:
    """The names of the audit's checks that find something."""
    settings = Settings.from_environment(environment(shop.settings))
    async with open_store(settings, shop.database.url, patient=True) as store:
        report = await store.auditor().audit(shown=1)
    return [check.check for check in report.checks if check.differences]


async def forget_old_keys(shop: Shop, later: timedelta) -> int:
    """What the periodic purge would forget that much later; how many keys."""
    settings = Settings.from_environment(environment(shop.settings))

    def clock() -> datetime:
        return datetime.now(UTC) + later

    async with open_store(settings, shop.database.url, clock=clock) as store:
        return await purge_keys(ports=store.ports)
