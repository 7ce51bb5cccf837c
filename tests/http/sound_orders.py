"""A right request for every route that moves an order on, each of an order of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automate_store.domain.catalog import Product
from tests.http.bad_input import Sound
from tests.http.web import STAFF_TOKEN, Web

API = "/api/v1"
BEARER = {b"authorization": f"Bearer {STAFF_TOKEN}".encode()}
CARRIED = {
    "carrier": "UPS",
    "tracking_number": "1Z999AA10123456784",
    "tracking_url": "https://ups.example/1Z999AA10123456784",
}


async def sent(web: Web, product: Product) -> dict[str, Any]:
    """A paid order that is on its way in one parcel."""
    order = await web.order(product)
    await web.pay(order)
    answer = await web.post(
        f"/admin/orders/{order['id']}/shipments",
        authorization=f"Bearer {STAFF_TOKEN}",
        idempotency_key=f"send-{order['id']}",
    )
    assert answer.status_code == 201, answer.text
    shipped: dict[str, Any] = answer.json()
    return {**shipped, "token": order["token"]}


async def order_requests(web: Web, product: Product) -> Mapping[str, Sound]:
    """By operation."""
    paid = await web.order(product)
    await web.pay(paid)
    arriving, followed, gone = [await sent(web, product) for _ in range(3)]
    lost = gone["shipments"][0]["id"]
    parcel, other = arriving["shipments"][0]["id"], followed["shipments"][0]["id"]

    def at(path: str, body: Mapping[str, object] | None) -> Sound:
        return Sound(path=f"{API}/admin/orders/{path}", body=body, headers=BEARER)

    status = {"status": "shipped", "reason": "It is packed.", **CARRIED}
    return {
        "set_status": at(f"{paid['id']}/status", status),
        "set_tracking": at(f"{followed['id']}/tracking", {"shipment_id": other, **CARRIED}),
        "deliver_shipment": at(f"{arriving['id']}/shipments/{parcel}/deliver", None),
        "lose_shipment": at(f"{gone['id']}/shipments/{lost}/lose", {"reason": "It never came."}),
    }
