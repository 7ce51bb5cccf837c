"""The cache of sessions in memory keeps its port's promises, and broken ones do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

import pytest
from attrs import frozen

from automate_store.adapters.memory import MemoryIds, MemorySessionCache
from automate_store.application.ports.identity import Leave, SignedIn
from automate_store.domain.kernel.ids import SessionId
from automate_store.entrypoints.properties.contracts import SessionCacheContract
from automate_store.entrypoints.properties.contracts.session_cache import ANN
from tests.contracts.running import failures


@frozen
class MemoryKept:
    cache: MemorySessionCache
    other: MemorySessionCache

    def lose(self) -> None:
        self.cache.lose()

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        self.cache.away = self.other.away = True
        try:
            yield
        finally:
            self.cache.away = self.other.away = False


def kept_by(kind: type[MemorySessionCache]) -> Callable[[], MemoryKept]:
    def made() -> MemoryKept:
        ids = MemoryIds()
        cache = kind(ids)
        return MemoryKept(cache, kind(ids, beside=cache))

    return made


class TestMemorySessionCache(SessionCacheContract):
    @pytest.fixture
    def kept(self) -> MemoryKept:
        return kept_by(MemorySessionCache)()


class KeepsNothing(MemorySessionCache):
    async def get(self, session_id: SessionId) -> SignedIn | Leave | None:
        found = await super().get(session_id)
        return None if isinstance(found, SignedIn) else found


class GivesAnybody(MemorySessionCache):
    async def get(self, session_id: SessionId) -> SignedIn | Leave | None:
        someone = [each for each in self.kept.values() if isinstance(each, SignedIn)]
        return someone[0] if someone else await super().get(session_id)


class GivesLeaveToAll(MemorySessionCache):
    async def get(self, session_id: SessionId) -> SignedIn | Leave | None:
        if not self.away and isinstance(leave := self.kept.get(session_id), Leave):
            return leave
        return await super().get(session_id)


class LooksAndThenTakes(MemorySessionCache):
    async def get(self, session_id: SessionId) -> SignedIn | Leave | None:
        if self.away or self.kept.get(session_id) is not None:
            return await super().get(session_id)
        await asyncio.sleep(0)
        self.kept[session_id] = leave = Leave(token=self._ids.uuid().bytes)
        return leave


class KeepsWithoutLeave(MemorySessionCache):
    async def keep(self, signed_in: SignedIn, leave: Leave) -> None:
        if not isinstance(self.kept.get(signed_in.session_id), SignedIn):
            self.kept[signed_in.session_id] = leave
        await super().keep(signed_in, leave)


class KeepsOver(MemorySessionCache):
    async def keep(self, signed_in: SignedIn, leave: Leave) -> None:
        if isinstance(self.kept.get(signed_in.session_id), SignedIn):
            self.kept[signed_in.session_id] = leave
        await super().keep(signed_in, leave)


class KeepsWhereNothingStands(MemorySessionCache):
    """As ``SET ... NX`` does: what was lost meanwhile may be put back."""

    async def keep(self, signed_in: SignedIn, leave: Leave) -> None:
        self.kept.setdefault(signed_in.session_id, leave)
        await super().keep(signed_in, leave)


class ForgetsTheFirst(MemorySessionCache):
    async def forget(self, session_ids: Collection[SessionId]) -> bool:
        return await super().forget(list(session_ids)[:1])


class ForgetsAll(MemorySessionCache):
    async def forget(self, session_ids: Collection[SessionId]) -> bool:
        certain = await super().forget(session_ids)
        if certain:
            self.lose()
        return certain


class LetsLeavesStand(MemorySessionCache):
    async def forget(self, session_ids: Collection[SessionId]) -> bool:
        kept = [each for each in session_ids if isinstance(self.kept.get(each), SignedIn)]
        return await super().forget(kept)


class IsAlwaysCertain(MemorySessionCache):
    async def forget(self, session_ids: Collection[SessionId]) -> bool:
        await super().forget(session_ids)
        return True


class IsNeverCertain(MemorySessionCache):
    async def forget(self, session_ids: Collection[SessionId]) -> bool:
        await super().forget(session_ids)
        return False


class AnswersWhileAway(MemorySessionCache):
    async def get(self, session_id: SessionId) -> SignedIn | Leave | None:
        kept = self.kept.get(session_id)
        return kept if isinstance(kept, SignedIn) else await super().get(session_id)


@pytest.mark.parametrize(
    "broken",
    [
        KeepsNothing,
        GivesAnybody,
        GivesLeaveToAll,
        LooksAndThenTakes,
        KeepsWithoutLeave,
        KeepsOver,
        KeepsWhereNothingStands,
        ForgetsTheFirst,
        ForgetsAll,
        LetsLeavesStand,
        IsAlwaysCertain,
        IsNeverCertain,
        AnswersWhileAway,
    ],
)
def test_the_suite_fails_on_a_broken_cache(broken: type[MemorySessionCache]) -> None:
    assert failures(SessionCacheContract, kept=kept_by(broken))


def test_the_suite_passes_on_a_whole_one() -> None:
    assert failures(SessionCacheContract, kept=kept_by(MemorySessionCache)) == []


def test_nobody_learns_a_leave_by_looking_at_it() -> None:
    assert "secret" not in repr(Leave(token=b"secret"))
    assert ANN.email in repr(ANN)
