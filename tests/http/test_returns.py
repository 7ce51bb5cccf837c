"""Returns over HTTP: from the wish to the money, and what is said where it may not be."""

from __future__ import annotations

from typing import Any

from httpx import Response

from tests.http.sound_returns import asked, decided, delivered, wish
from tests.http.web import STAFF, Web


async def ask(web: Web, order: dict[str, Any], body: object, key: str, query: str = "") -> Response:
    path, opened = f"/orders/{order['id']}/return{query}", {"x_order_token": order["token"]}
    return await web.post(path, body, idempotency_key=key, **opened)


async def receive(web: Web, returned: dict[str, Any], key: str, **look: object) -> Response:
    item = {"item_id": returned["items"][0]["item_id"], "condition": "new", **look}
    path = f"/admin/returns/{returned['id']}/receive"
    headers = {"authorization": STAFF["Authorization"], "idempotency_key": key}
    return await web.post(path, {"items": [item]}, **headers)


async def test_a_shirt_is_sent_back_and_its_money_comes(web: Web) -> None:
    order = await delivered(web)
    tried = await ask(web, order, wish(order), "try", "?preview=true")
    assert tried.status_code == 200
    told = tried.json()
    assert (told["id"], told["number"], told["refund"]["settled"]) == (None, None, False)
    assert [line["part"] for line in told["refund"]["lines"]] == ["goods"]

    returned = await asked(web, order)
    assert returned["number"].startswith("R-")
    assert returned["refund"]["total"] == told["refund"]["total"]
    await decided(web, returned)
    back = await receive(web, returned, "look", accepted=1)
    assert (back.status_code, back.json()["status"]) == (200, "refunded")

    shown = (await web.get(f"/orders/{order['id']}", x_order_token=order["token"])).json()
    assert shown["payment_status"] == "partially_refunded"
    assert shown["credited"] == told["refund"]["total"]
    (item,) = shown["items"]
    assert (item["returning"], item["returned"]) == (0, 1)
    listed = await web.get(f"/orders/{order['id']}/returns", x_order_token=order["token"])
    assert [each["id"] for each in listed.json()["items"]] == [returned["id"]]
    refunds = await web.get(f"/orders/{order['id']}/refunds", x_order_token=order["token"])
    assert [each["amount"] for each in refunds.json()["refunds"]] == [told["refund"]["total"]]


async def test_a_refusal_says_what_may_be_done(web: Web) -> None:
    order = await delivered(web)
    returned = await asked(web, order)
    item = order["items"][0]["id"]
    more = {"items": [{"item_id": item, "quantity": 2, "reason": "changed_mind"}]}
    refused = (await ask(web, order, more, "more")).json()
    assert (refused["code"], refused["left"], refused["why"]) == (
        "not_returnable",
        1,
        "asked_before",
    )
    other = {"items": [{"item_id": item, "quantity": 1, "reason": "bored"}]}
    refused = (await ask(web, order, other, "bored")).json()
    assert refused["code"] == "reason_not_accepted"
    assert "changed_mind" in refused["allowed"]
    early = await receive(web, returned, "early", accepted=1)
    assert (early.status_code, early.json()["code"]) == (409, "illegal_return_move")
    assert early.json()["allowed"] == ["approved", "rejected", "withdrawn"]


async def test_staff_page_through_returns_of_a_status(web: Web) -> None:
    waiting = [await asked(web, await delivered(web)) for _ in range(3)]
    await decided(web, waiting[0])
    headers = {"authorization": STAFF["Authorization"]}
    first = (await web.get("/admin/returns?status=requested&limit=1", **headers)).json()
    cursor = first["next_cursor"]
    rest = await web.get(f"/admin/returns?status=requested&limit=1&cursor={cursor}", **headers)
    assert [each["id"] for each in (*first["items"], *rest.json()["items"])] == [
        waiting[2]["id"],
        waiting[1]["id"],
    ]
    assert rest.json()["next_cursor"] is None
