"""Whatever accounts, sessions, links, books and entries may be comes back as it was stored."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.application.ports.credentials import SigningKey
from automate_store.application.ports.identity import RefreshToken, StoredKey, TrailEntry
from automate_store.domain.identity import Account, AddressBook, Link, Session
from automate_store.domain.kernel.ids import AddressId, SessionId, UserId
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.identity import (
    accounts,
    address_books,
    links,
    sessions,
    words,
)
from automate_store.entrypoints.properties.moments import moments
from tests.contracts.test_round_trips import FEWER, Database

_numbers = count(1)
ANYBODY = UserId(UUID(int=1))
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words(5), inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(words(10), VALUES, max_size=4)


def entries() -> SearchStrategy[TrailEntry]:
    """Changes by staff, of anything that JSON can say."""
    return st.builds(
        TrailEntry,
        id=st.just(ANYBODY),
        at=moments(),
        actor=words(),
        account_id=st.none() | st.uuids().map(UserId),
        action=words(),
        subject=words(),
        before=st.none() | OBJECTS,
        after=st.none() | OBJECTS,
    )


@pytest.fixture(scope="module")
def database(module_postgres_url: str) -> Iterator[Database]:
    opened = Database(module_postgres_url)
    yield opened
    opened.close()


@FEWER
@given(account=accounts())
def test_an_account_comes_back(database: Database, account: Account) -> None:
    fresh = unique(account, database)

    async def there_and_back() -> Account:
        async with database.ports.unit_of_work() as work:
            await work.accounts.add(fresh)
        async with database.ports.reading() as reads:
            return await reads.accounts.get(fresh.id)

    assert database.run(there_and_back()) == fresh.saved()


@FEWER
@given(account=accounts(), changed=accounts())
def test_a_changed_account_comes_back(
    database: Database, account: Account, changed: Account
) -> None:
    fresh = unique(account, database)
    wanted = evolve(unique(changed, database), id=fresh.id, version=1, created_at=fresh.created_at)

    async def there_and_back() -> Account:
        async with database.ports.unit_of_work() as work:
            await work.accounts.add(fresh)
        async with database.ports.unit_of_work() as work:
            await work.accounts.save(wanted)
        async with database.ports.reading() as reads:
            return await reads.accounts.get(fresh.id)

    assert database.run(there_and_back()) == wanted.saved()


@FEWER
@given(session=sessions())
def test_a_session_comes_back(database: Database, session: Session) -> None:
    async def there_and_back() -> tuple[Session, RefreshToken | None]:
        account_id = (await put_account(database.ports, name())).id
        session_id = SessionId(database.ports.ids.uuid())
        fresh = evolve(session, id=session_id, account_id=account_id)
        async with database.ports.unit_of_work() as work:
            await work.sessions.add(fresh, session_id.bytes)
        async with database.ports.unit_of_work() as work:
            return fresh, await work.sessions.by_refresh(session_id.bytes)

    fresh, found = database.run(there_and_back())
    assert found == RefreshToken(session=fresh, used_at=None)


@FEWER
@given(link=links())
def test_a_link_comes_back(database: Database, link: Link) -> None:
    async def there_and_back() -> tuple[Link, Link]:
        account_id = (await put_account(database.ports, name())).id
        link_id = database.ports.ids.uuid()
        fresh = evolve(link, id=link_id, account_id=account_id, token_hash=link_id.bytes)
        async with database.ports.unit_of_work() as work:
            await work.links.add(fresh)
        async with database.ports.unit_of_work() as work:
            at = fresh.created_at
            return fresh, await work.links.use(fresh.token_hash, fresh.purpose, at=at)

    fresh, found = database.run(there_and_back())
    assert found == fresh


@FEWER
@given(before=address_books(ANYBODY), book=address_books(ANYBODY))
def test_an_address_book_comes_back(
    database: Database, before: AddressBook, book: AddressBook
) -> None:
    async def there_and_back() -> tuple[AddressBook, AddressBook]:
        account_id = (await put_account(database.ports, name())).id
        fresh = of_account(book, account_id)
        async with database.ports.unit_of_work() as work:
            await work.address_books.save(account_id, of_account(before, account_id))
        async with database.ports.unit_of_work() as work:
            await work.address_books.save(account_id, fresh)
        async with database.ports.reading() as reads:
            return fresh, await reads.address_books.of(account_id)

    fresh, found = database.run(there_and_back())
    assert found == fresh


@FEWER
@given(book=address_books(ANYBODY), changed=address_books(ANYBODY))
def test_a_book_of_changed_addresses_comes_back(
    database: Database, book: AddressBook, changed: AddressBook
) -> None:
    """The same addresses in other words, other types and with other defaults."""
    assume(book.entries)
    assume(changed.entries)

    async def there_and_back() -> tuple[AddressBook, AddressBook]:
        account_id = (await put_account(database.ports, name())).id
        first = of_account(book, account_id)
        second = AddressBook()
        for entry, other in zip(first.entries, changed.entries, strict=False):
            changed_entry = evolve(
                entry, type=other.type, address=other.address, is_default=other.is_default
            )
            second = second.put(changed_entry)
        for each in (first, second):
            async with database.ports.unit_of_work() as work:
                await work.address_books.save(account_id, each)
        async with database.ports.reading() as reads:
            return second, await reads.address_books.of(account_id)

    second, found = database.run(there_and_back())
    assert found == second


@FEWER
@given(secret=st.binary(min_size=1, max_size=64), at=moments())
def test_a_signing_key_comes_back(database: Database, secret: bytes, at: Any) -> None:
    key = SigningKey(id=f"key-{next(_numbers)}", secret=secret)
    stored = StoredKey(key=key, created_at=at)

    async def there_and_back() -> list[StoredKey]:
        async with database.ports.unit_of_work() as work:
            await work.signing_keys.add(stored)
        async with database.ports.reading() as reads:
            return list(await reads.signing_keys.all())

    assert stored in database.run(there_and_back())


@FEWER
@given(entry=entries())
def test_an_entry_of_the_trail_comes_back(database: Database, entry: TrailEntry) -> None:
    fresh = evolve(entry, id=database.ports.ids.uuid())

    async def there_and_back() -> tuple[TrailEntry, ...]:
        async with database.ports.unit_of_work() as work:
            await work.trail.add(fresh)
        async with database.ports.reading() as reads:
            return await reads.trail.page(before=None, limit=1, subject=None, account_id=None)

    assert database.run(there_and_back()) == (fresh,)


def name() -> str:
    """A name that no other example has."""
    return f"somebody-{next(_numbers)}"


def unique(account: Account, database: Database) -> Account:
    """The account under an id and an e-mail that no other example has."""
    account_id = UserId(database.ports.ids.uuid())
    return evolve(account, id=account_id, email=f"{name()}.{account.email}", events=())


def of_account(book: AddressBook, account_id: UserId) -> AddressBook:
    """The book as the account's, its addresses under ids that no other example has."""
    entries = AddressBook()
    for entry in book.entries:
        number = UUID(int=next(_numbers) << 64)
        entries = entries.put(evolve(entry, id=AddressId(number), account_id=account_id))
    return entries
