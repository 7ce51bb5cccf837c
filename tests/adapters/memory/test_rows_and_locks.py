"""Layers of rows behave as a dictionary does; locks are held, waited for, and never for ever."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automate_store.adapters.memory.locks import Locks
from automate_store.adapters.memory.rows import Rows
from automate_store.application.errors import Contended

Change = tuple[int, int | None]
changes = st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 9)))


def changed(rows: Rows[int, int], each: list[Change]) -> None:
    for key, row in each:
        rows.put(key, row)


@given(before=changes, after=changes)
def test_a_layer_shows_its_changes_and_leaves_what_is_below(
    before: list[Change], after: list[Change]
) -> None:
    below: Rows[int, int] = Rows()
    changed(below, before)
    kept = below.items()
    layer = Rows(below)
    changed(layer, after)
    expected = {key: row for key, row in {**dict(before), **dict(after)}.items() if row is not None}
    assert dict(layer.items()) == expected
    assert {key: layer.get(key) for key in range(6)} == {key: expected.get(key) for key in range(6)}
    assert below.items() == kept


@given(before=changes, after=changes)
def test_settling_makes_the_layer_below_what_was_seen_above(
    before: list[Change], after: list[Change]
) -> None:
    below: Rows[int, int] = Rows()
    changed(below, before)
    layer = Rows(below)
    changed(layer, after)
    seen = layer.items()
    layer.settle()
    assert sorted(below.items()) == sorted(seen)
    assert not layer.changed


def test_rows_keep_the_order_of_their_coming() -> None:
    below: Rows[int, int] = Rows()
    changed(below, [(3, 30), (1, 10)])
    layer = Rows(below)
    changed(layer, [(2, 20), (3, 31)])
    assert layer.items() == [(3, 31), (1, 10), (2, 20)]


async def test_a_row_is_held_by_one_until_it_lets_go() -> None:
    locks, first, second = Locks(), object(), object()
    await locks.take("row", first)
    await locks.take("row", first)
    waiting = asyncio.create_task(locks.take("row", second))
    await asyncio.sleep(0)
    assert not waiting.done()
    assert not locks.take_now("row", second)
    locks.release(first)
    await waiting
    assert not locks.take_now("row", first)


async def test_all_who_wait_get_their_turn() -> None:
    locks, turns = Locks(), []

    async def take(owner: int) -> None:
        await locks.take("row", owner)
        turns.append(owner)
        await asyncio.sleep(0)
        locks.release(owner)

    await asyncio.gather(*(take(owner) for owner in range(5)))
    assert sorted(turns) == list(range(5))


async def test_who_waits_in_a_circle_is_turned_away() -> None:
    locks, owners = Locks(), [object() for _ in range(3)]
    for row, owner in enumerate(owners):
        await locks.take(row, owner)
    waiting = [asyncio.create_task(locks.take(row + 1, owners[row])) for row in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Contended):
        await locks.take(0, owners[2])
    locks.release(owners[2])
    await waiting[1]
    locks.release(owners[1])
    await waiting[0]


async def test_who_stops_waiting_keeps_nobody_waiting() -> None:
    locks, first, second, third = Locks(), object(), object(), object()
    await locks.take("row", first)
    gone = asyncio.create_task(locks.take("row", second))
    patient = asyncio.create_task(locks.take("row", third))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    locks.release(first)
    await patient
    assert gone.cancelled()
