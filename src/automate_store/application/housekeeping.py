"""Housekeeping: what the clock asks for, again and again, safe to run anywhere and twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from automate_store.application.carts import purge_carts
from automate_store.application.orders import expire_orders
from automate_store.application.ports import Ports

PURGE_BATCH = 1_000


async def purge_keys(*, ports: Ports) -> int:
    """Forget idempotency keys past their lifetime; how many."""
    before = ports.clock() - ports.policy.key_lifetime
    purged = 0
    while True:
        async with ports.unit_of_work() as work:
            batch = await work.keys.purge(before=before, limit=PURGE_BATCH)
        purged += batch
        if batch < PURGE_BATCH:
            return purged


async def _expire(*, ports: Ports) -> int:
    return await expire_orders(ports=ports)


PERIODIC: Mapping[str, tuple[str, Callable[..., Awaitable[int]]]] = {
    "expire_orders": ("* * * * *", _expire),
    "purge_carts": ("17 * * * *", purge_carts),
    "purge_keys": ("47 * * * *", purge_keys),
}
"""Name -> when (cron, UTC) and what; each gives how many things it settled."""
