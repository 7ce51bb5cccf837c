"""What Redis is to the shop, cell by cell, as the page on security has it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import pytest
from attrs import Factory, define

from automate_store.application.identity.trusting import WAIT_S
from automate_store.entrypoints.asgi import http_app
from automate_store.entrypoints.bootstrap import open_store
from automate_store.entrypoints.settings import Settings
from benchmarks.rig.accounts import PASSWORD, registration
from benchmarks.rig.gateway import SECRET, WEBHOOK
from benchmarks.rig.servers import environment, free_port
from benchmarks.rig.shoppers import ADDRESS, API, fresh_key
from benchmarks.rig.telling import fresh_event, signed
from benchmarks.rig.valkey import TemporaryValkey
from tests.journeys.shops import Shop

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
SECTION = "## With Redis, without it, and while it dies\n"
SERVERS = (0, 1)
GUESSES, READS = 5, 20
LIMITS = {
    "limit_auth": f"{GUESSES}/15m",
    "limit_general": f"{READS}/15m",
    "limit_cart": "50/5m",
    "limit_checkout": "10/1h",
}
PAID_BY = {
    "gateways": "manual,fake",
    "fake_url": "http://127.0.0.1:9",
    "fake_webhook_secret": SECRET,
}
"""Nobody is there to be asked: it only tells."""
BACK_S = 1.1
"""After which a server asks Redis again."""


def table() -> dict[tuple[str, str], str]:
    """What the page says, by row and column."""
    section = PAGE.read_text(encoding="utf-8").partition(SECTION)[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    head, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    return {
        (row[0], column): cell
        for row in rows
        for column, cell in zip(head[1:], row[1:], strict=True)
    }


@define
class Town:
    """Two servers of one shop, a customer with a session and a cart, and what befell Redis."""

    shop: Shop
    valkey: TemporaryValkey
    servers: list[httpx.AsyncClient]
    token: str = ""
    cart: str = ""
    numbers: Iterator[int] = Factory(count)
    back: Callable[[], None] = lambda: None
    """Lets Redis come back, where it is away."""

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        server: int,
        address: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """One request, from where nobody came from before unless it is said from where."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["X-Forwarded-For"] = address or self.somewhere()
        return await self.servers[server].request(method, API + path, json=body, headers=sent)

    def somewhere(self) -> str:
        """An address of its own."""
        number = next(self.numbers)
        return f"10.0.{number >> 8}.{number & 255}"

    async def me(self, token: str) -> list[int]:
        """What each server says to the token."""
        named = {"authorization": f"Bearer {token}"}
        return [
            (await self.ask("GET", "/auth/me", server=server, **named)).status_code
            for server in SERVERS
        ]


async def browses(town: Town) -> None:
    for server in SERVERS:
        for path in ("/products", "/products/mug", "/categories"):
            assert (await town.ask("GET", path, server=server)).status_code == 200


async def fills_a_cart(town: Town) -> None:
    mug = {"variant_id": str(town.shop.variant("MUG")), "quantity": 1}
    added = await town.ask("POST", "/cart/add", mug, server=1, x_cart_token=town.cart)
    assert added.status_code == 200, added.text
    for server in SERVERS:
        shown = await town.ask("GET", "/cart", server=server, x_cart_token=town.cart)
        assert [item["quantity"] for item in shown.json()["items"]] == [3]


