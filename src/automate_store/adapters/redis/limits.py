"""
Limits counted in Redis, by the moving window of the ``limits`` package.

Its two scripts, the one that counts and the one that looks, run as one: asked one after
the other, as the package does, they cost twice the time. Redis sees digests, never an
address or an e-mail.
"""

from __future__ import annotations

import math
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
_SCRIPT = f"""
local now, limit, window = unpack(ARGV)
local function count()
    local ARGV = {{now, limit, window, 1}}
    {RedisBridge.SCRIPT_ACQUIRE_MOVING_WINDOW.decode()}
end
local function look()
    local ARGV = {{now - window, limit}}
    {RedisBridge.SCRIPT_MOVING_WINDOW.decode()}
end
return {{count(), look() or false}}
"""
"""Both see the arguments they were written for: how often, and how far back."""
_NAME = sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()
_ONE_KEY: Final = 1
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


async def _counted(redis: Redis, place: str, limit: Limit, now: float) -> Any:
    """Whether the hit was allowed; then the oldest of the window and how many are in it."""
    told = (_ONE_KEY, place, now, limit.count, limit.window_s)
    try:
        return await redis.execute_command("EVALSHA", _NAME, *told)  # type: ignore[no-untyped-call] # as in line
    except NoScriptError:
        # A Redis that began anew knows no scripts; nothing was counted.
        return await redis.execute_command("EVAL", _SCRIPT, *told)  # type: ignore[no-untyped-call]
