"""Whatever Stripe says, it is an event, an answer, or neither; nothing breaks of it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from automate_store.adapters.stripe import StripeGateway, StripeLine
from automate_store.application.errors import GatewayRefused, GatewayUnavailable, WebhookRefused
from automate_store.domain.payments import GatewayEvent
from automate_store.entrypoints.properties.contracts.gateways.scene import GatewaySuite
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.spoiling import DEEP, Says, json_values, spoiled
from tests.adapters.stripe import shapes
from tests.adapters.stripe.test_webhooks import KEYS, NOWHERE, signed

METHOD = {
    "id": "pm_1",
    "customer": "cus_1",
    "type": "card",
    "card": {"brand": "visa", "last4": "4242", "exp_month": 1, "exp_year": 2030},
}
SETUP = {"id": "seti_1", "status": "succeeded", "customer": "cus_1", "metadata": {}}
TOLD: Mapping[str, Mapping[str, Any]] = {
    "payment_intent.succeeded": shapes.intent("succeeded", last_payment_error=shapes.declined()),
    "refund.updated": shapes.refund("failed"),
    "charge.dispute.closed": shapes.dispute("lost"),
    "setup_intent.succeeded": SETUP,
    "payment_method.attached": METHOD,
    "charge.refunded": {"payment_intent": "pi_1", "refunds": {"data": [shapes.refund("pending")]}},
}


def saying(body: bytes, status: int = 200) -> StripeGateway:
    line = StripeLine(KEYS, Says(body, status), url=NOWHERE)
    return StripeGateway(line, clock=lambda: NOON, parts=False)


PAYMENT = evolve(GatewaySuite().payment(saying(b"")), intent_id="pi_1")


async def hear(body: bytes) -> GatewayEvent:
    told = signed(body, NOON)
    return await saying(b"").read_webhook(told.headers, told.body, at=NOON)


@pytest.mark.parametrize("kind", TOLD)
async def test_an_odd_event_is_refused_and_no_more(kind: str) -> None:
    told = shapes.event(kind, TOLD[kind])
    assert (await hear(json.dumps(told).encode())).news is not None
    for body in spoiled(told):
        with suppress(WebhookRefused):
            heard = await hear(body)
            assert datetime(2000, 1, 1, tzinfo=UTC) <= heard.at < datetime(2100, 1, 1, tzinfo=UTC)


@given(said=json_values)
async def test_any_json_is_an_event_or_is_refused(said: object) -> None:
    for kind in TOLD:
        for body in (said, shapes.event(kind, said), {**shapes.event(kind, {}), "data": said}):
            with suppress(WebhookRefused):
                await hear(json.dumps(body).encode())


async def _listed(gateway: StripeGateway) -> list[GatewayEvent]:
    return [each async for each in gateway.events(NOON)]


def _page(each: Mapping[str, Any]) -> dict[str, Any]:
    return {"object": "list", "data": [each], "has_more": False, "url": "/v1/x"}


ASKED: Mapping[str, tuple[Mapping[str, Any], Callable[[StripeGateway], Awaitable[object]]]] = {
    "create": (shapes.intent("succeeded"), lambda gateway: gateway.create_intent(PAYMENT)),
    "fetch": (shapes.intent("succeeded"), lambda gateway: gateway.fetch(PAYMENT)),
    "refunds": (_page(shapes.refund("pending")), lambda gateway: gateway.refunds(PAYMENT)),
    "methods": (_page(METHOD), lambda gateway: gateway.methods("cus_1")),
    "events": (_page(shapes.event("refund.updated", shapes.refund("pending"))), _listed),
}


@pytest.mark.parametrize("name", ASKED)
async def test_an_odd_answer_is_none(name: str) -> None:
    sound, ask = ASKED[name]
    await ask(saying(json.dumps(sound).encode()))
    for body in spoiled(sound):
        with suppress(GatewayUnavailable, GatewayRefused):
            await ask(saying(body))


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_a_refusal_in_odd_words_is_one(status: int) -> None:
    error = {"type": "card_error", "code": "x", "message": "a\0b", "param": "intent"}
    for body in spoiled({"error": error}):
        with pytest.raises((GatewayUnavailable, GatewayRefused)):
            await saying(body, status).fetch(PAYMENT)


async def test_an_answer_that_is_nested_too_deep_is_none() -> None:
    body = json.dumps({**shapes.intent("succeeded"), "x": "HERE"}).encode()
    with pytest.raises(GatewayUnavailable):
        await saying(body.replace(b'"HERE"', DEEP)).fetch(PAYMENT)
