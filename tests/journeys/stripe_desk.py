"""Stripe, as a shop on real sockets meets it: what browsers do there, and what it tells."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import httpx
from attrs import field, frozen

from automate_store.adapters.system import SystemClock
from benchmarks.rig.shoppers import API, Answer, Shoppers
from tests.adapters.stripe import shapes
from tests.adapters.stripe.local import (
    NO_TLS,
    PUBLISHABLE_KEY,
    SECRET_KEY,
    Front,
    standing_front,
)
from tests.adapters.stripe.shopper import Shopper

SIGNING_SECRET = "whsec_of_the_journeys"


@frozen
class OnThePage:
    """What the shop's page knows of a payment or a setup."""

    client: Mapping[str, str]
    intent_id: str | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> OnThePage:
        """As the shop answered."""
        return cls(told["client"], told.get("intent_id"))


@frozen
class StripeDesk:
    """One account at Stripe: localstripe, and the front that mends it."""

    front: Front
    browser: Shopper
    _at_the_front: httpx.AsyncClient
    _numbers: count[int] = field(factory=lambda: count(1))

    def settings(self) -> dict[str, str]:
        """What the shop is told of it."""
        return {
            "gateways": "stripe",
            "stripe_url": self.front.url,
            "stripe_secret_key": SECRET_KEY,
            "stripe_publishable_key": PUBLISHABLE_KEY,
            "stripe_webhook_secrets": SIGNING_SECRET,
        }

    def event(self, kind: str, happened: Mapping[str, Any]) -> dict[str, Any]:
        """Something of a kind that localstripe has not, as if it had happened just now."""
        second = _second()
        return shapes.event(kind, happened, id=f"evt_journey_{next(self._numbers)}", created=second)

    async def happened(self, kind: str, object_id: str) -> dict[str, Any]:
        """The event of that kind about that thing, as Stripe lists it."""
        asked = {"types[0]": kind, "created[gte]": "0", "limit": "100"}
        answer = await self._at_the_front.get("/v1/events", params=asked)
        listed = [
            each for each in answer.json()["data"] if each["data"]["object"]["id"] == object_id
        ]
        assert len(listed) == 1, f"{kind} happens to it once"
        event: dict[str, Any] = listed[0]
        return event

    async def tell(self, shoppers: Shoppers, event: Mapping[str, Any]) -> Answer:
        """One delivery of it, signed now by Stripe's scheme."""
        body, second = shapes.body(event), _second()
        payload = b"%d.%s" % (second, body)
        signature = hmac.new(SIGNING_SECRET.encode(), payload, hashlib.sha256).hexdigest()
        headers = {"Stripe-Signature": f"t={second},v1={signature}"}
        path = f"{API}/payments/stripe/webhook"
        return await shoppers.ask("POST", path, raw=body, headers=headers)

    async def listed(self, kind: str) -> list[dict[str, Any]]:
        """All that localstripe has of a kind, past the front."""
        answer = await self.front.behind.get(f"/v1/{kind}", params={"limit": "100"})
        found: list[dict[str, Any]] = answer.json()["data"]
        return found


def _second() -> int:
    return int(SystemClock()().timestamp())


@asynccontextmanager
async def open_stripe(localstripe: str) -> AsyncIterator[StripeDesk]:
    """An account of which nothing is known yet."""
    key = {"Authorization": f"Bearer {SECRET_KEY}"}
    async with (
        standing_front(localstripe) as front,
        httpx.AsyncClient(base_url=front.url, headers=key, verify=NO_TLS) as client,
    ):
        yield StripeDesk(front, Shopper(front.url), client)
