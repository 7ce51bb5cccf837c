"""
P21: PostgreSQL restarted without farewell, again and again, under shoppers who persist.

A shopper who is refused or left without an answer asks again under the same key until
there is one. Afterwards the history is judged against the database: what was
acknowledged is there, what was asked often happened once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from attrs import Factory, define

from benchmarks.promises.run import Run
from benchmarks.rig.catalog import Line
from benchmarks.rig.figures import percentile
from benchmarks.rig.shop import Shop
from benchmarks.rig.shoppers import API, Answer, Shoppers, fresh_key

CLIENTS = 16
RESTARTS = 20
BETWEEN_S = 1.5
REFUSAL_S = 3.0
SERVING_S = 5.0
PERSIST_S = 30.0
PAUSE_S = 0.1
NEW_JOBS_S = 20.0
STALLED_JOBS_S = 150.0
JOBS = """
    SELECT count(*) FILTER (WHERE status IN ('todo', 'doing')
            AND (scheduled_at IS NULL OR scheduled_at < now())),
        count(*) FILTER (WHERE status = 'failed')
    FROM procrastinate_jobs WHERE queue_name = 'reactions'
"""


@define
class History:
    """Every answer that the shoppers got, and what was acknowledged to them."""

    answers: list[tuple[str, Answer]] = Factory(list)
    orders: dict[str, dict[str, Any]] = Factory(dict)
    """Acknowledged orders by id."""
    captured: set[str] = Factory(set)
    """The orders whose payment was acknowledged."""
    given_up: list[str] = Factory(list)
    """What stayed without an answer to the end."""


async def check(shop: Shop, run: Run) -> None:
    """Restart the database while everybody buys."""
    restarts = run.size(RESTARTS, 2)
    (variant,) = shop.stock([Line(handle=f"p21-{run.seed}", stock=1_000_000)]).values()
    mails = len(list(shop.mails.iterdir()))
    pids = [server.pid for server in shop.servers]
    history, done, recoveries = History(), asyncio.Event(), list[float]()
    async with Shoppers(shop.bases) as shoppers, asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(_shopper(shoppers, variant, history, done))
        for _ in range(restarts):
            await asyncio.sleep(BETWEEN_S)
            await asyncio.to_thread(shop.database.restart_immediately)
            recoveries.append(await _serving(shop, shoppers, variant))
        await asyncio.sleep(BETWEEN_S)
        done.set()
        await _told(shop, run, shoppers, variant)
    run.tries = len(history.answers)
    run.measured |= {"restarts": restarts, "serving_after_s": round(max(recoveries), 2)}
    run.within("serving again", max(recoveries), SERVING_S)
    alive = [server.pid for server in shop.servers if server.alive()]
    run.equal("servers that lived through it", alive, pids)
    _refusals(run, history)
    _acknowledged(shop, run, history)
    if not run.quick:
        await _all_told(shop, run, mails)


async def _shopper(
    shoppers: Shoppers, variant: UUID, history: History, done: asyncio.Event
) -> None:
    while not done.is_set():
        filled = await _persist("cart", partial(shoppers.add, [(variant, 1)]), history)
        if filled is None:
            continue
        cart = filled.headers["X-Cart-Token"]
        order = await _persist("order", partial(shoppers.order, cart, key=fresh_key()), history)
        if order is None:
            continue
        history.orders[order.body["id"]] = order.body
        await _pay(shoppers, order.body, history)


async def _pay(shoppers: Shoppers, order: dict[str, Any], history: History) -> None:
    token = order["token"]
    intend = partial(shoppers.intend, order, token, key=fresh_key())
    intent = await _persist("intent", intend, history)
    if intent is None:
        return
    confirm = partial(shoppers.confirm, order, intent.body, token, key=fresh_key())
    if await _persist("confirmation", confirm, history) is not None:
        history.captured.add(order["id"])


async def _persist(what: str, ask: Callable[[], Any], history: History) -> Answer | None:
    """Ask until it is done; None where it is refused for good, or for too long."""
    deadline = time.monotonic() + PERSIST_S
    while time.monotonic() < deadline:
        answer: Answer = await ask()
        history.answers.append((what, answer))
        if answer.ok:
            return answer
        if answer.status != 503 and answer.code != "key_in_progress" and answer.known:
            return None
        await asyncio.sleep(PAUSE_S)
    history.given_up.append(what)
    return None


async def _serving(shop: Shop, shoppers: Shoppers, variant: UUID) -> float:
    """How long after the database every server of the shop writes again."""
    began = time.monotonic()
    body = {"items": [{"variant_id": str(variant), "quantity": 1}]}
    for server in range(len(shop.servers)):
        while time.monotonic() < began + 2 * SERVING_S:
            answer = await shoppers.ask("POST", f"{API}/cart/add", body, server=server)
            if answer.ok:
                break
            await asyncio.sleep(PAUSE_S / 2)
    return time.monotonic() - began


def _refusals(run: Run, history: History) -> None:
    refused = [(what, one) for what, one in history.answers if not one.ok]
    run.answers(
        "answers",
        (one for _, one in history.answers),
        allowed={"200", "201", "503 database_unavailable", "409 key_in_progress"},
    )
    run.measured["refused_p99_ms"] = percentile((one.seconds for _, one in refused), 99)
    run.measured["longest_s"] = round(max(one.seconds for _, one in history.answers), 2)
    for what, one in refused:
        if one.status == 503:
            run.require("Retry-After" in one.headers, f"{what}: 503 without Retry-After")
        run.within(f"refusing a {what}", one.seconds, REFUSAL_S)
    for what in history.given_up:
        run.require(holds=False, fault=f"{what}: no answer in {PERSIST_S:.0f} s")


def _acknowledged(shop: Shop, run: Run, history: History) -> None:
    rows = shop.database.rows("SELECT id::text, total_amount, payment_state FROM orders")
    stored = {order_id: (total, payment) for order_id, total, payment in rows}
    run.measured |= {
        "orders_acknowledged": len(history.orders),
        "captures_acknowledged": len(history.captured),
        "orders_stored": len(stored),
    }
    for order_id in history.orders:
        run.require(order_id in stored, "an acknowledged order is lost")
    for order_id in history.captured:
        paid = order_id in stored and stored[order_id][1] == "paid"
        run.require(paid, "an acknowledged payment is lost")


async def _told(shop: Shop, run: Run, shoppers: Shoppers, variant: UUID) -> None:
    """Some worker came back: whoever buys now is told so by mail."""
    order = (await shoppers.order(await shoppers.fill([(variant, 1)]), key=fresh_key())).body
    await shoppers.pay(order, order["token"])
    deadline = time.monotonic() + NEW_JOBS_S
    while time.monotonic() < deadline:
        if _mails_about(shop, order["number"]):
            break
        await asyncio.sleep(PAUSE_S)
    run.require(_mails_about(shop, order["number"]) == 1, "no worker came back")


async def _all_told(shop: Shop, run: Run, mails: int) -> None:
    """What a restart cut off is done, once its worker has been silent for long enough."""
    expected = run.measured["captures_acknowledged"]
    deadline = time.monotonic() + STALLED_JOBS_S
    while True:
        ((left, failed),) = shop.database.rows(JOBS)
        if not left or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.5)
    sent = len(list(shop.mails.iterdir())) - mails
    run.measured["jobs"] = {"left": left, "failed": failed, "mails": sent}
    run.equal("jobs that nobody did", left, 0)
    run.equal("jobs that failed for good", failed, 0)
    run.require(sent >= expected, f"{expected} paid, and {sent} were told")


def _mails_about(shop: Shop, number: str) -> int:
    return sum(number.encode() in mail.read_bytes() for mail in shop.mails.glob("*.eml"))
