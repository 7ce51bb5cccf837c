"""Whatever the fake gateway says, it is an event, an answer, or neither; nothing breaks of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from attrs import evolve
from hypothesis import given

from automate_store.adapters.fake import FakeGateway
from automate_store.adapters.fake.signing import SIGNATURE, sign
from automate_store.application.errors import GatewayRefused, GatewayUnavailable, WebhookRefused
from automate_store.domain.payments import GatewayEvent
from automate_store.entrypoints.properties.contracts.gateways.scene import GatewaySuite, refund_of
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.fake.serving import SECRET
from tests.adapters.spoiling import DEEP, Says, json_values, spoiled


def saying(body: bytes, status: int = 200) -> FakeGateway:
    return FakeGateway("http://127.0.0.1:9", Says(body, status), secret=SECRET)


INTENT = {
    "id": "in_1",
    "amount": 500,
    "currency": "USD",
    "state": "captured",
    "authorised": 500,
    "captured": 500,
    "failure": "a word",
    "client_secret": "to open it",
}
REFUND = {
    "id": "re_1",
    "refund_id": "0193a4b2-0000-7000-8000-0000000000aa",
    "amount": 5,
    "currency": "USD",
    "state": "failed",
    "failure": "a word",
}
DISPUTE = {"id": "dp_1", "amount": 5, "currency": "USD", "reason": "fraud", "state": "open"}
METHOD = {
    "id": "pm_1",
    "brand": "visa",
    "last_four": "4242",
    "expires_month": 1,
    "expires_year": 2030,
}
SETUP = {"id": "se_1", "customer": "cu_1", "state": "succeeded", "method": METHOD}
PAYMENT = evolve(GatewaySuite().payment(saying(b"")), intent_id="in_1")


def event(**data: object) -> dict[str, Any]:
    return {
        "id": "ev_1",
        "type": "something",
        "at": "2026-03-01T12:00:00Z",
        "intent_id": "in_1",
        "payment_id": str(PAYMENT.id),
        "data": data,
    }


async def hear(body: bytes) -> GatewayEvent:
    headers = {SIGNATURE: sign(SECRET, body, at=NOON)}
    return await saying(b"").read_webhook(headers, body, at=NOON)


TOLD = [event(intent=INTENT), event(refund=REFUND), event(dispute=DISPUTE), event(setup=SETUP)]


@pytest.mark.parametrize("told", TOLD)
async def test_an_odd_event_is_refused_and_no_more(told: Mapping[str, Any]) -> None:
    assert (await hear(msgspec.json.encode(told))).news is not None
    for body in spoiled(told):
        with suppress(WebhookRefused):
            heard = await hear(body)
            assert datetime(2000, 1, 1, tzinfo=UTC) <= heard.at < datetime(2100, 1, 1, tzinfo=UTC)


@given(said=json_values)
async def test_any_json_is_an_event_or_is_refused(said: object) -> None:
    for body in (said, {**event(), "data": said}, event(intent=said), event(setup=said)):
        with suppress(WebhookRefused):
            await hear(msgspec.json.encode(body))


async def _listed(gateway: FakeGateway) -> list[GatewayEvent]:
    return [each async for each in gateway.events(NOON)]


ASKED: list[tuple[object, Callable[[FakeGateway], Awaitable[object]]]] = [
    (INTENT, lambda gateway: gateway.create_intent(PAYMENT)),
    (INTENT, lambda gateway: gateway.fetch(PAYMENT)),
    (REFUND, lambda gateway: gateway.refund(PAYMENT, refund_of(PAYMENT, 5))),
    ({"wrapped": [REFUND]}, lambda gateway: gateway.refunds(PAYMENT)),
    ({"items": [event(intent=INTENT)], "more": False}, _listed),
    ({"wrapped": [METHOD]}, lambda gateway: gateway.methods("cu_1")),
]


@pytest.mark.parametrize(("sound", "ask"), ASKED)
async def test_an_odd_answer_is_none(
    sound: Mapping[str, Any], ask: Callable[[FakeGateway], Awaitable[object]]
) -> None:
    for body in spoiled(sound):
        said = body.removeprefix(b'{"wrapped": ').removesuffix(b"}") if "wrapped" in sound else body
        with suppress(GatewayUnavailable):
            await ask(saying(said))


@pytest.mark.parametrize("said", [b'{"message": %s}' % DEEP, b'{"message": "a\\u0000b"}', b"<h1>"])
async def test_a_refusal_in_odd_words_is_one(said: bytes) -> None:
    with pytest.raises(GatewayRefused) as refused:
        await saying(said, 409).create_intent(PAYMENT)
    assert "\0" not in refused.value.reason


@pytest.mark.parametrize("currency", ["qqq", "usd", "XXX"])
async def test_money_that_is_none_is_no_answer(currency: str) -> None:
    body = msgspec.json.encode({**INTENT, "currency": currency})
    with pytest.raises(GatewayUnavailable):
        await saying(body).fetch(PAYMENT)
