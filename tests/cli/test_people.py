"""Commands about people and keys: a first admin, a lost password, another key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from automate_store.application.identity import (
    Device,
    Login,
    Register,
    SignIn,
    login,
    register,
)
from automate_store.domain.identity import AccountRole, SessionOver, WrongCredentials
from tests.cli.commands import Ended, process
from tests.cli.shops import opened
from tests.postgres_fixtures import copied

PASSWORD, NEW = "correct horse 4 battery!", "another 1, longer!"
SUE = ("sue@example.com", "--first-name", "Sue", "--last-name", "Day", "--password-stdin")
NOWHERE = Device(user_agent=None, address=None)


@pytest.fixture
def shop(postgres_server: str) -> Iterator[dict[str, str]]:
    with copied(postgres_server) as url:
        yield {"database_url": url}


def made(shop: dict[str, str], password: str = PASSWORD) -> Ended:
    return process("user", "create-admin", *SUE, settings=shop, given=f"{password}\n")


async def signed_in(shop: dict[str, str], password: str) -> SignIn:
    async with opened(shop["database_url"]) as store:
        wanted = Login(email="Sue@example.com", password=password)
        return await login(wanted, NOWHERE, ports=store.ports)


async def test_a_first_admin_is_made_once_and_signs_in(shop: dict[str, str]) -> None:
    first = made(shop)
    assert first.code == 0, first
    assert "sue@example.com is an admin" in first.out + first.err
    assert PASSWORD not in first.out + first.err
    found = await signed_in(shop, PASSWORD)
    assert found.account.role is AccountRole.ADMIN
    assert found.account.email_verified
    again = made(shop)
    assert (again.code, "An account with this e-mail exists" in again.err) == (1, True)
    assert "automate-store user promote" in again.err


@pytest.mark.slow
async def test_a_customer_is_promoted_once_the_e_mail_is_known_to_be_theirs(
    shop: dict[str, str],
) -> None:
    async with opened(shop["database_url"]) as store:
        wish = Register(email=SUE[0], password=PASSWORD, first_name="Sue", last_name="Day")
        before = await register(wish, NOWHERE, ports=store.ports)
        assert before is not None
        unproven = process("user", "promote", SUE[0], settings=shop)
        assert (unproven.code, "never confirmed" in unproven.err) == (1, True)
        async with store.ports.unit_of_work() as work:
            account = await work.accounts.get(before.account.id, lock=True)
            await work.accounts.save(account.verify_email(SUE[0], at=store.ports.clock()))
        promoted = process("user", "promote", SUE[0].upper(), settings=shop)
        assert (promoted.code, "sue@example.com is an admin" in promoted.out) == (0, True)
        told = await store.ports.gate.admit(before.access.token)
    assert told.role is AccountRole.ADMIN


def test_nobody_types_a_password_without_a_terminal(shop: dict[str, str]) -> None:
    refused = process("user", "create-admin", *SUE[:-1], settings=shop, given="")
    assert (refused.code, "--password-stdin" in refused.err) == (1, True)
    assert "Traceback" not in refused.err


def test_a_link_is_mailed_or_a_password_set_and_not_both(shop: dict[str, str]) -> None:
    both = ("--mail", "--password-stdin")
    refused = process("user", "reset-password", SUE[0], *both, settings=shop, given="x\n")
    assert (refused.code, "leave one of the two out" in refused.err) == (2, True)


async def test_a_weak_password_is_refused_by_its_reason(shop: dict[str, str]) -> None:
    refused = made(shop, "weak")
    assert refused.code == 1
    assert "password" in refused.err
    assert "8" in refused.err


@pytest.mark.slow
async def test_an_admin_has_a_name_that_fits(shop: dict[str, str]) -> None:
    named = ("--first-name", "S" * 101, "--last-name", " ", "--password-stdin")
    refused = process(
        "user", "create-admin", "sue@example.com", *named, settings=shop, given=f"{PASSWORD}\n"
    )
    assert refused.code == 1
    assert "first_name has 100 characters at most" in refused.err
    assert "last_name is required" in refused.err


async def test_a_set_password_ends_every_session(shop: dict[str, str]) -> None:
    made(shop)
    before = await signed_in(shop, PASSWORD)
    ended = process(
        "user",
        "reset-password",
        "sue@example.com",
        "--password-stdin",
        settings=shop,
        given=f"{NEW}\n",
    )
    assert ended.code == 0, ended
    async with opened(shop["database_url"]) as store:
        with pytest.raises(SessionOver):
            await store.ports.gate.admit(before.access.token)
    with pytest.raises(WrongCredentials):
        await signed_in(shop, PASSWORD)
    assert (await signed_in(shop, NEW)).account.email == "sue@example.com"


@pytest.mark.slow
async def test_a_link_is_mailed_where_it_is_asked_for(shop: dict[str, str]) -> None:
    made(shop)
    ended = process("user", "reset-password", "sue@example.com", "--mail", settings=shop)
    assert ended.code == 0, ended
    unknown = process("user", "reset-password", "bob@example.com", "--mail", settings=shop)
    assert (unknown.code, "bob@example.com" in unknown.err) == (1, True)


@pytest.mark.slow
async def test_older_keys_count_on_unless_they_are_dropped_at_once(shop: dict[str, str]) -> None:
    made(shop)
    before = await signed_in(shop, PASSWORD)
    assert process("keys", "rotate", settings=shop).code == 0
    async with opened(shop["database_url"]) as store:
        assert (await store.ports.gate.admit(before.access.token)).email == "sue@example.com"
    at_once = process("keys", "rotate", "--at-once", settings=shop)
    assert (at_once.code, "no longer count within ten seconds" in at_once.out) == (0, True)
    async with opened(shop["database_url"]) as store:
        with pytest.raises(Exception, match="access token"):
            await store.ports.gate.admit(before.access.token)
