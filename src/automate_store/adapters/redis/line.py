"""
The one way to Redis: every question is bounded in time, and Redis away is an answer.

Where a question fails, nobody asks any more: the line itself does, every REST_S, until
there is an answer. So a Redis that hangs holds up those who were asking when it began,
for the time-out, and nobody after them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from enum import Enum
from hashlib import blake2b
from typing import Any, Final, TypeVar

import structlog
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

CONNECTIONS = 16
"""Connections of one process, at most; who finds none free waits, within the time-out."""
REST_S = 1.0
_LIFE = re.compile(rb"^(?:run_id|master_replid):(\w+)", re.MULTILINE)
_LIFE_BYTES = 8
Word = bytes | str | int | float
T = TypeVar("T")


class Away(Enum):
    """What comes instead of an answer where Redis can't be asked."""

    AWAY = "away"


AWAY: Final = Away.AWAY


class RedisLine:
    """A Redis that may be away at any moment; asking it raises nothing for that."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        self.life: bytes | None = None
        """
        The life that this Redis is in: another one whenever it starts, or becomes the main one.

        It may have come back with what it knew long ago. None where it tells nobody; an
        answer is of this life, or of one before it.
        """
        self._past: set[bytes] = set()
        self.pool = _pool(url, timeout_s, self._greet)
        self._client = Redis(connection_pool=self.pool)
        self._timeout_s = timeout_s
        self._room = asyncio.Semaphore(CONNECTIONS)
        self._asking_for_all: asyncio.Task[None] | None = None

    async def ask(self, *command: Word) -> Any | Away:
        """
        The answer as redis-py reads it (texts are bytes); AWAY where none came in time.

        A command that gets AWAY may have been carried out all the same.
        """

        def work(redis: Redis) -> Awaitable[Any]:
            asked: Awaitable[Any] = redis.execute_command(*command)  # type: ignore[no-untyped-call] # redis-py has no types here
            return asked

        return await self.run(work)

    async def run(self, work: Callable[[Redis], Awaitable[T]]) -> T | Away:
        """What the work gives; AWAY where it did not end in time, or Redis refused."""
        if self._asking_for_all is not None:
            return AWAY
        answer = await self._in_time(work)
        if isinstance(answer, Exception):
            self._lose(answer)
            return AWAY
        return answer

    async def close(self) -> None:
        """Hang up; whoever asks afterwards opens the line again."""
        if self._asking_for_all is not None:
            self._asking_for_all.cancel()
            self._asking_for_all = None
        await self.pool.disconnect()

    async def _in_time(self, work: Callable[[Redis], Awaitable[T]]) -> T | Exception:
        try:
            async with asyncio.timeout(self._timeout_s), self._room:
                return await work(self._client)
        except (RedisError, OSError, TimeoutError) as wrong:
            return wrong

    async def _greet(self, connection: AbstractConnection) -> None:
        """What comes before the first question of a connection, which ends with its Redis."""
        await connection.on_connect()
        await connection.send_command("INFO")
        try:
            life = _life(await connection.read_response())
        except ResponseError:
            # Whoever we sign in as may not ask for it.
            life = None
        if life in self._past:
            raise RedisConnectionError("this answer was on its way while Redis began anew")
        if self.life is not None and life != self.life:
            self._past.add(self.life)
        self.life = life

    def _lose(self, wrong: Exception) -> None:
        if self._asking_for_all is None:
            # Its kind alone: the text may quote an address, or a command and what is in it.
            structlog.get_logger().warning("redis_away", reason=type(wrong).__name__)
            self._asking_for_all = asyncio.create_task(self._ask_for_all())

    async def _ask_for_all(self) -> None:
        """Return once Redis is back."""
        while True:
            await asyncio.sleep(REST_S)
            if not isinstance(await self._in_time(_ping), Exception):
                break
        self._asking_for_all = None
        structlog.get_logger().info("redis_back")


async def _ping(redis: Redis) -> None:
    await redis.execute_command("PING")  # type: ignore[no-untyped-call] # redis-py has no types here


def _life(told: bytes) -> bytes | None:
    """The names that a Redis gives itself when it starts, and when it becomes the main one."""
    names = b" ".join(_LIFE.findall(told))
    return blake2b(names, digest_size=_LIFE_BYTES).hexdigest().encode() if names else None


def _pool(
    url: str, timeout_s: float, greet: Callable[[AbstractConnection], Awaitable[None]]
) -> ConnectionPool:
    return ConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        # The line's own deadline is around all of a question; a second one would cost as much.
        socket_timeout=None,
        socket_connect_timeout=timeout_s,
        retry=Retry(NoBackoff(), 0),
        # Answers are alike for every Redis and Valkey since 2.0, and no greeting is needed.
        protocol=2,
        driver_info=None,
        redis_connect_func=greet,
    )
