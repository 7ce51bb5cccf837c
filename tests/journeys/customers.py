"""Somebody with an account who buys mugs, and what staff see of the money, over the routes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from attrs import frozen

from benchmarks.rig.accounts import Member, register
from benchmarks.rig.shoppers import ADDRESS, API, Answer, Shoppers, fresh_key
from tests.journeys.shops import PATIENCE_S, POLL_S, STAFF, Shop, assert_ok

Told = Mapping[str, Any]
EMAIL = "ada@example.com"
WATCHED = {
    "log_level": "debug",
    "gateway_read_timeout_s": "30",
    "gateway_deadline_s": "60",
}
"""A shop that tells all that it can, and waits as long for an answer as one is held back here."""
TOUCHED_BY_MONEY = {
    *("payments", "refunds", "disputes", "webhook_events", "payment_methods"),
    *("procrastinate_jobs", "idempotency_keys", "audit_trail"),
}
"""The tables that a journey of money writes to."""


@frozen
class Bought:
    """An order that is paid, and the gateway's name for its payment."""

    order: Told
    intent_id: str


@frozen
class Customer:
    """Ada, who is signed in."""

    shoppers: Shoppers
    member: Member
    gateway: str
    mug: UUID

    @classmethod
    async def registered(cls, shoppers: Shoppers, gateway: str, mug: UUID) -> Customer:
        return cls(shoppers, await register(shoppers, EMAIL), gateway, mug)

    async def ask(self, method: str, path: str, body: object = None) -> Answer:
        """One request of her own, under a fresh key."""
        headers = {**self.member.headers, "Idempotency-Key": fresh_key()}
        return await self.shoppers.ask(method, f"{API}{path}", body, headers=headers)

    async def does(self, method: str, path: str, body: object = None) -> Told:
        """The answer to what must be done."""
        answer = await self.ask(method, path, body)
        assert_ok(answer)
        told: Told = answer.body
        return told

    async def buys(self) -> Told:
        """An order of one mug, to be paid."""
        item = {"variant_id": str(self.mug), "quantity": 1}
        await self.does("POST", "/cart/add", {"items": [item]})
        place = {"shipping_address": dict(ADDRESS), "shipping_method": "standard"}
        return await self.does("POST", "/orders", {"email": EMAIL, **place})

    async def intends(self, order: Told, **more: object) -> Told:
        """A payment of it."""
        wish = {"order_id": order["id"], "gateway": self.gateway, **more}
        return await self.does("POST", "/payments/create-intent", wish)

    async def confirms(self, order: Told, payment: Told) -> Told:
        """The payment, carried out as far as it can be."""
        wish = {"order_id": order["id"], "payment_id": payment["id"]}
        return await self.does("POST", "/payments/confirm", wish)

    async def standing(self, order: Told) -> str:
        """How its payment stands now."""
        return str((await self.does("GET", f"/orders/{order['id']}"))["payment_status"])


@frozen
class Staff:
    """Whoever looks after the money."""

    shoppers: Shoppers
    gateway: str

    async def does(self, method: str, path: str, body: object = None) -> Told:
        """The answer to what must be done."""
        headers = {**STAFF, "Idempotency-Key": fresh_key()}
        answer = await self.shoppers.ask(method, f"{API}{path}", body, headers=headers)
        assert_ok(answer)
        told: Told = answer.body
        return told

    async def heard(self, event_id: str) -> Told:
        """What the gateway told, once a job had dealt with it."""
        path = f"/admin/payments/events?gateway={self.gateway}"
        async with asyncio.timeout(PATIENCE_S):
            while True:
                events = (await self.does("GET", path))["items"]
                found = [each for each in events if each["event_id"] == event_id]
                assert len(found) == 1, "what was told stands there once"
                if found[0]["status"] != "received":
                    told: Told = found[0]
                    return told
                await asyncio.sleep(POLL_S)

    async def refunds(self, order: Told, amount: str) -> None:
        """So much of its money goes back, and has gone when this returns."""
        money = {"amount": amount, "currency": "USD"}
        wish = {"order_id": order["id"], "amount": money, "reason": "a chipped rim"}
        await self.does("POST", "/payments/refund", wish)
        async with asyncio.timeout(PATIENCE_S):
            while await self.refunded(order) != [(amount, "succeeded")]:  # noqa: ASYNC110 - another process's
                await asyncio.sleep(POLL_S)

    async def refunded(self, order: Told) -> list[tuple[str, str]]:
        """What went back of it: how much, and how that stands."""
        told = await self.does("GET", f"/orders/{order['id']}/refunds")
        return [(each["amount"]["amount"], each["status"]) for each in told["refunds"]]

    async def disputes(self) -> list[tuple[str, str, str]]:
        """What is contested: of which order, how much, and how that stands."""
        told = await self.does("GET", "/admin/disputes")
        return [
            (each["order_id"], each["amount"]["amount"], each["status"]) for each in told["items"]
        ]


def kept(shop: Shop) -> dict[str, tuple[str, int, int]]:
    """Each payment in the shop's books, by its gateway's name: its state, cents in and out."""
    rows = shop.rows(
        "SELECT payment_intent_id, state, (captured_amount * 100)::int,"
        " (refunded_amount * 100)::int FROM payments"
    )
    return {intent: (state, captured, refunded) for intent, state, captured, refunded in rows}
