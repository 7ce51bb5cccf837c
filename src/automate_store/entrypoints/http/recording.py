"""Around every request: its id, and its line in the log."""

from __future__ import annotations

import re
from time import perf_counter
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from automate_store.entrypoints.http.calls import Shop, header
from automate_store.entrypoints.logs import request_logs

UNMATCHED = "(none)"
"""The route that the log names where there is none, so that no stranger's text gets in."""
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Recorder:
    """An ASGI application around the store's own."""

    __slots__ = ("_app", "_shop")

    def __init__(self, app: ASGIApp, shop: Shop) -> None:
        self._app = app
        self._shop = shop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, under its id."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request_id = self._request_id(scope)
        scope["state"]["request_id"] = request_id
        record = _Record(send, request_id.encode())
        started = perf_counter()
        with request_logs(request_id):
            try:
                await self._app(scope, receive, record.send)
            finally:
                record.log(scope, perf_counter() - started)

    def _request_id(self, scope: Scope) -> str:
        given = header(scope["headers"], b"x-request-id")
        if given is not None and _SANE_ID.fullmatch(given):
            return given
        return str(self._shop.ports.ids.uuid())


class _Record:
    """What went out: the status, how much, and the id added to its head."""

    __slots__ = ("_request_id", "_send", "size", "status")

    def __init__(self, send: Send, request_id: bytes) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0
        self.size = 0

    async def send(self, message: Message) -> None:
        """Pass the message on."""
        if message["type"] == "http.response.start":
            self._head(message)
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
        await self._send(message)

    def _head(self, message: HTTPResponseStartEvent) -> None:
        self.status = message["status"]
        message["headers"] = [*message["headers"], (b"x-request-id", self._request_id)]

    def log(self, scope: Any, seconds: float) -> None:
        """Write the one line: no query, no address, no token, and no path that was made up."""
        logger = structlog.get_logger()
        write = logger.error if self.status >= 500 or not self.status else logger.info  # noqa: PLR2004
        write(
            "request",
            method=scope["method"],
            route=scope.get("path_template") or UNMATCHED,
            status=self.status,
            ms=round(seconds * 1000, 2),
            bytes=self.size,
        )
