"""What every adapter of ``ports.identity.SigningKeys`` promises."""

from __future__ import annotations

from datetime import datetime

import pytest

from automate_store.application.errors import Contended
from automate_store.application.ports import Ports
from automate_store.application.ports.credentials import SigningKey
from automate_store.application.ports.identity import StoredKey
from automate_store.entrypoints.properties.contracts.identity.scene import (
    HOUR,
    MOMENT,
)


@pytest.mark.asyncio
class SigningKeysContract:
    """Every process signs with the newest key; a new store may have one, and always keeps one."""

    async def test_keys_come_back_as_they_were_added_newest_first(self, store: Ports) -> None:
        before = await _all(store)
        first, second, third = await _three(store)
        assert await _all(store) == [third, second, first, *before]

    async def test_keys_of_one_time_come_in_one_order(self, store: Ports) -> None:
        at = store.clock() + HOUR
        for name in ("b", "a", "c"):
            await _add(store, _key(name, at))
        assert [each.key.id for each in (await _all(store))[:3]] == ["c", "b", "a"]

    async def test_a_key_is_added_once(self, store: Ports) -> None:
        first, *_ = await _three(store)
        known = await _all(store)
        with pytest.raises(Contended):
            await _add(store, _key(first.key.id, first.created_at + 9 * HOUR))
        assert await _all(store) == known

    async def test_keys_made_before_are_dropped(self, store: Ports) -> None:
        before = await _all(store)
        first, second, third = await _three(store)
        assert await _drop(store, before=first.created_at) == len(before)
        assert await _drop(store, before=second.created_at) == 1
        assert await _all(store) == [third, second]

    async def test_the_newest_key_is_never_dropped(self, store: Ports) -> None:
        before = await _all(store)
        *_, third = await _three(store)
        assert await _drop(store, before=third.created_at + MOMENT) == 2 + len(before)
        assert await _all(store) == [third]
        assert await _drop(store, before=third.created_at + HOUR) == 0


def _key(name: str, at: datetime) -> StoredKey:
    key = SigningKey(id=name, secret=b"\x00\xff" + name.encode())
    return StoredKey(key=key, created_at=at)


async def _three(store: Ports) -> list[StoredKey]:
    """An hour apart, and newer than what a new store may have."""
    at = store.clock()
    keys = [_key(f"key-{hours}", at + hours * HOUR) for hours in (1, 2, 3)]
    for key in (keys[1], keys[0], keys[2]):
        await _add(store, key)
    return keys


async def _all(store: Ports) -> list[StoredKey]:
    async with store.reading() as reads:
        return list(await reads.signing_keys.all())


async def _add(store: Ports, key: StoredKey) -> None:
    async with store.unit_of_work() as work:
        await work.signing_keys.add(key)


async def _drop(store: Ports, *, before: datetime) -> int:
    async with store.unit_of_work() as work:
        return await work.signing_keys.drop(before=before)
