"""What every adapter of ``ports.identity.AddressBooks`` promises."""

from __future__ import annotations

import asyncio

import pytest
from attrs import evolve

from automate_store.application.ports import Ports
from automate_store.domain.identity import Account, Address, AddressBook, AddressType
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.contracts.identity.scene import (
    book_now,
    new_entry,
    put_book,
)
from automate_store.entrypoints.properties.contracts.scene import HOME, outcomes, still_waits

BARE = Address(
    first_name="Áine", last_name="Ní Bhriain", address_line_1="1 Quay", city="Cork", country="IE"
)
"""Neither state nor postal code, nor anything else that may be left out."""
FULL = evolve(HOME, company="Example Ltd", address_line_2="Flat 2", phone="+1 555 0100")


@pytest.mark.asyncio
class AddressBooksContract:
    """A book is read and written whole; of each type one address at most is the default."""

    async def test_a_book_that_was_never_written_is_empty(self, store: Ports) -> None:
        assert await book_now(store, await put_account(store)) == AddressBook()

    async def test_a_book_comes_back_as_it_was_saved(self, store: Ports) -> None:
        account = await put_account(store)
        entries = [
            new_entry(store, account, address=BARE),
            new_entry(store, account, address=FULL),
            new_entry(store, account, AddressType.BILLING),
        ]
        book = await put_book(store, account, *entries)
        assert len(book.entries) == 3
        assert await book_now(store, account) == book

    async def test_a_book_takes_the_place_of_the_one_before(self, store: Ports) -> None:
        account = await put_account(store)
        kept, gone, new = [new_entry(store, account) for _ in range(3)]
        book = await put_book(store, account, kept, gone)
        changed = evolve(book.get(kept.id), address=FULL, type=AddressType.BILLING)
        after = book.put(changed).put(new).remove(gone.id)
        await _save(store, account, after)
        assert await book_now(store, account) == after
        await _save(store, account, AddressBook())
        assert await book_now(store, account) == AddressBook()

    async def test_the_default_moves_from_one_address_to_another_and_back(
        self, store: Ports
    ) -> None:
        account = await put_account(store)
        older, newer = new_entry(store, account), new_entry(store, account)
        book = await put_book(store, account, older, newer)
        for entry in (newer, older, newer):
            book = book.put(evolve(book.get(entry.id), is_default=True))
            await _save(store, account, book)
            assert await book_now(store, account) == book

    async def test_the_default_that_is_removed_leaves_its_place(self, store: Ports) -> None:
        account = await put_account(store)
        older, newer = new_entry(store, account), new_entry(store, account)
        book = (await put_book(store, account, older, newer)).remove(older.id)
        await _save(store, account, book)
        assert await book_now(store, account) == book
        assert book.get(newer.id).is_default

    async def test_a_default_may_become_one_of_the_other_type(self, store: Ports) -> None:
        account = await put_account(store)
        home, work = new_entry(store, account), new_entry(store, account, AddressType.BILLING)
        book = await put_book(store, account, home, work)
        swapped = book.put(evolve(book.get(home.id), type=AddressType.BILLING))
        await _save(store, account, swapped)
        assert await book_now(store, account) == swapped

    async def test_two_defaults_may_change_places(self, store: Ports) -> None:
        account = await put_account(store)
        home, work = new_entry(store, account), new_entry(store, account, AddressType.BILLING)
        book = await put_book(store, account, home, work)
        swapped = AddressBook(
            (
                evolve(book.get(home.id), type=AddressType.BILLING),
                evolve(book.get(work.id), type=AddressType.SHIPPING),
            )
        )
        await _save(store, account, swapped)
        assert await book_now(store, account) == swapped

    async def test_a_book_is_its_accounts_alone(self, store: Ports) -> None:
        ann, bob = await put_account(store, "ann"), await put_account(store, "bob")
        mine = await put_book(store, ann, new_entry(store, ann))
        await put_book(store, bob, new_entry(store, bob))
        await _save(store, bob, AddressBook())
        assert await book_now(store, ann) == mine

    async def test_a_locked_book_waits_and_is_then_read_as_it_became(self, store: Ports) -> None:
        account = await put_account(store)
        entry = new_entry(store, account)

        async def look() -> AddressBook:
            async with store.unit_of_work() as work:
                return await work.address_books.of(account.id, lock=True)

        async with store.unit_of_work() as work:
            locked = await work.address_books.of(account.id, lock=True)
            late = asyncio.create_task(look())
            waited = await still_waits(late)
            book = locked.put(entry)
            await work.address_books.save(account.id, book)
        assert (waited, await late) == (True, book)

    async def test_a_locked_book_can_still_be_read(self, store: Ports) -> None:
        account = await put_account(store)
        async with store.unit_of_work() as work:
            await work.address_books.of(account.id, lock=True)
            assert await book_now(store, account) == AddressBook()

    async def test_two_new_defaults_at_once_are_both_kept_and_one_is_the_default(
        self, store: Ports
    ) -> None:
        account = await put_account(store)
        both_ready = asyncio.Barrier(2)

        async def add() -> None:
            async with store.unit_of_work() as work:
                await both_ready.wait()
                book = await work.address_books.of(account.id, lock=True)
                book = book.put(new_entry(store, account, is_default=True))
                await work.address_books.save(account.id, book)

        assert await outcomes(add(), add()) == [None, None]
        entries = (await book_now(store, account)).entries
        assert sorted(entry.is_default for entry in entries) == [False, True]


async def _save(store: Ports, account: Account, book: AddressBook) -> None:
    async with store.unit_of_work() as work:
        await work.address_books.save(account.id, book)
