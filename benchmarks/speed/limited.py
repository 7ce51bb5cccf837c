"""
What counting costs a request: ``python -m benchmarks.speed.limited``.

A page of the catalogue from the cache, asked for in this process: without limits, counted
here, counted in a Redis of our own; the same key all the time, and many keys in turn.
"""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
import uvloop
from attrs import evolve
from litestar import Litestar

from automate_store.adapters.memory import MemoryLimits, MemoryShop
from automate_store.adapters.redis import RedisLimits, RedisLine
from automate_store.adapters.system import SystemClock
from automate_store.application.ports.limits import NO_LIMITS, Limits
from automate_store.entrypoints.http import Readiness, create_app
from automate_store.entrypoints.http.openapi import examples
from automate_store.entrypoints.settings import Settings
from benchmarks.rig.valkey import TemporaryValkey
from tests.http.web import CONFIG, POLICY

ROUNDS, REQUESTS = 15, 300
CLIENTS = 20_000
"""So many addresses that most of them are met for the first time."""


async def main() -> None:
    """Print the middle of the rounds, and what each way adds to not counting."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    clock = SystemClock()
    # Nobody is refused, so that every request is answered in full.
    policy = {
        bucket: evolve(limit, count=10**6, window_s=60)
        for bucket, limit in Settings().limits.items()
    }
    with TemporaryValkey() as valkey:
        line = RedisLine(valkey.url, timeout_s=1)
        ways: Mapping[str, Limits] = {
            "not counted": NO_LIMITS,
            "counted in process": MemoryLimits(policy, clock=clock),
            "counted in Redis": RedisLimits(line, policy, alone=NO_LIMITS, clock=clock),
        }
        asking = {name: _asking(_app(limits)) for name, limits in ways.items()}
        await _compare(asking)
        await line.close()


async def _compare(asking: Mapping[str, Callable[[str], Awaitable[None]]]) -> None:
    found: dict[tuple[str, bool], list[float]] = {}
    for _ in range(ROUNDS):
        for name, ask in asking.items():
            for many in (False, True):
                found.setdefault((name, many), []).append(await _timed(ask, many=many))
    for (name, many), seconds in found.items():
        middle = statistics.median(seconds)
        added = middle - statistics.median(found["not counted", many])
        clients = "many clients" if many else "one client"
        print(f"{name}, {clients}: {middle * 1e6:.0f} us CPU, {added * 1e6:+.0f} us")


async def _timed(ask: Callable[[str], Awaitable[None]], *, many: bool) -> float:
    peers = [f"10.{n >> 8 & 255}.{n & 255}.7" if many else "10.0.0.7" for n in range(CLIENTS)]
    began = time.process_time()
    for number in range(REQUESTS):
        await ask(peers[number * 61 % CLIENTS])
    return (time.process_time() - began) / REQUESTS


def _app(limits: Limits) -> Litestar:
    shop = MemoryShop.open(POLICY, examples.rules().policy, at=examples.AT)
    return create_app(evolve(shop.ports, limits=limits), config=CONFIG, readiness=_ready)


async def _ready() -> Readiness:
    return Readiness()


def _asking(app: Litestar) -> Callable[[str], Awaitable[None]]:
    async def ask(peer: str) -> None:
        told: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        scope: Any = {
            "type": "http",
            "method": "GET",
            "path": "/api/v1/products",
            "query_string": b"",
            "client": (peer, 1),
            "headers": [(b"host", b"shop.example"), (b"accept", b"*/*")],
        }
        await app(scope, receive, send)
        assert told[0]["status"] == 200

    return ask


if __name__ == "__main__":
    uvloop.run(main())
