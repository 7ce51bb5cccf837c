"""Time that moves when it is told to, and names that repeat from one run to the next."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_BITS = 40
_SCATTER = 0x9E3779B97F
"""Odd, so that 2 ** 40 counts in a row give as many different numbers."""
_VERSION_AND_VARIANT = 0x7000_8000_0000_0000_0000


class MemoryClock:
    """A clock that stands still until somebody moves it forward."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def __call__(self) -> datetime:
        """The time now: aware, in UTC."""
        return self._at

    def advance(self, by: timedelta) -> datetime:
        """The time after so long; time never goes back."""
        assert by >= timedelta(0), "time never goes back"
        self._at += by
        return self._at


class MemoryIds:
    """Names by count: the same seed gives the same ones, in the same order."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._given = 0

    def uuid(self) -> UUID:
        """A UUIDv7: later ones sort after earlier ones, and seeds do not meet."""
        return UUID(int=self._next() << 80 | _VERSION_AND_VARIANT | self._seed)

    def token(self) -> str:
        """43 letters that are safe in a header or a URL; no secret, since anyone can count."""
        digest = sha256(f"{self._seed}:{self._next()}".encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    def letters(self, alphabet: str, count: int) -> str:
        """So many letters of the alphabet; no secret, since anyone can count."""
        bits = int.from_bytes(
            b"".join(
                sha256(f"{self._seed}:{self._next()}".encode()).digest()
                for _ in range(count // 32 + 1)
            )
        )
        return "".join(alphabet[(bits >> 8 * i) % len(alphabet)] for i in range(count))

    def order_number(self) -> str:
        """Two groups of four letters of Crockford's base 32."""
        bits = (self._next() * _SCATTER + self._seed) % (1 << _NUMBER_BITS)
        shifts = range(_NUMBER_BITS - 5, -1, -5)
        letters = "".join(CROCKFORD[bits >> shift & 31] for shift in shifts)
        return f"{letters[:4]}-{letters[4:]}"

    def _next(self) -> int:
        self._given += 1
        return self._given
