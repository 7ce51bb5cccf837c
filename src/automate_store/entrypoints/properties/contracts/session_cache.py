"""What every adapter of ``ports.identity.SessionCache`` promises."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.application.ports.identity import Leave, SessionCache, SignedIn
from automate_store.domain.identity import AccountRole
from automate_store.domain.kernel.ids import SessionId, UserId
from automate_store.entrypoints.properties.moments import NOON

CROWD = 20
ANN = SignedIn(
    session_id=SessionId(UUID("01900000-0000-7000-8000-000000000001")),
    account_id=UserId(UUID("01900000-0000-7000-8000-000000000002")),
    email="ann.é@example.com",
    role=AccountRole.SUPPORT,
    groups=frozenset({"staff", "a b"}),
    tax_exempt=True,
    second_factor=True,
    signed_in_at=NOON,
    expires_at=NOON + timedelta(days=30, microseconds=1),
)
BOB = evolve(
    ANN,
    session_id=SessionId(UUID("01900000-0000-7000-8000-000000000003")),
    role=AccountRole.CUSTOMER,
    groups=frozenset(),
    tax_exempt=False,
    second_factor=False,
)


class KeptSessions(Protocol):
    """A cache with nothing in it, as two processes have it, and what may become of it."""

    @property
    def cache(self) -> SessionCache:
        """One process's way to it."""

    @property
    def other(self) -> SessionCache:
        """Another's."""

    def lose(self) -> None:
        """Take away all that it keeps."""

    def away(self) -> AbstractAsyncContextManager[None]:
        """Let it answer nobody inside the block; then it is as it was, and at once."""


@pytest.mark.asyncio
class SessionCacheContract:
    """What is given is what was kept and never forgotten; ``kept`` is nobody else's."""

    async def test_what_is_kept_is_given_as_it_was(self, kept: KeptSessions) -> None:
        for someone in (ANN, BOB):
            assert await _keep(kept.cache, someone)
            assert await kept.cache.get(someone.session_id) == someone

    async def test_what_one_process_keeps_is_there_for_the_other(self, kept: KeptSessions) -> None:
        await _keep(kept.cache, ANN)
        assert await kept.other.get(ANN.session_id) == ANN

    async def test_sessions_are_kept_apart(self, kept: KeptSessions) -> None:
        await _keep(kept.cache, ANN)
        assert isinstance(await kept.cache.get(BOB.session_id), Leave)

    async def test_one_of_many_has_leave_to_keep(self, kept: KeptSessions) -> None:
        caches = (kept.cache, kept.other) * (CROWD // 2)
        found = await asyncio.gather(*(cache.get(ANN.session_id) for cache in caches))
        leaves = [each for each in found if each is not None]
        assert len(leaves) == 1
        assert isinstance(leaves[0], Leave)

    async def test_leave_is_good_once(self, kept: KeptSessions) -> None:
        leave = await _leave(kept.cache, ANN)
        await kept.cache.keep(ANN, leave)
        await kept.cache.keep(_changed(ANN), leave)
        assert await kept.cache.get(ANN.session_id) == ANN

    async def test_leave_is_good_for_its_session(self, kept: KeptSessions) -> None:
        anns, _ = await _leave(kept.cache, ANN), await _leave(kept.cache, BOB)
        await kept.cache.keep(BOB, anns)
        assert await kept.cache.get(BOB.session_id) is None

    async def test_what_is_forgotten_is_gone_for_all(self, kept: KeptSessions) -> None:
        await _keep(kept.cache, ANN)
        await _keep(kept.cache, BOB)
        assert await kept.other.forget([ANN.session_id])
        assert isinstance(await kept.cache.get(ANN.session_id), Leave)
        assert await kept.cache.get(BOB.session_id) == BOB

    async def test_several_are_forgotten_in_one_go(self, kept: KeptSessions) -> None:
        await _keep(kept.cache, ANN)
        await _keep(kept.cache, BOB)
        assert await kept.cache.forget([ANN.session_id, BOB.session_id])
        for someone in (ANN, BOB):
            assert isinstance(await kept.cache.get(someone.session_id), Leave)

    async def test_what_is_not_kept_is_forgotten_too(self, kept: KeptSessions) -> None:
        assert await kept.cache.forget([ANN.session_id])
        assert await kept.cache.forget([])

    async def test_what_was_read_before_it_was_forgotten_is_not_kept(
        self, kept: KeptSessions
    ) -> None:
        leave = await _leave(kept.cache, ANN)
        await kept.other.forget([ANN.session_id])
        await kept.cache.keep(ANN, leave)
        assert isinstance(await kept.cache.get(ANN.session_id), Leave)

    async def test_what_is_read_after_it_was_forgotten_is_kept(self, kept: KeptSessions) -> None:
        stale = await _leave(kept.cache, ANN)
        await kept.other.forget([ANN.session_id])
        fresh = await _leave(kept.other, ANN)
        await kept.cache.keep(ANN, stale)
        await kept.other.keep(_changed(ANN), fresh)
        assert await kept.cache.get(ANN.session_id) == _changed(ANN)

    async def test_what_was_read_before_all_was_lost_is_not_kept(self, kept: KeptSessions) -> None:
        leave = await _leave(kept.cache, ANN)
        await kept.other.forget([ANN.session_id])
        kept.lose()
        await kept.cache.keep(ANN, leave)
        assert isinstance(await kept.cache.get(ANN.session_id), Leave)

    async def test_what_is_lost_is_kept_anew(self, kept: KeptSessions) -> None:
        await _keep(kept.cache, ANN)
        kept.lose()
        assert await _keep(kept.cache, _changed(ANN))
        assert await kept.other.get(ANN.session_id) == _changed(ANN)

    async def test_while_it_is_away_nothing_is_given_and_nothing_is_certain(
        self, kept: KeptSessions
    ) -> None:
        await _keep(kept.cache, ANN)
        leave = await _leave(kept.cache, BOB)
        async with kept.away():
            assert await kept.cache.get(ANN.session_id) is None
            assert not await kept.cache.forget([ANN.session_id])
            await kept.cache.keep(BOB, leave)

    async def test_what_was_read_before_it_was_away_is_not_kept_once_forgotten(
        self, kept: KeptSessions
    ) -> None:
        leave = await _leave(kept.cache, ANN)
        async with kept.away():
            await kept.cache.keep(ANN, leave)
        assert await kept.other.forget([ANN.session_id])
        await kept.cache.keep(ANN, leave)
        assert isinstance(await kept.cache.get(ANN.session_id), Leave)


async def _leave(cache: SessionCache, someone: SignedIn) -> Leave:
    leave = await cache.get(someone.session_id)
    assert isinstance(leave, Leave), leave
    return leave


async def _keep(cache: SessionCache, someone: SignedIn) -> bool:
    """Read and keep, as the gate does; whether it was kept."""
    await cache.keep(someone, await _leave(cache, someone))
    return await cache.get(someone.session_id) == someone


def _changed(someone: SignedIn) -> SignedIn:
    return evolve(someone, role=AccountRole.ADMIN)
