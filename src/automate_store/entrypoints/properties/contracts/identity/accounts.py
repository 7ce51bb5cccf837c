"""What every adapter of ``ports.identity.Accounts`` promises of accounts as they are kept."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from attrs import evolve

from automate_store.application.errors import VersionConflict
from automate_store.application.ports import Ports
from automate_store.domain.identity import (
    Account,
    AccountNotFound,
    AccountRole,
    EmailTaken,
    LastAdmin,
    PendingEmail,
    SecondFactorState,
)
from automate_store.domain.kernel.ids import UserId
from automate_store.entrypoints.properties.contracts.accounts import new_account, put_account
from automate_store.entrypoints.properties.contracts.identity.scene import (
    account_now,
    save_account,
)
from automate_store.entrypoints.properties.contracts.scene import outcomes, still_waits


@pytest.mark.asyncio
class KeptAccounts:
    """Accounts come back as they were kept, an e-mail has one account, and an admin is left."""

    async def test_an_account_comes_back_as_it_was_added(self, store: Ports) -> None:
        account = _whole(store)
        async with store.unit_of_work() as work:
            await work.accounts.add(account)
        assert await account_now(store, account.id) == account.saved()
        assert await _by_email(store, account.email) == account.saved()

    async def test_what_changed_comes_back(self, store: Ports) -> None:
        account = await put_account(store, "ann")
        changed = evolve(_whole(store, "bob"), id=account.id, version=1)
        await save_account(store, evolve(changed, created_at=account.created_at))
        assert await account_now(store, account.id) == evolve(
            changed.saved(), created_at=account.created_at
        )

    async def test_nobody_is_not_found(self, store: Ports) -> None:
        with pytest.raises(AccountNotFound):
            await account_now(store, UserId(store.ids.uuid()))
        assert await _by_email(store, "nobody@example.com") is None

    async def test_an_email_is_taken_once_in_whatever_spelling(self, store: Ports) -> None:
        ann = await put_account(store)
        for spelling in ("ann@example.com", "ANN@Example.Com"):
            twin = new_account(store, email=spelling)
            with pytest.raises(EmailTaken):
                async with store.unit_of_work() as work:
                    await work.accounts.add(twin)
            with pytest.raises(AccountNotFound):
                await account_now(store, twin.id)
        assert await _by_email(store, "ann@example.com") == ann

    async def test_of_two_at_once_one_gets_the_email(self, store: Ports) -> None:
        both_ready = asyncio.Barrier(2)

        async def register(email: str) -> None:
            async with store.unit_of_work() as work:
                await both_ready.wait()
                await work.accounts.add(new_account(store, email=email))

        came_to = await outcomes(register("ann@example.com"), register("Ann@Example.com"))
        assert [type(each) for each in came_to if each is not None] == [EmailTaken]

    async def test_another_email_frees_the_one_before(self, store: Ports) -> None:
        ann = await put_account(store)
        changed = await save_account(store, evolve(ann, email="anna@example.com"))
        assert await _by_email(store, "anna@example.com") == changed
        assert await _by_email(store, "ann@example.com") is None
        other = await put_account(store)
        assert await _by_email(store, "ann@example.com") == other

    async def test_a_taken_email_can_not_be_changed_to(self, store: Ports) -> None:
        await put_account(store, "ann")
        bob = await put_account(store, "bob")
        with pytest.raises(EmailTaken):
            await save_account(store, evolve(bob, email="Ann@example.com"))
        assert await account_now(store, bob.id) == bob

    async def test_a_lost_update_is_refused(self, store: Ports) -> None:
        account = await put_account(store)
        first = await save_account(store, evolve(account, first_name="First"))
        with pytest.raises(VersionConflict):
            await save_account(store, evolve(account, first_name="Second"))
        assert await account_now(store, account.id) == first

    async def test_an_account_that_was_never_added_can_not_be_saved(self, store: Ports) -> None:
        with pytest.raises(VersionConflict):
            await save_account(store, new_account(store))

    async def test_a_locked_account_waits_and_is_then_read_as_it_became(self, store: Ports) -> None:
        account = await put_account(store)

        async def by_id() -> Account:
            async with store.unit_of_work() as work:
                return await work.accounts.get(account.id, lock=True)

        async def by_email() -> Account | None:
            async with store.unit_of_work() as work:
                return await work.accounts.by_email(account.email, lock=True)

        async with store.unit_of_work() as work:
            locked = await work.accounts.get(account.id, lock=True)
            late = [asyncio.create_task(by_id()), asyncio.create_task(by_email())]
            waited = [await still_waits(each) for each in late]
            changed = evolve(locked, first_name="Changed")
            await work.accounts.save(changed)
        assert waited == [True, True]
        assert await asyncio.gather(*late) == [changed.saved(), changed.saved()]

    async def test_who_locks_by_email_keeps_others_waiting(self, store: Ports) -> None:
        account = await put_account(store)
        async with store.unit_of_work() as work:
            await work.accounts.by_email(account.email, lock=True)
            late = asyncio.create_task(save_account(store, account))
            waited = await still_waits(late)
        assert (waited, await late) == (True, account.saved())

    async def test_a_locked_account_can_still_be_read(self, store: Ports) -> None:
        account = await put_account(store)
        async with store.unit_of_work() as work:
            await work.accounts.get(account.id, lock=True)
            assert await account_now(store, account.id) == account

    async def test_a_deleted_account_is_known_by_its_id_alone(self, store: Ports) -> None:
        account = await put_account(store, role=AccountRole.ADMIN)
        deleted = await save_account(store, account.anonymised(at=store.clock()))
        still_admin = evolve(deleted, role=AccountRole.ADMIN)
        found = await save_account(store, still_admin)
        assert await account_now(store, account.id) == found
        assert await _by_email(store, account.email) is None
        assert await _by_email(store, found.email) is None
        assert await _page(store) == ()
        assert await _page(store, role=AccountRole.ADMIN) == ()
        assert await _admins(store) == 0

    async def test_the_email_of_a_deleted_account_is_free(self, store: Ports) -> None:
        account = await put_account(store)
        await save_account(store, account.anonymised(at=store.clock()))
        other = await put_account(store)
        assert await _by_email(store, account.email) == other

    async def test_a_page_goes_on_where_the_one_before_ended(self, store: Ports) -> None:
        every = sorted([await put_account(store, name) for name in "dbca"], key=_id)
        first = await _page(store, limit=3)
        assert first == tuple(every[:3])
        assert await _page(store, after=first[-1].id, limit=3) == tuple(every[3:])
        assert await _page(store, after=every[-1].id) == ()

    async def test_a_page_may_be_of_one_role(self, store: Ports) -> None:
        staff = [
            await put_account(store, name, role=role)
            for name, role in (
                ("a", AccountRole.SUPPORT),
                ("b", AccountRole.CUSTOMER),
                ("c", AccountRole.SUPPORT),
            )
        ]
        support = sorted((staff[0], staff[2]), key=_id)
        assert await _page(store, role=AccountRole.SUPPORT) == tuple(support)
        assert await _page(store, role=AccountRole.SUPPORT, limit=1) == (support[0],)
        assert await _page(store, role=AccountRole.SUPPORT, after=support[0].id) == (support[1],)
        assert await _page(store, role=AccountRole.CUSTOMER) == (staff[1],)

    async def test_admins_are_counted(self, store: Ports) -> None:
        assert await _admins(store) == 0
        for name, role in (("a", AccountRole.ADMIN), ("b", AccountRole.ADMIN)):
            await put_account(store, name, role=role)
        await put_account(store, "c", role=AccountRole.SUPPORT)
        assert await _admins(store) == 2

    async def test_two_admins_who_step_down_at_once_do_not_leave_none(self, store: Ports) -> None:
        both = [await put_account(store, name, role=AccountRole.ADMIN) for name in ("a", "b")]
        both_locked = asyncio.Barrier(2)

        async def step_down(admin: Account) -> None:
            async with store.unit_of_work() as work:
                locked = await work.accounts.get(admin.id, lock=True)
                await both_locked.wait()
                if await work.accounts.admins() == 1:
                    raise LastAdmin
                await work.accounts.save(evolve(locked, role=AccountRole.CUSTOMER))

        came_to = await outcomes(*(step_down(admin) for admin in both))
        assert [type(each) for each in came_to if each is not None] == [LastAdmin]
        assert await _admins(store) == 1


def _whole(store: Ports, name: str = "ann") -> Account:
    """An account that has all an account can have."""
    at = store.clock()
    factor = SecondFactorState(
        sealed="sealed", enabled_at=at, last_step=57_000_000, recovery=(b"\x00\xff", b"two")
    )
    changes: dict[str, Any] = {
        "email_verified": True,
        "phone": "+1 555 0100",
        "date_of_birth": date(1990, 2, 28),
        "role": AccountRole.SUPPORT,
        "groups": frozenset({"wholesale", "münchen"}),
        "tax_exempt": True,
        "second_factor": factor,
        "pending_email": PendingEmail(email="new@example.com", old_confirmed=True),
        "last_login": at,
    }
    return new_account(store, name, **changes)


async def _by_email(store: Ports, email: str) -> Account | None:
    async with store.reading() as reads:
        return await reads.accounts.by_email(email)


async def _page(
    store: Ports,
    *,
    after: UserId | None = None,
    limit: int = 10,
    role: AccountRole | None = None,
) -> tuple[Account, ...]:
    async with store.reading() as reads:
        return await reads.accounts.page(after=after, limit=limit, role=role)


async def _admins(store: Ports) -> int:
    async with store.unit_of_work() as work:
        return await work.accounts.admins()


def _id(account: Account) -> UserId:
    return account.id
