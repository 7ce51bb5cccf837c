"""The writing routes of money that is held, and of saved ways to pay."""

from __future__ import annotations

from uuid import UUID, uuid4

from benchmarks.promises.p08_bounds import values as v
from benchmarks.promises.p08_bounds.cases import Route
from benchmarks.rig.accounts import register
from benchmarks.rig.shop import STAFF, Shop
from benchmarks.rig.shoppers import API, Shoppers, fresh_key

_HELD = """
    UPDATE payments SET state = 'authorised', authorised_amount = amount WHERE id = %s RETURNING 1
"""
_SAVED = """
    INSERT INTO payment_methods (id, user_id, gateway, token, brand)
    VALUES (uuidv7(), %s, 'manual', %s, 'visa') RETURNING id::text
"""


async def paying(shop: Shop, shoppers: Shoppers, variant: UUID) -> list[Route]:
    """
    Of payments that are authorised, and of an account with a saved way to pay.

    No gateway of the shop keeps any: the right request to save one is refused for that.
    """
    captured, voided = [await _held(shop, shoppers, variant) for _ in range(2)]
    ada = await register(shoppers, f"p08-{uuid4().hex}@example.com")
    card = shop.database.value(_SAVED, [ada.id, uuid4().hex])
    return [
        Route(
            method="POST",
            path=f"{API}/admin/payments/{captured}/capture",
            template="/admin/payments/{id}/capture",
            headers=STAFF,
            keyed=True,
            body_optional=True,
            body={"amount": {"amount": "0.01", "currency": "USD"}, "final": False},
            fields={
                "amount": (0, "x", [], {}, True),
                "amount.amount": v.SUMS,
                "amount.currency": (*v.REQUIRED_TEXTS, "EUR", "usd ", "XXXX"),
                "final": ("true", 1, [], {}),
            },
        ),
        Route(
            method="POST",
            path=f"{API}/payments/methods",
            template="/payments/methods",
            headers=ada.headers,
            body={"gateway": "manual"},
            refusal="methods_not_kept",
            fields={
                "gateway": (*v.REQUIRED_TEXTS, "no-such-gateway"),
                "setup_id": (*v.IDS, str(uuid4())),
                "token": (*v.TEXTS, "", "x" * 256),
            },
        ),
        Route(
            method="DELETE",
            path=f"{API}/payments/methods/{card}",
            template="/payments/methods/{id}",
            headers=ada.headers,
        ),
        Route(
            method="POST",
            path=f"{API}/admin/payments/{voided}/void",
            template="/admin/payments/{id}/void",
            headers=STAFF,
            keyed=True,
        ),
    ]


async def _held(shop: Shop, shoppers: Shoppers, variant: UUID) -> str:
    """The id of a payment that waits for the staff."""
    order = (await shoppers.order(await shoppers.fill([(variant, 1)]), key=fresh_key())).body
    asked = {"order_id": order["id"], "gateway": "manual"}
    headers = {"X-Order-Token": order["token"], "Idempotency-Key": fresh_key()}
    path = f"{API}/payments/create-intent"
    answer = await shoppers.ask("POST", path, asked, headers=headers)
    assert answer.ok, answer
    payment: str = answer.body["id"]
    shop.database.value(_HELD, [payment])
    return payment
