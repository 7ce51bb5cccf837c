"""Requests as a server hands them over: from any peer, under any name, with any header."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from attrs import frozen
from litestar import Litestar

HOST = (b"host", b"shop.example")


@frozen
class Told:
    """An answer as it went out."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every header of that name."""
        return [value.decode() for key, value in self.headers if key == name.encode()]

    def one(self, name: str) -> str | None:
        """The header of that name; None where it is missing."""
        found = self.all(name)
        assert len(found) <= 1, f"{name} is told twice"
        return found[0] if found else None

    @property
    def code(self) -> str:
        """Which problem it is."""
        code: str = msgspec.json.decode(self.body)["code"]
        return code


async def knock(
    app: Litestar,
    path: str,
    *,
    method: str = "GET",
    peer: str | None = "203.0.113.9",
    headers: Iterable[tuple[bytes, bytes]] = (),
    host: tuple[bytes, bytes] | None = HOST,
    body: bytes = b"",
) -> Told:
    """One request."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "client": None if peer is None else (peer, 50_000),
        "headers": [*([host] if host else []), *headers],
    }
    await app(scope, receive, send)
    answer = b"".join(message.get("body", b"") for message in sent)
    return Told(sent[0]["status"], tuple(sent[0]["headers"]), answer)
