"""The gate: what is over is refused by every process, whatever becomes of their cache."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import perf_counter

import pytest

from automate_store.application.access import Actor, Role
from automate_store.application.errors import DatabaseUnavailable
from automate_store.application.identity import (
    ChangeStanding,
    change_standing,
    logout,
    logout_everywhere,
    trust_old_changes,
)
from automate_store.application.identity.opening import end_sessions
from automate_store.application.identity.trusting import SETTLED_AT_ONCE, TRUSTED_FOR, WAIT_S
from automate_store.application.ports.identity import SessionChange
from automate_store.domain.identity import AccountRole
from automate_store.domain.kernel.ids import SessionId
from tests.application.gates import (
    Customer,
    HeldUp,
    Process,
    kept_roles,
    open_processes,
    sign_in,
)

ADMIN = Actor(Role.ADMIN, "staff")
CROWD = 50


async def let_in_by_all(processes: list[Process], customer: Customer) -> list[bool]:
    return [await process.lets_in(customer.token) for process in processes]


async def stand(process: Process, customer: Customer, role: AccountRole) -> None:
    """Change what somebody is to the shop."""
    command = ChangeStanding(role=role, groups=frozenset(), tax_exempt=False)
    await change_standing(customer.account_id, command, actor=ADMIN, ports=process.ports)


async def distrusted(process: Process) -> int:
    async with process.ports.reading() as reads:
        return len(await reads.sessions.distrusted(limit=SETTLED_AT_ONCE))


async def test_a_session_is_read_once_and_then_kept_for_all_processes() -> None:
    _, (one, other) = open_processes(2)
    ann = await sign_in(one)
    assert await let_in_by_all([one, other], ann) == [True, True]
    before = one.reading.count, other.reading.count
    assert await let_in_by_all([one, other] * 5, ann) == [True] * 10
    assert (one.reading.count, other.reading.count) == before


@pytest.mark.parametrize("away", [(), (0,), (1,), (0, 1)], ids=["nobody", "one", "other", "both"])
@pytest.mark.parametrize("end", [logout, logout_everywhere])
async def test_who_signed_out_is_refused_by_all_from_the_answer_on(
    away: tuple[int, ...], end: object
) -> None:
    _, processes = open_processes(2)
    ann = await sign_in(processes[0])
    assert await let_in_by_all(processes, ann) == [True, True]
    for cut_off in away:
        processes[cut_off].cache.away = True

    await end(actor=ann.actor, ports=processes[0].ports)  # type: ignore[operator]

    assert await let_in_by_all(processes, ann) == [False, False]


async def test_what_came_back_with_the_cache_opens_nothing() -> None:
    _, processes = open_processes(2)
    one, other = processes
    ann, bob = await sign_in(one), await sign_in(one, "bob")
    await let_in_by_all(processes, ann)
    one.cache.away = other.cache.away = True
    await logout(actor=ann.actor, ports=one.ports)
    one.cache.away = other.cache.away = False

    assert ann.session_id in one.cache.kept
    assert await let_in_by_all(processes, ann) == [False, False]
    await asyncio.sleep(TRUSTED_FOR.total_seconds())
    assert await let_in_by_all(processes, ann) == [False, False]
    assert await let_in_by_all(processes, bob) == [True, True]
    assert await distrusted(one) == 0
    assert bob.session_id in one.cache.kept


async def test_who_waits_for_a_cache_that_is_away_waits_no_longer_than_it_takes() -> None:
    _, (one, other) = open_processes(2)
    ann, bob = await sign_in(one), await sign_in(one, "bob")
    one.cache.away = True
    began = perf_counter()
    await logout(actor=ann.actor, ports=one.ports)
    cut_off_s = perf_counter() - began
    began = perf_counter()
    await logout(actor=bob.actor, ports=other.ports)
    told_s = perf_counter() - began

    assert TRUSTED_FOR.total_seconds() < WAIT_S <= cut_off_s
    assert told_s < TRUSTED_FOR.total_seconds()


@pytest.mark.parametrize("away", [False, True])
async def test_what_a_slow_request_read_before_opens_nothing_after(away: bool) -> None:  # noqa: FBT001 - a case
    _, processes = open_processes(2, kind=HeldUp)
    one, other = processes
    ann = await sign_in(one)
    assert isinstance(other.cache, HeldUp)
    other.cache.keep_waits = go_on = asyncio.Event()
    slow = asyncio.create_task(other.gate.admit(ann.token))
    await other.cache.is_held_up()
    one.cache.away = away
    await logout(actor=ann.actor, ports=one.ports)
    go_on.set()
    await slow

    one.cache.away = False
    assert await let_in_by_all(processes, ann) == [False, False]
    await asyncio.sleep(TRUSTED_FOR.total_seconds())
    assert await let_in_by_all(processes, ann) == [False, False]


async def test_what_was_read_before_the_cache_was_emptied_opens_nothing_after() -> None:
    _, processes = open_processes(2, kind=HeldUp)
    one, other = processes
    ann = await sign_in(one)
    assert isinstance(other.cache, HeldUp)
    other.cache.keep_waits = go_on = asyncio.Event()
    slow = asyncio.create_task(other.gate.admit(ann.token))
    await other.cache.is_held_up()
    await logout(actor=ann.actor, ports=one.ports)
    one.cache.lose()
    go_on.set()
    await slow

    assert await let_in_by_all(processes, ann) == [False, False]


async def test_of_two_changes_the_one_that_was_told_does_not_cover_the_other() -> None:
    _, processes = open_processes(3, kind=HeldUp)
    told, cut_off, reader = processes
    ann = await sign_in(reader)
    assert await reader.role(ann.token) is AccountRole.CUSTOMER
    cut_off.cache.away = True
    assert isinstance(told.cache, HeldUp)
    told.cache.forgotten_waits = go_on = asyncio.Event()
    first = asyncio.create_task(stand(told, ann, AccountRole.VENDOR))
    await told.cache.is_held_up()
    # The first change is forgotten and not settled yet; whoever reads now may keep it.
    assert await reader.role(ann.token) is AccountRole.VENDOR
    second = asyncio.create_task(stand(cut_off, ann, AccountRole.SUPPORT))
    await asyncio.sleep(WAIT_S / 2)
    go_on.set()
    told.cache.forgotten_waits = None
    await asyncio.gather(first, second)

    assert [await each.role(ann.token) for each in processes] == [AccountRole.SUPPORT] * 3


async def test_who_finds_the_session_ended_already_answers_no_sooner() -> None:
    _, processes = open_processes(3, kind=HeldUp)
    first, second, reader = processes
    ann = await sign_in(reader)
    await let_in_by_all(processes, ann)
    first.cache.away = second.cache.away = True
    assert isinstance(first.cache, HeldUp)
    first.cache.forgotten_waits = asyncio.Event()
    slow = asyncio.create_task(logout(actor=ann.actor, ports=first.ports))
    await first.cache.is_held_up()
    assert await reader.lets_in(ann.token), "it is on its way out, and nobody was told so"
    await logout(actor=ann.actor, ports=second.ports)

    assert not await reader.lets_in(ann.token)
    slow.cancel()


async def test_a_process_that_died_before_it_told_the_cache_is_stood_in_for() -> None:
    shop, processes = open_processes(2)
    one, other = processes
    ann = await sign_in(one)
    await let_in_by_all(processes, ann)
    async with one.ports.unit_of_work() as work:
        account = await work.accounts.get(ann.account_id)
        await end_sessions(account, work=work, ports=one.ports, at=one.ports.clock())
    shop.clock.advance(TRUSTED_FOR)

    assert not await other.lets_in(ann.token)
    assert await distrusted(other) == 0


@pytest.mark.parametrize("role", [AccountRole.VENDOR, AccountRole.ADMIN])
async def test_a_changed_role_counts_from_the_next_request_on(role: AccountRole) -> None:
    _, processes = open_processes(2)
    ann = await sign_in(processes[0])
    await let_in_by_all(processes, ann)
    await stand(processes[0], ann, role)
    assert [await each.role(ann.token) for each in processes] == [role, role]
    assert kept_roles(processes[0]) == [role]


async def test_while_more_is_distrusted_than_one_look_settles_the_cache_is_not_asked() -> None:
    shop, (one, other) = open_processes(2)
    ann, ids = await sign_in(one), shop.ports.ids
    await one.lets_in(ann.token)
    async with one.ports.unit_of_work() as work:
        for _ in range(SETTLED_AT_ONCE + 1):
            change = SessionChange(mark=ids.uuid(), session_ids=(SessionId(ids.uuid()),))
            await work.sessions.distrust(change)
        account = await work.accounts.get(ann.account_id)
        await end_sessions(account, work=work, ports=one.ports, at=one.ports.clock())

    refused = []
    for _ in range(3):
        shop.clock.advance(TRUSTED_FOR)
        refused.append(await distrusted(other) and not await other.lets_in(ann.token))
    assert refused == [True, True, 0]
    assert not await other.lets_in(ann.token)


async def test_many_at_once_look_once() -> None:
    shop, (one, _) = open_processes(2)
    ann = await sign_in(one)
    await one.lets_in(ann.token)
    shop.clock.advance(TRUSTED_FOR)
    one.reading.count = 0
    one.reading.slow = asyncio.Event()
    crowd = [asyncio.create_task(one.lets_in(ann.token)) for _ in range(CROWD)]
    await asyncio.sleep(0.01)
    one.reading.slow.set()

    assert await asyncio.gather(*crowd) == [True] * CROWD
    assert one.reading.count == 1


async def test_who_gives_up_waiting_leaves_the_others_their_answer() -> None:
    shop, (one, _) = open_processes(2)
    ann = await sign_in(one)
    await one.lets_in(ann.token)
    shop.clock.advance(TRUSTED_FOR)
    one.reading.slow = asyncio.Event()
    hasty, patient = (asyncio.create_task(one.lets_in(ann.token)) for _ in range(2))
    await asyncio.sleep(0.01)
    hasty.cancel()
    await asyncio.sleep(0.01)
    one.reading.slow.set()

    assert await patient
    with pytest.raises(asyncio.CancelledError):
        await hasty


async def test_an_answer_that_was_long_under_way_is_asked_for_again() -> None:
    """Whoever comes later than it may be old does not take it for what is so now."""
    shop, (one, other) = open_processes(2)
    ann = await sign_in(one)
    await one.lets_in(ann.token)
    shop.clock.advance(TRUSTED_FOR)
    one.reading.slow = asyncio.Event()
    early = asyncio.create_task(one.lets_in(ann.token))
    await asyncio.sleep(0.01)
    shop.clock.advance(TRUSTED_FOR)
    late = asyncio.create_task(one.lets_in(ann.token))
    await asyncio.sleep(0.01)
    one.reading.count = 0
    one.reading.slow.set()

    assert await early
    assert await late
    assert one.reading.count == 1
    assert await other.lets_in(ann.token)


@pytest.mark.parametrize("waits", [False, True], ids=["the clock's", "the loop's"])
async def test_time_passes_by_either_clock(waits: bool) -> None:  # noqa: FBT001 - a case
    shop, (one, _) = open_processes(2)
    ann = await sign_in(one)
    await one.lets_in(ann.token)
    one.reading.count = 0
    if waits:
        await asyncio.sleep(TRUSTED_FOR.total_seconds())
    else:
        shop.clock.advance(TRUSTED_FOR)
    await one.lets_in(ann.token)

    assert one.reading.count == 1


async def test_a_database_that_is_away_is_asked_once_for_all_and_then_again() -> None:
    shop, (one, _) = open_processes(2)
    ann = await sign_in(one)
    await one.lets_in(ann.token)
    shop.clock.advance(TRUSTED_FOR)
    one.reading.count, one.reading.away = 0, True
    crowd = await asyncio.gather(
        *(one.gate.admit(ann.token) for _ in range(CROWD)), return_exceptions=True
    )
    asked = one.reading.count
    one.reading.away = False

    assert {type(each) for each in crowd} == {DatabaseUnavailable}
    assert asked == 1
    assert await one.lets_in(ann.token)


async def test_without_a_cache_the_database_decides_and_nobody_waits() -> None:
    _, processes = open_processes(2, cached=False)
    ann = await sign_in(processes[0])
    assert await let_in_by_all(processes, ann) == [True, True]
    began = perf_counter()
    await logout(actor=ann.actor, ports=processes[0].ports)
    took_s = perf_counter() - began

    assert await let_in_by_all(processes, ann) == [False, False]
    assert took_s < WAIT_S


async def test_a_shop_without_a_cache_keeps_no_list_of_what_it_would_have_told_it() -> None:
    shop, (one,) = open_processes(1, cached=False)
    ann = await sign_in(one)
    await logout(actor=ann.actor, ports=one.ports)
    shop.clock.advance(timedelta(days=1))
    too_soon = await trust_old_changes(ports=one.ports), await distrusted(one)
    shop.clock.advance(timedelta(hours=1, microseconds=1))

    assert too_soon == (0, 1)
    assert await trust_old_changes(ports=one.ports) == 1
    assert await distrusted(one) == 0
