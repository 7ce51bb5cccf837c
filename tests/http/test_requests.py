"""Around every request: its id, its one line in the log, and what its answer forbids."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import structlog
from litestar import Litestar
from litestar.testing import AsyncTestClient

from automate_store.adapters.memory import MemoryShop
from automate_store.entrypoints.http import Readiness, begin_draining, create_app
from automate_store.entrypoints.http.openapi import examples
from tests.http.web import (
    CONFIG,
    PLACE,
    POLICY,
    STAFF_TOKEN,
    Web,
    open_web,
    order_body,
    ready,
)


@pytest.mark.parametrize("sent", ["a", "x" * 64, "A-z_0.9", "0195510c-0000-7000-8000-000000000001"])
async def test_an_id_that_makes_sense_is_kept(web: Web, sent: str) -> None:
    assert (await web.get("/products", x_request_id=sent)).headers["x-request-id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "a\tb", "a\u00e9", "a;b", "<script>"])
async def test_an_id_that_does_not_is_replaced(web: Web, sent: str) -> None:
    headers = {b"x-request-id": sent.encode("latin-1")}
    answer = await web.client.get("/api/v1/products", headers=headers)
    assert len(answer.headers["x-request-id"]) == 36


async def test_a_request_is_one_line_with_its_route_and_nothing_of_who_sent_it() -> None:
    with structlog.testing.capture_logs() as lines:
        async with open_web() as web:
            (shirt,) = await web.stock(1)
            token = (await web.cart(shirt))["token"]
            del lines[:]
            await web.put("/cart/items/x", {"quantity": 1}, x_cart_token=token)
    (line,) = lines
    assert line.keys() == {"event", "log_level", "method", "route", "status", "ms", "bytes"}
    assert (line["method"], line["route"]) == ("PUT", "/api/v1/cart/items/{id}")
    assert (line["status"], line["log_level"]) == (404, "info")


async def test_a_path_that_a_stranger_made_up_does_not_get_into_the_log() -> None:
    with structlog.testing.capture_logs() as lines:
        async with open_web() as web:
            await web.get("/ann@example.com?token=secret")
    assert [line["route"] for line in lines] == ["(none)"]


async def test_no_line_holds_a_token_an_address_or_a_query() -> None:
    with structlog.testing.capture_logs() as lines:
        async with open_web() as web:
            (shirt,) = await web.stock(1)
            token = (await web.cart(shirt))["token"]
            await web.put("/cart/shipping", {"destination": PLACE}, x_cart_token=token)
            await web.get("/products?brand=plain-goods", authorization=f"Bearer {STAFF_TOKEN}")
            await web.post("/orders", order_body(), x_cart_token=token, idempotency_key="k")
    said = repr(lines)
    for secret in (
        token,
        STAFF_TOKEN,
        "ann@example.com",
        "Main Street",
        "plain-goods",
        "testclient",
    ):
        assert secret not in said


async def test_the_id_is_bound_while_the_request_runs() -> None:
    seen: list[Any] = []

    async def asked() -> Readiness:
        seen.append(structlog.contextvars.get_contextvars().get("request_id"))
        return Readiness()

    async with open_web(readiness=asked) as web:
        await web.client.get("/health/ready", headers={"x-request-id": "mine"})
        assert seen == ["mine"]
        assert structlog.contextvars.get_contextvars() == {}


@pytest.mark.parametrize("path", ["/api/v1/products", "/api/v1/nothing", "/", "/docs", "/problems"])
async def test_every_answer_says_what_must_not_be_done_with_it(web: Web, path: str) -> None:
    headers = (await web.client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


async def test_the_server_lives_and_is_ready(web: Web) -> None:
    live, asked = await web.client.get("/health/live"), await web.client.get("/health/ready")
    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert (asked.status_code, asked.json()) == (200, {"status": "ready"})


async def test_the_server_is_not_ready_while_something_is_away_and_says_what() -> None:
    async def away() -> Readiness:
        return Readiness(("the database does not answer",))

    async with open_web(readiness=away) as web:
        live, asked = await web.client.get("/health/live"), await web.client.get("/health/ready")
    assert live.status_code == 200
    assert (asked.status_code, asked.json()["code"]) == (503, "not_ready")
    assert asked.json()["reasons"] == ["the database does not answer"]
    assert asked.headers["retry-after"] == "1"


async def test_what_stands_around_the_server_is_entered_before_and_left_after_it() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def around(_: Litestar) -> AsyncIterator[None]:
        seen.append("entered")
        yield
        seen.append("left")

    shop = MemoryShop.open(POLICY, examples.rules().policy, at=examples.AT)
    app = create_app(shop.ports, config=CONFIG, readiness=ready, lifespan=[around])
    async with AsyncTestClient(app):
        seen.append("served")
    assert seen == ["entered", "served", "left"]
    assert app.state.shop.draining.begun


async def test_the_server_is_not_ready_while_it_drains_and_still_serves(web: Web) -> None:
    begin_draining(web.app)
    asked = await web.client.get("/health/ready")
    assert (asked.status_code, asked.json()["reasons"]) == (503, ["the server is shutting down"])
    assert (await web.get("/products")).status_code == 200
