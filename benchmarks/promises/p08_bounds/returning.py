"""The writing routes of returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from attrs import evolve

from benchmarks.promises.p08_bounds import values as v
from benchmarks.promises.p08_bounds.cases import Route
from benchmarks.rig.shop import STAFF
from benchmarks.rig.shoppers import API, Shoppers, fresh_key


async def returning(shoppers: Shoppers, variant: UUID) -> list[Route]:
    """Each of a return of its own, or of an order that arrived."""
    order = await _delivered(shoppers, variant)
    item, buyer = order["items"][0]["id"], {"X-Order-Token": order["token"]}
    withdrawn, approved, rejected, received, claimed, replaced = [
        await _asked(shoppers, await _delivered(shoppers, variant), kind)
        for kind in ("return", "return", "return", "return", "claim", "claim")
    ]
    for each in (received, claimed, replaced):
        await _staff(shoppers, f"/admin/returns/{each['id']}/approve")
    look = {"item_id": received["items"][0]["item_id"], "accepted": 0, "condition": "used"}
    return [
        Route(
            method="POST",
            path=f"{API}/orders/{order['id']}/return",
            template="/orders/{id}/return",
            headers=buyer,
            keyed=True,
            body={"items": [{"item_id": item, "quantity": 1, "reason": "changed_mind"}]},
            fields={
                "kind": (*v.REQUIRED_TEXTS, "exchange", "RETURN"),
                "items": (0, "x", [], {}, [None], [{}], [{}] * 101, True, None),
                "items.0.item_id": (*v.REQUIRED_IDS, str(uuid4())),
                "items.0.quantity": (*v.NUMBERS, 3),
                "items.0.reason": (*v.REQUIRED_TEXTS, "lost", "because"),
                "items.0.replacement_variant_id": (*v.IDS, str(uuid4())),
                "comments": v.TEXTS,
            },
        ),
        Route(
            method="POST",
            path=f"{API}/orders/{withdrawn['order_id']}/returns/{withdrawn['id']}/withdraw",
            template="/orders/{id}/returns/{id}/withdraw",
            headers=withdrawn["opened"],
            keyed=True,
        ),
        _deciding(approved, "approve"),
        Route(
            method="POST",
            path=f"{API}/admin/returns/{rejected['id']}/reject",
            template="/admin/returns/{id}/reject",
            headers=STAFF,
            keyed=True,
            body={"reason": "worn"},
            fields={"reason": (*v.REQUIRED_TEXTS[:-1], "x" * 501)},
        ),
        Route(
            method="POST",
            path=f"{API}/admin/returns/{received['id']}/receive",
            template="/admin/returns/{id}/receive",
            headers=STAFF,
            keyed=True,
            body={"items": [{**look, "reason": "worn"}]},
            fields={
                "items": (0, "x", [], {}, [None], [{}], [{}] * 101, True, None),
                "items.0.item_id": (*v.REQUIRED_IDS, str(uuid4())),
                "items.0.accepted": (*v.NUMBERS[1:], 2),
                "items.0.condition": (*v.REQUIRED_TEXTS, "good", "NEW"),
                "items.0.reason": (*v.TEXTS, "", None),
            },
        ),
        _deciding(claimed, "refund"),
        evolve(
            _deciding(replaced, "replace"),
            body_optional=True,
            body={"items": [{"item_id": replaced["items"][0]["item_id"]}]},
            fields={
                "items": (0, "x", [], {}, [None], [{}], [{}] * 101, True),
                "items.0.item_id": (*v.REQUIRED_IDS, str(uuid4())),
                "items.0.replacement_variant_id": (*v.IDS, str(uuid4())),
            },
        ),
    ]


def _deciding(returned: Mapping[str, Any], move: str) -> Route:
    return Route(
        method="POST",
        path=f"{API}/admin/returns/{returned['id']}/{move}",
        template=f"/admin/returns/{{id}}/{move}",
        headers=STAFF,
        keyed=True,
    )


async def _delivered(shoppers: Shoppers, variant: UUID) -> dict[str, Any]:
    order = (await shoppers.order(await shoppers.fill([(variant, 2)]), key=fresh_key())).body
    await shoppers.pay(order, order["token"])
    for move in ("shipments", "deliver"):
        await _staff(shoppers, f"/admin/orders/{order['id']}/{move}")
    found: dict[str, Any] = order
    return found


async def _asked(shoppers: Shoppers, order: Mapping[str, Any], kind: str) -> dict[str, Any]:
    reason = "lost" if kind == "claim" else "defective"
    bought = order["items"][0]
    item = {"item_id": bought["id"], "quantity": 1, "reason": reason}
    if kind == "claim":
        item["replacement_variant_id"] = bought["variant_id"]
    opened = {"X-Order-Token": order["token"]}
    path, body = f"{API}/orders/{order['id']}/return", {"kind": kind, "items": [item]}
    headers = {**opened, "Idempotency-Key": fresh_key()}
    answer = await shoppers.ask("POST", path, body, headers=headers)
    assert answer.ok, answer
    return {**answer.body, "opened": opened}


async def _staff(shoppers: Shoppers, path: str) -> None:
    headers = {**STAFF, "Idempotency-Key": fresh_key()}
    answer = await shoppers.ask("POST", API + path, headers=headers)
    assert answer.ok, answer
