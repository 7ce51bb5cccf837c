"""What accounts leave behind and nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from automate_store.application.ports import Ports

PURGE_BATCH = 1_000
KEPT_FOR = timedelta(days=30)
"""How long a session that is over is kept: a refresh token that comes again is still known."""

DISTRUSTED_FOR = timedelta(hours=25)
"""How long a change may be older than what a cache keeps, which is a day."""

SETTLING = timedelta(minutes=1)
"""How long after its making a key signs at the latest."""


async def purge_sessions(*, ports: Ports) -> int:
    """Delete sessions and links that are over for long; how many."""
    before, purged = ports.clock() - KEPT_FOR, 0
    while True:
        async with ports.unit_of_work() as work:
            batch = await work.sessions.purge(before=before, limit=PURGE_BATCH)
            links = await work.links.purge(before=before, limit=PURGE_BATCH)
        purged += batch + links
        if max(batch, links) < PURGE_BATCH:
            return purged


async def trust_old_changes(*, ports: Ports) -> int:
    """
    Stop distrusting what no cache keeps any longer; how many changes.

    A shop without a cache has nobody else to do it.
    """
    before, trusted = ports.clock() - DISTRUSTED_FOR, 0
    while True:
        async with ports.unit_of_work() as work:
            batch = await work.sessions.trust_old(before=before, limit=PURGE_BATCH)
        trusted += batch
        if batch < PURGE_BATCH:
            return trusted


async def drop_old_keys(*, ports: Ports) -> int:
    """Forget signing keys whose tokens are all over; how many."""
    settled_by = ports.clock() - ports.policy.accounts.access_lifetime - SETTLING
    async with ports.unit_of_work() as work:
        keys = await work.signing_keys.all()
        settled = [key for key in keys if key.created_at <= settled_by]
        if not settled:
            return 0
        # It has signed alone for longer than a token lives: what came before is of no use.
        return await work.signing_keys.drop(before=settled[0].created_at)
