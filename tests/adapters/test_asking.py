"""How services are asked: within bounds, from that place alone, through the proxy that is set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from attrs import define, field

from automate_store.adapters.asking import HttpAsker, NoAnswer, TooLong, opened_asker
from tests.adapters.stripe.local import serving

LONGEST = 100
NO_HEADERS: dict[str, str] = {}


@define
class Service:
    """Answers as its path says, and keeps what it was asked."""

    asked: list[tuple[str, str, bytes]] = field(factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append((request.method, f"{request.url}", await request.read()))
        if request.path == "/long":
            return web.Response(body=b"x" * (LONGEST + 1))
        if request.path == "/elsewhere":
            raise web.HTTPFound(f"{self.url}/")
        if request.path == "/hangs":
            await asyncio.sleep(30)
        if request.path == "/drops":
            assert request.transport is not None
            request.transport.close()
        accepts = request.headers.get("Accept-Encoding", "")
        return web.Response(body=b"x" * LONGEST, headers={"Seen": accepts, "Set-Cookie": "a=b"})


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    async with serving(service.handle) as service.url:
        yield service


@pytest.fixture
async def asker() -> AsyncIterator[HttpAsker]:
    async with opened_asker(connect_s=0.5, read_s=0.2) as asker:
        yield asker


async def ask(asker: HttpAsker, url: str, method: str = "POST") -> tuple[int, bytes]:
    answer = await asker.ask(method, url, longest=LONGEST, headers=NO_HEADERS, body=b"told")
    return answer.status, answer.body


async def test_an_answer_may_be_as_long_as_it_may(asker: HttpAsker, service: Service) -> None:
    assert await ask(asker, service.url) == (200, b"x" * LONGEST)
    with pytest.raises(TooLong):
        await ask(asker, f"{service.url}/long")


async def test_nothing_is_sent_packed_that_could_be_longer_than_it_looks(
    asker: HttpAsker, service: Service
) -> None:
    answer = await asker.ask("GET", service.url, longest=LONGEST, headers=NO_HEADERS, body=b"")
    assert answer.headers["seen"] == "identity"
    assert (answer.done, answer.refused, answer.elsewhere) == (True, False, False)


async def test_no_other_place_is_looked_at(asker: HttpAsker, service: Service) -> None:
    answer = await asker.ask(
        "GET", f"{service.url}/elsewhere", longest=LONGEST, headers=NO_HEADERS, body=b""
    )
    assert (answer.elsewhere, len(service.asked)) == (True, 1)


async def test_who_is_silent_too_long_gave_no_answer(asker: HttpAsker, service: Service) -> None:
    with pytest.raises(NoAnswer, match="SocketTimeoutError"):
        await ask(asker, f"{service.url}/hangs")


@pytest.mark.parametrize(("method", "times"), [("POST", 1), ("GET", 2)])
async def test_what_only_reads_is_asked_once_more(
    asker: HttpAsker, service: Service, method: str, times: int
) -> None:
    with pytest.raises(NoAnswer):
        await ask(asker, f"{service.url}/drops", method)
    assert len(service.asked) == times


async def test_who_is_not_there_gave_no_answer(asker: HttpAsker) -> None:
    with pytest.raises(NoAnswer):
        await ask(asker, "http://127.0.0.1:1/")


async def test_the_proxy_that_is_set_is_gone_through_but_for_whom_it_is_not(
    asker: HttpAsker, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", service.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    await ask(asker, "http://provider.example/pay")
    await ask(asker, f"{service.url}/near")
    assert [url for _, url, _ in service.asked] == [
        "http://provider.example/pay",
        f"{service.url}/near",
    ]
