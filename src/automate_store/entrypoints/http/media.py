"""Kept pictures: public, the same for ever, and never anything but a picture."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

from attrs import frozen
from litestar import Request
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from automate_store.application.ports.media import Media, MediaNotFound
from automate_store.entrypoints.http.caching import matches
from automate_store.entrypoints.http.calls import Shop, header
from automate_store.entrypoints.http.endpoints import request_id
from automate_store.entrypoints.http.errors import NoSuchRoute
from automate_store.entrypoints.http.problems import refusal
from automate_store.entrypoints.http.sending import Header, Sent

_ALL_YEAR: Header = (b"cache-control", b"public, max-age=31536000, immutable")
_ANYWHERE: Header = (b"cross-origin-resource-policy", b"cross-origin")
"""Storefronts on other addresses show the pictures."""
_LENGTH = b"content-length"


def media_handler(shop: Shop) -> HTTPRouteHandler:
    """The address of every picture that the store keeps."""
    make = HTTPRouteHandler(
        "/media/{name:str}",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        include_in_schema=False,
    )

    async def picture(request: Request[Any, Any, Any]) -> ASGIApp:
        scope = request.scope
        try:
            media = await shop.ports.media.open(scope["path_params"]["name"])
        except MediaNotFound:
            return refusal(NoSuchRoute(), instance=scope["path"], request_id=request_id(scope))
        return _Shown(scope["path_params"]["name"], media)

    return make(picture)


@frozen
class _Shown:
    """A picture on its way out, piece by piece; what it was read from is closed behind it."""

    name: str
    media: Media

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or say that it is known already."""
        etag: Header = (b"etag", b'"%s"' % self.name.encode())
        known = header(scope["headers"], b"if-none-match")
        async with aclosing(self.media.chunks) as chunks:
            if known is not None and matches(known, etag[1]):
                await Sent(304, (_ALL_YEAR, etag), b"")(scope, receive, send)
                return
            await send(self._head(etag))
            if scope.get("method") != "HEAD":
                async for chunk in chunks:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _head(self, etag: Header) -> Message:
        media = self.media
        usual = Sent.of(
            200, b"", media_type=media.media_type, headers=(etag,), cache=_ALL_YEAR
        ).headers
        own: dict[bytes, bytes] = dict([_ANYWHERE, (_LENGTH, b"%d" % media.size_bytes)])
        headers = [each for each in usual if each[0] not in own]
        return {
            "type": "http.response.start",
            "status": 200,
            "headers": [*headers, *own.items()],
        }
