"""A provider that is away, or will not, is told by every route that asks it, as documented."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import structlog

from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.domain.kernel.errors import StoreError
from tests.http.people import person
from tests.http.slow import Shop, open_shop
from tests.http.web import STAFF

AWAY, NO = GatewayUnavailable("memory"), GatewayRefused("memory", "not today")
Ask = Callable[[], Awaitable[Any]]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop() as opened:
        yield opened


async def held(shop: Shop) -> dict[str, Any]:
    (shirt,) = await shop.web.stock(1)
    return await shop.web.pay(await shop.web.order(shirt))


async def to_intend(shop: Shop) -> Ask:
    (shirt,) = await shop.web.stock(1)
    order = await shop.web.order(shirt)
    body = {"order_id": order["id"], "gateway": "memory"}
    opening = {"x_order_token": order["token"], "idempotency_key": "one"}
    return lambda: shop.web.post("/payments/create-intent", body, **opening)


async def to_confirm(shop: Shop) -> Ask:
    (shirt,) = await shop.web.stock(1)
    order = await shop.web.order(shirt)
    body = {"order_id": order["id"], "payment_id": (await shop.web.intend(order))["id"]}
    opening = {"x_order_token": order["token"], "idempotency_key": "one"}
    return lambda: shop.web.post("/payments/confirm", body, **opening)


async def to_save(shop: Shop) -> Ask:
    ann = await person(shop.web)
    return lambda: ann.post("/payments/methods", {"gateway": "memory"})


async def to_capture(shop: Shop) -> Ask:
    payment = await held(shop)
    return lambda: shop.capture(payment)


async def to_void(shop: Shop) -> Ask:
    path = f"/admin/payments/{(await held(shop))['id']}/void"
    headers = {**STAFF, "idempotency-key": "give-up"}
    return lambda: shop.web.ask("POST", path, headers=headers)


async def to_tell(shop: Shop) -> Ask:
    path, headers = "/payments/memory/webhook", {"x-request": "one"}
    return lambda: shop.web.ask("POST", path, raw=b"it happened", headers=headers)


ROUTES = [to_intend, to_confirm, to_save, to_capture, to_void]


@pytest.mark.parametrize(
    ("prepare", "wrong", "status"),
    [
        *((prepare, AWAY, 503) for prepare in (*ROUTES, to_tell)),
        *((prepare, NO, 409) for prepare in ROUTES),
    ],
)
async def test_what_is_wrong_there_is_told_as_documented(
    shop: Shop, prepare: Callable[[Shop], Awaitable[Ask]], wrong: StoreError, status: int
) -> None:
    ask = await prepare(shop)
    shop.slow.wrong = wrong
    with structlog.testing.capture_logs() as lines:
        answer = await ask()
    assert (answer.status_code, answer.json()["code"]) == (status, wrong.code())
    assert [line for line in lines if line["event"] == "undocumented_problem"] == []
