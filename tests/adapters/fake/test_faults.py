"""The fake gateway goes wrong as it is told to, over a real connection, and its books do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import httpx
import msgspec
import pytest
from attrs import define, field
from litestar import Litestar, Request, post
from litestar.exceptions import HTTPException

from automate_store.adapters.asking import opened_asker
from automate_store.adapters.fake import FakeGateway
from automate_store.adapters.system import SystemClock, SystemIds
from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.domain.payments import Payment, PaymentState
from automate_store.entrypoints.fake_gateway import create_fake_gateway
from automate_store.entrypoints.properties.contracts.gateways.scene import (
    AMOUNT,
    GatewaySuite,
    after,
    refund_of,
)
from tests.adapters.fake.serving import SECRET, Shoppers, live, posted

SOON_S = 5.0


@define
class Ear:
    """A shop's webhook: hears, and answers what it is told to."""

    heard: list[tuple[Mapping[str, str], bytes]] = field(factory=list)
    answers: list[int] = field(factory=list)

    def app(self) -> Litestar:
        @post("/hook")
        async def hook(request: Request[Any, Any, Any]) -> None:
            self.heard.append((dict(request.headers), await request.body()))
            if self.answers:
                raise HTTPException(status_code=self.answers.pop(0))

        return Litestar([hook], openapi_config=None, logging_config=None)

    @property
    def ids(self) -> Sequence[str]:
        return [msgspec.json.decode(body)["id"] for _, body in self.heard]


class Scene(Shoppers, GatewaySuite):
    """A gateway over a socket, and a webhook that it tells."""

    def __init__(
        self, gateway: FakeGateway, client: httpx.AsyncClient, ear: Ear, hook: str
    ) -> None:
        self.gateway, self.client, self.ear, self.hook = gateway, client, ear, hook

    async def put(self, path: str, **body: Any) -> None:
        (await self.client.put(self.gateway._url + path, json=body)).raise_for_status()

    async def get(self, path: str) -> Any:
        return (await self.client.get(self.gateway._url + path)).json()

    async def listen(self) -> None:
        await self.put("/webhook", url=self.hook)

    async def told(self) -> None:
        """Wait until nothing is left to be told."""
        async with asyncio.timeout(SOON_S):
            while (await self.get("/webhook"))["waiting"]:  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(0.01)

    async def paid(self) -> Payment:
        return await self.confirmed(self.gateway)

    async def kinds(self) -> list[str]:
        return [each["kind"] for each in (await self.get("/ledger"))["entries"]]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    app = create_fake_gateway(clock=SystemClock(), ids=SystemIds(), secret=SECRET)
    ear = Ear()
    async with (
        live(app) as url,
        live(ear.app()) as hook,
        opened_asker(connect_s=1, read_s=1) as asker,
        httpx.AsyncClient() as client,
    ):
        yield Scene(FakeGateway(url, asker, secret=SECRET), client, ear, f"{hook}/hook")


async def test_an_answer_that_is_dropped_was_executed_all_the_same(scene: Scene) -> None:
    paid = await scene.paid()
    await scene.put("/faults", calls={"refund": {"drop_answer": 1}})
    refund = refund_of(paid, 700)
    with pytest.raises(GatewayUnavailable):
        await scene.gateway.refund(paid, refund)
    assert await scene.kinds() == ["authorise", "capture", "refund"]
    await scene.put("/faults")
    await scene.gateway.refund(paid, refund)
    assert await scene.kinds() == ["authorise", "capture", "refund"]


async def test_what_fails_before_was_not_executed(scene: Scene) -> None:
    paid = await scene.paid()
    await scene.put("/faults", calls={"refund": {"fail_before": 1}})
    with pytest.raises(GatewayUnavailable):
        await scene.gateway.refund(paid, refund_of(paid, 700))
    assert await scene.kinds() == ["authorise", "capture"]


async def test_who_hangs_is_not_waited_for_for_ever(scene: Scene) -> None:
    await scene.put("/faults", hang=1, hang_s=30)
    async with opened_asker(connect_s=0.1, read_s=0.1) as hasty:
        gateway = FakeGateway(scene.gateway._url, hasty, secret=SECRET)
        with pytest.raises(GatewayUnavailable):
            await gateway.create_intent(scene.payment(gateway))
    assert len((await scene.get("/ledger"))["intents"]) == 1


