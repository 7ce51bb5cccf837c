"""
Limits counted in Redis, by the moving window of the ``limits`` package.

Its two scripts, the one that counts and the one that looks, go in one trip: asked one
after the other, as the package does, they cost twice the time. Redis sees digests, never
an address or an e-mail.
"""

from __future__ import annotations

import math
from functools import lru_cache
from hashlib import blake2b, sha1
from typing import Any, Final

from limits import RateLimitItemPerSecond
from limits.aio.storage.redis.bridge import RedisBridge
from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from automate_store.adapters.redis.line import AWAY, Away, RedisLine
from automate_store.application.ports.limits import (
    Allowance,
    Bucket,
    Limit,
    LimitPolicy,
    Limits,
)
from automate_store.application.ports.sources import Clock

PREFIX = "LIMITS:"
"""The package's own: its tools find these counters."""
_COUNT, _LOOK = RedisBridge.SCRIPT_ACQUIRE_MOVING_WINDOW, RedisBridge.SCRIPT_MOVING_WINDOW
_ONE_KEY: Final = 1
_ONE_HIT: Final = 1
_DIGEST_BYTES = 16


class RedisLimits:
    """
    Implements ``Limits`` for all servers that share a Redis.

    ``alone`` counts while Redis is away, for this process alone, what may not be left
    uncounted; it is told of every hit that Redis allowed, so that it knows them then.
    """

    def __init__(
        self, line: RedisLine, policy: LimitPolicy, *, alone: Limits, clock: Clock
    ) -> None:
        self._line = line
        self._policy = policy
        self._alone = alone
        self._clock = clock

    async def hit(self, bucket: Bucket, key: str) -> Allowance | None:
        """Count one, where it is allowed; None where nothing of this bucket is counted."""
        limit = self._policy.get(bucket)
        if limit is None:
            return None
        told = await self._shared(bucket, limit, key)
        if told is AWAY:
            return await self._alone.hit(bucket, key)
        if told.allowed:
            await self._alone.hit(bucket, key)
        return told

    async def _shared(self, bucket: Bucket, limit: Limit, key: str) -> Allowance | Away:
        digest = blake2b(key.encode(), digest_size=_DIGEST_BYTES).hexdigest()
        item = RateLimitItemPerSecond(limit.count, limit.window_s, namespace=bucket)
        place = PREFIX + item.key_for(digest)
        now = self._clock().timestamp()
        found = await self._line.run(lambda redis: _counted(redis, place, limit, now))
        if found is AWAY:
            return AWAY
        allowed, window = found
        oldest, count = (float(window[0]), int(window[1])) if window else (now, 0)
        reset_after_s = min(limit.window_s, max(1, math.ceil(oldest + limit.window_s - now)))
        return Allowance(limit, max(0, limit.count - count), reset_after_s, bool(allowed))


async def _counted(redis: Redis, place: str, limit: Limit, now: float) -> tuple[Any, Any]:
    """Whether the hit was allowed; then the oldest of the window and how many are in it."""
    try:
        return await _trip(redis, place, limit, now)
    except NoScriptError:
        # A Redis that began anew knows no scripts; nothing was counted.
        await redis.script_load(_COUNT)
        await redis.script_load(_LOOK)
        return await _trip(redis, place, limit, now)


async def _trip(redis: Redis, place: str, limit: Limit, now: float) -> tuple[Any, Any]:
    trip = redis.pipeline(transaction=False)
    hit = (now, limit.count, limit.window_s, _ONE_HIT)
    trip.execute_command("EVALSHA", _sha(_COUNT), _ONE_KEY, place, *hit)
    look = (now - limit.window_s, limit.count)
    trip.execute_command("EVALSHA", _sha(_LOOK), _ONE_KEY, place, *look)
    allowed, window = await trip.execute()
    return allowed, window


@lru_cache
def _sha(script: bytes | str) -> str:
    """The name under which Redis keeps a script."""
    text = script.encode() if isinstance(script, str) else script
    return sha1(text, usedforsecurity=False).hexdigest()
