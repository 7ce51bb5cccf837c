"""
P29: whoever asks, and whatever ids they send, each gets what is theirs and nothing else.

One customer owns all that a shop keeps on people, every text of it unlike any other. Seven
others ask for it at every operation in the API's own description, with each of the
owner's ids in each place of a path, a query, a body and the headers that takes one: none
of those texts may come back, a foreign id has to be answered like one that nothing has,
and no row of the owner's may change. An operation that is not in the table of
``benchmarks.rig.access`` fails the check. Last, people change roles on one server, and
are what they became with their next request to the other.
"""

from __future__ import annotations

from benchmarks.promises.p29_access.asking import nobody_gets_anything
from benchmarks.promises.p29_access.callers import neighbourhood
from benchmarks.promises.p29_access.operations import described
from benchmarks.promises.p29_access.roles import roles_hold_at_once
from benchmarks.promises.run import Run
from benchmarks.rig.access import OPERATIONS
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Shoppers

__all__ = ["check"]


async def check(shop: Shop, run: Run) -> None:
    """Ask for everything that is somebody else's."""
    async with Shoppers(shop.bases) as shoppers:
        operations = await described(shoppers)
        known = {operation.id for operation in operations}
        for name in sorted(known ^ OPERATIONS.keys()):
            run.require(False, f"{name} is in the table or in the API, not in both")  # noqa: FBT003
        street = await neighbourhood(shop, shoppers, run.seed)
        asked = [operation for operation in operations if operation.id in OPERATIONS]
        await nobody_gets_anything(run, street, asked)
        await roles_hold_at_once(run, shoppers)
