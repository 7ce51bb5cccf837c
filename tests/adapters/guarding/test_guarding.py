"""A guarded gateway answers in time or says that it does not, and asks no more than helps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
from attrs import evolve

from automate_store.adapters.fake import FakeGateway
from automate_store.adapters.guarding import GuardedGateway, guarded
from automate_store.adapters.guarding.gateway import GuardedSavingGateway
from automate_store.adapters.manual import ManualGateway
from automate_store.adapters.memory import MemoryGateway
from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.application.ports.payments import PaymentGateway, SavingGateway
from automate_store.domain.payments import (
    GatewayEvent,
    GatewayReport,
    OddReport,
    Payment,
    PaymentState,
)
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.guarding.worlds import AWAY, GUARD, NO, PAYMENT, World


class Scripted(MemoryGateway):
    """Comes to what stands next in its script, and answers once that is over."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.script: list[BaseException | None] = []
        self.takes_s = 0.0
        self.asked = 0
        self.asked_at: list[float] = []

    async def confirm(self, payment: Payment) -> GatewayReport:
        self.asked += 1
        self.asked_at.append(self.world.now)
        self.world.now += self.takes_s
        if self.script and (wrong := self.script.pop(0)) is not None:
            raise wrong
        return await super().confirm(payment)

    async def fetch(self, payment: Payment) -> GatewayReport:
        self.asked += 1
        await asyncio.Event().wait()
        return await super().fetch(payment)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def provider(world: World) -> Scripted:
    return Scripted(world)


Guarding = Callable[..., GuardedGateway]


@pytest.fixture
def guarding(world: World, provider: Scripted) -> Guarding:
    def guarding(**changes: Any) -> GuardedGateway:
        guard = evolve(GUARD, stopwatch=world.stopwatch, sleep=world.sleep, **changes)
        return GuardedGateway(provider, guard)

    return guarding


def works(gateway: GuardedGateway) -> bool:
    return gateway.available


async def fails(gateway: GuardedGateway) -> GatewayUnavailable:
    with pytest.raises(GatewayUnavailable) as told:
        await gateway.confirm(PAYMENT)
    return told.value


async def test_silence_is_tried_again_until_there_is_an_answer(
    guarding: Guarding, provider: Scripted, world: World
) -> None:
    provider.script = [AWAY, AWAY]
    report = await guarding().confirm(PAYMENT)
    assert (report.state, provider.asked) == (PaymentState.CAPTURED, 3)
    assert len(provider.captures) == 1
    assert all(0 <= each <= 2.0 for each in world.slept)


async def test_waits_between_tries_differ(guarding: Guarding, provider: Scripted) -> None:
    slept = set()
    for _ in range(20):
        provider.script = [AWAY]
        gateway = guarding()
        await gateway.confirm(PAYMENT)
        slept.add(provider.world.slept[-1])
    assert len(slept) > 10


async def test_it_is_tried_so_often_and_no_more(guarding: Guarding, provider: Scripted) -> None:
    provider.script = [AWAY] * 9
    await fails(guarding(tries=3))
    assert provider.asked == 3


async def test_no_try_begins_after_the_deadline(
    guarding: Guarding, provider: Scripted, world: World
) -> None:
    provider.takes_s = 2.0
    for _ in range(20):
        provider.script, provider.asked_at, world.now = [AWAY] * 9, [], 0.0
        await fails(guarding(deadline_s=7.0, tries=9, failures=99, first_wait_s=1.0))
        assert len(provider.asked_at) > 1
        assert max(provider.asked_at) < 7.0


async def test_a_refusal_is_told_at_once(guarding: Guarding, provider: Scripted) -> None:
    provider.script = [NO]
    with pytest.raises(GatewayRefused):
        await guarding().confirm(PAYMENT)
    assert provider.asked == 1


async def test_what_makes_no_report_is_no_answer(guarding: Guarding, provider: Scripted) -> None:
    provider.script = [OddReport("its name is too long")] * 3
    gateway = guarding(tries=3, failures=2)
    await fails(gateway)
    assert (provider.asked, gateway.available) == (3, True)


async def test_a_refusal_is_an_answer(guarding: Guarding, provider: Scripted) -> None:
    gateway = guarding(tries=1, failures=2)
    provider.script = [AWAY, NO, AWAY]
    await fails(gateway)
    with pytest.raises(GatewayRefused):
        await gateway.confirm(PAYMENT)
    await fails(gateway)
    assert works(gateway)


