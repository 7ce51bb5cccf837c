"""What guarded gateways are asked about, and a clock that tests move."""

from __future__ import annotations

import asyncio
from uuid import UUID

from automate_store.adapters.guarding import Guard
from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.domain.kernel.ids import OrderId, PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import Payment
from automate_store.entrypoints.properties.moments import NOON

PAYMENT = Payment.intend(
    id=PaymentId(UUID(int=7)),
    order_id=OrderId(UUID(int=8)),
    gateway="memory",
    amount=Money(1999, "USD"),
    at=NOON,
)
AWAY, NO = GatewayUnavailable("memory"), GatewayRefused("memory", "no")
GUARD = Guard(
    deadline_s=7.0,
    tries=3,
    failures=5,
    rest_s=30.0,
    stopwatch=lambda: 0.0,
    sleep=asyncio.sleep,
)


class World:
    """A clock that sleeping moves, and asking may."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def stopwatch(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
