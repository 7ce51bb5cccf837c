"""
Other services, asked over HTTP: one answer of bounded length each, or none.

The one thing that adapters share. No redirect is followed, and nothing is asked twice but what
only reads, once more where the connection breaks off; whoever asks knows what else may be asked
again, and what the answer means.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
from attrs import frozen

HEADERS = {
    "User-Agent": "automate_store",
    # What is sent unpacked can't turn out to be longer than it looked.
    "Accept-Encoding": "identity",
}


MOST_PLACES = 64
"""Whose proxies are remembered."""
_DONE, _ELSEWHERE, _REFUSED = range(200, 300), range(300, 400), range(400, 500)


class NoAnswer(Exception):  # noqa: N818 - named for the fact
    """None came that can be read to its end: it is unknown whether anything was done."""


class TooLong(NoAnswer):
    """It has more bytes than were to be read."""


@frozen
class Answer:
    """What a service said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def done(self) -> bool:
        """Whether it did what it was asked."""
        return self.status in _DONE

    @property
    def elsewhere(self) -> bool:
        """Whether it sends whoever asks to another place."""
        return self.status in _ELSEWHERE

    @property
    def refused(self) -> bool:
        """Whether it finds fault with what it was asked."""
        return self.status in _REFUSED


class Asker(Protocol):
    """Whoever carries a question to a service."""

    async def ask(
        self, method: str, url: str, *, longest: int, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """The answer; raises NoAnswer, TooLong beyond so many bytes."""
        ...


class HttpAsker:
    """Implements ``Asker``; the session's owner closes it."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._proxy = lru_cache(MOST_PLACES)(_proxy)

    async def ask(
        self, method: str, url: str, *, longest: int, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """The answer; raises NoAnswer, TooLong beyond so many bytes."""
        try:
            place = urlsplit(url)
            async with self._session.request(
                method,
                url,
                headers=headers,
                data=body or None,
                proxy=self._proxy(place.scheme, place.netloc),
                allow_redirects=False,
            ) as answer:
                said = await _bounded(answer.content, longest)
                return Answer(answer.status, answer.headers, said)
        except (aiohttp.ClientError, TimeoutError) as wrong:
            raise NoAnswer(type(wrong).__name__) from wrong


@asynccontextmanager
async def opened_asker(*, connect_s: float, read_s: float) -> AsyncIterator[HttpAsker]:
    """
    Asks services, through the proxy that the environment names, until the block is left.

    ``read_s`` is how long one may be silent; whoever asks sets the time for all of an answer.
    """
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=trust()),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=HEADERS,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect_s, sock_read=read_s),
    )
    async with session:
        yield HttpAsker(session)


def trust() -> ssl.SSLContext:
    """Whom the world trusts, wherever this runs; ``SSL_CERT_FILE`` takes their place."""
    return ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())


def _proxy(scheme: str, place: str) -> str | None:
    return None if proxy_bypass(place) else getproxies().get(scheme)


async def _bounded(content: aiohttp.StreamReader, longest: int) -> bytes:
    body = bytearray()
    async for part in content.iter_any():
        body += part
        if len(body) > longest:
            raise TooLong("it is too long")
    return bytes(body)
