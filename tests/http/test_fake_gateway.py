"""A shop that is paid through the fake gateway, over a real connection to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
from attrs import evolve

from automate_store.adapters.fake import FakeGateway
from automate_store.adapters.fake.signing import SIGNATURE, sign
from automate_store.adapters.guarding import Guard, guarded
from automate_store.adapters.memory import MemoryClock
from automate_store.adapters.system import SystemIds
from automate_store.application.reactions import REACTIONS
from automate_store.domain.payments import CaptureMode
from automate_store.entrypoints.fake_gateway import CARDS, create_fake_gateway
from automate_store.entrypoints.http.openapi import examples
from tests.adapters.asking import HttpxAsker
from tests.adapters.fake.serving import SECRET, served
from tests.http.people import person
from tests.http.web import POLICY, STAFF, Web, open_web

GUARD = Guard(
    deadline_s=7.0, tries=1, failures=5, rest_s=30.0, stopwatch=time.monotonic, sleep=asyncio.sleep
)


class Till:
    """The fake gateway, as shoppers and tests know it."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self.url, self.client = url, client

    async def put(self, path: str, body: Any) -> None:
        (await self.client.put(self.url + path, json=body)).raise_for_status()

    async def post(self, path: str, body: Any) -> Any:
        answer = await self.client.post(self.url + path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def get(self, path: str) -> Any:
        return (await self.client.get(self.url + path)).json()

    async def type_in(self, card: str) -> None:
        """The only shopper there is types a card in."""
        (intent,) = (await self.get("/ledger"))["intents"]
        whole = await self.get(f"/intents/{intent['id']}")
        body = {"client_secret": whole["client_secret"], "card": card}
        paid = await self.client.post(f"{self.url}/intents/{intent['id']}/pay", json=body)
        paid.raise_for_status()


@asynccontextmanager
async def trading(
    capture: CaptureMode = CaptureMode.AUTOMATIC,
) -> AsyncIterator[tuple[Web, Till]]:
    app = create_fake_gateway(clock=MemoryClock(examples.AT), ids=SystemIds(), secret=SECRET)
    policy = evolve(POLICY, capture=capture)
    # The shop's client is the shop's alone: it is served by a loop of its own.
    client = httpx.AsyncClient(timeout=2, limits=httpx.Limits(max_keepalive_connections=0))
    with served(app) as url:
        gateway = guarded(FakeGateway(url, HttpxAsker(client), secret=SECRET), GUARD)
        async with (
            httpx.AsyncClient() as tills,
            open_web(gateways={"fake": gateway}, offered=frozenset({"fake"}), policy=policy) as web,
        ):
            yield web, Till(url, tills)


async def test_an_order_is_paid_once_though_the_answer_was_lost() -> None:
    async with trading() as (web, till):
        (shirt,) = await web.stock(1)
        order = await web.order(shirt)
        opening = {"x_order_token": order["token"]}
        wanted = {"order_id": order["id"], "gateway": "fake"}
        begun = await web.post("/payments/create-intent", wanted, **opening, idempotency_key="one")
        assert begun.is_success, begun.text
        await till.type_in("card_ok")

        body = {"order_id": order["id"], "payment_id": begun.json()["id"]}
        await till.put("/faults", {"calls": {"fetch": {"drop_answer": 1}}})
        lost = await web.post("/payments/confirm", body, **opening, idempotency_key="two")
        assert (lost.status_code, lost.json()["code"]) == (503, "gateway_unavailable")
        await till.put("/faults", {})
        paid = await web.post("/payments/confirm", body, **opening, idempotency_key="two")
        assert paid.json()["status"] == "captured"
        kinds = [each["kind"] for each in (await till.get("/ledger"))["entries"]]
        assert kinds == ["authorise", "capture"]


async def test_the_shop_hears_what_is_signed_and_nothing_else() -> None:
    async with trading() as (web, till):
        (shirt,) = await web.stock(1)
        order = await web.order(shirt)
        wanted = {"order_id": order["id"], "gateway": "fake"}
        opening = {"x_order_token": order["token"], "idempotency_key": "one"}
        await web.post("/payments/create-intent", wanted, **opening)
        await till.type_in("card_ok")
        (event,) = (await till.get("/events"))["items"]
        body = msgspec.json.encode(event)
        for secret, status in ((SECRET, 200), ("somebody-else", 400)):
            headers = {
                SIGNATURE: sign(secret, body, at=examples.AT),
                "content-type": "application/json",
            }
            answer = await web.client.post(
                "/api/v1/payments/fake/webhook", content=body, headers=headers
            )
            assert answer.status_code == status, answer.text


async def test_a_way_to_pay_is_saved_with_what_the_shop_tells() -> None:
    async with trading() as (web, till):
        ann = await person(web)
        begun = (await ann.post("/payments/methods", {"gateway": "fake"})).json()
        typed = {"client_secret": begun["client"]["client_secret"], "card": "card_ok"}
        handed = await till.post(f"/setups/{begun['setup_id']}/card", typed)
        done = {"gateway": "fake", "setup_id": begun["setup_id"], "token": handed["token"]}
        saved = await ann.post("/payments/methods", done)
        assert saved.is_success, saved.text
        assert saved.json()["method"]["last_four"] == CARDS["card_ok"].last_four


async def test_a_slow_refund_ends_by_the_id_that_the_shop_tells() -> None:
    async with trading() as (web, till):
        (shirt,) = await web.stock(1)
        order = await web.order(shirt)
        opening = {"x_order_token": order["token"]}
        wanted = {"order_id": order["id"], "gateway": "fake"}
        begun = await web.post("/payments/create-intent", wanted, **opening, idempotency_key="one")
        await till.type_in("card_slow")
        (intent,) = (await till.get("/ledger"))["intents"]
        await till.post(f"/intents/{intent['id']}/settle", {})
        body = {"order_id": order["id"], "payment_id": begun.json()["id"]}
        await web.post("/payments/confirm", body, **opening, idempotency_key="two")
        back = {"order_id": order["id"], "reason": "sorry"}
        given = await web.ask(
            "POST", "/payments/refund", back, headers={**STAFF, "idempotency-key": "three"}
        )
        assert given.is_success, given.text
        await web.shop.store.react(REACTIONS, web.app.state.shop.ports)
        (refund,) = given.json()["refunds"]
        ended = await till.post(f"/refunds/{refund['id']}/settle", {"succeeded": True})
        assert (ended["refund_id"], ended["state"]) == (refund["id"], "succeeded")


async def test_what_proves_a_shopper_to_the_gateway_is_not_told_to_staff() -> None:
    async with trading(CaptureMode.MANUAL) as (web, till):
        (shirt,) = await web.stock(1)
        order = await web.order(shirt)
        opening = {"x_order_token": order["token"]}
        wanted = {"order_id": order["id"], "gateway": "fake"}
        begun = await web.post("/payments/create-intent", wanted, **opening, idempotency_key="one")
        await till.type_in("card_ok")
        body = {"order_id": order["id"], "payment_id": begun.json()["id"]}
        held = await web.post("/payments/confirm", body, **opening, idempotency_key="two")
        assert held.json()["status"] == "authorised"
        assert begun.json()["client"]["client_secret"]

        at = f"/admin/payments/{begun.json()['id']}"
        part = {"amount": {**begun.json()["amount"], "amount": "5.00"}}
        for path, wish in ((f"{at}/capture", part), (f"{at}/void", None)):
            answer = await web.ask("POST", path, wish, headers={**STAFF, "idempotency-key": path})
            assert (answer.status_code, answer.json()["client"]) == (200, {}), answer.text
