"""A right request for every route by which a customer changes an order."""

from __future__ import annotations

from collections.abc import Mapping

from tests.http.bad_input import Sound
from tests.http.web import ADDRESS, Web


async def edit_requests(web: Web) -> Mapping[str, Sound]:
    """Each of an order of its own; whatever its version is will do."""
    shirt, other = await web.stock(2)
    modified, moved = await web.order(shirt), await web.order(shirt)
    items = [{"item_id": modified["items"][0]["id"], "quantity": 1}]
    more = [{"variant_id": str(other.variants[0].id), "quantity": 2}]
    return {
        "modify_items": Sound(
            path=f"/api/v1/orders/{modified['id']}/modify-items",
            body={
                "items": items,
                "add": more,
                "shipping_method": "standard",
                "rerun_promotions": False,
                "reason": "One for a friend",
            },
            headers=_opened(modified),
        ),
        "change_order_address": Sound(
            path=f"/api/v1/orders/{moved['id']}/change-address",
            body={
                "shipping_address": {**ADDRESS, "address_line_1": "7 Broadway"},
                "shipping_method": "standard",
                "reason": "I moved",
            },
            headers=_opened(moved),
        ),
    }


def _opened(order: Mapping[str, str]) -> Mapping[bytes, bytes]:
    return {b"x-order-token": order["token"].encode(), b"if-match": b"*"}
