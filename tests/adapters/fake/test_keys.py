"""The fake gateway answers a key as it did before, a refusal too, as real ones do."""

from __future__ import annotations

import msgspec
import pytest

from automate_store.adapters.fake import FakeGateway
from automate_store.application.errors import GatewayRefused
from automate_store.domain.payments import Payment, PaymentState
from automate_store.entrypoints.properties.contracts.gateways.scene import (
    MANUAL,
    GatewaySuite,
    after,
    dollars,
)
from tests.adapters.fake.serving import JSON, Shoppers, fake_gateway, posted


class Scene(Shoppers, GatewaySuite): ...


async def held(gateway: FakeGateway) -> Payment:
    return await Scene().confirmed(gateway, MANUAL)


async def capture(gateway: FakeGateway, payment: Payment, minor: int, key: str) -> tuple[int, str]:
    body = msgspec.json.encode({"amount": minor, "final": True})
    url, headers = f"{gateway._url}/intents/{payment.intent_id}/capture", {"idempotency-key": key}
    answer = await gateway._asker.ask(
        "POST", url, longest=10_000, headers={**headers, **JSON}, body=body
    )
    told = msgspec.json.decode(answer.body)
    return answer.status, told.get("code") or told["state"]


async def test_what_a_key_was_refused_it_is_refused_again() -> None:
    gateway = fake_gateway()
    payment = await held(gateway)

    answers = [
        await capture(gateway, payment, minor, key)
        for minor, key in ((9999, "one"), (9999, "one"), (700, "one"), (700, "two"))
    ]

    assert answers == [
        (409, "too_much"),
        (409, "too_much"),
        (422, "key_reused"),
        (200, "captured"),
    ]


async def test_what_was_refused_is_asked_for_otherwise() -> None:
    gateway = fake_gateway()
    payment = await held(gateway)
    for _ in range(2):
        with pytest.raises(GatewayRefused, match="can be captured"):
            await gateway.capture(payment, dollars(2000), final=False)

    part = await gateway.capture(payment, dollars(700), final=False)
    whole = await gateway.capture(after(payment, part), dollars(1299), final=True)

    assert (part.taken, whole.taken) == (dollars(700), payment.amount)


async def test_what_is_not_given_up_while_the_bank_works_on_it_is_later() -> None:
    gateway = fake_gateway()
    payment = await Scene().begun(gateway)
    secret = (await gateway.fetch(payment)).client["client_secret"]
    slow = {"client_secret": secret, "card": "card_slow"}
    await posted(gateway, f"/intents/{payment.intent_id}/pay", slow)
    with pytest.raises(GatewayRefused, match="the bank works on it"):
        await gateway.cancel(payment)
    await posted(gateway, f"/intents/{payment.intent_id}/settle", {"succeeded": False})

    report = await gateway.cancel(payment)

    assert report.state is PaymentState.CANCELLED
