"""Sessions in a real Valkey: nothing that was forgotten comes back, however it is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from attrs import frozen

from automate_store.adapters.redis import RedisLine, RedisSessions, sessions
from automate_store.adapters.system import SystemIds
from automate_store.application.ports.identity import Leave, SignedIn
from automate_store.entrypoints.properties.contracts import SessionCacheContract
from automate_store.entrypoints.properties.contracts.session_cache import ANN, BOB
from benchmarks.rig.valkey import TemporaryValkey
from tests.redis_fixtures import PATIENCE_S, rested

KEY = f"sess:{ANN.session_id}"


@frozen
class RedisKept:
    server: TemporaryValkey
    cache: RedisSessions
    other: RedisSessions

    def lose(self) -> None:
        self.server.flush()

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        with self.server.frozen():
            yield
        await rested()

    async def begins_anew(self) -> None:
        """Dead, and back with what it has on its disk, which both processes have noticed."""
        self.server.kill()
        for cache in (self.cache, self.other):
            await cache.forget([BOB.session_id])
        self.server.start()
        await rested()


@asynccontextmanager
async def kept_in(server: TemporaryValkey, timeout_s: float) -> AsyncIterator[RedisKept]:
    here, there = (RedisLine(server.url, timeout_s=timeout_s) for _ in range(2))
    ids = SystemIds()
    try:
        yield RedisKept(server, RedisSessions(here, ids=ids), RedisSessions(there, ids=ids))
    finally:
        await here.close()
        await there.close()


@pytest.fixture
async def kept(valkey_server: TemporaryValkey) -> AsyncIterator[RedisKept]:
    valkey_server.flush()
    async with kept_in(valkey_server, PATIENCE_S) as opened:
        yield opened


@pytest.fixture
async def mortal(fragile: TemporaryValkey) -> AsyncIterator[RedisKept]:
    """Sessions in a Valkey that the test may kill."""
    async with kept_in(fragile, PATIENCE_S) as opened:
        yield opened


class TestRedisSessions(SessionCacheContract):
    pass


async def keep(kept: RedisKept, someone: SignedIn) -> None:
    leave = await kept.cache.get(someone.session_id)
    assert isinstance(leave, Leave), leave
    await kept.cache.keep(someone, leave)


async def test_a_session_has_the_owners_name_for_a_day_and_a_leave_for_a_moment(
    kept: RedisKept,
) -> None:
    with kept.server.client() as redis:
        leave = await kept.cache.get(ANN.session_id)
        lives_s = redis.ttl(KEY)
        assert isinstance(leave, Leave)
        await kept.cache.keep(ANN, leave)

        assert redis.keys("*") == [KEY.encode()]
        assert 0 < lives_s <= sessions.LEAVE_S
        assert sessions.LEAVE_S < redis.ttl(KEY) <= 86_400


async def test_what_makes_no_sense_is_read_anew_and_replaced(kept: RedisKept) -> None:
    with kept.server.client() as redis:
        for nonsense in (b"{}", b"x {}", b" ", b"\xff" * 9):
            redis.set(KEY, nonsense)
            await keep(kept, ANN)
            assert await kept.other.get(ANN.session_id) == ANN
            await kept.other.forget([ANN.session_id])


async def test_what_redis_remembers_from_an_earlier_life_counts_as_nothing(
    mortal: RedisKept,
) -> None:
    await keep(mortal, ANN)
    await keep(mortal, BOB)
    with mortal.server.client() as redis:
        redis.save()
    assert await mortal.other.forget([ANN.session_id])
    await mortal.begins_anew()

    with mortal.server.client() as redis:
        assert redis.exists(KEY), "it came back with what it had forgotten"
    assert not isinstance(await mortal.cache.get(ANN.session_id), SignedIn)
    await keep(mortal, BOB)
    assert await mortal.other.get(BOB.session_id) == BOB


async def test_leave_of_an_earlier_life_keeps_nothing_that_counts(mortal: RedisKept) -> None:
    leave = await mortal.cache.get(ANN.session_id)
    assert isinstance(leave, Leave)
    with mortal.server.client() as redis:
        redis.save()
    assert await mortal.other.forget([ANN.session_id])
    await mortal.begins_anew()
    await mortal.cache.keep(ANN, leave)

    assert not isinstance(await mortal.other.get(ANN.session_id), SignedIn)


async def test_what_becomes_the_main_redis_again_has_another_life(mortal: RedisKept) -> None:
    await keep(mortal, ANN)
    with mortal.server.client() as redis:
        redis.execute_command("REPLICAOF", "127.0.0.1", "1")
        redis.execute_command("REPLICAOF", "NO", "ONE")
        redis.execute_command("CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES")
        assert redis.exists(KEY)
    await rested()

    assert isinstance(await mortal.cache.get(ANN.session_id), Leave)


async def test_a_redis_that_does_not_say_which_life_it_is_in_keeps_nothing(
    fragile: TemporaryValkey,
) -> None:
    with fragile.client() as redis:
        redis.execute_command("ACL", "SETUSER", "default", "-info")
    async with kept_in(fragile, PATIENCE_S) as kept:
        assert await kept.cache.get(ANN.session_id) is None
        assert await kept.cache.forget([ANN.session_id])
