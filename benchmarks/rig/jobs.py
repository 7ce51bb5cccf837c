"""The jobs that a shop's workers have still to do."""

from __future__ import annotations

import asyncio
import time

from benchmarks.rig.shop import Shop

POLL_S = 0.2
_LEFT = """
    SELECT count(*) FILTER (WHERE status IN ('todo', 'doing')
            AND (scheduled_at IS NULL OR scheduled_at < now() + interval '1 minute')),
        count(*) FILTER (WHERE status = 'failed')
    FROM procrastinate_jobs WHERE queue_name = 'reactions'
"""


async def done(shop: Shop, *, within_s: float) -> tuple[int, int]:
    """How many reactions are left, waited for that long at most; and how many failed."""
    deadline = time.monotonic() + within_s
    while True:
        ((left, failed),) = shop.database.rows(_LEFT)
        if not left or time.monotonic() > deadline:
            return left, failed
        await asyncio.sleep(POLL_S)
