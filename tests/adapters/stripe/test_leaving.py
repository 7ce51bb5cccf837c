"""What Stripe says of a customer who is to be forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from automate_store.adapters.stripe import StripeGateway
from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from tests.adapters.stripe.scripted import Script
from tests.adapters.stripe.test_answers import gateway

__all__ = ["gateway"]
NOBODY = (404, {"error": {"type": "invalid_request_error", "code": "resource_missing"}})
GONE = {"id": "cus_1", "object": "customer", "deleted": True}
THERE = {"id": "cus_1", "object": "customer"}


def methods(*ids: str) -> dict[str, Any]:
    cards = [
        {"id": each, "object": "payment_method", "type": "card", "customer": "cus_1"}
        for each in ids
    ]
    return {"object": "list", "data": cards, "has_more": False, "url": "/v1/payment_methods"}


async def test_what_is_kept_goes_first_and_the_customer_with_it(
    script: Script, gateway: StripeGateway
) -> None:
    script.says(methods("pm_1"), {"id": "pm_1", "object": "payment_method", "type": "card"}, GONE)
    await gateway.delete_customer("cus_1")
    assert [(each.method, each.path) for each in script.asked] == [
        ("GET", "/v1/payment_methods"),
        ("POST", "/v1/payment_methods/pm_1/detach"),
        ("DELETE", "/v1/customers/cus_1"),
    ]


@pytest.mark.parametrize("left", [GONE, NOBODY], ids=["marked", "missing"])
async def test_who_is_deleted_already_is_left_so(
    script: Script, gateway: StripeGateway, left: object
) -> None:
    script.says(NOBODY, left)
    await gateway.delete_customer("cus_1")
    assert script.asked[-1].path == "/v1/customers/cus_1"


async def test_who_is_still_there_is_not_said_to_be_gone(
    script: Script, gateway: StripeGateway
) -> None:
    script.says(methods(), (400, {"error": {"type": "invalid_request_error"}}), THERE)
    with pytest.raises(GatewayRefused):
        await gateway.delete_customer("cus_1")


async def test_no_answer_is_asked_again(script: Script, gateway: StripeGateway) -> None:
    script.says(methods(), (500, {"error": {"type": "api_error"}}))
    with pytest.raises(GatewayUnavailable):
        await gateway.delete_customer("cus_1")
