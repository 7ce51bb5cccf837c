"""The gateway's counter: answers once for each key, and goes wrong where it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from attrs import frozen
from litestar import Request, Response
from litestar.response.base import ASGIResponse

from automate_store.application.ports.sources import Clock, Ids
from automate_store.entrypoints.fake_gateway.books import Books, Latest
from automate_store.entrypoints.fake_gateway.faults import Call, Chance, Faults
from automate_store.entrypoints.fake_gateway.post import Post
from automate_store.entrypoints.fake_gateway.till import Till
from automate_store.entrypoints.fake_gateway.wallet import Wallet
from automate_store.entrypoints.fake_gateway.words import Happened, Refused

KEY = "idempotency-key"
MOST_KEYS = 100_000
"""Keys that are known with their answers, at most; real ones forget theirs after a day or more."""


@frozen
class _Kept:
    """An answer, and what it was given to."""

    asked: tuple[str, str, bytes]
    content: bytes | Refused


class Desk:
    """The whole gateway, HTTP apart."""

    def __init__(self, *, clock: Clock, ids: Ids, secret: str, webhook_url: str | None) -> None:
        self.chance = Chance()
        self.books = Books(clock=clock, ids=ids)
        self.wallet = Wallet(self.books)
        self.till = Till(self.books, self.wallet)
        self.post = Post(self.chance, clock=clock, secret=secret, url=webhook_url)
        self.books.tell, self.books.forgets = self.post.put, self.chance.forgets
        self._kept = Latest[_Kept](MOST_KEYS)

    def reset(self) -> None:
        """As it was when it was opened; faults, money and keys are gone, the webhook stays."""
        self.books.clear()
        self.post.clear()
        self.chance.set(Faults())
        self._kept.clear()

    async def answer(
        self, request: Request[Any, Any, Any], call: Call, act: Callable[[], object]
    ) -> Response[Any]:
        """What acting comes to, once for each key; raises Refused."""
        if self.chance.call(call, "fail_before"):
            raise Refused(500, "fault", "nothing was done, on purpose")
        key = request.headers.get(KEY)
        content = await self._acted(request, key, act) if key else msgspec.json.encode(act())
        if self.chance.call(call, "hang"):
            await asyncio.sleep(self.chance.faults.hang_s)
            return _Dropped(content)
        if self.chance.call(call, "drop_answer"):
            return _Dropped(content)
        return _json(content)

    async def _acted(
        self, request: Request[Any, Any, Any], key: str, act: Callable[[], object]
    ) -> bytes:
        asked = (request.method, request.url.path, await request.body())
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = _Kept(asked, _outcome(act))
        if kept.asked != asked:
            raise Refused(422, "key_reused", "this key was used for another request")
        if isinstance(kept.content, Refused):
            raise kept.content
        return kept.content

    def events(
        self, since: datetime | None, after: str | None, limit: int
    ) -> Mapping[str, list[Happened] | bool]:
        """A page of what happened, the oldest first, and whether there is more."""
        found = [each for each in self.books.events if since is None or each.at >= since]
        if after is not None:
            ids = [each.id for each in found]
            found = found[ids.index(after) + 1 :] if after in ids else []
        return {"items": found[:limit], "more": len(found) > limit}


def _outcome(act: Callable[[], object]) -> bytes | Refused:
    """What acting comes to: what is refused once is refused for ever, as real ones do."""
    try:
        return msgspec.json.encode(act())
    except Refused as refused:
        return refused


class _Dropped(Response[bytes]):
    """No answer: the connection ends in the middle of it."""

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        """What breaks off."""
        return _BrokenOff(body=b"", content_length=len(self.content) + 1)


class _BrokenOff(ASGIResponse):
    async def send_body(self, *_: Any, **__: Any) -> None:
        """Nothing of what was promised: the server closes the connection then."""


def _json(content: bytes) -> Response[bytes]:
    return Response(content, media_type="application/json")
