"""
Answers about the catalogue, kept for a moment and never longer than promised.

An answer is kept as it was sent, with the time it was made. It is given again while
it is younger than the lifetime and the catalogue's version is the one it was made
under; the version is asked for a few times a second at most, by the first request that
needs it. What this process itself sells or counts shows at once: every request that
moves stock forgets what is kept. ``Age`` tells caches further on how much of
``max-age`` is spent, so that nobody is shown a stock older than the lifetime, however
many processes serve; a change of the catalogue itself shows within VERSION_LIFETIME.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from hashlib import blake2b

from attrs import frozen

from automate_store.entrypoints.http.sending import Header, Sent

VERSION_LIFETIME = timedelta(milliseconds=200)
KEPT_BYTES = 32 * 1_048_576
"""All kept answers together, at most; the oldest go first."""
KEPT_PART = 64
"""An answer larger than this part of the whole is not kept."""
KEY_LENGTH = 512

Key = tuple[str, bytes]
"""The path and the query as they came."""


@frozen
class KeptAnswer:
    """An answer's bytes, what they were made under, and when."""

    body: bytes
    etag: bytes
    version: str
    at: datetime


class PageCache:
    """Kept answers of one process; a lifetime of 0 keeps none."""

    def __init__(
        self,
        lifetime_s: int,
        *,
        ask_version: Callable[[], Awaitable[str]],
        clock: Callable[[], datetime],
        limit_bytes: int = KEPT_BYTES,
    ) -> None:
        self._lifetime = timedelta(seconds=lifetime_s)
        self._ask_version = ask_version
        self._clock = clock
        self._limit_bytes = limit_bytes
        self._kept: dict[Key, KeptAnswer] = {}
        self._size = 0
        self._version = ""
        self._asked_at: datetime | None = None
        self._forgotten = 0

    async def answer(self, key: Key, make: Callable[[], Awaitable[bytes]]) -> KeptAnswer:
        """The kept answer of the key, or a fresh one."""
        if not self._lifetime:
            return KeptAnswer(body := await make(), _etag(body), "", self._clock())
        version = await self._current_version()
        kept = self._kept.get(key)
        if kept is not None and kept.version == version and self._age(kept) < self._lifetime:
            return kept
        # The time and the version from before the reading: what is read is never older.
        at, forgotten = self._clock(), self._forgotten
        fresh = KeptAnswer(body := await make(), _etag(body), version, at)
        if forgotten == self._forgotten:
            self._keep(key, fresh)
        return fresh

    def forget(self) -> None:
        """Keep nothing of what was answered before now."""
        self._kept.clear()
        self._size = 0
        self._forgotten += 1

    def sent(
        self, kept: KeptAnswer, if_none_match: str | None, more: tuple[Header, ...] = ()
    ) -> Sent:
        """The answer with what this caller is told, or 304 for whoever has it already."""
        headers: tuple[Header, ...] = (*more, (b"etag", kept.etag))
        cache = (b"cache-control", b"public, no-cache")
        if self._lifetime:
            seconds = int(self._lifetime.total_seconds())
            cache = (b"cache-control", b"public, max-age=%d" % seconds)
            headers = (*headers, (b"age", b"%d" % self._age(kept).total_seconds()))
        sent = Sent.of(200, kept.body, headers=headers, cache=cache)
        known = if_none_match is not None and matches(if_none_match, kept.etag)
        return sent.unchanged() if known else sent

    async def _current_version(self) -> str:
        now = self._clock()
        if self._asked_at is None or now - self._asked_at >= VERSION_LIFETIME:
            self._version = await self._ask_version()
            self._asked_at = now
        return self._version

    def _age(self, kept: KeptAnswer) -> timedelta:
        return max(self._clock() - kept.at, timedelta())

    def _keep(self, key: Key, fresh: KeptAnswer) -> None:
        if (
            len(key[0]) + len(key[1]) > KEY_LENGTH
            or len(fresh.body) * KEPT_PART > self._limit_bytes
        ):
            return
        self._forget(key)
        self._kept[key] = fresh
        self._size += len(fresh.body) + KEY_LENGTH
        while self._size > self._limit_bytes:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: Key) -> None:
        if (old := self._kept.pop(key, None)) is not None:
            self._size -= len(old.body) + KEY_LENGTH


def matches(if_none_match: str, etag: bytes) -> bool:
    """Whether the header names the tag; weak and strong compare alike, as RFC 9110 says."""
    wanted = etag.decode()
    given = (each.strip().removeprefix("W/") for each in if_none_match.split(","))
    return any(each in {"*", wanted} for each in given)


def _etag(body: bytes) -> bytes:
    return b'"%s"' % blake2b(body, digest_size=12).hexdigest().encode()