async def checks_out(town: Town) -> None:
    body = {"email": "a@example.com", "shipping_address": ADDRESS, "shipping_method": "standard"}
    key = fresh_key()
    placed = [
        await town.ask(
            "POST", "/orders", body, server=server, x_cart_token=town.cart, idempotency_key=key
        )
        for server in SERVERS
    ]
    assert [answer.status_code for answer in placed] == [201, 201], placed[0].text
    order = placed[0].json()
    assert placed[1].json() == order
    opening = {"x_order_token": order["token"], "idempotency_key": fresh_key()}
    wish = {"order_id": order["id"], "gateway": "manual"}
    intent = await town.ask("POST", "/payments/create-intent", wish, server=0, **opening)
    paying = {"order_id": order["id"], "payment_id": intent.json()["id"]}
    opening = {**opening, "idempotency_key": fresh_key()}
    paid = await town.ask("POST", "/payments/confirm", paying, server=1, **opening)
    assert paid.status_code == 200, paid.text
    token = {"x_order_token": order["token"]}
    shown = await town.ask("GET", f"/orders/{order['id']}", server=0, **token)
    assert shown.json()["payment_status"] == "paid"


async def is_told(town: Town) -> None:
    """Of a payment, on both servers: kept once, by the one that was told first."""
    event = fresh_event()
    body = json.dumps(event).encode()
    for server in SERVERS:
        answer = await town.servers[server].post(WEBHOOK, content=body, headers=signed(body))
        assert answer.status_code == 200, answer.text
    kept = "SELECT count(*) FROM webhook_events WHERE event_id = %s"
    assert town.shop.rows(kept, [event["id"]]) == [(1,)]


async def signs_in(town: Town) -> None:
    email = "bob@example.com"
    new = await town.ask("POST", "/auth/register", registration(email), server=0)
    wrong = await town.ask("POST", "/auth/login", {"email": email, "password": "guessed"}, server=1)
    again = await town.ask("POST", "/auth/login", {"email": email, "password": PASSWORD}, server=1)
    assert [each.status_code for each in (new, wrong, again)] == [201, 401, 200]
    for token in (town.token, new.json()["token"], again.json()["token"]):
        assert await town.me(token) == [200, 200]


async def signs_out(town: Town) -> float:
    """How long it took; the token is refused from then on, and once Redis is back."""
    assert await town.me(town.token) == [200, 200]
    began = perf_counter()
    named = {"authorization": f"Bearer {town.token}"}
    answer = await town.ask("POST", "/auth/logout", server=0, **named)
    took_s = perf_counter() - began
    assert answer.status_code == 200
    assert await town.me(town.token) == [401, 401]
    town.back()
    until = perf_counter() + BACK_S
    while perf_counter() < until:
        assert await town.me(town.token) == [401, 401]
    return took_s


async def signs_out_at_once(town: Town) -> None:
    assert await signs_out(town) < WAIT_S


async def signs_out_later(town: Town) -> None:
    assert WAIT_S == 0.6
    assert await signs_out(town) >= WAIT_S


async def guesses(town: Town, address: str = "10.1.0.1") -> int:
    """How many of many guesses at somebody's password were looked at, on both servers."""
    body = {"email": "nobody@example.com", "password": "guessed"}
    answers = [
        await town.ask("POST", "/auth/login", body, server=server, address=address)
        for _ in range(GUESSES + 1)
        for server in SERVERS
    ]
    assert {each.status_code for each in answers} == {401, 429}
    return sum(each.status_code == 401 for each in answers)


async def reads(town: Town) -> int:
    """How many of many readings from one address were answered, on both servers."""
    answers = [
        await town.ask("GET", "/categories", server=server, address="10.1.0.2")
        for _ in range(READS + 1)
        for server in SERVERS
    ]
    assert {each.status_code for each in answers} <= {200, 429}
    return sum(each.status_code == 200 for each in answers)


async def counts_together(town: Town) -> None:
    assert (await guesses(town), await reads(town)) == (GUESSES, READS)


async def counts_apart(town: Town) -> None:
    both = len(SERVERS)
    assert (await guesses(town), await reads(town)) == (GUESSES * both, READS * both)


async def counts_sign_ins_apart(town: Town) -> None:
    both = len(SERVERS)
    assert (await guesses(town), await reads(town)) == (GUESSES * both, (READS + 1) * both)


