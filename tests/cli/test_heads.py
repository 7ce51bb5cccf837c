"""Heads of requests that are too large, or never end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from automate_store.entrypoints.cli.heads import HEAD_BYTES, HEADERS, Protocol, protocol

SOON_S = 0.3
LATE_S = 10.0
GET = b"GET / HTTP/1.1\r\nhost: a\r\n"
Conversation = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Says how many headers there were, once the body is read."""
    while (await receive()).get("more_body"):
        pass
    told = str(len(scope["headers"])).encode()
    length = (b"content-length", str(len(told)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": told})


@asynccontextmanager
async def connected(kind: type[Protocol]) -> AsyncIterator[Conversation]:
    """A connection to a server of our own."""
    config = uvicorn.Config(app, http=kind, ws="none", log_config=None, access_log=False)
    config.load()
    state = ServerState()
    make: Callable[[], Protocol] = lambda: kind(config, state, {})  # noqa: E731 - a factory
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    try:
        yield reader, writer
    finally:
        writer.close()
        server.close()


async def answered(conversation: Conversation, *parts: bytes) -> bytes:
    """The first line of what the parts are answered, each sent by itself."""
    reader, writer = conversation
    for part in parts:
        writer.write(part)
        await asyncio.sleep(0.01)
    return (await asyncio.wait_for(reader.readline(), LATE_S)).rstrip()


def headers(count: int, size: int = 1) -> bytes:
    """So many headers beside the host."""
    return b"".join(b"x%d: %s\r\n" % (number, b"a" * size) for number in range(count))


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (GET + headers(HEADERS - 1), b"200"),
        (GET + headers(HEADERS), b"431"),
        (GET + headers(60, 1_000), b"200"),
        (GET + headers(70, 1_000), b"431"),
        (b"GET /" + b"a" * HEAD_BYTES + GET[5:], b"431"),
    ],
)
async def test_a_head_has_so_many_headers_and_bytes(head: bytes, status: bytes) -> None:
    async with connected(protocol(head_timeout_s=LATE_S)) as conversation:
        assert (await answered(conversation, head + b"\r\n")).split()[1] == status


@pytest.mark.parametrize(
    "begun",
    [GET + b"x: ", b"GET /", b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: "],
)
async def test_what_goes_on_without_an_end_is_refused(begun: bytes) -> None:
    async with connected(protocol(head_timeout_s=LATE_S)) as conversation:
        parts = [b"a" * 16_384] * (HEAD_BYTES // 16_384 + 1)
        assert (await answered(conversation, begun, *parts)).split()[1] == b"431"


@pytest.mark.parametrize("sent", [(GET,), (b"GET",), (GET, b"x: y\r\n")])
async def test_a_head_that_does_not_end_is_not_waited_for(sent: tuple[bytes, ...]) -> None:
    async with connected(protocol(head_timeout_s=SOON_S)) as conversation:
        assert (await answered(conversation, *sent)).split()[1] == b"408"


@pytest.mark.parametrize("sent", [(), (b"\r\n",), (b"\r\n", b"\r\n")])
async def test_who_says_nothing_is_not_waited_for(sent: tuple[bytes, ...]) -> None:
    async with connected(protocol(head_timeout_s=SOON_S)) as conversation:
        assert await answered(conversation, *sent) == b""


async def test_a_connection_that_was_answered_may_rest_and_ask_again() -> None:
    async with connected(protocol(head_timeout_s=SOON_S)) as conversation:
        for _ in range(2):
            assert (await answered(conversation, GET + b"\r\n")).split()[1] == b"200"
            await conversation[0].readuntil(b"\r\n\r\n1")
            await asyncio.sleep(2 * SOON_S)


async def test_a_body_may_be_larger_than_a_head_and_its_end_is_found() -> None:
    long = b"POST / HTTP/1.1\r\ncontent-length: 400000\r\n\r\n" + b"a" * 400_000
    async with connected(protocol(head_timeout_s=LATE_S)) as conversation:
        assert (await answered(conversation, long + GET + b"\r\n")).split()[1] == b"200"
        await conversation[0].readuntil(b"\r\n\r\n1")
        assert (await answered(conversation)).split()[1] == b"200"
