"""A shop that holds money at a provider that is slow, or will not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from attrs import evolve, frozen

from automate_store.adapters.guarding import guarded
from automate_store.adapters.memory import MemorySavingGateway
from automate_store.domain.kernel.errors import StoreError
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    CaptureMode,
    GatewayEvent,
    GatewayReport,
    Payment,
    SetupReport,
)
from tests.adapters.guarding.worlds import GUARD, World
from tests.http.web import POLICY, STAFF, Web, open_web


class Slow(MemorySavingGateway):
    """A provider that answers everything, each time after a while, unless something is wrong."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.takes_s = 0.0
        self.asked: list[str] = []
        self.wrong: StoreError | None = None

    def _takes(self, what: str) -> None:
        self.asked.append(what)
        self.world.now += self.takes_s
        if self.wrong is not None:
            raise self.wrong

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

    async def confirm(self, payment: Payment) -> GatewayReport:
        self._takes("confirm")
        return await super().confirm(payment)

    async def cancel(self, payment: Payment) -> GatewayReport:
        self._takes("cancel")
        return await super().cancel(payment)

    async def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> GatewayEvent:
        self._takes("read_webhook")
        return GatewayEvent(id=f"{headers['x-request']}-{len(body)}", kind="odd", at=at)


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


@asynccontextmanager
async def open_shop() -> AsyncIterator[Shop]:
    """The shop, empty."""
    world = World()
    slow = Slow(world)
    gateway = guarded(slow, evolve(GUARD, stopwatch=world.stopwatch, sleep=world.sleep))
    policy = evolve(POLICY, capture=CaptureMode.MANUAL)
    async with open_web(gateways={gateway.name: gateway}, offered=None, policy=policy) as web:
        yield Shop(web, slow)
