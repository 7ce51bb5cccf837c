"""The store composed in this very process, for what no request can reach: its clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import evolve
from automate_store.entrypoints.bootstrap import composed

from automate_store.application.idempotency import purge_keys
from automate_store.entrypoints.settings import Settings
from benchmarks.rig.servers import environment
from benchmarks.rig.shop import Shop


async def forget_old_keys(shop: Shop, later: timedelta) -> int:
    """What the periodic purge would forget that much later; how many keys."""
    settings = Settings.from_environment(environment(shop.settings))
    async with composed(settings) as ports:
        moved = evolve(ports, clock=lambda: datetime.now(UTC) + later)
        return await purge_keys(ports=moved)
