"""The line to a real Valkey: answers, and what comes when it dies, hangs, or is full."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter

import pytest
import structlog
from redis.asyncio import Redis

from automate_store.adapters.redis import AWAY, RedisLine
from automate_store.adapters.redis import line as lines
from benchmarks.rig.valkey import TemporaryValkey
from tests.redis_fixtures import PATIENCE_S, rested

TIMEOUT_S = 0.1
SLACK_S = 0.15
"""How much later than it should a busy machine may do something."""


@asynccontextmanager
async def opened(server: TemporaryValkey, timeout_s: float = TIMEOUT_S) -> AsyncIterator[RedisLine]:
    line = RedisLine(server.url, timeout_s=timeout_s)
    try:
        yield line
    finally:
        await line.close()


async def test_a_command_is_answered_in_bytes(line: RedisLine) -> None:
    assert await line.ask("SET", "sess:1", "é", "PX", 60_000) is True

    assert await line.ask("GET", "sess:1") == "é".encode()
    assert await line.ask("GET", "sess:2") is None


async def test_more_at_once_than_there_are_connections_are_all_answered(line: RedisLine) -> None:
    crowd = lines.CONNECTIONS * 4

    answers = await asyncio.gather(*(line.ask("INCR", "count") for _ in range(crowd)))

    assert set(answers) == set(range(1, crowd + 1))
    assert len(line.pool._available_connections) <= lines.CONNECTIONS


async def test_several_commands_can_go_in_one_trip(line: RedisLine) -> None:
    async def both(redis: Redis) -> list[object]:
        trip = redis.pipeline(transaction=False)
        trip.execute_command("SET", "a", 1)
        trip.execute_command("GET", "a")
        return await trip.execute()

    assert await line.run(both) == [True, b"1"]


async def test_nobody_there_is_no_error() -> None:
    line = RedisLine("redis://127.0.0.1:1/0", timeout_s=TIMEOUT_S)

    assert await line.ask("GET", "a") is AWAY


async def test_a_killed_redis_is_away_and_comes_back(fragile: TemporaryValkey) -> None:
    async with opened(fragile) as line:
        await line.ask("SET", "a", 1)
        fragile.kill()
        assert await line.ask("GET", "a") is AWAY
        fragile.start()
        await rested()

        assert await line.ask("SET", "a", 2) is True
        assert await line.ask("GET", "a") == b"2"


async def test_a_hung_redis_holds_up_for_the_time_out_and_then_nobody(
    fragile: TemporaryValkey,
) -> None:
    async with opened(fragile) as line:
        await line.ask("SET", "a", 1)
        with fragile.frozen():
            began = perf_counter()
            first = await asyncio.gather(*(line.ask("GET", "a") for _ in range(50)))
            first_s = perf_counter() - began
            began = perf_counter()
            later = [await line.ask("GET", "a") for _ in range(100)]
            later_s = perf_counter() - began

    assert set(first) | set(later) == {AWAY}
    assert TIMEOUT_S <= first_s < TIMEOUT_S + SLACK_S
    assert later_s < SLACK_S


@pytest.mark.slow
async def test_a_redis_that_hangs_on_holds_up_nobody_more(fragile: TemporaryValkey) -> None:
    async with opened(fragile) as line:
        with fragile.frozen():
            await line.ask("GET", "a")
            waits = []
            for _ in range(3):
                await rested()
                waits += await asyncio.gather(*(timed(line) for _ in range(20)))

    assert max(waits) < TIMEOUT_S / 2


async def test_a_redis_that_is_back_is_noticed_by_itself(fragile: TemporaryValkey) -> None:
    async with opened(fragile) as line:
        with fragile.frozen():
            assert await line.ask("GET", "a") is AWAY
        await rested()

        assert await line.ask("GET", "a") is None


@pytest.mark.slow
async def test_a_line_that_is_hung_up_asks_no_more(fragile: TemporaryValkey) -> None:
    async with opened(fragile) as line:
        with fragile.frozen():
            await line.ask("GET", "a")
            await line.close()
        with fragile.client() as redis:
            before = redis.info("stats")["total_connections_received"]
            await rested()
            assert redis.info("stats")["total_connections_received"] == before


async def timed(line: RedisLine) -> float:
    began = perf_counter()
    await line.ask("GET", "a")
    return perf_counter() - began


@pytest.mark.slow
async def test_an_answer_that_came_too_late_is_given_to_nobody_else(
    fragile: TemporaryValkey,
) -> None:
    async with opened(fragile) as line:
        await line.ask("SET", "mine", "mine")
        with fragile.frozen():
            assert await line.ask("GET", "mine") is AWAY
        await rested()

        assert await line.ask("GET", "other") is None


async def test_a_refusal_of_redis_is_no_error(line: RedisLine) -> None:
    await line.ask("SET", "a", "text")

    assert await line.ask("INCR", "a") is AWAY


async def test_a_cancelled_question_leaves_the_line_sound(line: RedisLine) -> None:
    asking = asyncio.create_task(line.ask("BLPOP", "nothing", 0))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert await line.ask("SET", "a", 1) is True


@pytest.mark.slow
async def test_who_goes_away_and_comes_back_is_logged_once(fragile: TemporaryValkey) -> None:
    with structlog.testing.capture_logs() as said:
        async with opened(fragile, PATIENCE_S) as line:
            fragile.kill()
            await asyncio.gather(*(line.ask("GET", "secret-key") for _ in range(5)))
            await rested()
            await line.ask("GET", "secret-key")
            fragile.start()
            await rested()
            await line.ask("GET", "secret-key")

    assert [entry["event"] for entry in said] == ["redis_away", "redis_back"]
    assert "secret-key" not in repr(said)
    assert str(fragile.port) not in repr(said)


@pytest.mark.slow
async def test_a_redis_tells_its_life_and_another_one_once_it_began_anew(
    fragile: TemporaryValkey,
) -> None:
    async with opened(fragile, PATIENCE_S) as line, opened(fragile, PATIENCE_S) as other:
        await asyncio.gather(line.ask("PING"), other.ask("PING"))
        first = line.life
        assert first is not None
        assert other.life == first
        fragile.kill()
        await line.ask("PING")
        assert line.life == first
        fragile.start()
        await rested()
        await line.ask("PING")

        assert line.life not in {None, first}


@pytest.mark.slow
async def test_who_was_left_for_another_redis_is_not_gone_back_to(
    fragile: TemporaryValkey, valkey_server: TemporaryValkey
) -> None:
    async with switched(fragile.port) as switch:
        line = RedisLine(f"redis://127.0.0.1:{switch.port}/0", timeout_s=PATIENCE_S)
        assert await line.ask("PING") is True
        await switch.turn(valkey_server.port)
        assert await line.ask("PING") is True
        life = line.life
        await switch.turn(fragile.port)

        assert await line.ask("PING") is AWAY
        assert line.life == life
        await line.close()


class Switch:
    """A port behind which first one server stands and then another."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self._ends: set[asyncio.StreamWriter] = set()

    async def turn(self, target: int) -> None:
        """Hang up on everybody; whoever comes back reaches the other one."""
        self.target = target
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()
        await asyncio.sleep(0.05)

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        self._ends |= {writer, back}
        await asyncio.gather(_pass(reader, back), _pass(there, writer))


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.transport.abort()


@asynccontextmanager
async def switched(target: int) -> AsyncIterator[Switch]:
    switch = Switch(target)
    server = await asyncio.start_server(switch.connect, "127.0.0.1", 0)
    switch.port = server.sockets[0].getsockname()[1]
    try:
        yield switch
    finally:
        await switch.turn(target)
        server.close()