async def counts_anew(town: Town) -> None:
    await counts_together(town)
    town.valkey.flush()
    await counts_together(town)


Check = Callable[[Town], Awaitable[None]]
CLAIMS: Mapping[tuple[str, str], Check] = {
    ("browse", "works"): browses,
    ("cart", "works"): fills_a_cart,
    ("checkout", "works"): checks_out,
    ("webhook", "works"): is_told,
    ("sign-in", "works"): signs_in,
    ("sign-out", "counts at once"): signs_out_at_once,
    ("sign-out", "counts at once, answered 0.6 s later"): signs_out_later,
    ("limits", "by all servers together"): counts_together,
    ("limits", "by each server"): counts_apart,
    ("limits", "sign-ins by each server, nothing else"): counts_sign_ins_apart,
    ("limits", "anew, by all servers together"): counts_anew,
}
"""What each word of the table means."""


@asynccontextmanager
async def opened(shop: Shop, valkey: TemporaryValkey, *, redis: bool) -> AsyncIterator[Town]:
    """Two servers with somebody signed in, known to both, and a cart with two mugs."""
    here = {"redis_url": valkey.url, "redis_timeout_s": "0.3"} if redis else {}
    given = {**shop.settings, **LIMITS, **PAID_BY, "trusted_proxies": "127.0.0.1", **here}
    settings = Settings.from_environment(environment(given))
    async with AsyncExitStack() as stack:
        servers = []
        for _ in SERVERS:
            store = await stack.enter_async_context(open_store(settings, given["database_url"]))
            app: Any = http_app(store)
            transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
            client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")
            servers.append(await stack.enter_async_context(client))
        town = Town(shop, valkey, servers)
        new = await town.ask("POST", "/auth/register", registration("ann@example.com"), server=0)
        town.token = new.json()["token"]
        mugs = {"variant_id": str(shop.variant("MUG")), "quantity": 2}
        added = await town.ask("POST", "/cart/add", mugs, server=0)
        town.cart = added.headers["X-Cart-Token"]
        assert await town.me(town.token) == [200, 200]
        with valkey.client() as looking:
            assert bool(looking.keys("sess:*")) == redis
        yield town


@asynccontextmanager
async def befallen(column: str, town: Town) -> AsyncIterator[None]:
    """Redis as the column has it, until the block is left or the town has it back."""
    valkey = town.valkey
    if column == "killed":
        valkey.kill()
        town.back = valkey.start
        yield
    elif column == "hung":
        with valkey.frozen():
            town.back = valkey.thaw
            yield
    else:
        if column == "flushed":
            valkey.flush()
        yield


@pytest.mark.slow
@pytest.mark.parametrize(("row", "column"), table(), ids=map("-".join, table()))
async def test_a_cell_is_as_the_page_says(
    row: str, column: str, shop: Shop, fragile: TemporaryValkey
) -> None:
    claim = table()[row, column]
    async with opened(shop, fragile, redis=column != "without") as town, befallen(column, town):
        await CLAIMS[row, claim](town)
        for server in town.servers:
            assert (await server.get("/health/ready")).status_code == 200


def test_the_table_is_whole() -> None:
    columns = {"with Redis", "without", "killed", "hung", "flushed"}
    rows = {"browse", "cart", "checkout", "webhook", "sign-in", "sign-out", "limits"}
    assert set(table()) == {(row, column) for row in rows for column in columns}


@pytest.mark.slow
async def test_a_server_starts_without_its_redis_and_says_so_once(shop: Shop) -> None:
    shop.settings |= {"redis_url": f"redis://127.0.0.1:{free_port()}/0", "log_level": "info"}
    server = shop.serve()
    async with httpx.AsyncClient(base_url=server.base) as client:
        for _ in range(3):
            assert (await client.get(f"{API}/products")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200

    log = server.tail(100_000)
    assert len(re.findall('"event": ?"redis_away"', log)) == 1
    assert "redis_back" not in log
