"""Whoever asks twice waits as long as who asks once, and an answer cut short blames nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
from attrs import evolve

from automate_store.adapters.guarding import Guard, GuardedGateway
from automate_store.adapters.memory import MemoryGateway
from automate_store.application.errors import GatewayUnavailable
from automate_store.application.waiting import one_wait
from automate_store.domain.payments import GatewayEvent, GatewayReport, Payment
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.guarding.worlds import AWAY, GUARD, PAYMENT, World


class Slow(MemoryGateway):
    """Confirms after a while, and never says how a payment stands."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.takes_s = 0.0
        self.away = False
        self.asked_at: list[float] = []

    async def confirm(self, payment: Payment) -> GatewayReport:
        self.asked_at.append(self.world.now)
        await asyncio.sleep(0)
        self.world.now += self.takes_s
        if self.away:
            raise AWAY
        return await super().confirm(payment)

    async def fetch(self, payment: Payment) -> GatewayReport:
        self.asked_at.append(self.world.now)
        await asyncio.Event().wait()
        return await super().fetch(payment)

    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        for each in ("one", "two"):
            self.world.now += self.takes_s
            yield GatewayEvent(id=each, kind="odd", at=since)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def slow(world: World) -> Slow:
    return Slow(world)


Guarding = Callable[..., GuardedGateway]


@pytest.fixture
def guarding(world: World, slow: Slow) -> Guarding:
    def guarding(**changes: Any) -> GuardedGateway:
        guard: Guard = evolve(GUARD, stopwatch=world.stopwatch, sleep=world.sleep, **changes)
        return GuardedGateway(slow, guard)

    return guarding


async def cut_off(gateway: GuardedGateway) -> None:
    """Ask what is never answered; far longer than any deadline here is no answer either."""
    with pytest.raises(GatewayUnavailable):
        await asyncio.wait_for(gateway.fetch(PAYMENT), 2)


async def test_what_an_earlier_call_took_is_gone(guarding: Guarding, slow: Slow) -> None:
    gateway, slow.takes_s = guarding(deadline_s=7.0, tries=1), 6.98
    with one_wait():
        await gateway.confirm(PAYMENT)
        await cut_off(gateway)
    assert len(slow.asked_at) == 2


async def test_what_is_over_is_not_asked_for(guarding: Guarding, slow: Slow) -> None:
    gateway, slow.takes_s = guarding(deadline_s=7.0, failures=1), 7.0
    with one_wait():
        await gateway.confirm(PAYMENT)
        with pytest.raises(GatewayUnavailable):
            await gateway.confirm(PAYMENT)
    assert slow.asked_at == [0.0]
    assert gateway.available


async def test_no_try_of_a_later_call_begins_after_the_deadline(
    guarding: Guarding, slow: Slow, world: World
) -> None:
    gateway = guarding(deadline_s=7.0, tries=99, failures=999, first_wait_s=0.5)
    for _ in range(20):
        slow.takes_s, slow.away, slow.asked_at, world.now = 6.0, False, [], 0.0
        with one_wait():
            await gateway.confirm(PAYMENT)
            slow.takes_s, slow.away = 0.1, True
            with pytest.raises(GatewayUnavailable):
                await gateway.confirm(PAYMENT)
        assert len(slow.asked_at) > 1
        assert max(slow.asked_at) < 7.0


async def test_who_had_too_little_time_left_is_not_held_to_be_silent(
    guarding: Guarding, slow: Slow
) -> None:
    gateway, slow.takes_s = guarding(deadline_s=0.04, tries=1, failures=1), 0.03
    with one_wait():
        await gateway.confirm(PAYMENT)
        await cut_off(gateway)
    assert gateway.available


async def test_who_had_most_of_the_time_is_held_to_be_silent(
    guarding: Guarding, slow: Slow
) -> None:
    gateway, slow.takes_s = guarding(deadline_s=0.04, tries=1, failures=1), 0.01
    with one_wait():
        await gateway.confirm(PAYMENT)
        await cut_off(gateway)
    assert not gateway.available


async def test_a_trial_that_had_too_little_time_leaves_another_to_find_out(
    guarding: Guarding, slow: Slow, world: World
) -> None:
    gateway = guarding(deadline_s=0.04, tries=1, failures=1, rest_s=30.0)
    other = guarding(deadline_s=0.04)
    slow.away = True
    with pytest.raises(GatewayUnavailable):
        await gateway.confirm(PAYMENT)
    world.now += 30
    slow.away, slow.takes_s = False, 0.03
    with one_wait():
        await other.confirm(PAYMENT)
        await cut_off(gateway)
    assert gateway.available
    await gateway.confirm(PAYMENT)


async def test_all_gateways_are_waited_for_together(guarding: Guarding, slow: Slow) -> None:
    slow.takes_s = 7.0
    with one_wait():
        await guarding(deadline_s=7.0).confirm(PAYMENT)
        with pytest.raises(GatewayUnavailable):
            await guarding(deadline_s=7.0).confirm(PAYMENT)
    assert len(slow.asked_at) == 1


async def test_tasks_begun_inside_wait_with_it(guarding: Guarding, slow: Slow) -> None:
    gateway, slow.takes_s = guarding(deadline_s=7.0), 7.0

    async def ask() -> None:
        await gateway.confirm(PAYMENT)

    with one_wait():
        await asyncio.create_task(ask())
        with pytest.raises(GatewayUnavailable):
            await asyncio.create_task(ask())
        with pytest.raises(GatewayUnavailable):
            await ask()
    assert len(slow.asked_at) == 1


async def test_each_wait_has_its_own_deadline(guarding: Guarding, slow: Slow) -> None:
    gateway, slow.takes_s = guarding(deadline_s=7.0), 6.0
    for _ in range(3):
        with one_wait():
            await gateway.confirm(PAYMENT)
    assert len(slow.asked_at) == 3


async def test_waits_side_by_side_are_apart(guarding: Guarding, slow: Slow) -> None:
    gateway, slow.takes_s = guarding(deadline_s=7.0), 6.0

    async def request() -> None:
        with one_wait():
            await gateway.confirm(PAYMENT)

    async with asyncio.TaskGroup() as requests:
        for _ in range(3):
            requests.create_task(request())
    assert len(slow.asked_at) == 3


async def test_a_wait_begins_with_the_first_call(
    guarding: Guarding, slow: Slow, world: World
) -> None:
    gateway, slow.takes_s = guarding(deadline_s=7.0), 6.0
    with one_wait():
        world.now += 60
        await gateway.confirm(PAYMENT)
    assert slow.asked_at == [60.0]


async def test_outside_a_wait_each_call_has_a_deadline_of_its_own(
    guarding: Guarding, slow: Slow
) -> None:
    gateway, slow.takes_s = guarding(deadline_s=7.0), 6.0
    with one_wait():
        await gateway.confirm(PAYMENT)
    for _ in range(3):
        await gateway.confirm(PAYMENT)
    assert len(slow.asked_at) == 4


async def test_a_list_is_read_on_however_long_the_wait_is_over(
    guarding: Guarding, slow: Slow
) -> None:
    gateway, slow.takes_s = guarding(deadline_s=7.0), 6.0
    with one_wait():
        await gateway.confirm(PAYMENT)
        told = [each.id async for each in gateway.events(NOON)]
    assert told == ["one", "two"]
