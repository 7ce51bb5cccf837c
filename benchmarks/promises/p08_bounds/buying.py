"""The writing routes of a purchase, and of its stock and parcels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from benchmarks.promises.p08_bounds import values as v
from benchmarks.promises.p08_bounds.cases import Route
from benchmarks.rig.accounts import register
from benchmarks.rig.shop import STAFF
from benchmarks.rig.shoppers import ADDRESS, API, Shoppers, fresh_key


def _changing(order: Mapping[str, Any], variant: UUID) -> list[Route]:
    """The routes by which a customer changes an order, whatever its version is."""
    headers = {"X-Order-Token": order["token"], "If-Match": "*"}
    return [
        Route(
            method="PUT",
            path=f"{API}/orders/{order['id']}/modify-items",
            template="/orders/{id}/modify-items",
            headers=headers,
            keyed=True,
            body={"add": [{"variant_id": str(variant), "quantity": 1}], "reason": "no"},
            fields={
                "items": (0, "x", {}, [None], [{}], [{"item_id": str(uuid4()), "quantity": 1}]),
                "add": (0, "x", {}, [None], [{}] * 101, True),
                "add.0.variant_id": (*v.REQUIRED_IDS, str(uuid4())),
                "add.0.quantity": v.NUMBERS,
                "shipping_method": (*v.TEXTS, "no-such-method"),
                "reason": (*v.TEXTS, "", "x" * 501),
            },
        ),
        Route(
            method="PUT",
            path=f"{API}/orders/{order['id']}/change-address",
            template="/orders/{id}/change-address",
            headers=headers,
            keyed=True,
            body={"shipping_address": {**ADDRESS, "address_line_1": "7 Broadway"}},
            fields={
                "shipping_address": (None, 1, "US", [], {}),
                "shipping_address.country": v.COUNTRIES,
                "shipping_address.first_name": v.REQUIRED_TEXTS,
                "shipping_address.city": v.REQUIRED_TEXTS,
                "shipping_method": (*v.TEXTS, "no-such-method"),
            },
        ),
    ]


async def buying(shoppers: Shoppers, variant: UUID) -> list[Route]:
    """In an order in which each can still succeed once all cases are through."""
    filled = await shoppers.add([(variant, 2)])
    cart = {"X-Cart-Token": filled.headers["X-Cart-Token"]}
    line = filled.body["items"][0]["id"]
    emptied = await shoppers.add([(variant, 2)])
    other = {"X-Cart-Token": emptied.headers["X-Cart-Token"]}
    other_line = emptied.body["items"][0]["id"]
    order = (await shoppers.order(await shoppers.fill([(variant, 2)]), key=fresh_key())).body
    buyer = {"X-Order-Token": order["token"]}
    payment = (await shoppers.intend(order, order["token"], key=fresh_key())).body
    paid = (await shoppers.order(await shoppers.fill([(variant, 2)]), key=fresh_key())).body
    await shoppers.pay(paid, paid["token"])
    item = paid["items"][0]["id"]
    kept = (await shoppers.order(await shoppers.fill([(variant, 2)]), key=fresh_key())).body
    mia = await register(shoppers, "mia.p08@example.com")
    guests = await shoppers.fill([(variant, 1)])
    sent, arriving, losing = [await _sent(shoppers, variant) for _ in range(3)]
    followed, parcel = sent["shipments"][0]["id"], arriving["shipments"][0]["id"]
    return [
        Route(
            method="POST",
            path=f"{API}/cart/merge",
            template="/cart/merge",
            headers=mia.headers,
            body={"cart_token": guests},
            fields={"cart_token": (*v.REQUIRED_TEXTS, "x" * 43, guests[:-1], "é" * 43)},
        ),
        Route(
            method="POST",
            path=f"{API}/cart/add",
            template="/cart/add",
            headers=cart,
            body={"variant_id": str(variant), "quantity": 1},
            fields={"variant_id": v.REQUIRED_IDS, "product_id": v.IDS, "quantity": v.NUMBERS},
        ),
        Route(
            method="POST",
            path=f"{API}/cart/add",
            template="/cart/add",
            headers=cart,
            body={"items": [{"variant_id": str(variant), "quantity": 1}]},
            fields={
                "items": (0, "x", [], {}, [None], [[]], [{}] * 101, True),
                "items.0.variant_id": v.REQUIRED_IDS,
                "items.0.quantity": v.NUMBERS,
            },
        ),
        Route(
            method="PUT",
            path=f"{API}/cart/items/{line}",
            template="/cart/items/{id}",
            headers=cart,
            body={"quantity": 3},
            fields={"quantity": v.NUMBERS},
        ),
        Route(
            method="PUT",
            path=f"{API}/cart/shipping",
            template="/cart/shipping",
            headers=cart,
            body={
                "destination": {"country": "US", "state": "CA", "postal_code": "90001"},
                "shipping_method": "standard",
            },
            fields={
                "destination": (None, 1, "US", [], {}),
                "destination.country": v.COUNTRIES,
                "destination.state": v.TEXTS,
                "destination.postal_code": v.TEXTS,
                "shipping_method": (*v.TEXTS, "no-such-method"),
            },
        ),
        Route(
            method="POST",
            path=f"{API}/orders",
            template="/orders",
            headers=cart,
            keyed=True,
            body={
                "email": "ada@example.com",
                "shipping_address": dict(ADDRESS),
                "shipping_method": "standard",
            },
            fields={
                "email": v.EMAILS,
                "shipping_address": (None, 1, "US", [], {}),
                "billing_address": (1, "US", [], {}),
                "shipping_address.country": v.COUNTRIES,
                "shipping_address.first_name": v.REQUIRED_TEXTS,
                "shipping_address.address_line_1": v.REQUIRED_TEXTS,
                "shipping_address.city": v.REQUIRED_TEXTS,
                "shipping_address.postal_code": v.TEXTS,
                "shipping_method": (*v.TEXTS, "no-such-method"),
                "expected_total": v.AMOUNTS,
                "notes": v.TEXTS,
            },
        ),
        Route(
            method="POST",
            path=f"{API}/payments/create-intent",
            template="/payments/create-intent",
            headers=buyer,
            keyed=True,
            body={
                "order_id": order["id"],
                "gateway": "manual",
                "amount": {"amount": "0.01", "currency": "USD"},
            },
            fields={
                "order_id": v.REQUIRED_IDS,
                "gateway": (*v.REQUIRED_TEXTS, "no-such-gateway"),
                "amount": (0, "x", [], {}, True),
                "amount.amount": v.SUMS,
                "amount.currency": (*v.REQUIRED_TEXTS, "EUR", "usd ", "XXXX"),
                "method_id": (*v.IDS, str(uuid4())),
                "save_method": ("true", 1, [], {}),
            },
        ),
        Route(
            method="POST",
            path=f"{API}/payments/confirm",
            template="/payments/confirm",
            headers=buyer,
            keyed=True,
            body={"order_id": order["id"], "payment_id": payment["id"]},
            fields={
                "order_id": (*v.REQUIRED_IDS, str(uuid4()), paid["id"]),
                "payment_id": (*v.REQUIRED_IDS, str(uuid4()), order["id"]),
            },
        ),
        Route(
            method="POST",
            path=f"{API}/admin/inventory/adjust",
            template="/admin/inventory/adjust",
            headers=STAFF,
            keyed=True,
            body={"variant_id": str(variant), "change": 5, "type": "restock", "note": "delivery"},
            fields={
                "variant_id": (*v.REQUIRED_IDS, str(uuid4())),
                "change": v.CHANGES,
                "type": (*v.REQUIRED_TEXTS, "sale", "return", "theft"),
                "note": v.REQUIRED_TEXTS,
            },
        ),
        Route(
            method="PUT",
            path=f"{API}/orders/{kept['id']}/cancel",
            template="/orders/{id}/cancel",
            headers={"X-Order-Token": kept["token"]},
            keyed=True,
            body_optional=True,
            body={"items": [{"item_id": kept["items"][0]["id"], "quantity": 1}], "reason": "no"},
            fields={
                "items": (0, "x", [], {}, [None], [{}]),
                "items.0.item_id": (*v.REQUIRED_IDS, str(uuid4()), item),
                "items.0.quantity": (*v.NUMBERS, 3),
                "reason": (*v.TEXTS, "", "x" * 501),
            },
        ),
        *_changing(kept, variant),
        Route(
            method="POST",
            path=f"{API}/payments/refund",
            template="/payments/refund",
            headers=STAFF,
            keyed=True,
            body={
                "order_id": paid["id"],
                "amount": {"amount": "0.01", "currency": "USD"},
                "reason": "a stain",
            },
            fields={
                "order_id": (*v.REQUIRED_IDS, str(uuid4()), kept["id"]),
                "amount": (0, "x", [], {}, True),
                "amount.amount": v.SUMS,
                "amount.currency": (*v.REQUIRED_TEXTS, "EUR", "usd ", "XXXX"),
                "reason": (*v.REQUIRED_TEXTS, "", "x" * 501),
            },
        ),
        Route(
            method="POST",
            path=f"{API}/admin/orders/{paid['id']}/shipments",
            template="/admin/orders/{id}/shipments",
            headers=STAFF,
            keyed=True,
            body_optional=True,
            body={"items": [{"item_id": item, "quantity": 2}], "carrier": "Post"},
            fields={
                "items": (0, "x", [], {}, [None], [{}]),
                "items.0.item_id": (*v.REQUIRED_IDS, str(uuid4())),
                "items.0.quantity": (*v.NUMBERS, 3),
                "carrier": v.TEXTS,
                "tracking_url": (*v.TEXTS, "javascript:alert(1)", "x"),
            },
        ),
        Route(
            method="PUT",
            path=f"{API}/admin/orders/{sent['id']}/tracking",
            template="/admin/orders/{id}/tracking",
            headers=STAFF,
            keyed=True,
            body={"shipment_id": followed, "carrier": "UPS", "tracking_number": "1Z"},
            fields={
                "shipment_id": (*v.IDS, str(uuid4())),
                "carrier": v.TEXTS,
                "tracking_number": v.TEXTS,
                "tracking_url": (*v.TEXTS, "javascript:alert(1)", "x"),
            },
        ),
        Route(
            method="PUT",
            path=f"{API}/admin/orders/{sent['id']}/status",
            template="/admin/orders/{id}/status",
            headers=STAFF,
            keyed=True,
            body={"status": "delivered"},
            fields={
                "status": (*v.REQUIRED_TEXTS, "pending", "processing", "cancelled", "refunded"),
                "reason": (*v.TEXTS, "", "x" * 501),
                "carrier": v.TEXTS,
                "tracking_url": (*v.TEXTS, "javascript:alert(1)", "x"),
            },
        ),
        Route(
            method="POST",
            path=f"{API}/admin/orders/{arriving['id']}/shipments/{parcel}/deliver",
            template="/admin/orders/{id}/shipments/{id}/deliver",
            headers=STAFF,
            keyed=True,
        ),
        Route(
            method="POST",
            path=f"{API}/admin/orders/{losing['id']}/shipments/{losing['shipments'][0]['id']}/lose",
            template="/admin/orders/{id}/shipments/{id}/lose",
            headers=STAFF,
            keyed=True,
            body_optional=True,
            body={"reason": "The carrier lost it."},
            fields={"reason": (*v.TEXTS, "", "x" * 501)},
        ),
        Route(
            method="DELETE",
            path=f"{API}/cart/items/{other_line}",
            template="/cart/items/{id}",
            headers=other,
        ),
        Route(method="POST", path=f"{API}/cart/clear", template="/cart/clear", headers=other),
        Route(
            method="POST",
            path=f"{API}/cart/accept-prices",
            template="/cart/accept-prices",
            headers=other,
        ),
        Route(
            method="POST",
            path=f"{API}/admin/orders/{paid['id']}/deliver",
            template="/admin/orders/{id}/deliver",
            headers=STAFF,
            keyed=True,
        ),
    ]


async def _sent(shoppers: Shoppers, variant: UUID) -> dict[str, Any]:
    """A paid order that is on its way in one parcel."""
    order = (await shoppers.order(await shoppers.fill([(variant, 2)]), key=fresh_key())).body
    await shoppers.pay(order, order["token"])
    path = f"{API}/admin/orders/{order['id']}/shipments"
    answer = await shoppers.ask("POST", path, headers={**STAFF, "Idempotency-Key": fresh_key()})
    assert answer.ok, f"an order could not be sent: {answer}"
    shipped: dict[str, Any] = answer.body
    return shipped
