"""Services that tests have asked in other ways than the store asks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from automate_store.adapters.asking import Answer, NoAnswer, TooLong


class HttpxAsker:
    """Implements ``Asker`` by a client that is bound to no loop, and to no socket if need be."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def ask(
        self, method: str, url: str, *, longest: int, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        try:
            said = await self.client.request(method, url, headers=dict(headers), content=body)
        except httpx.HTTPError as wrong:
            raise NoAnswer(type(wrong).__name__) from wrong
        if len(said.content) > longest:
            raise TooLong("it is too long")
        return Answer(said.status_code, said.headers, said.content)


def asker_of(app: Any) -> HttpxAsker:
    """Asks an application in this process."""
    return HttpxAsker(httpx.AsyncClient(transport=httpx.ASGITransport(app)))


class AsksNobody:
    """Implements ``Asker`` for whoever must not ask."""

    async def ask(
        self, method: str, url: str, *, longest: int, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        raise AssertionError(f"{method} {url} was asked, with {headers}, {body!r}, {longest}")
