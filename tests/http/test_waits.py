"""A request that asks a provider twice waits for it as long as one that asks once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.http.people import person
from tests.http.slow import Shop, open_shop


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop() as opened:
        yield opened


async def test_a_capture_looks_and_takes_within_one_deadline(shop: Shop) -> None:
    (shirt,) = await shop.web.stock(1)
    held = await shop.web.pay(await shop.web.order(shirt))
    late, asked = await shop.slowly(shop.capture(held))
    assert (late.status_code, late.json()["code"]) == (503, "gateway_unavailable")
    assert asked == ["fetch"]


async def test_whoever_asks_again_has_a_deadline_of_their_own(shop: Shop) -> None:
    (shirt,) = await shop.web.stock(1)
    held = await shop.web.pay(await shop.web.order(shirt))
    await shop.slowly(shop.capture(held))
    taken = await shop.capture(held)
    assert (taken.status_code, taken.json()["status"]) == (200, "captured")


async def test_a_name_and_an_intent_are_asked_for_within_one_deadline(shop: Shop) -> None:
    ann = await person(shop.web)
    (shirt,) = await shop.web.stock(1)
    order = await shop.web.order(shirt)
    body = {"order_id": order["id"], "gateway": "memory", "save_method": True}
    opening = {"x_order_token": order["token"], "idempotency_key": "once"}

    async def intend() -> Any:
        return await ann.ask("POST", "/payments/create-intent", body, **opening)

    late, asked = await shop.slowly(intend())
    again = await intend()
    assert (late.status_code, late.json()["code"]) == (503, "gateway_unavailable")
    assert asked == ["create_customer"]
    assert again.status_code == 201


async def test_a_name_and_a_setup_are_asked_for_within_one_deadline(shop: Shop) -> None:
    ann = await person(shop.web)
    begin = ann.post("/payments/methods", {"gateway": "memory"})
    late, asked = await shop.slowly(begin)
    assert (late.status_code, late.json()["code"]) == (503, "gateway_unavailable")
    assert asked == ["create_customer"]
