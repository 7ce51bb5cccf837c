"""Limits in a real Valkey: shared by all servers, and what is counted while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from attrs import frozen
from redis.asyncio import Redis

from automate_store.adapters.memory import MemoryClock, MemoryLimits
from automate_store.adapters.redis import RedisLimits, RedisLine
from automate_store.adapters.system import SystemClock
from automate_store.application.ports.limits import (
    NO_LIMITS,
    Bucket,
    Limit,
    LimitPolicy,
    Limits,
)
from automate_store.entrypoints.properties.contracts import LimitsContract
from automate_store.entrypoints.properties.contracts.limits import POLICY
from benchmarks.rig.valkey import TemporaryValkey
from tests.redis_fixtures import PATIENCE_S, rested

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOGINS: LimitPolicy = {Bucket.AUTH: Limit(5, 900), Bucket.GENERAL: Limit(5, 900)}
KEPT_ALONE: LimitPolicy = {Bucket.AUTH: LOGINS[Bucket.AUTH]}


@frozen
class RealGate:
    limits: Limits

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class TestRedisLimits(LimitsContract):
    @pytest.fixture
    def gate(self, line: RedisLine) -> RealGate:
        return RealGate(RedisLimits(line, POLICY, alone=NO_LIMITS, clock=SystemClock()))


@asynccontextmanager
async def serving(server: TemporaryValkey, clock: MemoryClock) -> AsyncIterator[RedisLimits]:
    """One server of the shop."""
    line = RedisLine(server.url, timeout_s=PATIENCE_S)
    alone = MemoryLimits(KEPT_ALONE, clock=clock)
    try:
        yield RedisLimits(line, LOGINS, alone=alone, clock=clock)
    finally:
        await line.close()


async def allowed(limits: Limits, bucket: Bucket = Bucket.AUTH, tries: int = 10) -> int:
    """How many of so many tries were let through."""
    told = [await limits.hit(bucket, "ann") for _ in range(tries)]
    return sum(each is None or each.allowed for each in told)


async def test_servers_count_together(fragile: TemporaryValkey) -> None:
    clock = MemoryClock(NOON)
    async with serving(fragile, clock) as one, serving(fragile, clock) as other:
        first = await allowed(one, tries=3)

        assert (first, await allowed(other), await allowed(one)) == (3, 2, 0)


async def test_while_redis_is_away_each_server_counts_logins_alone(
    fragile: TemporaryValkey,
) -> None:
    clock = MemoryClock(NOON)
    async with serving(fragile, clock) as one, serving(fragile, clock) as other:
        fragile.kill()

        assert (await allowed(one), await allowed(other)) == (5, 5)
        clock.advance(timedelta(minutes=15))
        assert await allowed(one) == 5


async def test_while_redis_is_away_nothing_else_is_counted(fragile: TemporaryValkey) -> None:
    async with serving(fragile, MemoryClock(NOON)) as limits:
        with fragile.frozen():
            assert await limits.hit(Bucket.GENERAL, "ann") is None
            assert await allowed(limits, Bucket.GENERAL, tries=100) == 100


async def test_a_server_knows_its_own_logins_when_redis_goes_away(
    fragile: TemporaryValkey,
) -> None:
    async with serving(fragile, MemoryClock(NOON)) as limits:
        before = await allowed(limits, tries=4)
        with fragile.frozen():
            after = await allowed(limits)

    assert (before, after) == (4, 1)


async def test_who_was_refused_by_all_is_not_kept_out_by_one(fragile: TemporaryValkey) -> None:
    clock = MemoryClock(NOON)
    async with serving(fragile, clock) as one, serving(fragile, clock) as other:
        assert await allowed(one) == 5
        assert await allowed(other) == 0
        fragile.kill()

        assert await allowed(other) == 5


async def test_a_redis_that_begins_anew_counts_again(fragile: TemporaryValkey) -> None:
    async with serving(fragile, MemoryClock(NOON)) as limits:
        await allowed(limits)
        fragile.kill()
        await limits.hit(Bucket.AUTH, "ann")
        fragile.start()
        await rested()

        assert await allowed(limits) == 5


async def test_redis_forgets_when_the_window_has_passed_and_sees_no_name(
    redis_url: str, line: RedisLine
) -> None:
    limits = RedisLimits(line, LOGINS, alone=NO_LIMITS, clock=SystemClock())
    await limits.hit(Bucket.AUTH, "account:ann@example.com")

    async with Redis.from_url(redis_url, protocol=2) as redis:
        (key,) = await redis.keys("*")
        lives_s = await redis.ttl(key)

    assert b"ann" not in key
    assert 0 < lives_s <= 900


async def test_a_hit_is_one_trip(line: RedisLine, redis_url: str) -> None:
    limits = RedisLimits(line, LOGINS, alone=NO_LIMITS, clock=SystemClock())
    await limits.hit(Bucket.AUTH, "ann")
    async with Redis.from_url(redis_url, protocol=2) as redis:
        before = (await redis.info("stats"))["total_reads_processed"]
        await limits.hit(Bucket.AUTH, "ann")
        after = (await redis.info("stats"))["total_reads_processed"]

    assert after - before == 2  # the hit, and the question itself
