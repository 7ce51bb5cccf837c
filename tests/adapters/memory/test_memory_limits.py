"""Limits counted in this process: the law of moving windows, and what is remembered."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from automate_store.adapters.memory import MemoryClock, MemoryLimits
from automate_store.adapters.memory.limits import _TIDIED
from automate_store.application.ports.limits import Bucket, Limit
from automate_store.entrypoints.properties.moments import NOON

COUNTS = st.integers(1, 6)
WINDOWS = st.integers(1, 20)
PAUSES = st.lists(st.integers(0, 8), min_size=1, max_size=40)


async def moments_allowed(limit: Limit, pauses: list[int]) -> list[tuple[int, bool]]:
    """When each hit came, in seconds, and whether it was allowed."""
    clock, at, told = MemoryClock(NOON), 0, []
    limits = MemoryLimits({Bucket.AUTH: limit}, clock=clock)
    for pause in pauses:
        clock.advance(timedelta(seconds=pause))
        at += pause
        allowance = await limits.hit(Bucket.AUTH, "ann")
        assert allowance is not None
        told.append((at, allowance.allowed))
    return told


@given(COUNTS, WINDOWS, PAUSES)
async def test_no_window_holds_more_than_the_limit_wherever_it_begins(
    count: int, window_s: int, pauses: list[int]
) -> None:
    told = await moments_allowed(Limit(count, window_s), pauses)

    let_in = [at for at, allowed in told if allowed]
    for begin in let_in:
        assert sum(begin <= at < begin + window_s for at in let_in) <= count


@given(COUNTS, WINDOWS, PAUSES)
async def test_nobody_is_refused_while_the_window_has_room(
    count: int, window_s: int, pauses: list[int]
) -> None:
    told = await moments_allowed(Limit(count, window_s), pauses)

    for place, (at, allowed) in enumerate(told):
        before = [then for then, let_in in told[:place] if let_in and then > at - window_s]
        assert allowed == (len(before) < count)


async def test_who_is_gone_is_forgotten() -> None:
    clock = MemoryClock(NOON)
    limits = MemoryLimits({Bucket.AUTH: Limit(5, 60)}, clock=clock)
    for number in range(100):
        await limits.hit(Bucket.AUTH, f"{number}")
    clock.advance(timedelta(seconds=60))

    for _ in range(100 // _TIDIED + 1):
        await limits.hit(Bucket.AUTH, "ann")

    assert list(limits._hits[Bucket.AUTH]) == ["ann"]


async def test_who_came_last_is_remembered_however_many_come() -> None:
    limits = MemoryLimits({Bucket.AUTH: Limit(5, 60)}, clock=MemoryClock(NOON), keys=10)
    for number in range(1_000):
        await limits.hit(Bucket.AUTH, f"{number}")
        if number % 5 == 0:
            await limits.hit(Bucket.AUTH, "ann")

    kept = limits._hits[Bucket.AUTH]
    assert len(kept) == 10
    assert len(kept["ann"]) == 5
