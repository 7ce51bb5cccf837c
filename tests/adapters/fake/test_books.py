"""However long the fake gateway runs, it keeps no more than it says."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection

import pytest

from automate_store.adapters.memory import MemoryClock
from automate_store.adapters.system import SystemIds
from automate_store.entrypoints.fake_gateway.books import LONGEST_LIST, Latest
from automate_store.entrypoints.fake_gateway.desk import MOST_KEYS, Desk
from automate_store.entrypoints.properties.moments import NOON


def latest(*names: str) -> OrderedDict[str, int]:
    """Three at most of what was put, each with its number."""
    kept = Latest[int](3)
    for number, name in enumerate(names):
        kept[name] = number
    return kept


@pytest.mark.parametrize(
    ("put", "kept"),
    [
        ("abc", {"a": 0, "b": 1, "c": 2}),
        ("abcd", {"b": 1, "c": 2, "d": 3}),
        ("abcade", {"c": 2, "d": 4, "e": 5}),
        ("aaaa", {"a": 3}),
    ],
)
def test_what_came_first_goes_first(put: str, kept: dict[str, int]) -> None:
    assert dict(latest(*put)) == kept


def test_what_was_taken_out_makes_room() -> None:
    kept = latest(*"abc")
    kept.pop("b")
    kept["d"] = 3
    assert list(kept) == ["a", "c", "d"]


def bound(kept: object) -> int | None:
    """The most that it holds; None where there is no end to it."""
    if isinstance(kept, Latest):
        return kept._longest
    return kept.maxlen if isinstance(kept, deque) else None


def test_everything_that_is_kept_has_a_bound() -> None:
    desk = Desk(clock=MemoryClock(NOON), ids=SystemIds(), secret="s", webhook_url=None)
    for holder in (desk, desk.books, desk.post, desk.till, desk.wallet):
        values = (each for each in vars(holder).values() if not isinstance(each, str))
        bounds = [bound(each) for each in values if isinstance(each, Collection)]
        assert all(each is not None and each <= LONGEST_LIST for each in bounds), holder
    assert bound(desk._kept) == MOST_KEYS
