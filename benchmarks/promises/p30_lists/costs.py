"""What a page costs: its time, and its statements as the database itself logs them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from attrs import evolve, frozen

from benchmarks.promises.p30_lists.paging import LONGEST, Listing
from benchmarks.promises.run import Run
from benchmarks.rig.database import TemporaryDatabase
from benchmarks.rig.figures import percentile
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import Shoppers
from benchmarks.rig.statements import LOGGED, said_since

PAGE_S = 0.2
"""95 of 100 pages take less."""
REPEATED = 3
HEARD_S = 0.5
"""By then all of the database's processes have heard of a setting."""
_FIRST = f"limit={LONGEST}"


@frozen
class Costs:
    """A list of so many rows; the statements of its first page and of one in the middle."""

    listing: Listing
    rows: int
    middle: str
    """The cursor of the page in the middle."""
    statements: tuple[int, int]
    p95_ms: tuple[float, float] = (0.0, 0.0)


async def costs(run: Run, shop: Shop, shoppers: Shoppers, listing: Listing) -> Costs:
    """What the list costs now; walked from end to end, on the way, and each row once."""
    seen: set[str] = set()
    cursors: list[str] = []
    rows, query = 0, _FIRST
    while True:
        answer = await listing.page(shoppers, query)
        assert answer.ok, f"{listing.name}: a page could not be read: {answer}"
        rows += len(answer.body["items"])
        seen.update(str(item) for item in answer.body["items"])
        if (cursor := answer.body["next_cursor"]) is None:
            break
        cursors.append(cursor)
        query = _after(cursor)
    run.equal(f"{listing.name}: rows that came twice", rows - len(seen), 0)
    middle = cursors[len(cursors) // 2]
    queries = (_FIRST, _after(middle))
    counted = [await _statements(shop.database, shoppers, listing, each) for each in queries]
    alone = await _statements(shop.database, shoppers, listing, "limit=1")
    run.equal(f"{listing.name}: statements for {LONGEST} items", counted[0], alone)
    return Costs(listing, rows, middle, (counted[0], counted[1]))


async def within_time(run: Run, shoppers: Shoppers, cost: Costs) -> Costs:
    """The same, with the times of the first page and of the one in the middle."""
    times = run.size(40, 8)
    p95_ms = []
    for name, query in (("first", _FIRST), ("middle", _after(cost.middle))):
        seconds = [await _seconds(shoppers, cost.listing, query) for _ in range(times)]
        p95_ms.append(percentile(seconds, 95))
        what = f"{cost.listing.name}: the {name} page (p95)"
        run.within(what, p95_ms[-1] / 1e3, PAGE_S)
        run.tries += times
    return evolve(cost, p95_ms=(p95_ms[0], p95_ms[1]))


async def _seconds(shoppers: Shoppers, listing: Listing, query: str) -> float:
    answer = await listing.page(shoppers, query)
    assert answer.ok, f"{listing.name}: a page could not be read: {answer}"
    return answer.seconds


async def _statements(
    database: TemporaryDatabase, shoppers: Shoppers, listing: Listing, query: str
) -> int:
    """The fewest of some tries: whatever else the servers say to the database comes on top."""
    counts = []
    for _ in range(REPEATED):
        start = database.logged()
        await listing.page(shoppers, query)
        counts.append(len(said_since(database.log, start)))
    return min(counts)


@asynccontextmanager
async def logged(database: TemporaryDatabase) -> AsyncIterator[None]:
    """Every statement logged by the database, inside the block alone."""
    await _set(database, {name: f"'{value}'" for name, value in LOGGED.items()})
    await asyncio.sleep(HEARD_S)
    try:
        yield
    finally:
        await _set(database, dict.fromkeys(LOGGED, "DEFAULT"))


async def _set(database: TemporaryDatabase, values: Mapping[str, str]) -> None:
    connection = await database.connect_async()
    async with connection:
        for name, value in values.items():
            await connection.execute(f"ALTER SYSTEM SET {name} = {value}".encode())
        await connection.execute(b"SELECT pg_reload_conf()")


def _after(cursor: str) -> str:
    return f"limit={LONGEST}&cursor={cursor}"
