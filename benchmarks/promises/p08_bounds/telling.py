"""The writing routes of what payment providers tell, and of what staff decide of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from benchmarks.promises.p08_bounds import values as v
from benchmarks.promises.p08_bounds.cases import Route
from benchmarks.rig.shop import STAFF
from benchmarks.rig.shoppers import API, Shoppers, fresh_key


async def telling(shoppers: Shoppers, variant: UUID) -> list[Route]:
    """Of a payment that is as it was asked for: nothing about it is to be decided."""
    payment = await _payment(shoppers, variant)
    return [
        # No provider is set here; what one signs is spoilt in the tests of the route.
        Route(
            method="POST",
            path=f"{API}/payments/manual/webhook",
            template="/payments/{id}/webhook",
            headers={},
            refusal="webhooks_not_heard",
        ),
        Route(
            method="POST",
            path=f"{API}/admin/payments/events/{uuid4()}/replay",
            template="/admin/payments/events/{id}/replay",
            headers=STAFF,
            refusal="event_not_found",
        ),
        Route(
            method="POST",
            path=f"{API}/admin/payments/events/{uuid4()}/dismiss",
            template="/admin/payments/events/{id}/dismiss",
            headers=STAFF,
            body={"reason": "another shop's"},
            fields={"reason": (*v.REQUIRED_TEXTS, "x" * 501)},
            refusal="event_not_found",
        ),
        Route(
            method="POST",
            path=f"{API}/admin/payments/{payment['id']}/resolve",
            template="/admin/payments/{id}/resolve",
            headers=STAFF,
            keyed=True,
            body={"resolution": "dismiss", "reason": "looked at it"},
            fields={
                "resolution": (*v.REQUIRED_TEXTS, "DISMISS", "refund"),
                "reason": (*v.REQUIRED_TEXTS, "x" * 501),
            },
            refusal="not_parked",
        ),
    ]


async def _payment(shoppers: Shoppers, variant: UUID) -> dict[str, Any]:
    order = (await shoppers.order(await shoppers.fill([(variant, 1)]), key=fresh_key())).body
    headers = {"X-Order-Token": order["token"], "Idempotency-Key": fresh_key()}
    body = {"order_id": order["id"], "gateway": "manual"}
    answer = await shoppers.ask("POST", f"{API}/payments/create-intent", body, headers=headers)
    assert answer.ok, answer
    found: dict[str, Any] = answer.body
    return found
