"""Sessions kept near at hand in Redis, under the names that the owner gave them."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from redis.asyncio.client import Pipeline

from automate_store.adapters.redis.line import AWAY, RedisLine
from automate_store.application.ports.identity import SignedIn
from automate_store.domain.kernel.ids import SessionId

PREFIX = "sess:"
KEPT_S = 86_400
"""How long a session is kept, whether it is used or not."""
FORGOTTEN_S = 60
"""How long nothing is kept of a session that changed: longer than any request takes."""
_FORGOTTEN = b""
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(SignedIn)


class RedisSessions:
    """Implements ``SessionCache``: it says nothing wherever Redis is away or makes no sense."""

    def __init__(self, line: RedisLine) -> None:
        self._line = line

    async def get(self, session_id: SessionId) -> SignedIn | None:
        """What is kept of the session."""
        kept = await self._line.ask("GET", _key(session_id))
        if kept is AWAY or not kept:
            return None
        try:
            return _DECODER.decode(kept)
        except msgspec.DecodeError:
            # Written by another version of the store.
            return None

    async def keep(self, signed_in: SignedIn) -> None:
        """Keep it, unless something is there already, be it that it was forgotten."""
        value = _ENCODER.encode(signed_in)
        await self._line.ask("SET", _key(signed_in.session_id), value, "NX", "EX", KEPT_S)

    async def forget(self, session_ids: Collection[SessionId]) -> bool:
        """Keep nothing of these sessions for a minute; whether Redis said so."""
        told = await self._line.run(
            lambda redis: _forgotten(redis.pipeline(transaction=True), session_ids)
        )
        return told is not AWAY


async def _forgotten(trip: Pipeline, session_ids: Collection[SessionId]) -> None:
    for session_id in session_ids:
        trip.execute_command("SET", _key(session_id), _FORGOTTEN, "EX", FORGOTTEN_S)
    await trip.execute()


def _key(session_id: SessionId) -> str:
    return f"{PREFIX}{session_id}"
