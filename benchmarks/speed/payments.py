"""
What it costs to be told of a payment: a webhook proven, kept, and answered.

Each request tells of another event, so that each leaves a row and a job behind; no worker
runs meanwhile, so that nothing but the taking is counted.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import uuid4

import aiohttp
import attrs
from attrs import frozen

from automate_store.adapters.fake.signing import SIGNATURE, sign
from benchmarks.rig.gateway import SECRET
from benchmarks.speed.flow import API, Context, setup
from benchmarks.speed.loads import Speed, Target, measure
from benchmarks.speed.report import RESULTS, machine
from benchmarks.speed.shops import filled_shop

CPU_TARGET_MS, ANSWER_TARGET_MS = 2.5, 100.0
LOADS = (1, 16)
SETTINGS = {
    "gateways": "manual,fake",
    # Nobody listens there: a webhook asks its gateway nothing.
    "fake_url": "http://127.0.0.1:9",
    "fake_webhook_secret": SECRET,
    "embedded_worker": "false",
}
_numbers = count(1)


@frozen(kw_only=True)
class Payments:
    """Taking a webhook, under each load."""

    speeds: tuple[Speed, ...]

    @property
    def missed(self) -> bool:
        """Whether it takes more CPU than it may, or keeps a provider waiting."""
        return any(
            each.cpu_ms > CPU_TARGET_MS or each.p99_ms > ANSWER_TARGET_MS or each.errors
            for each in self.speeds
        )

    def text(self) -> str:
        """A line each."""
        lines = [
            f"{each.operation} at {each.concurrency:>2}: {each.cpu_ms:.2f} ms CPU"
            f" (target {CPU_TARGET_MS:g}), {each.database_ms:.2f} of it in the database;"
            f" p50 {each.p50_ms}, p99 {each.p99_ms} ms; {each.done} done, {each.errors} errors"
            for each in self.speeds
        ]
        return "\n".join([*lines, machine()])

    def save(self) -> Path:
        """The figures as JSON; where."""
        RESULTS.mkdir(exist_ok=True)
        told = {
            "speeds": [attrs.asdict(each) for each in self.speeds],
            "machine": machine(),
            "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        }
        file = RESULTS / "payments.json"
        file.write_text(json.dumps(told, indent=1) + "\n")
        return file


def measure_payments(*, seconds: int) -> Payments:
    """In a shop of its own."""
    with filled_shop(SETTINGS) as shop:
        (server,) = shop.servers
        target = Target(server.base, server.pid, shop.database.postmaster.pid)
        return Payments(speeds=asyncio.run(_speeds(target, seconds)))


async def take_webhook(session: aiohttp.ClientSession, base: str, _: Context) -> None:
    """An event that nobody has told of yet, about a payment."""
    body = _event()
    headers = {SIGNATURE: sign(SECRET, body, at=datetime.now(UTC))}
    url = f"{base}{API}/payments/fake/webhook"
    async with session.post(url, data=body, headers=headers) as answer:
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {await answer.text()}")
        await answer.read()


def _event() -> bytes:
    number = next(_numbers)
    intent = {
        "id": f"in_{number}",
        "amount": 4500,
        "currency": "USD",
        "state": "captured",
        "authorised": 4500,
        "captured": 4500,
        "failure": None,
    }
    event = {
        "id": f"evt_{uuid4().hex}",
        "type": "intent.captured",
        "at": datetime.now(UTC).isoformat(),
        "intent_id": intent["id"],
        "payment_id": str(uuid4()),
        "data": {"intent": intent},
    }
    return json.dumps(event).encode()


async def _speeds(target: Target, seconds: int) -> tuple[Speed, ...]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        context = await setup(session, target.base)
        return tuple(
            [
                await measure(
                    "webhook",
                    take_webhook,
                    target=target,
                    session=session,
                    context=context,
                    concurrency=concurrency,
                    seconds=seconds,
                )
                for concurrency in LOADS
            ]
        )
