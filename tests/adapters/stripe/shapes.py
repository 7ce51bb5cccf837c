"""Stripe's objects, in the shapes that its API reference publishes, cut down to what differs."""

from __future__ import annotations

import json
from typing import Any

INTENT_ID = "pi_3MtwBwLkdIwHu7ix28a3tqPa"
CREATED = 1_772_366_400
"""The first of March 2026, at noon."""


def intent(status: str, **said: Any) -> dict[str, Any]:
    """A PaymentIntent of 19.99 dollars."""
    return {
        "id": INTENT_ID,
        "object": "payment_intent",
        "amount": 1999,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 1999 if status == "succeeded" else 0,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{INTENT_ID}_secret_YrKJUKribcBjcG8HVhfZluoGH",
        "confirmation_method": "automatic",
        "created": CREATED,
        "currency": "usd",
        "customer": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": {},
        "next_action": None,
        "payment_method": None,
        "payment_method_types": ["card", "link"],
        "setup_future_usage": None,
        "status": status,
        **said,
    }


def declined(message: str = "Your card has insufficient funds.") -> dict[str, Any]:
    """What an intent says of its last attempt, and an answer of the one that it is of."""
    return {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": "insufficient_funds",
        "doc_url": "https://stripe.com/docs/error-codes/card-declined",
        "message": message,
        "charge": "ch_3MtwBwLkdIwHu7ix0snN0B15",
    }


def refund(status: str, **said: Any) -> dict[str, Any]:
    """A Refund of ten dollars."""
    return {
        "id": "re_1Nispe2eZvKYlo2Cd31jOCgZ",
        "object": "refund",
        "amount": 1000,
        "balance_transaction": "txn_1Nispe2eZvKYlo2CYezqFhEx",
        "charge": "ch_1NirD82eZvKYlo2CIvbtLWuY",
        "created": CREATED,
        "currency": "usd",
        "destination_details": {"card": {"type": "pending"}, "type": "card"},
        "metadata": {},
        "payment_intent": INTENT_ID,
        "reason": None,
        "receipt_number": None,
        "status": status,
        **said,
    }


def dispute(status: str) -> dict[str, Any]:
    """A Dispute of the whole charge."""
    return {
        "id": "du_1MtJUT2eZvKYlo2CNaw2HvEv",
        "object": "dispute",
        "amount": 1999,
        "balance_transactions": [],
        "charge": "ch_1AZtxr2eZvKYlo2CJDX8whov",
        "created": CREATED,
        "currency": "usd",
        "evidence": {"access_activity_log": None},
        "is_charge_refundable": True,
        "livemode": False,
        "metadata": {},
        "payment_intent": INTENT_ID,
        "reason": "product_not_received",
        "status": status,
    }


def method(**said: Any) -> dict[str, Any]:
    """A PaymentMethod of a card."""
    return {
        "id": "pm_1MqLiJLkdIwHu7ixUEgbFdYF",
        "object": "payment_method",
        "billing_details": {"email": None, "name": None},
        "card": {
            "brand": "visa",
            "country": "US",
            "exp_month": 8,
            "exp_year": 2026,
            "fingerprint": "mToisGZ01V71BCos",
            "funding": "credit",
            "last4": "4242",
        },
        "created": CREATED,
        "customer": "cus_9s6XKzkNRiz8i3",
        "livemode": False,
        "metadata": {},
        "type": "card",
        **said,
    }


def setup(status: str, **said: Any) -> dict[str, Any]:
    """A SetupIntent."""
    return {
        "id": "seti_1Mm8s8LkdIwHu7ix0OXBfTRG",
        "object": "setup_intent",
        "client_secret": "seti_1Mm8s8LkdIwHu7ix0OXBfTRG_secret_NXDICkPqPeiBTAFqWmkbff09lRmSVXe",
        "created": CREATED,
        "customer": "cus_9s6XKzkNRiz8i3",
        "last_setup_error": None,
        "livemode": False,
        "metadata": {"setup_id": "0193a4b2-0000-7000-8000-000000000001"},
        "next_action": None,
        "payment_method": None,
        "status": status,
        "usage": "on_session",
        **said,
    }


def event(kind: str, happened: object, **said: Any) -> dict[str, Any]:
    """An Event, as a webhook or the list of events has it."""
    return {
        "id": "evt_1NG8Du2eZvKYlo2CUI79vXWy",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": CREATED,
        "data": {"object": happened},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
        **said,
    }


def error(code: str | None, message: str, *, type: str = "invalid_request_error") -> dict[str, Any]:
    """An answer that is a refusal."""
    return {"error": {"code": code, "message": message, "type": type, "param": None}}


def listed(*found: dict[str, Any]) -> dict[str, Any]:
    """A list with everything on its first page."""
    return {"object": "list", "data": list(found), "has_more": False, "url": "/v1/refunds"}


def body(of: object) -> bytes:
    """As Stripe sends it: with its spaces, which are signed as well."""
    return json.dumps(of, indent=2).encode()
