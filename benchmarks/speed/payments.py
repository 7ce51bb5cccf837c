"""
What a gateway costs: to be told of a payment, and to buy by one instead of by hand.

Each webhook tells of another event, so that each leaves a row and a job behind; no worker
runs meanwhile, so that nothing but the taking is counted. A checkout by a gateway is the one
by hand and two questions to a provider, whose own time is not counted.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import aiohttp
import attrs
from attrs import frozen

from benchmarks.rig.gateway import WEBHOOK
from benchmarks.rig.telling import fresh_event, signed
from benchmarks.speed.flow import Context, Operation, buy, checkout, setup
from benchmarks.speed.loads import Speed, Target, measure
from benchmarks.speed.report import RESULTS, machine
from benchmarks.speed.shops import filled_shop

CPU_TARGET_MS, ANSWER_TARGET_MS = 2.5, 100.0
MORE_TARGET_MS = 5.0
"""What a checkout by a gateway may take more than one by hand."""
LOADS = (1, 16)
ROUNDS = 3
"""How often a checkout by hand and one by a gateway are measured in turn: machines drift."""
SETTINGS = {"embedded_worker": "false"}


@frozen(kw_only=True)
class Payments:
    """Taking a webhook, and a checkout by hand and by a gateway, under each load."""

    webhooks: tuple[Speed, ...]
    by_hand: tuple[Speed, ...]
    by_gateway: tuple[Speed, ...]

    @property
    def missed(self) -> bool:
        """Whether one takes more CPU than it may, keeps a provider waiting, or fails."""
        slow = any(
            each.cpu_ms > CPU_TARGET_MS or each.p99_ms > ANSWER_TARGET_MS for each in self.webhooks
        )
        failed = any(each.errors for each in (*self.webhooks, *self.by_hand, *self.by_gateway))
        return slow or failed or any(more > MORE_TARGET_MS for more in self.more)

    @property
    def more(self) -> tuple[float, ...]:
        """Milliseconds of CPU that a gateway adds to a checkout, under each load, on average."""
        hand, other = (_means(each) for each in (self.by_hand, self.by_gateway))
        return tuple(round(other[load] - hand[load], 2) for load in LOADS)

    def text(self) -> str:
        """A line each."""
        speeds = (*self.webhooks, *self.by_hand, *self.by_gateway)
        lines = [
            f"{each.operation} at {each.concurrency:>2}: {each.cpu_ms:.2f} ms CPU,"
            f" {each.database_ms:.2f} of it in the database; p50 {each.p50_ms},"
            f" p99 {each.p99_ms} ms; {each.done} done, {each.errors} errors"
            f" {each.first_error or ''}"
            for each in speeds
        ]
        targets = (
            f"a webhook may take {CPU_TARGET_MS:g} ms; a gateway adds"
            f" {' and '.join(f'{more:.2f}' for more in self.more)} ms (target {MORE_TARGET_MS:g})"
        )
        return "\n".join([*lines, targets, machine()])

    def save(self) -> Path:
        """The figures as JSON; where."""
        RESULTS.mkdir(exist_ok=True)
        told = {
            "webhooks": [attrs.asdict(each) for each in self.webhooks],
            "by_hand": [attrs.asdict(each) for each in self.by_hand],
            "by_gateway": [attrs.asdict(each) for each in self.by_gateway],
            "a_gateway_adds_ms": list(self.more),
            "machine": machine(),
            "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        }
        file = RESULTS / "payments.json"
        file.write_text(json.dumps(told, indent=1) + "\n")
        return file


def measure_payments(*, seconds: int) -> Payments:
    """In a shop of its own, beside a gateway."""
    with filled_shop(SETTINGS, gateway=True) as shop:
        (server,) = shop.servers
        target = Target(server.base, server.pid, shop.database.postmaster.pid)
        assert shop.gateway is not None, "the shop was asked for one"
        return asyncio.run(_measured(target, shop.gateway.url, seconds))


async def take_webhook(session: aiohttp.ClientSession, base: str, _: Context) -> None:
    """An event that nobody has told of yet, about a payment."""
    body = json.dumps(fresh_event()).encode()
    async with session.post(base + WEBHOOK, data=body, headers=signed(body)) as answer:
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {await answer.text()}")
        await answer.read()


async def _measured(target: Target, gateway: str, seconds: int) -> Payments:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        context = await setup(session, target.base)

        async def speed(name: str, operation: Operation, concurrency: int) -> Speed:
            return await measure(
                name,
                operation,
                target=target,
                session=session,
                context=context,
                concurrency=concurrency,
                seconds=seconds,
            )

        webhooks = [await speed("webhook", take_webhook, load) for load in LOADS]
        by_hand, by_gateway = list[Speed](), list[Speed]()
        for load in LOADS * ROUNDS:
            by_hand.append(await speed("checkout by hand", checkout, load))
            by_gateway.append(await speed("checkout by a gateway", partial(_buy, gateway), load))
        return Payments(
            webhooks=tuple(webhooks), by_hand=tuple(by_hand), by_gateway=tuple(by_gateway)
        )


def _means(speeds: Sequence[Speed]) -> Mapping[int, float]:
    """Milliseconds of CPU under each load."""
    return {load: fmean(s.cpu_ms for s in speeds if s.concurrency == load) for load in LOADS}


async def _buy(gateway: str, session: aiohttp.ClientSession, base: str, context: Context) -> None:
    async def pay(session: aiohttp.ClientSession, payment: Mapping[str, Any]) -> None:
        body = {"client_secret": payment["client"]["client_secret"], "card": "card_ok"}
        url = f"{gateway}/intents/{payment['intent_id']}/pay"
        async with session.post(url, json=body) as answer:
            assert answer.status == 200, await answer.text()
            await answer.read()

    await buy(session, base, context, gateway="fake", hand_over=pay)
