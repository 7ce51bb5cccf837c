"""A job that asks a provider twice has one deadline; a run through many payments has many."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.adapters.guarding import guarded
from automate_store.adapters.memory import MemoryGateway
from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.application.ports import Ports
from automate_store.application.reactions import PERIODIC, REACTIONS
from automate_store.domain.payments import GatewayReport, Payment, VoidAsked
from automate_store.entrypoints.asgi import reacting
from tests.adapters.guarding.worlds import GUARD, World
from tests.application.telling import Desk


class Slow(MemoryGateway):
    """A provider that gives nothing up, and takes its time to say so, or how a payment stands."""

    def __init__(self, world: World, *, takes_s: float) -> None:
        super().__init__()
        self.world, self.takes_s = world, takes_s
        self.asked: list[str] = []

    async def cancel(self, payment: Payment) -> GatewayReport:
        self.asked.append("cancel")
        self.world.now += self.takes_s
        raise GatewayRefused(self.name, f"{payment.id} is on its way")

    async def fetch(self, payment: Payment) -> GatewayReport:
        self.asked.append("fetch")
        self.world.now += self.takes_s
        state, intent_id = payment.state, payment.intent_id
        assert intent_id is not None, "the store asks after intents alone"
        return GatewayReport(state=state, amount=payment.amount, intent_id=intent_id)


def at(slow: Slow, desk: Desk) -> Ports:
    """The store's ports, with the slow provider behind a guard of seven seconds."""
    world = slow.world
    gateway = guarded(slow, evolve(GUARD, stopwatch=world.stopwatch, sleep=world.sleep))
    return evolve(desk.ports, gateways={gateway.name: gateway})


async def give_up(payment: Payment, ports: Ports) -> None:
    event = VoidAsked(at=ports.clock(), payment_id=payment.id, order_id=payment.order_id)
    await reacting(REACTIONS[VoidAsked], ports)(event, UUID(int=1))


async def test_a_job_has_one_deadline() -> None:
    desk, slow = await Desk.in_memory(), Slow(World(), takes_s=GUARD.deadline_s)
    payment = (await desk.intended()).payment
    with pytest.raises(GatewayUnavailable):
        await give_up(payment, at(slow, desk))
    assert slow.asked == ["cancel"]


async def test_each_job_has_its_own() -> None:
    desk, slow = await Desk.in_memory(), Slow(World(), takes_s=GUARD.deadline_s / 2 - 0.1)
    ports = at(slow, desk)
    for _ in range(3):
        await give_up((await desk.intended()).payment, ports)
    assert slow.asked == ["cancel", "fetch"] * 3


async def test_reconciling_has_time_for_each_payment() -> None:
    desk, slow = await Desk.in_memory(), Slow(World(), takes_s=GUARD.deadline_s - 0.1)
    for _ in range(3):
        await desk.intended()
    ports, now = at(slow, desk), desk.ports.clock
    _, run = PERIODIC["reconcile"]
    await run(ports=evolve(ports, clock=lambda: now() + timedelta(minutes=2)))
    assert slow.asked == ["fetch"] * 3