async def test_faults_of_one_call_leave_the_others_alone(scene: Scene) -> None:
    await scene.put("/faults", fail_before=1, calls={"fetch": {"fail_before": 0}})
    with pytest.raises(GatewayUnavailable):
        await scene.gateway.create_intent(scene.payment(scene.gateway))
    with pytest.raises(GatewayRefused):
        await scene.gateway.fetch(scene.payment(scene.gateway))


async def test_the_same_seed_strikes_the_same_calls(scene: Scene) -> None:
    async def struck(seed: int) -> list[bool]:
        await scene.put("/faults", seed=seed, fail_before=0.5)
        return [await _fails(scene) for _ in range(20)]

    first = await struck(7)
    assert True in first
    assert False in first
    assert await struck(7) == first
    assert await struck(8) != first


async def test_events_are_told_signed_in_their_order(scene: Scene) -> None:
    await scene.listen()
    paid = await scene.paid()
    await scene.gateway.refund(paid, refund_of(paid, 700))
    await scene.told()
    now = SystemClock()()
    events = [
        await scene.gateway.read_webhook(headers, body, at=now) for headers, body in scene.ear.heard
    ]
    assert [each.kind for each in events] == ["intent.captured", "refund.updated"]
    assert {each.payment_id for each in events} == {paid.id}


@pytest.mark.parametrize(
    ("fault", "times"), [("lose", [0, 0]), ("duplicate", [2, 2]), ("delay", [1, 1])]
)
async def test_the_post_does_what_it_is_told_and_the_list_knows_all(
    scene: Scene, fault: str, times: list[int]
) -> None:
    await scene.listen()
    await scene.put("/faults", events={fault: 1, "delay_s": 0.05})
    paid = await scene.paid()
    await scene.gateway.refund(paid, refund_of(paid, 700))
    await scene.told()
    listed = [each["id"] for each in (await scene.get("/events"))["items"]]
    assert [scene.ear.ids.count(each) for each in listed] == times


async def test_a_refund_that_is_forgotten_stands_in_the_books_alone(scene: Scene) -> None:
    await scene.listen()
    await scene.put("/faults", events={"forget_refund": 1})
    paid = await scene.paid()
    refund = refund_of(paid, 700)
    await scene.gateway.refund(paid, refund)
    await scene.told()
    listed = [each["type"] for each in (await scene.get("/events"))["items"]]
    assert (listed, len(scene.ear.heard)) == (["intent.captured"], 1)
    assert [each.refund_id for each in await scene.gateway.refunds(paid)] == [refund.id]


async def test_events_that_are_reordered_come_in_another_order(scene: Scene) -> None:
    await scene.listen()
    await scene.put("/faults", seed=3, events={"reorder": 0.5})
    for _ in range(6):
        await scene.paid()
    await scene.told()
    listed = [each["id"] for each in (await scene.get("/events"))["items"]]
    assert sorted(scene.ear.ids) == sorted(listed)
    assert scene.ear.ids != listed


async def test_who_does_not_listen_is_told_again(scene: Scene) -> None:
    await scene.listen()
    scene.ear.answers = [503]
    await scene.paid()
    await scene.told()
    assert len(scene.ear.heard) == 2
    assert len(set(scene.ear.ids)) == 1
    deliveries = (await scene.get("/webhook"))["deliveries"]
    assert [each["status"] for each in deliveries] == [503, 201]


async def test_an_event_is_told_again_by_hand(scene: Scene) -> None:
    paid = await scene.paid()
    await scene.listen()
    (event,) = (await scene.get("/events"))["items"]
    await scene.client.post(f"{scene.gateway._url}/events/{event['id']}/tell")
    await scene.told()
    assert scene.ear.ids == [event["id"]]
    assert event["payment_id"] == str(paid.id)


async def test_a_key_is_for_one_request(scene: Scene) -> None:
    client, url, key = scene.client, scene.gateway._url, {"idempotency-key": "one"}
    wanted = {"amount": 1999, "currency": "USD"}
    first = await client.post(f"{url}/intents", json=wanted, headers=key)
    again = await client.post(f"{url}/intents", json=wanted, headers=key)
    other = await client.post(f"{url}/intents", json={**wanted, "amount": 1}, headers=key)
    assert again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert len((await scene.get("/ledger"))["intents"]) == 1


