"""Answers that are ready to go: two messages, their headers made once."""

from __future__ import annotations

from attrs import evolve, frozen
from litestar.types import Message, Receive, Scope, Send

Header = tuple[bytes, bytes]

JSON = "application/json"
NO_STORE: Header = (b"cache-control", b"no-store")
_RESOURCE_POLICY = b"cross-origin-resource-policy"
_OWN_PAGES: Header = (_RESOURCE_POLICY, b"same-origin")
_ANYBODYS_PAGES: Header = (_RESOURCE_POLICY, b"cross-origin")
ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    _OWN_PAGES,
)
"""What every answer forbids the browser that gets it."""
_OF_A_BODY = (b"content-type", b"content-length")
_TYPES: dict[str, Header] = {}


@frozen
class Sent:
    """An answer as an ASGI application; may be sent any number of times."""

    status: int
    headers: tuple[Header, ...]
    body: bytes

    @classmethod
    def of(
        cls,
        status: int,
        body: bytes,
        *,
        media_type: str = JSON,
        headers: tuple[Header, ...] = (),
        cache: Header = NO_STORE,
    ) -> Sent:
        """The answer with the headers that every answer of data has."""
        described = (_content_type(media_type), (b"content-length", b"%d" % len(body)), cache)
        return cls(status, (*described, *ALWAYS, *headers), body)

    def unchanged(self) -> Sent:
        """The same for whoever has its body already."""
        kept = tuple(each for each in self.headers if each[0] not in _OF_A_BODY)
        return Sent(304, kept, b"")

    def under(self, policy: str) -> Sent:
        """The same under another content security policy: that of a page."""
        return self._with((b"content-security-policy", policy.encode()))

    def for_any_page(self) -> Sent:
        """The same as part of other sites' pages too: that of a picture."""
        return self._with(_ANYBODYS_PAGES)

    def _with(self, header: Header) -> Sent:
        others = tuple(each for each in self.headers if each[0] != header[0])
        return evolve(self, headers=(*others, header))

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,  # noqa: ARG002 - ASGI hands it over
        send: Send,
    ) -> None:
        """Send it."""
        start: Message = {
            "type": "http.response.start",
            "status": self.status,
            "headers": list(self.headers),
        }
        await send(start)
        body = b"" if scope.get("method") == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _content_type(media_type: str) -> Header:
    known = _TYPES.get(media_type)
    if known is None:
        known = _TYPES[media_type] = (b"content-type", media_type.encode())
    return known
