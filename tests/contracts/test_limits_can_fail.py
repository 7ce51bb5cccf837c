"""The suite of limits fails on counters with one thing changed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from attrs import evolve, frozen

from automate_store.adapters.memory import MemoryClock, MemoryLimits
from automate_store.application.ports.limits import Allowance, Bucket, Limit
from automate_store.entrypoints.properties.contracts import LimitsContract
from automate_store.entrypoints.properties.contracts.limits import POLICY
from automate_store.entrypoints.properties.moments import NOON
from tests.contracts.running import failures


class LetsOneMoreIn(MemoryLimits):
    def _counted(self, limit: Limit, kept: object, key: str) -> Allowance:
        more = evolve(limit, count=limit.count + 1)
        return evolve(super()._counted(more, kept, key), limit=limit)  # type: ignore[arg-type]


class KnowsOneKey(MemoryLimits):
    async def hit(self, bucket: Bucket, key: str) -> Allowance | None:
        return await super().hit(bucket, "key" if key else "")


class CutsKeys(MemoryLimits):
    async def hit(self, bucket: Bucket, key: str) -> Allowance | None:
        return await super().hit(bucket, key[:400])


class KnowsOneBucket(MemoryLimits):
    async def hit(self, bucket: Bucket, key: str) -> Allowance | None:
        if bucket is Bucket.AUTH and self._hits[Bucket.CART].get(key):
            bucket = Bucket.CART
        return await super().hit(bucket, key)


class LimitsEverything(MemoryLimits):
    async def hit(self, bucket: Bucket, key: str) -> Allowance | None:
        return await super().hit(bucket if bucket in POLICY else Bucket.GENERAL, key)


class CountsWhatItRefused(MemoryLimits):
    def _counted(self, limit: Limit, kept: object, key: str) -> Allowance:
        told = super()._counted(limit, kept, key)  # type: ignore[arg-type]
        if not told.allowed:
            hits = kept[key]  # type: ignore[index]
            hits[:] = [*hits[1:], self._clock().timestamp()]
        return told


class NeverForgets(MemoryLimits):
    def _counted(self, limit: Limit, kept: object, key: str) -> Allowance:
        told = super()._counted(evolve(limit, window_s=86_400), kept, key)  # type: ignore[arg-type]
        return evolve(told, limit=limit, reset_after_s=limit.window_s)


class BeginsItsWindowsAnew(MemoryLimits):
    """A fixed window: what was counted goes all at once."""

    def _counted(self, limit: Limit, kept: object, key: str) -> Allowance:
        hits = kept.setdefault(key, [])  # type: ignore[attr-defined]
        if hits and hits[0] <= self._clock().timestamp() - limit.window_s:
            hits.clear()
        return super()._counted(limit, kept, key)  # type: ignore[arg-type]


class TellsTheWholeWindow(MemoryLimits):
    def _counted(self, limit: Limit, kept: object, key: str) -> Allowance:
        told = super()._counted(limit, kept, key)  # type: ignore[arg-type]
        return evolve(told, reset_after_s=limit.window_s)


class TellsNothing(MemoryLimits):
    def _counted(self, limit: Limit, kept: object, key: str) -> Allowance:
        return evolve(super()._counted(limit, kept, key), reset_after_s=0)  # type: ignore[arg-type]


class LooksBeforeItCounts(MemoryLimits):
    async def hit(self, bucket: Bucket, key: str) -> Allowance | None:
        before = list(self._hits.get(bucket, {}).get(key, []))  # type: ignore[call-overload]
        await asyncio.sleep(0)
        if bucket in POLICY:
            self._hits[bucket][key] = before
        return await super().hit(bucket, key)


@pytest.mark.parametrize(
    "limits",
    [
        LetsOneMoreIn,
        KnowsOneKey,
        CutsKeys,
        KnowsOneBucket,
        LimitsEverything,
        CountsWhatItRefused,
        NeverForgets,
        BeginsItsWindowsAnew,
        TellsTheWholeWindow,
        TellsNothing,
        LooksBeforeItCounts,
    ],
)
def test_the_suite_of_limits_fails_on_broken_ones(limits: type[MemoryLimits]) -> None:
    assert failures(LimitsContract, gate=lambda: gate_of(limits))


def test_the_suite_of_limits_passes_on_whole_ones() -> None:
    assert failures(LimitsContract, gate=lambda: gate_of(MemoryLimits)) == []


@frozen
class BrokenGate:
    clock: MemoryClock
    limits: MemoryLimits

    async def wait(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))


def gate_of(limits: type[MemoryLimits]) -> BrokenGate:
    clock = MemoryClock(NOON)
    return BrokenGate(clock, limits(POLICY, clock=clock))
