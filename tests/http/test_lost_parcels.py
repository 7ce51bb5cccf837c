"""Lost parcels over HTTP: given up by staff, told to customers, over once they are made good."""

from __future__ import annotations

from typing import Any

from tests.http.sound_orders import sent
from tests.http.test_shipments import change
from tests.http.web import STAFF, Web


async def lost(web: Web) -> dict[str, Any]:
    """An order whose only parcel was given up, as its guest opens it."""
    (shirt,) = await web.stock(1)
    order = await sent(web, shirt)
    path = f"/shipments/{order['shipments'][0]['id']}/lose"
    answer = await change(web, order, path, {"reason": "The carrier lost it."})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return {**told, "token": order["token"]}


async def test_a_parcel_that_is_given_up_says_so(web: Web) -> None:
    order = await lost(web)

    (parcel,) = order["shipments"]
    assert (parcel["status"], parcel["delivered_at"]) == ("lost", None)
    assert parcel["lost_at"] is not None
    assert (order["status"], order["fulfilment_status"]) == ("shipped", "shipped")


async def test_its_customer_sees_where_it_is_and_why(web: Web) -> None:
    order = await lost(web)
    path, token = f"/orders/{order['id']}", {"x_order_token": order["token"]}

    tracking = (await web.get(f"{path}/tracking", **token)).json()
    timeline = (await web.get(f"{path}/timeline", **token)).json()

    assert [each["status"] for each in tracking["parcels"]] == ["lost"]
    (told,) = (each for each in timeline["items"] if each["kind"] == "parcel_lost")
    assert told["reason"] == "The carrier lost it."


async def test_it_is_given_up_once(web: Web) -> None:
    order = await lost(web)
    path = f"/shipments/{order['shipments'][0]['id']}/lose"

    again = await change(web, order, path, {"reason": "Still lost."})

    assert (again.status_code, again.json()["code"]) == (409, "already_lost")


async def test_an_order_is_not_delivered_while_a_lost_parcel_is_owed(web: Web) -> None:
    order = await lost(web)

    refused = await change(web, order, "/deliver")
    status = await change(web, order, "/status", {"status": "delivered"})

    assert (refused.status_code, refused.json()["code"]) == (409, "lost_and_owed")
    assert refused.json()["shipments"] == [order["shipments"][0]["id"]]
    assert (status.status_code, status.json()["allowed"]) == (409, [])


async def test_it_is_over_once_its_claim_is_paid_back(web: Web) -> None:
    order = await lost(web)
    item = {"item_id": order["items"][0]["id"], "quantity": 2, "reason": "lost"}
    keys = {"idempotency-key": "claim", "x-order-token": order["token"]}
    body = {"kind": "claim", "items": [item]}
    asked = (await web.ask("POST", f"/orders/{order['id']}/return", body, headers=keys)).json()
    for step in ("approve", "refund"):
        named = {"idempotency-key": f"claim-{step}", **STAFF}
        path = f"/admin/returns/{asked['id']}/{step}"
        assert (await web.ask("POST", path, headers=named)).status_code == 200

    told = (await web.get(f"/orders/{order['id']}", x_order_token=order["token"])).json()

    assert (told["status"], told["payment_status"]) == ("refunded", "refunded")
    assert (told["fulfilment_status"], told["delivered_at"]) == ("lost", None)
