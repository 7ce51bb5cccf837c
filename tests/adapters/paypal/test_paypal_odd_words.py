"""Whatever PayPal says, it is an event, an answer, or neither; nothing breaks of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from automate_store.adapters.paypal.events import event_of
from automate_store.adapters.paypal.line import PayPalAccount, PayPalLine, PayPalSays
from automate_store.adapters.paypal.orders import Order, report_of
from automate_store.application.errors import GatewayUnavailable, WebhookRefused
from automate_store.domain.payments import OddReport
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.spoiling import Says, json_values, spoiled

OURS = "0193a4b2-0000-7000-8000-0000000000aa"
FIVE = {"currency_code": "USD", "value": "5.00"}
CAPTURE = {
    "id": "C1",
    "status": "COMPLETED",
    "amount": FIVE,
    "custom_id": OURS,
    "final_capture": True,
    "supplementary_data": {"related_ids": {"order_id": "O1"}},
    "links": [{"rel": "up", "href": "https://api.example/v2/checkout/orders/O1"}],
}
REFUND = {
    "id": "R1",
    "status": "COMPLETED",
    "amount": FIVE,
    "custom_id": OURS,
    "invoice_id": OURS,
    "links": [{"rel": "up", "href": "https://api.example/v2/payments/captures/C1"}],
}
ORDER = {
    "id": "O1",
    "status": "COMPLETED",
    "intent": "CAPTURE",
    "purchase_units": [{"custom_id": OURS, "amount": FIVE, "payments": {"captures": [CAPTURE]}}],
}
DISPUTE = {
    "dispute_id": "D1",
    "dispute_amount": FIVE,
    "reason": "UNAUTHORISED",
    "status": "RESOLVED",
    "dispute_outcome": {"outcome_code": "ACCEPTED"},
    "disputed_transactions": [{"custom": OURS}],
}
TOKEN = {
    "id": "T1",
    "customer": {"id": "cu_1"},
    "payment_source": {"card": {"brand": "VISA", "last_digits": "4242", "expiry": "2030-01"}},
}
TOLD: Mapping[str, Mapping[str, Any]] = {
    "PAYMENT.CAPTURE.COMPLETED": CAPTURE,
    "PAYMENT.CAPTURE.REFUNDED": REFUND,
    "CHECKOUT.ORDER.COMPLETED": ORDER,
    "PAYMENT.AUTHORIZATION.CREATED": CAPTURE,
    "CUSTOMER.DISPUTE.RESOLVED": DISPUTE,
    "VAULT.PAYMENT-TOKEN.CREATED": TOKEN,
}
ACCOUNT = PayPalAccount(
    url="http://127.0.0.1:9", client_id="c", secret="s", return_url="", cancel_url=""
)


def event(kind: str, resource: object) -> dict[str, Any]:
    return {
        "id": "WH-1",
        "event_type": kind,
        "create_time": "2026-03-01T12:00:00Z",
        "resource": resource,
    }


@pytest.mark.parametrize("kind", TOLD)
def test_an_odd_event_is_refused_and_no_more(kind: str) -> None:
    told = event(kind, TOLD[kind])
    heard = event_of(json.dumps(told).encode())
    assert heard.news is not None or heard.ask is not None
    for body in spoiled(told):
        with suppress(WebhookRefused):
            at = event_of(body).at
            assert datetime(2000, 1, 1, tzinfo=UTC) <= at < datetime(2100, 1, 1, tzinfo=UTC)


@given(said=json_values)
def test_any_json_is_an_event_or_is_refused(said: object) -> None:
    for kind in TOLD:
        for body in (said, event(kind, said)):
            with suppress(WebhookRefused):
                event_of(json.dumps(body).encode())


async def test_an_odd_answer_is_none() -> None:
    token = {"access_token": "a", "expires_in": 900}
    for body in spoiled({**token, **ORDER}):
        # Of words that make no report, its guard makes no answer.
        with suppress(GatewayUnavailable, OddReport):
            await _read(body)


async def _read(body: bytes) -> None:
    line = PayPalLine(ACCOUNT, Says(body), clock=lambda: NOON)
    report_of(await line.get("/v2/checkout/orders/O1", Order), alone=False)


@pytest.mark.parametrize("status", [400, 422, 500])
async def test_a_refusal_in_odd_words_is_one(status: int) -> None:
    problem = {"name": "A", "message": "b", "details": [{"issue": "c", "description": "d"}]}
    for body in spoiled(problem):
        with pytest.raises((GatewayUnavailable, PayPalSays)):
            await PayPalLine(ACCOUNT, Says(body, status), clock=lambda: NOON).get("/x", Order)
