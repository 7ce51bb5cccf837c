"""Runs a suite outside pytest, to see which of its tests fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

STUCK_S = 5
"""A test that takes longer waits for something that the sabotage took away."""


def failures(suite: type, **fixtures: Callable[[], object]) -> list[str]:
    """The tests of the suite that fail, each run with fresh fixtures."""
    tests = [name for name in dir(suite) if name.startswith("test_")]
    return [name for name in tests if not passes(suite, name, **fixtures)]


def passes(suite: type, test: str, **fixtures: Callable[[], object]) -> bool:
    """Whether that one test of the suite passes."""
    return all(_passes(each, fixtures) for each in _cases(getattr(suite(), test)))


def _cases(test: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """The test, once for each value of the parameter that it is marked with, if it is."""
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    if not marks:
        yield test
        return
    (mark,) = marks
    name, values = mark.args
    yield from (partial(test, **{name: value}) for value in values)


def _passes(test: Callable[..., Any], fixtures: Mapping[str, Callable[[], object]]) -> bool:
    async def run() -> None:
        made = {name: make() for name, make in fixtures.items()}
        await asyncio.wait_for(test(**made), STUCK_S)

    try:
        asyncio.run(run())
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it fails, it fails
        return False
    return True