async def test_who_never_answers_is_waited_for_until_the_deadline(
    guarding: Guarding, provider: Scripted
) -> None:
    gateway = guarding(deadline_s=0.02, tries=1, failures=1)
    with pytest.raises(GatewayUnavailable):
        await asyncio.wait_for(gateway.fetch(PAYMENT), 2)
    assert provider.asked == 1
    assert not works(gateway)


async def test_after_failures_in_a_row_nobody_is_asked(
    guarding: Guarding, provider: Scripted, world: World
) -> None:
    gateway = guarding(tries=1, failures=2)
    provider.script = [AWAY, AWAY]
    await fails(gateway)
    assert works(gateway)
    await fails(gateway)
    assert not works(gateway)
    world.now += 9.5
    told = await fails(gateway)
    assert (provider.asked, told.retry_after_s) == (2, 21)


async def test_tries_end_where_the_rest_begins(
    guarding: Guarding, provider: Scripted, world: World
) -> None:
    provider.script = [AWAY] * 9
    await fails(guarding(tries=9, failures=2))
    assert (provider.asked, len(world.slept)) == (2, 1)


async def test_after_its_rest_one_finds_out(
    guarding: Guarding, provider: Scripted, world: World
) -> None:
    gateway = guarding(tries=3, failures=1)
    provider.script = [AWAY, AWAY, None]
    await fails(gateway)
    world.now += 30
    assert works(gateway)
    await fails(gateway)
    assert provider.asked == 2
    world.now += 30
    await gateway.confirm(PAYMENT)
    assert works(gateway)


async def test_who_hangs_up_says_nothing_of_the_provider(
    guarding: Guarding, provider: Scripted, world: World
) -> None:
    gateway = guarding(tries=1, failures=1)
    provider.script = [AWAY]
    await fails(gateway)
    world.now += 30
    trial = asyncio.create_task(gateway.fetch(PAYMENT))
    await asyncio.sleep(0)
    assert not works(gateway)
    trial.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trial
    assert works(gateway)
    await gateway.confirm(PAYMENT)


async def test_a_fault_of_ours_is_passed_on_and_not_held_against_it(
    guarding: Guarding, provider: Scripted
) -> None:
    gateway = guarding(failures=1)
    provider.script = [ZeroDivisionError()]
    with pytest.raises(ZeroDivisionError):
        await gateway.confirm(PAYMENT)
    assert provider.asked == 1
    assert works(gateway)


class Lists(MemoryGateway):
    """Tells of two events, and then of no more."""

    closed = False

    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        try:
            for each in ("one", "two"):
                yield GatewayEvent(id=each, kind="odd", at=since)
            raise AWAY
        finally:
            self.closed = True


async def test_a_list_that_breaks_off_is_told_so_far(world: World) -> None:
    lists = Lists()
    gateway = GuardedGateway(lists, evolve(GUARD, failures=1, sleep=world.sleep))
    told = gateway.events(NOON)
    assert [(await anext(told)).id for _ in range(2)] == ["one", "two"]
    with pytest.raises(GatewayUnavailable):
        await anext(told)
    assert not works(gateway)


async def test_a_list_that_is_left_is_closed() -> None:
    lists = Lists()
    told = GuardedGateway(lists, GUARD).events(NOON)
    assert (await anext(told)).id == "one"
    await told.aclose()  # type: ignore[attr-defined]
    assert lists.closed


@pytest.mark.parametrize(
    ("guard", "port"),
    [(GuardedGateway, PaymentGateway), (GuardedSavingGateway, SavingGateway)],
)
def test_whatever_asks_a_provider_is_guarded(guard: type, port: type) -> None:
    asking = {name for name, each in vars(port).items() if callable(each) and name[0] != "_"}
    assert asking
    assert asking <= vars(guard).keys()


def test_a_guarded_gateway_can_do_what_it_could() -> None:
    fake = guarded(FakeGateway("http://x", None, secret="s"), GUARD)  # type: ignore[arg-type]
    assert hasattr(fake, "read_webhook")
    assert hasattr(fake, "finish_setup")
    assert isinstance(fake, GuardedSavingGateway)


def test_money_by_hand_needs_no_guard() -> None:
    manual = ManualGateway()
    assert guarded(manual, GUARD) is manual
