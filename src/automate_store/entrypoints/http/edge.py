"""
The edge: by which names the store answers, and whose scripts may read what it says.

Around every request, also those that no route matches. What a browser asks before it
lets a script ask (a preflight) is answered here, to anybody, and reaches no route. An
origin that is not listed is told nothing about itself, so its browser keeps the answer
from its scripts.
"""

from __future__ import annotations

from functools import lru_cache

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from automate_store.entrypoints.http.config import HttpConfig
from automate_store.entrypoints.http.endpoints import request_id
from automate_store.entrypoints.http.errors import BadHost
from automate_store.entrypoints.http.problems import refusal
from automate_store.entrypoints.http.sending import ALWAYS, Header, Sent
from automate_store.entrypoints.settings import ANY, host_name

METHODS = ("GET", "POST", "PUT", "DELETE")
TAKEN_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-Cart-Token",
    "X-CSRF-Token",
    "X-Order-Token",
    "X-Request-ID",
)
"""What a script of another site may send."""
TOLD_HEADERS = (
    "Age",
    "ETag",
    "Location",
    "RateLimit-Limit",
    "RateLimit-Policy",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Cart-Token",
    "X-CSRF-Token",
    "X-Request-ID",
)
"""What it may read of an answer, beside what every script may."""
PREFLIGHT_KEPT_S = 600
HEALTH = "/health/"
"""Probes come by whatever name their machine has for ours."""
HSTS: Header = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_ASKED = b"access-control-request-method"
_MAY: tuple[Header, ...] = (
    (b"access-control-allow-methods", ", ".join(METHODS).encode()),
    (b"access-control-allow-headers", ", ".join(TAKEN_HEADERS).encode()),
    (b"access-control-max-age", b"%d" % PREFLIGHT_KEPT_S),
)
_TOLD: Header = (b"access-control-expose-headers", ", ".join(TOLD_HEADERS).encode())
_WITH_COOKIES: Header = (b"access-control-allow-credentials", b"true")
_UNLIKE_OTHERS: Header = (b"vary", b"Origin")


class Edge:
    """An ASGI application around the store's own."""

    __slots__ = ("_always", "_app", "_hosts", "_origins")

    def __init__(self, app: ASGIApp, config: HttpConfig) -> None:
        self._app = app
        self._hosts = config.hosts
        self._always = _always(config)
        self._origins = {origin.encode(): _welcome(origin) for origin in config.cors_origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it for the name it came by."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        origin = _only(scope, b"origin")
        welcome = self._welcome(origin)
        added = (*self._always, *welcome) if welcome else self._always

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = message["headers"] = [*message["headers"], *added]
                if scope["method"] == "OPTIONS" and ALWAYS[0] not in told:
                    # What may be done at an address is answered by Litestar itself.
                    told.extend(ALWAYS)
            await send(message)

        if not self._is_ours(scope):
            app: ASGIApp = refusal(BadHost(), instance=scope["path"], request_id=request_id(scope))
        elif origin and scope["method"] == "OPTIONS" and _only(scope, _ASKED):
            app = Sent(204, _MAY if welcome else (), b"")
        else:
            app = self._app
        await app(scope, receive, telling)

    def _welcome(self, origin: bytes | None) -> tuple[Header, ...]:
        """What a listed origin is told, and nothing for all others."""
        if origin is None:
            return ()
        return self._origins.get(origin, ()) or self._origins.get(ANY.encode(), ())

    def _is_ours(self, scope: HTTPScope) -> bool:
        if ANY in self._hosts or scope["path"].startswith(HEALTH):
            return True
        given = _only(scope, b"host")
        return given is not None and _name(given) in self._hosts


def _always(config: HttpConfig) -> tuple[Header, ...]:
    """What every answer has, whoever asked."""
    secured = (HSTS,) if config.url.startswith("https://") else ()
    return (_UNLIKE_OTHERS, *secured) if config.cors_origins else secured


def _welcome(origin: str) -> tuple[Header, ...]:
    allowed = (b"access-control-allow-origin", origin.encode())
    return (allowed, _TOLD) if origin == ANY else (allowed, _TOLD, _WITH_COOKIES)


def _only(scope: HTTPScope, name: bytes) -> bytes | None:
    """The one header of that lower-case name; None where there is none, or several."""
    found = [value for key, value in scope["headers"] if key == name]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=256)
def _name(given: bytes) -> str | None:
    return host_name(given.decode("latin-1"))
