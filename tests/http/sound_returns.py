"""A right request for every route of returns, each of a return of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.http.bad_input import Sound
from tests.http.web import STAFF, Web

STAFF_HEADERS = {b"authorization": STAFF["Authorization"].encode()}


async def delivered(web: Web) -> dict[str, Any]:
    """An order of two shirts that is paid and arrived."""
    shirt, _ = await web.stock(2)
    order = await web.order(shirt)
    await web.pay(order)
    for move in ("shipments", "deliver"):
        path, key = f"/admin/orders/{order['id']}/{move}", f"{move}-{order['id']}"
        told = await web.post(path, None, authorization=STAFF["Authorization"], idempotency_key=key)
        assert told.is_success, told.text
    return order


def wish(order: Mapping[str, Any], **changes: object) -> dict[str, object]:
    """One of the order's shirts, asked back."""
    item = {"item_id": order["items"][0]["id"], "quantity": 1, "reason": "changed_mind"}
    return {"items": [item], **changes}


async def asked(web: Web, order: Mapping[str, Any], **changes: object) -> dict[str, Any]:
    """The return of it, waiting for the store's word."""
    told = await web.post(
        f"/orders/{order['id']}/return",
        wish(order, **changes),
        x_order_token=order["token"],
        idempotency_key=f"ask-{order['id']}",
    )
    assert told.status_code == 201, told.text
    found: dict[str, Any] = told.json()
    return found


async def decided(web: Web, returned: Mapping[str, Any], move: str = "approve") -> dict[str, Any]:
    """The return, approved by staff, or moved otherwise."""
    told = await web.post(
        f"/admin/returns/{returned['id']}/{move}",
        None,
        authorization=STAFF["Authorization"],
        idempotency_key=f"{move}-{returned['id']}",
    )
    assert told.status_code == 200, told.text
    found: dict[str, Any] = told.json()
    return found


async def return_requests(web: Web) -> Mapping[str, Sound]:
    """Each where its return, or its order, is at the right point of its life."""
    order, kept = await delivered(web), await delivered(web)
    withdrawn = await asked(web, kept)
    waiting = [await asked(web, await delivered(web)) for _ in range(3)]
    approved, rejected, received = waiting
    await decided(web, received)
    lost = {"item_id": "", "quantity": 1, "reason": "lost"}
    claiming = await delivered(web)
    lost["item_id"] = claiming["items"][0]["id"]
    claimed = await asked(web, claiming, kind="claim", items=[lost])
    await decided(web, claimed)
    sending = await delivered(web)
    again = sending["items"][0]
    other = {"replacement_variant_id": again["variant_id"]}
    item = {"item_id": again["id"], "quantity": 1, "reason": "lost", **other}
    replaced = await asked(web, sending, kind="claim", items=[item])
    await decided(web, replaced)
    look = {"item_id": received["items"][0]["item_id"], "accepted": 0, "condition": "used"}

    def at(path: str, body: Mapping[str, object] | None, headers: Mapping[bytes, bytes]) -> Sound:
        return Sound(path=f"/api/v1{path}", body=body, headers=headers)

    return {
        "request_return": at(
            f"/orders/{order['id']}/return",
            wish(order, kind="return", comments="Too small"),
            {b"x-order-token": order["token"].encode()},
        ),
        "withdraw_return": at(
            f"/orders/{kept['id']}/returns/{withdrawn['id']}/withdraw",
            None,
            {b"x-order-token": kept["token"].encode()},
        ),
        "approve_return": at(f"/admin/returns/{approved['id']}/approve", None, STAFF_HEADERS),
        "reject_return": at(
            f"/admin/returns/{rejected['id']}/reject", {"reason": "worn"}, STAFF_HEADERS
        ),
        "receive_return": at(
            f"/admin/returns/{received['id']}/receive",
            {"items": [{**look, "reason": "worn"}]},
            STAFF_HEADERS,
        ),
        "replace_return": at(
            f"/admin/returns/{replaced['id']}/replace",
            {"items": [{"item_id": again["id"], **other}]},
            STAFF_HEADERS,
        ),
        "refund_return": at(f"/admin/returns/{claimed['id']}/refund", None, STAFF_HEADERS),
    }
