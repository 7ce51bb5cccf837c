"""
P22: PostgreSQL that does not answer: refusals in time, life without readiness, no leaks.

First the database's processes are stopped, with connections open, and 500 shoppers come
on top of those who shop already; then, thawed, one row is locked so that the pools run
dry in a healthy database. Shoppers are refused in time, and a little later all is well. So
is a provider who tells of payments, and who tells it all again afterwards.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from uuid import UUID

from automate_store.adapters.jobs.app import POOL_SIZE
from automate_store.entrypoints.settings import Settings
from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.figures import percentile
from benchmarks.rig.races import at_once, held, storm
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Answer, Shoppers, fresh_key
from benchmarks.rig.telling import Happened, fresh_event, tell

CLIENTS = 16
CROWD = 500
LONGEST_S = 5.0
ALIVE_S = 1.0
NORMAL_S = 5.0
PAUSE_S = 0.1
LOCK_S = 4.0
SETTLE_S = 15.0
WARM_ROUNDS = 3
"""One round may leave a place of a pool empty, which a later one fills."""
STOCK_ROW = "SELECT 1 FROM stock_items WHERE variant_id = %s FOR UPDATE"
CONNECTIONS = """
    SELECT count(*), count(*) FILTER (WHERE state LIKE 'idle in transaction%')
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'
"""
REFUSED = {"503 database_unavailable"}
DONE = {"200", "201"}
Ask = Callable[[], Awaitable[Answer]]


async def check(shop: Shop, run: Run) -> None:
    """Freeze the database, then starve it of connections."""
    (variant,) = shop.stock([Line(handle=_handle(run), stock=1_000_000)]).values()
    async with Shoppers(shop.bases) as shoppers:
        before = 0
        for _ in range(WARM_ROUNDS):
            await _warm(shoppers, variant)
            before = max(before, await _connections(shop))
        events = [fresh_event() for _ in range(CLIENTS)]
        await _frozen(shop, run, shoppers, variant, events=events)
        await _normal(run, shoppers, variant, "thawed")
        await _told_again(shop, run, shoppers, events)
        await _starved(shop, run, shoppers, variant)
        await _normal(run, shoppers, variant, "unlocked")
        await _warm(shoppers, variant)
        allowed = max(before, len(shop.servers) * (Settings().pool_size + POOL_SIZE))
        after = await _connections(shop, at_most=allowed)
    # A worker's pool grows with its jobs; what is leaked is more than all pools may hold.
    run.measured["connections"] = {"before": before, "after": after, "allowed": allowed}
    run.require(after <= allowed, f"{after - allowed} connections leaked")


async def _frozen(
    shop: Shop, run: Run, shoppers: Shoppers, variant: UUID, *, events: Sequence[Happened]
) -> None:
    seconds = run.size(30, 6)
    carts = await storm([partial(shoppers.fill, [(variant, 1)])] * CLIENTS, clients=8)
    answers = defaultdict[str, list[Answer]](list)
    until = time.monotonic() + seconds
    with shop.database.frozen():
        async with asyncio.TaskGroup() as group:
            for kind, ask in _wishes(run, shoppers, carts, events):
                group.create_task(_repeat(ask, answers[kind], until))
            await asyncio.sleep(seconds / 3)
            crowd = await at_once([partial(shoppers.add, [(variant, 1)])] * CROWD)
    _judge(run, "frozen_writes", answers["write"], allowed=REFUSED, longest_s=LONGEST_S)
    _judge(run, "frozen_webhooks", answers["webhook"], allowed=REFUSED, longest_s=LONGEST_S)
    _judge(run, "frozen_reads", answers["read"], allowed=REFUSED | {"200"}, longest_s=LONGEST_S)
    _judge(run, "frozen_crowd", crowd, allowed=REFUSED, longest_s=LONGEST_S)
    _judge(run, "frozen_live", answers["live"], allowed={"200"}, longest_s=ALIVE_S)
    ready = {f"503{code}" for code in ("", " database_unavailable", " not_ready")}
    _judge(run, "frozen_ready", answers["ready"], allowed=ready, longest_s=LONGEST_S)


def _wishes(
    run: Run, shoppers: Shoppers, carts: Sequence[str], events: Sequence[Happened]
) -> Iterator[tuple[str, Ask]]:
    """What is asked for again and again, and of what kind it is."""
    for cart in carts:
        yield "write", partial(shoppers.order, cart, key=fresh_key())
    for event in events:
        yield "webhook", partial(tell, shoppers, event)
    own = {"X-Cart-Token": carts[0]}
    yield "read", partial(shoppers.ask, "GET", f"{API}/cart", headers=own)
    yield "read", partial(shoppers.ask, "GET", f"{API}/products/{_handle(run)}")
    for server in range(len(shoppers.bases)):
        yield "live", partial(shoppers.ask, "GET", "/health/live", server=server)
        yield "ready", partial(shoppers.ask, "GET", "/health/ready", server=server)


async def _told_again(shop: Shop, run: Run, shoppers: Shoppers, events: Sequence[Happened]) -> None:
    """What was refused is told again, as providers do, and kept once."""
    again = [await tell(shoppers, event) for event in events for _ in shop.bases]
    _judge(run, "told_again", again, allowed={"200"}, longest_s=LONGEST_S)
    named = [[event["id"] for event in events]]
    kept = shop.database.value(
        "SELECT count(*) FROM webhook_events WHERE event_id = ANY(%s)", named
    )
    run.equal("events that are kept", kept, len(events))


async def _starved(shop: Shop, run: Run, shoppers: Shoppers, variant: UUID) -> None:
    """Every connection of the pools waits for one row; 500 want one."""
    carts = await storm([partial(shoppers.fill, [(variant, 1)])] * (CROWD // 10), clients=8)
    jobs = [
        partial(shoppers.order, carts[number % len(carts)], key=fresh_key())
        if number % 2
        else partial(shoppers.add, [(variant, 1)])
        for number in range(CROWD)
    ]
    async with held(shop.database, STOCK_ROW, [variant]):
        crowd = asyncio.gather(*(job() for job in jobs))
        await asyncio.sleep(LOCK_S / 4)
        live = await shoppers.ask("GET", "/health/live")
        await asyncio.sleep(LOCK_S * 3 / 4)
    allowed = REFUSED | DONE | {"409 cart_ordered"}
    _judge(run, "starved_crowd", await crowd, allowed=allowed, longest_s=LONGEST_S)
    _judge(run, "starved_live", [live], allowed={"200"}, longest_s=ALIVE_S)


async def _normal(run: Run, shoppers: Shoppers, variant: UUID, when: str) -> None:
    """How long until everything is answered as if nothing had been."""
    began = time.monotonic()
    in_a_row = 0
    while time.monotonic() < began + 2 * NORMAL_S and in_a_row < CLIENTS:
        answers = await at_once([partial(shoppers.add, [(variant, 1)])] * 4)
        in_a_row = in_a_row + len(answers) if all(one.ok for one in answers) else 0
    seconds = time.monotonic() - began
    run.measured[f"normal_after_{when}_s"] = round(seconds, 2)
    run.within(f"normal once {when}", seconds, NORMAL_S)
    ready = await shoppers.ask("GET", "/health/ready")
    run.require(ready.status == 200, f"{when}, and readiness says {ready.label()}")


async def _warm(shoppers: Shoppers, variant: UUID) -> None:
    """Enough at once that the pools are as full as they get."""
    await at_once([partial(shoppers.fill, [(variant, 1)])] * (CLIENTS * 6))


async def _connections(shop: Shop, *, at_most: int | None = None) -> int:
    """
    How many connections the servers keep, once nobody asks for anything.

    One that is leaked never goes; more than ``at_most`` are given time to close.
    """
    deadline = time.monotonic() + SETTLE_S
    while True:
        ((count, in_transaction),) = shop.database.rows(CONNECTIONS)
        late = time.monotonic() >= deadline
        if not in_transaction and (at_most is None or count <= at_most or late):
            return int(count)
        assert not late, f"{in_transaction} transactions were left open"
        await asyncio.sleep(PAUSE_S)


def _handle(run: Run) -> str:
    return f"p22-{run.seed}"


async def _repeat(ask: Ask, answers: list[Answer], until: float) -> None:
    while time.monotonic() < until:
        answers.append(await ask())
        await asyncio.sleep(PAUSE_S)


def _judge(
    run: Run, what: str, answers: list[Answer], *, allowed: set[str], longest_s: float
) -> None:
    run.tries += len(answers)
    run.answers(what, answers, allowed=allowed)
    run.measured[f"{what}_p99_ms"] = percentile((one.seconds for one in answers), 99)
    for one in answers:
        run.within(f"{what}: an answer", one.seconds, longest_s)
        if one.status == 503 and what != "frozen_ready":
            run.require("Retry-After" in one.headers, f"{what}: 503 without Retry-After")
