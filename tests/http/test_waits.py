"""A request that asks a provider twice waits for it as long as one that asks once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve, frozen

from automate_store.adapters.guarding import guarded
from automate_store.adapters.memory import MemorySavingGateway
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import CaptureMode, GatewayReport, Payment, SetupReport
from tests.adapters.guarding.worlds import GUARD, World
from tests.http.people import person
from tests.http.web import POLICY, STAFF, Web, open_web


class Slow(MemorySavingGateway):
    """A provider that answers everything, each time after a while."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.takes_s = 0.0
        self.asked: list[str] = []

    def _takes(self, what: str) -> None:
        self.asked.append(what)
        self.world.now += self.takes_s

    async def create_customer(self, user_id: UserId, email: str) -> str:
        self._takes("create_customer")
        return await super().create_customer(user_id, email)

    async def begin_setup(self, setup_id: UUID, customer: str) -> SetupReport:
        self._takes("begin_setup")
        return await super().begin_setup(setup_id, customer)

    async def finish_setup(self, setup_id: UUID, customer: str, token: str) -> SetupReport:
        self._takes("finish_setup")
        return await super().finish_setup(setup_id, customer, token)

    async def create_intent(self, payment: Payment) -> GatewayReport:
        self._takes("create_intent")
        return await super().create_intent(payment)

    async def fetch(self, payment: Payment) -> GatewayReport:
        self._takes("fetch")
        return await super().fetch(payment)

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        self._takes("capture")
        return await super().capture(payment, amount, final=final)


@frozen
class Shop:
    """A shop that holds money at a slow provider, by a guard of seven seconds."""

    web: Web
    slow: Slow

    async def slowly(self, asking: Any) -> tuple[Any, list[str]]:
        """What is answered while the provider takes all of the deadline, and what it was asked."""
        self.slow.takes_s, self.slow.asked = GUARD.deadline_s, []
        answer = await asking
        self.slow.takes_s = 0.0
        return answer, list(self.slow.asked)

    async def capture(self, payment: dict[str, Any]) -> Any:
        path = f"/admin/payments/{payment['id']}/capture"
        return await self.web.ask("POST", path, headers={**STAFF, "idempotency-key": "take"})


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    world = World()
    slow = Slow(world)
    gateway = guarded(slow, evolve(GUARD, stopwatch=world.stopwatch, sleep=world.sleep))
    policy = evolve(POLICY, capture=CaptureMode.MANUAL)
    async with open_web(gateways={gateway.name: gateway}, offered=None, policy=policy) as web:
        yield Shop(web, slow)


async def test_a_capture_looks_and_takes_within_one_deadline(shop: Shop) -> None:
    (shirt,) = await shop.web.stock(1)
    held = await shop.web.pay(await shop.web.order(shirt))
    late, asked = await shop.slowly(shop.capture(held))
    assert (late.status_code, late.json()["code"]) == (503, "gateway_unavailable")
    assert asked == ["fetch"]


async def test_whoever_asks_again_has_a_deadline_of_their_own(shop: Shop) -> None:
    (shirt,) = await shop.web.stock(1)
    held = await shop.web.pay(await shop.web.order(shirt))
    await shop.slowly(shop.capture(held))
    taken = await shop.capture(held)
    assert (taken.status_code, taken.json()["status"]) == (200, "captured")


async def test_a_name_and_an_intent_are_asked_for_within_one_deadline(shop: Shop) -> None:
    ann = await person(shop.web)
    (shirt,) = await shop.web.stock(1)
    order = await shop.web.order(shirt)
    body = {"order_id": order["id"], "gateway": "memory", "save_method": True}
    opening = {"x_order_token": order["token"], "idempotency_key": "once"}

    async def intend() -> Any:
        return await ann.ask("POST", "/payments/create-intent", body, **opening)

    late, asked = await shop.slowly(intend())
    again = await intend()
    assert (late.status_code, late.json()["code"]) == (503, "gateway_unavailable")
    assert asked == ["create_customer"]
    assert again.status_code == 201


async def test_a_name_and_a_setup_are_asked_for_within_one_deadline(shop: Shop) -> None:
    ann = await person(shop.web)
    begin = ann.post("/payments/methods", {"gateway": "memory"})
    late, asked = await shop.slowly(begin)
    assert (late.status_code, late.json()["code"]) == (503, "gateway_unavailable")
    assert asked == ["create_customer"]