@pytest.mark.parametrize(
    ("card", "state", "failure"),
    [
        ("card_ok", PaymentState.CAPTURED, None),
        ("card_declined", PaymentState.FAILED, "card declined"),
        ("card_expired", PaymentState.FAILED, "card expired"),
        ("card_3ds", PaymentState.REQUIRES_ACTION, None),
        ("card_slow", PaymentState.PROCESSING, None),
    ],
)
async def test_a_card_does_what_is_written_on_it(
    scene: Scene, card: str, state: PaymentState, failure: str | None
) -> None:
    begun = await _typed(scene, card)
    report = await scene.gateway.confirm(begun)
    assert (report.state, report.failure) == (state, failure)


@pytest.mark.parametrize(
    ("card", "path", "body"),
    [
        ("card_3ds", "authenticate", {"approved": True}),
        ("card_3ds", "authenticate", {"approved": False}),
        ("card_slow", "settle", {"succeeded": True}),
        ("card_slow", "settle", {"succeeded": False}),
    ],
)
async def test_shoppers_and_banks_end_what_waits_for_them(
    scene: Scene, card: str, path: str, body: Mapping[str, Any]
) -> None:
    begun = await _typed(scene, card)
    secret = {"client_secret": begun.client["client_secret"]} if path == "authenticate" else {}
    await posted(scene.gateway, f"/intents/{begun.intent_id}/{path}", {**body, **secret})
    report = await scene.gateway.confirm(begun)
    good = True in body.values()
    assert report.state is (PaymentState.CAPTURED if good else PaymentState.FAILED)
    assert report.taken == (AMOUNT if good else AMOUNT - AMOUNT)


async def test_another_shoppers_secret_opens_nothing(scene: Scene) -> None:
    one, two = await scene.begun(scene.gateway), await scene.begun(scene.gateway)
    body = {"client_secret": two.client["client_secret"], "card": "card_ok"}
    path = f"{scene.gateway._url}/intents/{one.intent_id}/pay"
    assert (await scene.client.post(path, json=body)).status_code == 403
    assert (await scene.gateway.fetch(one)).state is PaymentState.PENDING


async def test_a_dispute_is_told_and_ends(scene: Scene) -> None:
    paid = await scene.paid()
    path = f"/intents/{paid.intent_id}/disputes"
    dispute = await posted(scene.gateway, path, {"reason": "not received"})
    await posted(scene.gateway, f"/disputes/{dispute['id']}/close", {"won": False})
    told = [each async for each in scene.gateway.events(paid.created_at) if each.news]
    news = [each.news for each in told if each.kind.startswith("dispute.")]
    assert [(each.reason, each.state, each.amount) for each in news] == [  # type: ignore[union-attr]
        ("not received", "open", AMOUNT),
        ("not received", "lost", AMOUNT),
    ]
    assert (await scene.kinds())[-1] == "dispute_lost"


async def test_reset_forgets_everything(scene: Scene) -> None:
    await scene.paid()
    await scene.put("/faults", fail_before=0.5)
    await scene.client.post(f"{scene.gateway._url}/reset")
    ledger = await scene.get("/ledger")
    assert not any(ledger.values())
    assert (await scene.get("/faults"))["fail_before"] == 0
    assert (await scene.get("/events"))["items"] == []


async def test_the_ledger_adds_up(scene: Scene) -> None:
    held = await _typed(scene, "card_ok")
    paid = after(held, await scene.gateway.confirm(held))
    await scene.gateway.refund(paid, refund_of(paid, 700))
    ledger = await scene.get("/ledger")
    (intent,) = ledger["intents"]
    assert (intent["captured"], intent["refunded"]) == (AMOUNT.minor, 700)
    moved = {each["kind"]: each["amount"] for each in ledger["entries"]}
    assert moved == {"authorise": AMOUNT.minor, "capture": AMOUNT.minor, "refund": 700}
    assert intent["client_secret"] is None


async def _typed(scene: Scene, card: str) -> Payment:
    begun = await scene.begun(scene.gateway)
    body = {"client_secret": begun.client["client_secret"], "card": card}
    await posted(scene.gateway, f"/intents/{begun.intent_id}/pay", body)
    return begun


async def _fails(scene: Scene) -> bool:
    try:
        await scene.gateway.create_intent(scene.payment(scene.gateway))
    except GatewayUnavailable:
        return True
    return False
