"""Exchanges over HTTP: what comes is shown before it is asked for, and paid by its difference."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from httpx import Response

from automate_store.domain.kernel.ids import ProductId
from tests.http.sound_returns import decided, delivered
from tests.http.test_returns import ask, receive
from tests.http.web import STAFF, Web


def swap(order: dict[str, Any], variant: object, **changes: object) -> dict[str, object]:
    """One of the order's shirts, asked back for that variant."""
    item = {"item_id": order["items"][0]["id"], "quantity": 1, "reason": "does_not_fit"}
    return {"items": [{**item, "replacement_variant_id": str(variant)}], **changes}


async def other_size(web: Web, order: dict[str, Any]) -> str:
    """The other variant of the shirt that the order is of."""
    mine = order["items"][0]["variant_id"]
    async with web.shop.ports.reading() as reads:
        product = await reads.products.get(ProductId(UUID(order["items"][0]["product_id"])))
    return next(str(each.id) for each in product.variants if str(each.id) != mine)


async def sent(web: Web, order: dict[str, Any], body: object, key: str) -> dict[str, Any]:
    told = await ask(web, order, body, key)
    assert told.status_code == 201, told.text
    found: dict[str, Any] = told.json()
    return found


async def shown(web: Web, order: dict[str, Any]) -> dict[str, Any]:
    told = await web.get(f"/orders/{order['id']}", x_order_token=order["token"])
    found: dict[str, Any] = told.json()
    return found


async def replace(web: Web, returned: dict[str, Any], body: object = None) -> Response:
    path = f"/admin/returns/{returned['id']}/replace"
    headers = {"authorization": STAFF["Authorization"], "idempotency_key": "replace"}
    return await web.post(path, body, **headers)


async def test_another_size_comes_for_a_shirt_and_no_cent_moves(web: Web) -> None:
    order = await delivered(web)
    wish = swap(order, await other_size(web, order))
    tried = (await ask(web, order, wish, "try", "?preview=true")).json()
    parts = [line["part"] for line in tried["refund"]["lines"]]
    assert parts == ["goods", "replacement"]
    nothing = {"amount": "0.00", "currency": "USD"}
    assert (tried["refund"]["total"], tried["refund"]["due"]) == (nothing, nothing)
    returned = await sent(web, order, wish, "ask")
    comes = returned["items"][0]["replacement"]
    assert comes["variant_id"] == wish["items"][0]["replacement_variant_id"]  # type: ignore[index]
    await decided(web, returned)
    back = (await receive(web, returned, "look", accepted=1)).json()
    assert (back["status"], back["refund"]["settled"]) == ("exchanged", True)
    after = await shown(web, order)
    assert [item["status"] for item in after["items"]] == ["delivered", "processing"]
    assert after["items"][1]["id"] == comes["item_id"]
    assert (after["status"], after["payment_status"]) == ("delivered", "paid")


async def test_what_is_lost_is_sent_again(web: Web) -> None:
    order = await delivered(web)
    wish = swap(order, order["items"][0]["variant_id"], kind="claim")
    wish["items"][0]["reason"] = "lost"  # type: ignore[index]
    claim = await sent(web, order, wish, "ask")
    early = await replace(web, claim)
    assert (early.status_code, early.json()["code"]) == (409, "illegal_return_move")
    await decided(web, claim)
    told = (await replace(web, claim)).json()
    assert told["status"] == "exchanged"
    assert (await shown(web, order))["items"][1]["quantity"] == 1


async def test_staff_send_again_what_a_claim_did_not_ask_for(web: Web) -> None:
    order = await delivered(web)
    lost = {"item_id": order["items"][0]["id"], "quantity": 1, "reason": "lost"}
    claim = await sent(web, order, {"kind": "claim", "items": [lost]}, "ask")
    await decided(web, claim)
    refused = (await replace(web, claim)).json()
    assert (refused["code"], "name in items" in refused["detail"]) == ("nothing_to_replace", True)
    same = {"item_id": lost["item_id"]}
    twice = await replace(web, claim, {"items": [same, same]})
    assert (twice.status_code, twice.json()["errors"][0]["field"]) == (400, "items")
    told = (await replace(web, claim, {"items": [same]})).json()
    assert told["status"] == "exchanged"
    comes = (await shown(web, order))["items"][1]
    assert (comes["variant_id"], comes["quantity"]) == (order["items"][0]["variant_id"], 1)


async def test_a_variant_that_is_not_sold_is_refused(web: Web) -> None:
    order = await delivered(web)
    refused = await ask(web, order, swap(order, order["id"]), "no")
    assert (refused.status_code, refused.json()["code"]) == (404, "variant_not_found")


async def test_staff_find_what_an_exchange_has_them_ship_and_are_told_how_it_arrives(
    web: Web,
) -> None:
    order = await delivered(web)
    returned = await sent(web, order, swap(order, await other_size(web, order)), "ask")
    before = await web.ask("GET", "/admin/orders?to_ship=true", headers=STAFF)
    await decided(web, returned)
    await receive(web, returned, "look", accepted=1)

    waiting = await web.ask("GET", "/admin/orders?to_ship=true", headers=STAFF)
    at, keyed = f"/admin/orders/{order['id']}", {**STAFF, "idempotency-key": "k"}
    left = (await web.ask("POST", f"{at}/shipments", headers=keyed)).json()
    parcel = left["shipments"][-1]["id"]
    keyed["idempotency-key"] = "d"
    again = await web.ask("POST", f"{at}/deliver", headers=keyed)
    sure = await web.ask("POST", f"{at}/shipments/{parcel}/deliver", headers=keyed)
    after = await web.ask("GET", "/admin/orders?to_ship=true", headers=STAFF)

    assert before.json()["items"] == after.json()["items"] == []
    assert [each["id"] for each in waiting.json()["items"]] == [order["id"]]
    assert (again.status_code, again.json()["code"]) == (409, "arrives_by_itself")
    assert again.json()["shipments"] == [parcel]
    assert (sure.status_code, sure.json()["shipments"][-1]["delivered_at"] is None) == (200, False)
