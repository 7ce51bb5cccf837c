"""The edge as it is deployed: real sockets, several servers, and a Redis that dies."""

from __future__ import annotations

import asyncio
import socket

import pytest

from benchmarks.rig.servers import Server
from benchmarks.rig.shoppers import API, Answer, Shoppers
from benchmarks.rig.valkey import TemporaryValkey
from tests.journeys.shops import Shop

PRODUCTS = f"{API}/products"
TRIES = 7


def raw(server: Server, target: str, *headers: str) -> tuple[int, str]:
    """The status and the whole answer to a GET, byte by byte as it is given."""
    lines = (f"GET {target} HTTP/1.1", *headers, "Connection: close", "", "")
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as wire:
        wire.sendall("\r\n".join(lines).encode())
        answer = b""
        while part := wire.recv(65_536):
            answer += part
    return int(answer.split(b" ", 2)[1]), answer.decode()


async def tries(shoppers: Shoppers, *, server: int = 0, forged: bool = False) -> list[int]:
    """What so many wrong passwords are answered."""
    answers: list[Answer] = [
        await shoppers.ask(
            "POST",
            f"{API}/auth/login",
            {"email": f"ann{number}@example.com", "password": "not hers"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"} if forged else {},
            server=server,
        )
        for number in range(TRIES)
    ]
    return [answer.status for answer in answers]


@pytest.mark.slow
def test_the_target_decides_which_host_is_meant_and_the_host_must_be_ours(shop: Shop) -> None:
    server = shop.serve()
    here = f"127.0.0.1:{server.port}"

    assert raw(server, PRODUCTS, f"Host: {here}")[0] == 200
    assert raw(server, f"http://{here}{PRODUCTS}", "Host: evil.example")[0] == 200
    for target, host in [
        (PRODUCTS, "Host: evil.example"),
        (PRODUCTS, "X-Forwarded-Host: evil.example"),
        (f"http://evil.example{PRODUCTS}", f"Host: {here}"),
        (f"http://ann@{here}{PRODUCTS}", f"Host: {here}"),
        (f"HTTP://evil.example{PRODUCTS}?a=http://{here}/", f"Host: {here}"),
    ]:
        status, answer = raw(server, target, host)
        assert (status, "evil.example" in answer) == (400, False), (target, host)
    assert raw(server, "/health/live", "Host: pod-7")[0] == 200
    assert "\r\nserver:" not in raw(server, PRODUCTS, f"Host: {here}")[1].lower()


@pytest.mark.slow
async def test_a_forged_address_gains_nothing_from_this_machine_either(shop: Shop) -> None:
    shop.settings["limit_auth"] = "5/15m"
    async with Shoppers([shop.serve().base]) as shoppers:
        assert await tries(shoppers, forged=True) == [401] * 5 + [429] * 2


@pytest.mark.slow
async def test_servers_that_share_a_redis_count_together_and_alone_without_it(
    shop: Shop, fragile: TemporaryValkey
) -> None:
    shop.settings |= {"limit_auth": "5/15m", "limit_general": "20/15m", "redis_url": fragile.url}
    async with Shoppers([shop.serve().base, shop.serve().base]) as shoppers:
        together = await tries(shoppers) + await tries(shoppers, server=1)
        fragile.kill()
        alone = [await tries(shoppers, server=server) for server in (0, 1)]
        browsed = [await shoppers.ask("GET", PRODUCTS) for _ in range(50)]

    assert together == [401] * 5 + [429] * 9
    # The first knew its five of before; the second had let nobody in.
    assert alone == [[429] * TRIES, [401] * 5 + [429] * 2]
    assert {answer.status for answer in browsed} == {200}


@pytest.mark.slow
async def test_a_redis_that_hangs_holds_up_few(shop: Shop, fragile: TemporaryValkey) -> None:
    shop.settings["redis_url"] = fragile.url
    async with Shoppers([shop.serve().base]) as shoppers:
        await shoppers.ask("GET", PRODUCTS)
        with fragile.frozen():
            answers = await asyncio.gather(*(shoppers.ask("GET", PRODUCTS) for _ in range(8)))
            answers += [await shoppers.ask("GET", PRODUCTS) for _ in range(40)]

    assert {answer.status for answer in answers} == {200}
    # Those that were asking when it began, and one a second afterwards.
    assert sum(answer.seconds > 0.1 for answer in answers) < 12
