"""HTTP as uvicorn speaks it, with bounds for the heads of requests: size, number, and time."""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024
"""The target and all headers of a request together, at most; and of what follows a body."""
HEADERS = 100
_TOO_LARGE = b"The head of a request has 64 KiB and 100 headers at most."
_TOO_SLOW = b"The head of the request did not come in time."


class _At(Enum):
    """What the next bytes of a connection are part of."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class _TooLarge(Exception):  # noqa: N818 - named for the fact
    """What ends the parsing of a head that is too large."""


class Protocol(HttpToolsProtocol):
    """A connection; a target that names its host decides, as RFC 9112 (3.2.2) says."""

    head_timeout_s: ClassVar[float]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = _At.NOTHING
        self._begun = 0
        self._told = 0
        """Bytes of the head's parts that are whole."""
        self._quiet = 0
        """Bytes that came since the last of which anything became known."""
        self._too_large = False
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request, and not for ever."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; refuse what goes on without an end."""
        at, begun = self._at, self._begun
        self._quiet += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._at is _At.NOTHING and at is _At.NOTHING and begun == self._begun:
            # Empty lines before a request: they must not keep the connection for nothing.
            self._await_head()
        if self._at is not _At.NOTHING and self._quiet > HEAD_BYTES and begun == self._begun:
            self._refuse(431, "Request Header Fields Too Large", _TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._at, self._told, self._quiet = _At.HEAD, 0, 0
        self._begun += 1
        self._await_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, within bounds."""
        super().on_header(name, value)
        self._told += len(name) + len(value)
        if len(self.headers) > HEADERS or self._told + len(self.url) > HEAD_BYTES:
            self._too_large = True
            raise _TooLarge

    def on_headers_complete(self) -> None:
        """Hand the request over."""
        self._at, self._quiet = _At.BODY, 0
        self._wait_no_longer()
        if b"://" in self.url.partition(b"?")[0] and not self.url.startswith(b"/"):
            authority = self.url.partition(b"://")[2].partition(b"?")[0].partition(b"/")[0]
            others = [each for each in self.headers if each[0] != b"host"]
            self.headers[:] = [(b"host", authority), *others]
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Hand a part of the body over."""
        self._quiet = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Be ready for the next."""
        self._at = _At.NOTHING
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what can't be read, or what was too large to be read on."""
        if self._too_large:
            self._refuse(431, "Request Header Fields Too Large", _TOO_LARGE)
        else:
            super().send_400_response(msg)

    def _await_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.head_timeout_s, self._give_up)

    def _wait_no_longer(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        if not self._answered():
            # The one before is being answered, in its own time.
            self._await_head()
        elif self._at is _At.HEAD:
            self._refuse(408, "Request Timeout", _TOO_SLOW)
        else:
            self.transport.close()

    def _answered(self) -> bool:
        return bool(getattr(self.cycle, "response_complete", True))

    def _refuse(self, status: int, reason: str, why: bytes) -> None:
        head = (
            f"HTTP/1.1 {status} {reason}\r\ncontent-type: text/plain; charset=utf-8\r\n"
            f"content-length: {len(why)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + why)
        self.transport.close()


def protocol(*, head_timeout_s: float) -> type[Protocol]:
    """Connections on which a request's head has so long to come."""
    return type("TimedProtocol", (Protocol,), {"head_timeout_s": head_timeout_s})
