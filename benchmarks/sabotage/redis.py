"""The sabotages of what happens while Redis is away, or has just come back."""

from __future__ import annotations

from benchmarks.sabotage.breaking import Change, Sabotage

_LINE = "adapters/redis/line.py"
_SESSIONS = "adapters/redis/sessions.py"
_TRUSTING = "application/identity/trusting.py"

REDIS: tuple[Sabotage, ...] = (
    Sabotage(
        "P23",
        "questions to Redis have no time-out",
        (
            Change(
                _LINE,
                "async with asyncio.timeout(self._timeout_s), self._room:",
                "async with asyncio.timeout(None), self._room:",
            ),
        ),
    ),
    Sabotage(
        "P23",
        "Redis alone is told of a sign-out, and nobody asks whether it heard",
        (
            Change(
                _TRUSTING,
                "        if not await self._cache.forget("
                "[each for one in changes for each in one.session_ids]):\n"
                "            return False\n",
                "        await self._cache.forget("
                "[each for one in changes for each in one.session_ids])\n",
            ),
        ),
    ),
    Sabotage(
        "P23",
        "what Redis brings back from its disk counts",
        (Change(_SESSIONS, "if life != self._line.life:", "if False:"),),
    ),
    Sabotage(
        "P23",
        "nobody counts sign-ins while Redis is away",
        (
            Change(
                "adapters/redis/limits.py",
                "return await self._alone.hit(bucket, key)",
                "return None",
            ),
        ),
    ),
)
