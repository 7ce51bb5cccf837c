"""
Sessions kept near at hand in Redis, under the names that the owner gave them.

Who finds nothing takes a leave, which stands under the session's own name until what was
read takes its place. To forget a session is to delete whatever stands there, and a leave
is lost with all else when Redis forgets by itself: so nothing that was read before can
come after. What was kept in another life of Redis counts as nothing, since it may have
come back with what was forgotten meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from automate_store.adapters.redis.line import AWAY, RedisLine
from automate_store.application.ports.identity import Leave, SignedIn
from automate_store.application.ports.sources import Ids
from automate_store.domain.kernel.ids import SessionId

PREFIX = "sess:"
KEPT_S = 86_400
"""How long a session is kept, whether it is used or not."""
LEAVE_S = 10
"""How long a leave stands: whoever takes longer to read keeps nothing."""
_TAKEN = b"?"
_NOTHING = b""
_SWAP = """
    if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
    redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
    return 1
"""
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(SignedIn)


class RedisSessions:
    """Implements ``SessionCache``: it says nothing wherever Redis is away or makes no sense."""

    def __init__(self, line: RedisLine, *, ids: Ids) -> None:
        self._line = line
        self._ids = ids

    async def get(self, session_id: SessionId) -> SignedIn | Leave | None:
        """What is kept of the session, else the leave to keep it, if it is to be had."""
        kept = await self._line.ask("GET", _key(session_id))
        if kept is AWAY or self._line.life is None:
            return None
        if kept is None:
            return await self._leave(session_id, _NOTHING)
        if kept.startswith(_TAKEN):
            return None
        return self._read(kept) or await self._leave(session_id, kept)

    async def keep(self, signed_in: SignedIn, leave: Leave) -> None:
        """Keep it in the leave's place, for that life of Redis."""
        life, _, _ = leave.token.partition(b" ")
        kept = life + b" " + _ENCODER.encode(signed_in)
        await self._swap(signed_in.session_id, _TAKEN + leave.token, kept, KEPT_S)

    async def forget(self, session_ids: Collection[SessionId]) -> bool:
        """Keep nothing of these sessions, and void their leaves; whether Redis said so."""
        if not session_ids:
            return True
        told = await self._line.ask("DEL", *map(_key, session_ids))
        return told is not AWAY

    def _read(self, kept: bytes) -> SignedIn | None:
        life, _, found = kept.partition(b" ")
        if life != self._line.life:
            return None
        try:
            return _DECODER.decode(found)
        except msgspec.DecodeError:
            # Written by another version of the store.
            return None

    async def _leave(self, session_id: SessionId, found: bytes) -> Leave | None:
        """The leave to keep the session in the place of what was found."""
        name = str(self._ids.uuid()).encode()
        # Of the life before it is asked for: what comes to stand in a later one is void.
        token = (self._line.life or b"") + b" " + name
        taken = await self._swap(session_id, found, _TAKEN + token, LEAVE_S)
        return Leave(token=token) if taken else None

    async def _swap(self, session_id: SessionId, found: bytes, value: bytes, kept_s: int) -> bool:
        """Put the value in the place of what was found, if it stands there still."""
        told = await self._line.ask("EVAL", _SWAP, 1, _key(session_id), found, value, kept_s)
        return told == 1


def _key(session_id: SessionId) -> str:
    return f"{PREFIX}{session_id}"
