"""Which ways to pay are offered, and what becomes of those that no longer are."""

from __future__ import annotations

from attrs import evolve
from litestar.testing import AsyncTestClient

from automate_store.entrypoints.http import create_app
from tests.http.web import CONFIG, STAFF, Web, open_web, ready


async def test_a_store_that_offers_no_gateway_takes_no_payment() -> None:
    async with open_web(offered=frozenset()) as web:
        (shirt,) = await web.stock(1)
        order = await web.order(shirt)
        assert (await web.get("/payments/gateways")).json() == {"amount": None, "items": []}
        body = {"order_id": order["id"], "gateway": "memory"}
        opening = {"x_order_token": order["token"], "idempotency_key": "one"}
        refused = await web.post("/payments/create-intent", body, **opening)
        assert refused.json()["code"] == "gateway_unknown"


async def test_what_was_paid_by_a_gateway_that_is_offered_no_more_is_refunded() -> None:
    async with open_web() as web:
        (shirt,) = await web.stock(1)
        order = await web.order(shirt)
        await web.pay(order)
        ports = evolve(web.shop.ports, offered=frozenset())
        app = create_app(ports, config=CONFIG, readiness=ready)
        async with AsyncTestClient(app) as client:
            later = Web(web.shop, app, client)
            headers = {**STAFF, "idempotency-key": "back"}
            body = {"order_id": order["id"], "reason": "late"}
            refunded = await later.ask("POST", "/payments/refund", body, headers=headers)
            assert refunded.is_success, refunded.text
