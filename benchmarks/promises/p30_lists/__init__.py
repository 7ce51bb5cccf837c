"""
P30: every list is short, leads on, and costs the same however much there is.

The lists are those of the description that the running shop serves, so that a new one is
checked from its first day: what answers with ``items`` and ``next_cursor`` is asked in
every wrong way, walked from end to end in pages of different sizes, and timed; what
answers with ``items`` alone must be known to be bounded. Bodies of more than a MiB are
refused wherever there is a body, and every array in one has a maximum.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.promises.p30_lists.bodies import bodies_are_bounded
from benchmarks.promises.p30_lists.costs import Costs, costs, logged, within_time
from benchmarks.promises.p30_lists.described import Described, described
from benchmarks.promises.p30_lists.filling import FEW, fill, fill_first
from benchmarks.promises.p30_lists.paging import Listing, listings, paged_soundly
from benchmarks.promises.p30_lists.unpaged import unpaged_lists_are_bounded
from benchmarks.promises.run import Run
from benchmarks.rig.accounts import register
from benchmarks.rig.shop import PATIENT, STAFF, Shop
from benchmarks.rig.shoppers import Shoppers

SETTINGS: Mapping[str, str] = {
    **PATIENT,
    "embedded_worker": "false",
    "product_list_cache_s": "0",
}
"""No jobs among the statements that are counted, and no answer without asking."""


async def in_its_shop(run: Run) -> None:
    """The check in a shop of its own, which it fills beyond what other checks could bear."""
    with Shop(settings=SETTINGS) as shop:
        await check(shop, run)
        run.conclude(shop)


async def check(shop: Shop, run: Run) -> None:
    """The lists of a small shop, the same lists of a large one, and all bodies."""
    async with Shoppers(shop.bases) as shoppers:
        member = await register(shoppers, f"p30-{run.seed}@example.com")
        shop_says = await described(shoppers)
        callers = (STAFF, member.headers)
        await fill_first(shoppers)
        fill(shop.database, buyer=member.id, beyond=0, upto=FEW)
        lists = await listings(run, shoppers, shop_says, callers)
        await paged_soundly(run, shoppers, lists)
        before = await _costs(run, shop, shoppers, lists)
        fill(shop.database, buyer=member.id, beyond=FEW, upto=run.size(100_000, 1_000))
        after = await _costs(run, shop, shoppers, lists)
        _as_many_statements(run, before, after)
        after = {name: await within_time(run, shoppers, cost) for name, cost in after.items()}
        await unpaged_lists_are_bounded(run, shop, shoppers, shop_says, member)
        await bodies_are_bounded(run, shop, shoppers, shop_says, callers)
    _told(run, shop_says, after)


async def _costs(
    run: Run, shop: Shop, shoppers: Shoppers, lists: list[Listing]
) -> dict[str, Costs]:
    async with logged(shop.database):
        return {each.name: await costs(run, shop, shoppers, each) for each in lists}


def _as_many_statements(run: Run, few: Mapping[str, Costs], many: Mapping[str, Costs]) -> None:
    for name, cost in many.items():
        run.equal(f"{name}: statements for a page", cost.statements, few[name].statements)


def _told(run: Run, shop_says: Described, after: Mapping[str, Costs]) -> None:
    run.measured["operations"] = len(shop_says.operations)
    run.measured["lists"] = {
        name: {"rows": cost.rows, "p95_ms": cost.p95_ms, "statements": cost.statements}
        for name, cost in after.items()
    }
