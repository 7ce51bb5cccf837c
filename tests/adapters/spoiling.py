"""What gateways should never say, in the place of everything that they do say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from automate_store.adapters.asking import Answer, NoAnswer

DEEP = b"[" * 60_000 + b"]" * 60_000
ODD: tuple[object, ...] = (
    *(None, True, 0, -1, 1.5, 10**30, 10**18, 253402300800, -62135596801),
    *("", "\0", "x" * 300, "zzz", "USD", "usd", "\ud800", "NaN", "1e400", "-5.00", "5.001", "0"),
    *([], {}, [1], {"a": 1}, [{"a": 1}], [None]),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-30T20:00:00"),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


class Says:
    """Implements ``Asker``: whatever is asked, that is the answer, a few times."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.answer, self.left = Answer(status, {}, body), 5

    async def ask(self, *_: object, **__: object) -> Answer:
        self.left -= 1
        if self.left < 0:
            raise NoAnswer("it was asked for more and more")
        return self.answer


def spoiled(sound: Mapping[str, Any]) -> Iterator[bytes]:
    """The text of it with each odd value in each place, one at a time, and nested too deep."""
    for path in _paths(sound):
        for odd in ODD:
            yield json.dumps(_put(sound, path, odd)).encode()
    for name in sound:
        yield json.dumps({**sound, name: "HERE"}).encode().replace(b'"HERE"', DEEP)
    yield json.dumps({**sound, "not_known": "HERE"}).encode().replace(b'"HERE"', DEEP)
    yield json.dumps(sound).encode()[:-1] + b"\xff"
    yield DEEP


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _paths(each, (*path, key))
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _paths(each, (*path, index))


def _put(sound: object, path: tuple[str | int, ...], odd: object) -> Any:
    whole = deepcopy(sound)
    place: Any = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = odd
    return whole
