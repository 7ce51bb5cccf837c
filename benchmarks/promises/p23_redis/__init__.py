"""
P23: Redis killed, hung and emptied under load, and nobody but the log can tell.

Two servers share a real Valkey. Customers browse, order, sign in and out without a pause
while it is killed, comes back empty, is killed again and comes back with what it knew
before; while it hangs; and while it is emptied again and again. Each phase is held
against the one before it, when Redis was well. Whoever signed out is refused by both
servers from the answer on, and to the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from automate_store.application.identity.trusting import WAIT_S
from automate_store.entrypoints.settings import Settings
from benchmarks.promises.p23_redis.limits import GENERAL, SIGN_INS, counted
from benchmarks.promises.p23_redis.load import DONE, Town, Visitors
from benchmarks.promises.run import QUICK_PATIENCE, Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.figures import percentile
from benchmarks.rig.shop import PLAIN, Shop
from benchmarks.rig.shoppers import API
from benchmarks.rig.valkey import TemporaryValkey

CUSTOMERS = 8
MORE_S = 0.1
"""What an answer may take longer than while Redis is well, 95 times of 100."""
BACK_S = 2.0
"""How long the tokens are tried without a pause once Redis is back."""
TRIED_AGAIN = 200
HASHED = {"sign-in", "all"}
"""Passwords are hashed behind all else: on a busy machine that says nothing about Redis."""
PAUSE_S = 0.05
SETTINGS: Mapping[str, str] = {
    **PLAIN,
    "trusted_proxies": "127.0.0.1",
    "limit_general": f"{GENERAL}/15m",
    "limit_auth": f"{SIGN_INS}/15m",
    "limit_cart": "50/5m",
    "limit_checkout": "10/1h",
}
Outage = Callable[[TemporaryValkey, float], Awaitable[None]]


async def in_its_shop(run: Run) -> None:
    """The check in a shop of its own that has a Redis, with the audit at its end."""
    with TemporaryValkey() as valkey:
        timeout_s = run.size(1, QUICK_PATIENCE) * Settings().redis_timeout_s
        timing = {"redis_url": valkey.url, "redis_timeout_s": f"{timeout_s:g}"}
        settings = {**SETTINGS, **timing}
        with Shop(settings=settings, gateway=True) as shop:
            await check(shop, valkey, run)
            run.conclude(shop)


async def check(shop: Shop, valkey: TemporaryValkey, run: Run) -> None:
    """Hurt Redis in each way, under load."""
    seconds = run.size(60, 4)
    handle = f"p23-{run.seed}"
    (variant,) = shop.stock([Line(handle=handle, stock=1_000_000)]).values()
    async with Visitors(shop.bases) as visitors:
        town = Town(visitors, handle, variant, run.random, name=f"p23-{run.seed}")
        for name, outage in OUTAGES.items():
            async with _busy(town):
                await _phase(town, f"before {name}", asyncio.sleep(seconds))
                await _phase(town, name, outage(valkey, seconds))
                await _phase(town, f"after {name}", _try_again(town, name))
        _judge(run, town)
        await _limits(visitors, valkey, run)
        await _all_there(shop, town, run)
    _noticed(shop, run)


async def killed(valkey: TemporaryValkey, seconds: float) -> None:
    """Dead; back and empty; dead again, and at once back with what it remembers of before."""
    valkey.kill()
    await asyncio.sleep(seconds / 3)
    await asyncio.to_thread(valkey.start)
    await asyncio.sleep(seconds / 3)
    with valkey.client() as redis:
        redis.save()
    await asyncio.sleep(seconds / 6)
    valkey.kill()
    await asyncio.to_thread(valkey.start)
    await asyncio.sleep(seconds / 6)


async def hung(valkey: TemporaryValkey, seconds: float) -> None:
    """It takes questions, and answers none."""
    with valkey.frozen():
        await asyncio.sleep(seconds)


async def flushed(valkey: TemporaryValkey, seconds: float) -> None:
    """It loses all it knows, again and again."""
    for _ in range(int(seconds / PAUSE_S)):
        await asyncio.to_thread(valkey.flush)
        await asyncio.sleep(PAUSE_S)


OUTAGES: Mapping[str, Outage] = {"killed": killed, "hung": hung, "flushed": flushed}


@asynccontextmanager
async def _busy(town: Town) -> AsyncIterator[None]:
    done = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(CUSTOMERS):
            group.create_task(town.live(done))
        try:
            yield
        finally:
            done.set()


async def _phase(town: Town, name: str, work: Awaitable[None]) -> None:
    town.phase = name
    await work


async def _try_again(town: Town, outage: str) -> None:
    """Whoever signed out while Redis was away, or before, tries again now that it is back."""
    town.visitors.move()
    tokens = [*town.signed_out[f"before {outage}"], *town.signed_out[outage]]
    until = asyncio.get_running_loop().time() + BACK_S
    for token in town.random.sample(tokens, min(TRIED_AGAIN, len(tokens))):
        town.visitors.move()
        await town.refused_everywhere(token)
    while asyncio.get_running_loop().time() < until:
        town.visitors.move()
        await town.refused_everywhere(town.random.choice(tokens))


def _judge(run: Run, town: Town) -> None:
    for kind, allowed in DONE.items():
        answers = [one for (_, of), some in town.answers.items() if of == kind for one in some]
        run.tries += len(answers)
        run.answers(kind, answers, allowed=allowed)
    for outage in OUTAGES:
        run.measured[f"{outage}_p95_ms"] = compared = {
            kind: [_p95_ms(town, f"before {outage}", kind), _p95_ms(town, outage, kind)]
            for kind in ("all", *DONE)
        }
        for kind, (before_ms, during_ms) in compared.items():
            if run.quick and kind in HASHED:
                continue
            # Who signs out while Redis can't be told waits until every server has looked.
            more_s = MORE_S + (WAIT_S if kind == "sign-out" else 0)
            run.within(f"{outage}: {kind}, more", (during_ms - before_ms) / 1e3, more_s)


def _p95_ms(town: Town, phase: str, kind: str) -> float:
    # One in ten signs out here, who may wait: they are judged by themselves.
    kinds = DONE.keys() - {"sign-out"} if kind == "all" else (kind,)
    return percentile((one.seconds for each in kinds for one in town.answers[phase, each]), 95)


async def _limits(visitors: Visitors, valkey: TemporaryValkey, run: Run) -> None:
    """Counted together, each for itself, and together again."""
    await _asked(visitors)
    await counted(visitors, run, phase="well", away=False)
    with valkey.frozen():
        await counted(visitors, run, phase="hung", away=True)
    valkey.kill()
    await counted(visitors, run, phase="killed", away=True)
    valkey.start()
    await asyncio.sleep(BACK_S)
    await _asked(visitors)
    await counted(visitors, run, phase="back", away=False)


async def _asked(visitors: Visitors) -> None:
    """Every server asks Redis for something, and so knows that it is there."""
    visitors.move()
    for server in range(len(visitors.bases)):
        await visitors.ask("GET", f"{API}/categories", server=server)


async def _all_there(shop: Shop, town: Town, run: Run) -> None:
    """No cart, no order and no word of a payment that was acknowledged is lost."""
    kept = town.kept
    run.measured |= {"carts": len(kept.carts), "orders": len(kept.orders), "paid": len(kept.paid)}
    run.measured["told"] = len(kept.events)
    for cart, quantity in kept.carts.items():
        town.visitors.move()
        shown = await town.visitors.show(cart)
        found = [item["quantity"] for item in shown.body["items"]] if shown.ok else shown.label()
        run.equal("a cart holds", found, [quantity])
    rows = shop.database.rows("SELECT id::text, payment_state FROM orders")
    stored: dict[str, str] = dict(rows)
    run.equal("orders that are lost", len(kept.orders.keys() - stored.keys()), 0)
    told = {event for (event,) in shop.database.rows("SELECT event_id FROM webhook_events")}
    run.equal("webhooks that are lost", len(kept.events - told), 0)
    run.equal("payments that are lost", sum(stored.get(one) != "paid" for one in kept.paid), 0)


def _noticed(shop: Shop, run: Run) -> None:
    """Every server noticed; else it never asked Redis, and nothing was checked."""
    for server in shop.servers:
        run.require("redis_away" in server.tail(), "a server did not miss Redis")
        run.require(server.alive(), "a server died")
