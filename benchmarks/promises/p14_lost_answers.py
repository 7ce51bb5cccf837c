"""
P14: a gateway that acts and loses its answer, fails, or hangs, a third of the time.

Shoppers buy from two servers and ask again under their key until they know what became of it,
as often as it takes. No answer takes longer than the one deadline of a call allows. At the
end one reconciliation is run, and the store and the gateway tell the same of every payment:
none was captured twice, and none is kept without an order that it paid.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.figures import percentile
from benchmarks.rig.gateway import FakeGateway
from benchmarks.rig.ledger import captures, differences
from benchmarks.rig.paying import Held, ordered, pay
from benchmarks.rig.races import storm
from benchmarks.rig.servers import run as command
from benchmarks.rig.shop import PATIENT, Shop
from benchmarks.rig.shoppers import Answer, Shoppers, fresh_key

CLIENTS = 32
FAULTS = {"drop_answer": 0.20, "fail_before": 0.10, "hang": 0.05, "hang_s": 30.0}
LONGEST_S = 8.0
"""Within which a request ends that asks a gateway, whatever the gateway does."""

PERSIST_S = 300.0
"""
Ten rests of a gateway that does not answer.

A third of all tries fail, so that five fail in a row every few seconds: in two minutes two of
a thousand shoppers came each time while it rested.
"""
PAUSE_S = 0.2
EVENTS_S = 60.0
RECONCILE_S = 300
WALKS_AWAY = 10
"""Every so many-th shopper pays at the gateway and never comes back."""

KNOWN = {"200", "201"}
UNKNOWN = {"503 gateway_unavailable", "409 key_in_progress", "503 database_unavailable"}
ALLOWED = KNOWN | UNKNOWN


async def check(run: Run) -> None:
    """Buy by a gateway that can't be relied on."""
    with Shop(settings=PATIENT, gateway=True) as shop:
        assert shop.gateway is not None, "the shop was asked for one"
        await _buy(shop, shop.gateway, run)
        run.conclude(shop)


async def _buy(shop: Shop, gateway: FakeGateway, run: Run) -> None:
    run.tries = run.size(1_000, 24)
    (variant,) = shop.stock([Line(handle=f"p14-{run.seed}", stock=2 * run.tries)]).values()
    gateway.tell(shop.bases[0])
    gateway.go_wrong(seed=run.seed, **FAULTS)
    asked: list[Answer] = []
    async with Shoppers(shop.bases) as shoppers:
        jobs = [
            partial(_checkout, shoppers, gateway, variant, asked, leaves=not nth % WALKS_AWAY)
            for nth in range(run.tries)
        ]
        ended = Counter(await storm(jobs, clients=CLIENTS))
    gateway.go_wrong()
    run.require(gateway.wait_until_told(EVENTS_S), "the gateway could not tell all that happened")
    run.answers("answers", asked, allowed=ALLOWED)
    run.measured |= {
        "ended": dict(sorted(ended.items())),
        "longest_s": round(max(each.seconds for each in asked), 2),
        "p50_ms": percentile((each.seconds for each in asked), 50),
    }
    run.require(not ended["given up"], "a shopper never learned what became of a payment")
    run.within("an answer", max(each.seconds for each in asked), LONGEST_S)
    reconciled(shop, run)
    judge(shop, gateway, run)


def reconciled(shop: Shop, run: Run) -> None:
    """One reconciliation by the command line."""
    code, said = command(shop.settings, "reconcile", "--since", "2h", timeout_s=RECONCILE_S)
    run.require(code == 0, f"the reconciliation left something: {said[-300:]}")


def judge(shop: Shop, gateway: FakeGateway, run: Run) -> None:
    """The store and the gateway tell the same."""
    taken = captures(gateway)
    run.measured["captures"] = {str(times): count for times, count in sorted(taken.items())}
    run.require(taken[1] > 0, "nothing was captured")
    for times, count in taken.items():
        run.require(times <= 1, f"{count} payments were captured {times} times")
    for fault, offenders in differences(shop, gateway).items():
        run.faults[f"{fault}: {', '.join(offenders)}"] += 1


async def _checkout(
    shoppers: Shoppers, gateway: FakeGateway, variant: UUID, asked: list[Answer], *, leaves: bool
) -> str:
    """What became of it, as far as the shopper knows."""
    order = await ordered(shoppers, variant)
    token = order["token"]
    intend = partial(shoppers.intend, order, token, key=fresh_key(), gateway="fake")
    intent = await _persist(intend, asked)
    if intent is None:
        return "given up"
    await pay(gateway, Held.of(order, intent.body))
    if leaves:
        return "walked away"
    confirm = partial(shoppers.confirm, order, intent.body, token, key=fresh_key())
    paid = await _persist(confirm, asked)
    return "given up" if paid is None else str(paid.body["order"]["payment_status"])


async def _persist(ask: Callable[[], Awaitable[Answer]], asked: list[Answer]) -> Answer | None:
    """The answer, asked for until there is one; None where there is none for too long."""
    deadline = time.monotonic() + PERSIST_S
    while time.monotonic() < deadline:
        answer = await ask()
        asked.append(answer)
        if answer.label() in KNOWN:
            return answer
        if answer.label() not in ALLOWED:
            return None
        await asyncio.sleep(PAUSE_S)
    return None
