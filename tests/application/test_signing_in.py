"""Sign-ins that meet: each is as good as if it had come alone."""

from __future__ import annotations

import asyncio

import pytest

from automate_store.adapters.memory.credentials import MemoryHasher
from automate_store.application.identity import Device, Login, login
from automate_store.domain.identity import WrongCredentials
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.contracts.identity.scene import account_now
from tests.contracts.shops import open_shop

PASSWORD = "correct horse 4 battery!"
DEVICE = Device(user_agent=None, address=None)


async def test_of_several_first_sign_ins_with_an_imported_hash_none_is_refused() -> None:
    store = open_shop().ports
    account = await put_account(store, password_hash=MemoryHasher.older(PASSWORD))
    claim = Login(email=account.email, password=PASSWORD)
    opened = await asyncio.gather(*(login(claim, DEVICE, ports=store) for _ in range(5)))
    assert {each.account.id for each in opened} == {account.id}
    assert (await account_now(store, account.id)).password_hash.startswith("salted$")


async def test_a_password_that_is_another_meanwhile_opens_nothing() -> None:
    store = open_shop().ports
    account = await put_account(store, password_hash=MemoryHasher.older(PASSWORD))
    claim = Login(email=account.email, password=PASSWORD)
    async with store.unit_of_work() as work:
        locked = await work.accounts.get(account.id, lock=True)
        early = asyncio.ensure_future(login(claim, DEVICE, ports=store))
        await asyncio.sleep(0.05)
        await work.accounts.save(
            locked.change_password(MemoryHasher.older("another 1, longer!"), at=store.clock())
        )
    with pytest.raises(WrongCredentials):
        await early
