"""What every adapter of ``ports.limits.Limits`` promises."""

from __future__ import annotations

import asyncio
from typing import Protocol

import pytest

from automate_store.application.ports.limits import Allowance, Bucket, Limit, LimitPolicy, Limits

WINDOW_S = 2
SHORT_S = 1
POLICY: LimitPolicy = {
    Bucket.GENERAL: Limit(100, 900),
    Bucket.AUTH: Limit(5, WINDOW_S),
    Bucket.CART: Limit(3, SHORT_S),
}
"""Windows that a test can wait for; checkouts are not limited."""
CROWD = 40


class Gate(Protocol):
    """Limits under that policy, nothing counted yet, and a way to let time pass."""

    @property
    def limits(self) -> Limits:
        """Whoever counts."""

    async def wait(self, seconds: float) -> None:
        """So much later."""


@pytest.mark.asyncio
class LimitsContract:
    """So many within any window and not one more, each key for itself."""

    async def test_so_many_are_allowed_and_not_one_more(self, gate: Gate) -> None:
        told = [await _hit(gate, Bucket.GENERAL) for _ in range(102)]
        assert [each.allowed for each in told] == [True] * 100 + [False] * 2
        assert [each.remaining for each in told] == [*range(99, -1, -1), 0, 0]
        assert {each.limit for each in told} == {Limit(100, 900)}

    async def test_who_comes_at_once_is_counted_one_by_one(self, gate: Gate) -> None:
        told = await asyncio.gather(*(_hit(gate, Bucket.AUTH) for _ in range(CROWD)))
        assert sum(each.allowed for each in told) == 5

    async def test_keys_are_counted_apart(self, gate: Gate) -> None:
        keys = ["a", "A", "a/", "", "é", "a" * 500, "a" * 499 + "b", "a b\n", "*"]
        told = [[await _hit(gate, Bucket.AUTH, key) for key in keys] for _ in range(5)]
        assert [{each.remaining for each in turn} for turn in told] == [{4}, {3}, {2}, {1}, {0}]
        assert not any([(await _hit(gate, Bucket.AUTH, key)).allowed for key in keys])

    async def test_buckets_are_counted_apart(self, gate: Gate) -> None:
        for _ in range(4):
            await _hit(gate, Bucket.CART)
        assert (await _hit(gate, Bucket.AUTH)).remaining == 4

    async def test_what_is_not_in_the_policy_is_not_counted(self, gate: Gate) -> None:
        assert await gate.limits.hit(Bucket.CHECKOUT, "key") is None

    async def test_when_the_window_has_passed_all_are_allowed_again(self, gate: Gate) -> None:
        for _ in range(4):
            await _hit(gate, Bucket.CART)
        await gate.wait(SHORT_S * 1.1)
        told = [await _hit(gate, Bucket.CART) for _ in range(4)]
        assert [each.allowed for each in told] == [True, True, True, False]

    async def test_a_window_begins_anywhere(self, gate: Gate) -> None:
        first = await _hit(gate, Bucket.AUTH)
        await gate.wait(WINDOW_S * 0.6)
        later = [await _hit(gate, Bucket.AUTH) for _ in range(4)]
        await gate.wait(WINDOW_S * 0.5)
        at_last = [await _hit(gate, Bucket.AUTH) for _ in range(2)]
        assert all(each.allowed for each in (first, *later))
        assert [each.allowed for each in at_last] == [True, False]

    async def test_who_was_refused_is_not_kept_out_for_it(self, gate: Gate) -> None:
        for _ in range(3):
            await _hit(gate, Bucket.CART)
        for _ in range(3):
            await gate.wait(SHORT_S * 0.25)
            assert not (await _hit(gate, Bucket.CART)).allowed
        await gate.wait(SHORT_S * 0.4)
        assert (await _hit(gate, Bucket.CART)).allowed

    async def test_after_the_reset_one_more_is_allowed(self, gate: Gate) -> None:
        await _hit(gate, Bucket.AUTH)
        await gate.wait(WINDOW_S * 0.6)
        told = [await _hit(gate, Bucket.AUTH) for _ in range(5)][-1]
        assert (told.allowed, told.reset_after_s) == (False, 1)
        await gate.wait(told.reset_after_s)
        assert (await _hit(gate, Bucket.AUTH)).allowed

    async def test_the_reset_is_within_the_window(self, gate: Gate) -> None:
        told = [await _hit(gate, Bucket.GENERAL) for _ in range(3)]
        assert all(899 <= each.reset_after_s <= 900 for each in told)


async def _hit(gate: Gate, bucket: Bucket, key: str = "key") -> Allowance:
    told = await gate.limits.hit(bucket, key)
    assert told is not None, "the bucket is limited"
    return told
