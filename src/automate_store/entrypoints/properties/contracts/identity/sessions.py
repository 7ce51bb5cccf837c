"""What every adapter of ``ports.identity.Sessions`` promises."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from attrs import evolve

from automate_store.application.errors import Contended
from automate_store.application.ports import Ports
from automate_store.application.ports.identity import RefreshToken, SessionChange, SignedIn
from automate_store.application.tokens import token_hash
from automate_store.domain.identity import (
    Account,
    AccountRole,
    SecondFactorState,
    Session,
    SessionOver,
)
from automate_store.domain.kernel.ids import SessionId
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.contracts.identity.scene import (
    HOUR,
    MOMENT,
    new_session,
    put_session,
    save_account,
)
from automate_store.entrypoints.properties.contracts.scene import outcomes, still_waits

MANY = 100
FRESH, NEXT = token_hash("fresh"), token_hash("next")


@pytest.mark.asyncio
class SessionsContract:
    """Who is signed in is told as it is now; a refresh token is good once."""

    async def test_who_is_signed_in_is_told_with_their_account(self, store: Ports) -> None:
        factor = SecondFactorState(sealed="sealed", enabled_at=store.clock())
        account = await put_account(
            store, role=AccountRole.VENDOR, groups=frozenset({"a", "b"}), second_factor=factor
        )
        session, _ = await put_session(store, account)
        assert await _signed_in(store, session) == SignedIn(
            session_id=session.id,
            account_id=account.id,
            email=account.email,
            role=AccountRole.VENDOR,
            groups=frozenset({"a", "b"}),
            tax_exempt=False,
            second_factor=True,
            signed_in_at=session.created_at,
            expires_at=session.expires_at,
        )

    async def test_a_changed_account_is_told_at_once(self, store: Ports) -> None:
        account = await put_account(store)
        session, _ = await put_session(store, account)
        begun = SecondFactorState(sealed="sealed")
        changed = evolve(
            account,
            email="other@example.com",
            role=AccountRole.SUPPORT,
            groups=frozenset({"new"}),
            tax_exempt=True,
            second_factor=begun,
        )
        await save_account(store, changed)
        found = await _signed_in(store, session)
        assert found is not None
        assert (found.email, found.role) == ("other@example.com", AccountRole.SUPPORT)
        assert (found.groups, found.tax_exempt) == (frozenset({"new"}), True)
        assert not found.second_factor, "it counts once its first code was sent"

    async def test_a_session_that_is_over_is_nobodys(self, store: Ports) -> None:
        account = await put_account(store)
        session, _ = await put_session(store, account)
        assert await _signed_in(store, session, at=session.expires_at - MOMENT) is not None
        assert await _signed_in(store, session, at=session.expires_at) is None
        assert await _signed_in(store, new_session(store, account)) is None
        await _end(store, account)
        assert await _signed_in(store, session) is None

    async def test_nobody_is_signed_in_with_a_deleted_account(self, store: Ports) -> None:
        account = await put_account(store)
        session, _ = await put_session(store, account)
        await save_account(store, account.anonymised(at=store.clock()))
        assert await _signed_in(store, session) is None

    async def test_a_refresh_token_is_known_by_its_hash(self, store: Ports) -> None:
        session, refresh_hash = await put_session(store, await put_account(store))
        await put_session(store, await put_account(store, "bob"))
        assert await _by_refresh(store, refresh_hash) == RefreshToken(session=session, used_at=None)
        assert await _by_refresh(store, token_hash("unknown")) is None

    async def test_a_session_that_is_over_is_still_known_by_its_token(self, store: Ports) -> None:
        account = await put_account(store)
        session, refresh_hash = await put_session(store, account)
        await _end(store, account, at=session.created_at + MOMENT)
        ended = evolve(session, ended_at=session.created_at + MOMENT)
        assert await _by_refresh(store, refresh_hash) == RefreshToken(session=ended, used_at=None)

    async def test_a_token_that_was_used_says_when(self, store: Ports) -> None:
        session, spent = await put_session(store, await put_account(store))
        at = session.created_at + HOUR / 2
        await _rotate(store, session, spent, FRESH, at=at)
        used = evolve(session, last_used_at=at)
        assert await _by_refresh(store, spent) == RefreshToken(session=used, used_at=at)
        assert await _by_refresh(store, FRESH) == RefreshToken(session=used, used_at=None)

    async def test_a_spent_token_carries_nothing_on(self, store: Ports) -> None:
        session, spent = await put_session(store, await put_account(store))
        await _rotate(store, session, spent, FRESH)
        with pytest.raises(Contended):
            await _rotate(store, session, spent, NEXT)
        assert await _by_refresh(store, NEXT) is None

    async def test_of_two_refreshes_at_once_one_sees_that_it_is_the_second(
        self, store: Ports
    ) -> None:
        session, refresh_hash = await put_session(store, await put_account(store))
        both_ready = asyncio.Barrier(2)

        async def refresh(fresh_hash: bytes) -> bool:
            async with store.unit_of_work() as work:
                await both_ready.wait()
                found = await work.sessions.by_refresh(refresh_hash)
                assert found is not None
                if found.used_at is not None:
                    return False
                at = session.created_at
                await work.sessions.rotate(session, refresh_hash, fresh_hash, at=at)
                return True

        came_to = await asyncio.gather(refresh(FRESH), refresh(NEXT))
        assert sorted(came_to) == [False, True]

    async def test_who_refreshes_waits_for_who_ends_the_session(self, store: Ports) -> None:
        account = await put_account(store)
        _, refresh_hash = await put_session(store, account)
        async with store.unit_of_work() as work:
            await work.sessions.end(account.id, at=store.clock())
            late = asyncio.create_task(_by_refresh(store, refresh_hash))
            waited = await still_waits(late)
        found = await late
        assert found is not None
        assert (waited, found.session.ended_at is None) == (True, False)

    async def test_other_sessions_do_not_wait_for_one_that_is_refreshed(self, store: Ports) -> None:
        account = await put_account(store)
        _, mine = await put_session(store, account)
        other, others = await put_session(store, account)
        async with store.unit_of_work() as work:
            await work.sessions.by_refresh(mine)
            found = await _by_refresh(store, others)
        assert found == RefreshToken(session=other, used_at=None)

    async def test_a_proof_counts_from_when_it_was_given(self, store: Ports) -> None:
        account = await put_account(store)
        session, _ = await put_session(store, account)
        other, _ = await put_session(store, account)
        proven_at = session.created_at + HOUR / 2
        async with store.unit_of_work() as work:
            await work.sessions.confirm(session.id, at=proven_at)
        assert [await _signed_in_at(store, each) for each in (session, other)] == [
            proven_at,
            other.created_at,
        ]

    async def test_all_sessions_of_an_account_end_or_one_or_all_but_one(self, store: Ports) -> None:
        ann, bob = await put_account(store, "ann"), await put_account(store, "bob")
        first, second, third = [(await put_session(store, ann))[0] for _ in range(3)]
        others, _ = await put_session(store, bob)
        assert await _end(store, ann, only=first.id) == {first.id}
        assert await _end(store, ann, only=others.id) == set()
        assert await _open(store, first, second, third, others) == [second, third, others]
        assert await _end(store, ann, but=third.id) == {second.id}
        assert await _open(store, first, second, third, others) == [third, others]
        assert await _end(store, ann) == {third.id}
        assert await _open(store, first, second, third, others) == [others]

    async def test_what_is_over_does_not_end_again(self, store: Ports) -> None:
        account = await put_account(store)
        session, refresh_hash = await put_session(store, account)
        await _end(store, account, at=session.created_at)
        assert await _end(store, account, at=session.created_at + MOMENT) == set()
        found = await _by_refresh(store, refresh_hash)
        assert found is not None
        assert found.session.ended_at == session.created_at
        old, _ = await put_session(store, account)
        assert await _end(store, account, at=old.expires_at) == set()

    async def test_an_accounts_open_sessions_are_listed_last_used_first(self, store: Ports) -> None:
        account = await put_account(store)
        await put_session(store, await put_account(store, "bob"))
        at = store.clock()
        older, _ = await put_session(store, account, last_used_at=at)
        newer, _ = await put_session(store, account, last_used_at=at + HOUR / 2)
        ended, _ = await put_session(store, account)
        await _end(store, account, only=ended.id)
        await put_session(store, account, expires_at=at + MOMENT)
        async with store.reading() as reads:
            listed = await reads.sessions.of_account(account.id, at=at + MOMENT)
        assert listed == (newer, older)

    async def test_what_was_over_before_is_purged_with_its_tokens(self, store: Ports) -> None:
        account, at = await put_account(store), store.clock()
        ended, ended_hash = await put_session(store, account)
        await _end(store, account, at=at, only=ended.id)
        _, ran_out_hash = await put_session(store, account, expires_at=at)
        open_one, open_hash = await put_session(store, account)
        assert await _purge(store, before=at) == 0
        assert await _purge(store, before=at + MOMENT, limit=1) == 1
        assert await _purge(store, before=at + MOMENT) == 1
        assert await _by_refresh(store, ended_hash) is None
        assert await _by_refresh(store, ran_out_hash) is None
        assert await _by_refresh(store, open_hash) is not None
        assert await _signed_in(store, open_one) is not None

    async def test_a_change_is_distrusted_until_caches_have_heard_of_it(self, store: Ports) -> None:
        one, two = _change(store, 2), _change(store, 1)
        again = SessionChange(mark=store.ids.uuid(), session_ids=one.session_ids)
        await _distrust(store, one, two, again)
        assert await _distrusted(store) == {_sorted(each) for each in (one, two, again)}
        async with store.unit_of_work() as work:
            await work.sessions.trust([one.mark, two.mark])
        assert await _distrusted(store) == {_sorted(again)}

    async def test_so_many_changes_are_told_each_whole(self, store: Ports) -> None:
        changes = [_change(store, 3) for _ in range(4)]
        await _distrust(store, *changes)
        async with store.reading() as reads:
            some = await reads.sessions.distrusted(limit=2)
        assert len(some) == 2
        assert {_sorted(each) for each in some} < {_sorted(each) for each in changes}

    async def test_several_who_trust_the_same_do_not_wait_for_one_another(
        self, store: Ports
    ) -> None:
        change = _change(store, 3)
        await _distrust(store, change)
        async with store.unit_of_work() as work:
            await work.sessions.trust([change.mark])
            seen = await work.sessions.distrusted(limit=MANY)
            late = asyncio.create_task(_trust(store, change))
            waited = await still_waits(late)
        await late
        assert (seen, waited) == ((), False)
        assert await _distrusted(store) == set()

    async def test_what_is_old_is_trusted_whole_and_no_more_than_so_many(
        self, store: Ports
    ) -> None:
        changes = [_change(store, 2) for _ in range(3)]
        await _distrust(store, *changes)
        assert await _trust_old(store, before=store.clock() - HOUR) == 0
        assert len(await _distrusted(store)) == 3
        assert await _trust_old(store, before=store.clock() + HOUR, limit=2) == 2
        assert len(await _distrusted(store)) == 1
        assert await _trust_old(store, before=store.clock() + HOUR) == 1
        assert await _distrusted(store) == set()

    async def test_a_work_that_failed_distrusts_nothing(self, store: Ports) -> None:
        with pytest.raises(SessionOver):
            async with store.unit_of_work() as work:
                await work.sessions.distrust(_change(store, 1))
                raise SessionOver
        assert await _distrusted(store) == set()

    async def test_of_many_who_end_a_session_one_ended_it(self, store: Ports) -> None:
        account = await put_account(store)
        session, _ = await put_session(store, account)
        came_to = await outcomes(*(_end(store, account) for _ in range(8)))
        assert [each for each in came_to if each] == [{session.id}]


async def _signed_in(
    store: Ports, session: Session, *, at: datetime | None = None
) -> SignedIn | None:
    async with store.reading() as reads:
        return await reads.sessions.signed_in(session.id, at=at or session.created_at)


async def _signed_in_at(store: Ports, session: Session) -> datetime | None:
    found = await _signed_in(store, session)
    return found.signed_in_at if found else None


async def _open(store: Ports, *sessions: Session) -> list[Session]:
    return [each for each in sessions if await _signed_in(store, each) is not None]


async def _by_refresh(store: Ports, refresh_hash: bytes) -> RefreshToken | None:
    async with store.unit_of_work() as work:
        return await work.sessions.by_refresh(refresh_hash)


async def _rotate(
    store: Ports, session: Session, spent: bytes, fresh: bytes, *, at: datetime | None = None
) -> None:
    async with store.unit_of_work() as work:
        await work.sessions.rotate(session, spent, fresh, at=at or session.created_at)


async def _end(
    store: Ports,
    account: Account,
    *,
    at: datetime | None = None,
    only: SessionId | None = None,
    but: SessionId | None = None,
) -> set[SessionId]:
    async with store.unit_of_work() as work:
        when = at or store.clock()
        return set(await work.sessions.end(account.id, at=when, only=only, but=but))


async def _purge(store: Ports, *, before: datetime, limit: int = 10) -> int:
    async with store.unit_of_work() as work:
        return await work.sessions.purge(before=before, limit=limit)


async def _trust(store: Ports, change: SessionChange) -> None:
    async with store.unit_of_work() as work:
        await work.sessions.trust([change.mark])


async def _trust_old(store: Ports, *, before: datetime, limit: int = MANY) -> int:
    async with store.unit_of_work() as work:
        return await work.sessions.trust_old(before=before, limit=limit)


def _change(store: Ports, sessions: int) -> SessionChange:
    ids = tuple(SessionId(store.ids.uuid()) for _ in range(sessions))
    return SessionChange(mark=store.ids.uuid(), session_ids=ids)


async def _distrust(store: Ports, *changes: SessionChange) -> None:
    async with store.unit_of_work() as work:
        for change in changes:
            await work.sessions.distrust(change)


async def _distrusted(store: Ports) -> set[SessionChange]:
    async with store.reading() as reads:
        return {_sorted(each) for each in await reads.sessions.distrusted(limit=MANY)}


def _sorted(change: SessionChange) -> SessionChange:
    return evolve(change, session_ids=tuple(sorted(change.session_ids)))
