"""Promotions and coupons that staff make over HTTP, with real processes and a real database."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.rig.shoppers import API, Shoppers, fresh_key
from tests.http.promoting import ACTIONS, CONDITIONS, usd
from tests.journeys.shops import STAFF, Shop

HALF = {"kind": "percent_off_items", "percent": "50", "of": {}}


async def staff(shoppers: Shoppers, method: str, path: str, body: object = None) -> Any:
    answer = await shoppers.ask(method, f"{API}/admin{path}", body, headers=STAFF)
    assert answer.ok, answer
    return answer.body


@pytest.mark.slow
async def test_every_kind_of_part_is_told_by_another_server_as_it_was_sent(shop: Shop) -> None:
    body = {"code": "all", "name": "All", "conditions": CONDITIONS, "actions": ACTIONS}
    first, second = shop.serve(), shop.serve()
    async with Shoppers([first.base]) as shoppers:
        made = await staff(shoppers, "POST", "/promotions", body)
    async with Shoppers([second.base]) as shoppers:
        assert await staff(shoppers, "GET", "/promotions/all") == made
        parts = {"conditions": made["conditions"], "actions": made["actions"]}
        again = await staff(shoppers, "PUT", "/promotions/all", {"name": "All", **parts})
        assert again == made
        assert await staff(shoppers, "DELETE", "/promotions/all") == made


@pytest.mark.slow
async def test_a_code_of_a_batch_is_used_and_counted(shop: Shop) -> None:
    terms = {"name": "Letter", "type": "promotion", "promotion": "half", "usage_limit": 1}
    async with Shoppers([shop.serve().base]) as shoppers:
        half = {"code": "half", "name": "Half", "actions": [HALF], "needs_code": True}
        await staff(shoppers, "POST", "/promotions", half)
        batch = await staff(shoppers, "POST", "/coupon-batches", {"amount": 50, **terms})
        listed = await staff(shoppers, "GET", f"/coupons?batch_id={batch['id']}&limit=100")
        codes = [each["code"] for each in listed["items"]]
        assert len(set(codes)) == 50

        cart = await shoppers.fill([(shop.variant("MUG"), 2)])
        tried = {"cart_token": cart, "code": "half"}
        told = await staff(shoppers, "POST", "/promotions/simulate", tried)
        # 50 % of 2 x 9.99 = 19.98
        assert told["saved"] == usd("9.99")
        opening = {"X-Cart-Token": cart}
        code = {"code": codes[3].lower()}
        await shoppers.ask("POST", f"{API}/cart/coupons", code, headers=opening)
        order = await shoppers.order(cart, key=fresh_key())
        assert order.body["quote"]["discount"] == usd("9.99")
        used = await staff(shoppers, "GET", f"/coupons/{codes[3]}")
    assert (used["promotion"], used["batch_id"]) == ("half", batch["id"])
    assert (used["usage"]["used_count"], used["usage"]["uses"]) == (1, 1)
    assert used["usage"]["discount"] == usd("9.99")
