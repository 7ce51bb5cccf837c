"""
What accounts cost: looking at a token, signing in, and a storm of sign-ins beside the shop.

One route that needs no account is asked with an access token and without; the difference
is what looking at it costs, with Redis and with Postgres alone. A sign-in is held
against one hash of the same process. The storm signs sixteen people in at once, again and
again, while others read the first page of the shop.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import attrs
from attrs import frozen

from automate_store.entrypoints.bootstrap import password_hasher
from automate_store.entrypoints.settings import Settings
from benchmarks.rig.accounts import PASSWORD, registration
from benchmarks.rig.figures import percentile
from benchmarks.rig.shop import Shop
from benchmarks.rig.valkey import TemporaryValkey
from benchmarks.speed.flow import API, Context, Operation, product_list, setup
from benchmarks.speed.loads import Target, measure
from benchmarks.speed.report import RESULTS, machine
from benchmarks.speed.shops import filled_shop

AUTHENTICATION_TARGET_MS = 0.8
SLOWER_TARGET = 2.0
STORM = 16
READERS = 4
HASHES = 20


@frozen(kw_only=True)
class Accounts:
    """Milliseconds of CPU, but for the p99s, which are of the clock."""

    anonymous_ms: float
    with_postgres_ms: float
    anonymous_beside_redis_ms: float
    with_redis_ms: float
    login_ms: float
    hash_ms: float
    p99_quiet_ms: float
    p99_storm_ms: float
    logins_per_s: float
    errors: int

    @property
    def by_postgres_ms(self) -> float:
        """What a token adds where Postgres alone is asked."""
        return round(self.with_postgres_ms - self.anonymous_ms, 3)

    @property
    def by_redis_ms(self) -> float:
        """What a token adds where Redis is asked first."""
        return round(self.with_redis_ms - self.anonymous_beside_redis_ms, 3)

    @property
    def slower(self) -> float:
        """How many times the p99 of a page the storm makes."""
        return round(self.p99_storm_ms / self.p99_quiet_ms, 2)

    @property
    def missed(self) -> bool:
        """Whether a target is missed, or anything failed."""
        dear = max(self.by_postgres_ms, self.by_redis_ms) > AUTHENTICATION_TARGET_MS
        return dear or self.slower > SLOWER_TARGET or self.errors > 0

    def text(self) -> str:
        """The figures, each with its target."""
        wanted = f"(target {AUTHENTICATION_TARGET_MS})"
        rows = {
            "a token, by Postgres": f"+{self.by_postgres_ms} ms {wanted}",
            "a token, by Redis": f"+{self.by_redis_ms} ms {wanted}",
            "a sign-in": f"{self.login_ms} ms, of which one hash {self.hash_ms}",
            "page p99, quiet": f"{self.p99_quiet_ms} ms",
            "page p99, in the storm": f"{self.p99_storm_ms} ms, {self.slower} times (target"
            f" {SLOWER_TARGET}), {self.logins_per_s} sign-ins a second",
            "errors": self.errors,
            "on": machine(),
        }
        return "\n".join(f"{what:<24}{told}" for what, told in rows.items())

    def save(self) -> Path:
        """The figures as JSON; where."""
        RESULTS.mkdir(exist_ok=True)
        derived = {
            "by_postgres_ms": self.by_postgres_ms,
            "by_redis_ms": self.by_redis_ms,
            "slower": self.slower,
            "machine": machine(),
            "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        }
        file = RESULTS / "accounts.json"
        file.write_text(json.dumps({**attrs.asdict(self), **derived}, indent=1) + "\n")
        return file


def measure_accounts(*, rounds: int, seconds: float) -> Accounts:
    """All figures, from two shops that differ in Redis alone."""
    with ExitStack() as stack:
        valkey = stack.enter_context(TemporaryValkey())
        plain = stack.enter_context(filled_shop({}))
        cached = stack.enter_context(filled_shop({"redis_url": valkey.url}))
        return asyncio.run(_all(plain, cached, valkey.pid, rounds, seconds))


async def _all(plain: Shop, cached: Shop, valkey: int, rounds: int, seconds: float) -> Accounts:
    connector, jar = aiohttp.TCPConnector(limit=0), aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as session:
        by_postgres = await _tokens(plain, session, rounds, seconds)
        by_redis = await _tokens(cached, session, rounds, seconds, valkey)
        login_ms, errors = await _login(plain, session, seconds)
        quiet, storm, per_s, more = await _storm(plain, session, seconds)
    return Accounts(
        anonymous_ms=by_postgres[0],
        with_postgres_ms=by_postgres[1],
        anonymous_beside_redis_ms=by_redis[0],
        with_redis_ms=by_redis[1],
        login_ms=login_ms,
        hash_ms=await _hash_ms(),
        p99_quiet_ms=quiet,
        p99_storm_ms=storm,
        logins_per_s=per_s,
        errors=errors + more + by_postgres[2] + by_redis[2],
    )


async def _tokens(
    shop: Shop, session: aiohttp.ClientSession, rounds: int, seconds: float, *beside: int
) -> tuple[float, float, int]:
    """CPU of the route without a token and with one, the middle of the rounds; and errors."""
    token = (await _registered(shop, session))["token"]
    plain, named = _gateways({}), _gateways({"Authorization": f"Bearer {token}"})
    taken: tuple[list[float], list[float]] = ([], [])
    errors = 0
    for turn in range(rounds):
        for which in ((0, 1), (1, 0))[turn % 2]:
            speed = await measure(
                "token",
                (plain, named)[which],
                target=_target(shop, *beside),
                session=session,
                context={},
                concurrency=4,
                seconds=seconds,
            )
            taken[which].append(speed.cpu_ms)
            errors += speed.errors
    anonymous, known = (round(statistics.median(each), 3) for each in taken)
    return anonymous, known, errors


async def _login(shop: Shop, session: aiohttp.ClientSession, seconds: float) -> tuple[float, int]:
    email = (await _registered(shop, session))["user"]["email"]
    speed = await measure(
        "login",
        _signing_in(email),
        target=_target(shop),
        session=session,
        context={},
        concurrency=1,
        seconds=seconds,
    )
    return speed.cpu_ms, speed.errors


async def _storm(
    shop: Shop, session: aiohttp.ClientSession, seconds: float
) -> tuple[float, float, float, int]:
    """p99 of the first page alone and beside the storm, sign-ins a second, and errors."""
    base, context = shop.servers[0].base, await setup(session, shop.servers[0].base)
    emails = [(await _registered(shop, session))["user"]["email"] for _ in range(STORM)]
    await _pages(session, base, context, seconds / 2)
    quiet = await _pages(session, base, context, seconds)
    done, failed = [0], [0]
    until = time.perf_counter() + seconds + 1

    async def keeps_signing_in(email: str) -> None:
        while time.perf_counter() < until:
            try:
                await _signing_in(email)(session, base, {})
                done[0] += 1
            except AssertionError:
                failed[0] += 1

    storm = [asyncio.ensure_future(keeps_signing_in(email)) for email in emails]
    await asyncio.sleep(1)
    times = await _pages(session, base, context, seconds)
    await asyncio.gather(*storm)
    per_s = round(done[0] / (seconds + 1), 1)
    return percentile(quiet, 99), percentile(times, 99), per_s, failed[0]


async def _pages(
    session: aiohttp.ClientSession, base: str, context: Context, seconds: float
) -> list[float]:
    times: list[float] = []
    until = time.perf_counter() + seconds

    async def reads() -> None:
        while (began := time.perf_counter()) < until:
            await product_list(session, base, context)
            times.append(time.perf_counter() - began)

    await asyncio.gather(*(reads() for _ in range(READERS)))
    return times


async def _registered(shop: Shop, session: aiohttp.ClientSession) -> dict[str, Any]:
    base = shop.servers[0].base
    body = registration(f"ada-{time.perf_counter_ns()}@example.com")
    async with session.post(f"{base}{API}/auth/register", json=body) as answer:
        told: dict[str, Any] = await answer.json()
        assert answer.status == 201, told
        return told


def _gateways(headers: Mapping[str, str]) -> Operation:
    async def ask(session: aiohttp.ClientSession, base: str, context: Context) -> None:
        del context
        async with session.get(f"{base}{API}/payments/gateways", headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            await answer.read()

    return ask


def _signing_in(email: str) -> Operation:
    body = {"email": email, "password": PASSWORD}

    async def ask(session: aiohttp.ClientSession, base: str, context: Context) -> None:
        del context
        async with session.post(f"{base}{API}/auth/login", json=body) as answer:
            assert answer.status == 200, await answer.text()
            await answer.read()

    return ask


async def _hash_ms() -> float:
    """CPU of one verification, by the same settings."""
    hasher = password_hasher(Settings())
    stored = await hasher.hash(PASSWORD)
    began = time.process_time()
    for _ in range(HASHES):
        assert (await hasher.verify(PASSWORD, stored)).ok
    taken = time.process_time() - began
    hasher.close()
    return round(taken / HASHES * 1e3, 2)


def _target(shop: Shop, *beside: int) -> Target:
    (server,) = shop.servers
    return Target(server.base, server.pid, shop.database.postmaster.pid, beside)
