"""Laws of address books: one default a type, whatever is put in, changed or taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from automate_store.domain.identity import (
    MOST_ADDRESSES,
    AddressBook,
    AddressBookFull,
    AddressNotFound,
    AddressType,
    BookedAddress,
)
from automate_store.domain.kernel.ids import AddressId, UserId
from automate_store.entrypoints.properties.contracts.scene import HOME
from automate_store.entrypoints.properties.identity import address_books, booked_addresses
from automate_store.entrypoints.properties.moments import NOON

OWNER = UserId(UUID(int=1))
SHIPPING, BILLING = AddressType.SHIPPING, AddressType.BILLING
BOOKS = address_books(OWNER)
ENTRIES = booked_addresses(OWNER)


def entry(number: int, type_: AddressType = SHIPPING, **changes: Any) -> BookedAddress:
    """An address that was added in the minute of its number."""
    plain: dict[str, Any] = {
        "id": AddressId(UUID(int=number)),
        "account_id": OWNER,
        "address": HOME,
        "is_default": False,
        "created_at": NOON + timedelta(minutes=number),
    }
    return BookedAddress(type=type_, **{**plain, **changes})


def book_of(entries: Iterable[BookedAddress]) -> AddressBook:
    book = AddressBook()
    for each in entries:
        book = book.put(each)
    return book


def defaults(book: AddressBook) -> dict[AddressType, UUID]:
    """The default of each type; fails where one has two."""
    found = [each for each in book.entries if each.is_default]
    assert len({each.type for each in found}) == len(found)
    return {each.type: each.id for each in found}


@given(book=BOOKS)
def test_each_type_that_is_there_has_one_default(book: AddressBook) -> None:
    assert defaults(book).keys() == {each.type for each in book.entries}


@given(book=BOOKS, data=st.data())
def test_it_still_has_after_one_is_removed(book: AddressBook, data: st.DataObject) -> None:
    while book.entries:
        gone = data.draw(st.sampled_from(book.entries))
        book = book.remove(gone.id)
        assert gone.id not in {each.id for each in book.entries}
        assert defaults(book).keys() == {each.type for each in book.entries}


@given(book=BOOKS, data=st.data())
def test_it_still_has_after_one_is_changed(book: AddressBook, data: st.DataObject) -> None:
    if book.entries:
        before = data.draw(st.sampled_from(book.entries))
        after = evolve(data.draw(ENTRIES), id=before.id, created_at=before.created_at)
        changed = book.put(after)
        assert len(changed.entries) == len(book.entries)
        assert changed.get(before.id).address == after.address
        assert defaults(changed).keys() == {each.type for each in changed.entries}


@given(book=BOOKS, new=ENTRIES)
def test_what_is_put_as_the_default_is_the_default(book: AddressBook, new: BookedAddress) -> None:
    after = book.put(evolve(new, is_default=True))
    assert defaults(after)[new.type] == new.id


@given(book=BOOKS, new=ENTRIES)
def test_another_address_leaves_the_default_where_it_is(
    book: AddressBook, new: BookedAddress
) -> None:
    after = book.put(evolve(new, is_default=False))
    assert defaults(after) == {new.type: new.id, **defaults(book)}


@given(book=BOOKS, new=ENTRIES)
def test_nothing_else_of_the_others_changes(book: AddressBook, new: BookedAddress) -> None:
    after = book.put(new)
    others = [each for each in after.entries if each.id != new.id]
    assert [evolve(each, is_default=True) for each in others] == [
        evolve(each, is_default=True) for each in book.entries if each.id != new.id
    ]


@given(book=BOOKS, new=ENTRIES)
def test_what_is_put_and_removed_leaves_no_trace(book: AddressBook, new: BookedAddress) -> None:
    plain = evolve(new, is_default=False)
    assert book.put(plain).remove(plain.id) == book


@given(entries=st.lists(ENTRIES, max_size=6, unique_by=lambda each: each.id), data=st.data())
def test_where_the_defaults_are_named_the_order_does_not_matter(
    entries: list[BookedAddress], data: st.DataObject
) -> None:
    named = [evolve(each, is_default=each is _first(entries, each.type)) for each in entries]
    assert book_of(data.draw(st.permutations(named))) == book_of(named)


@given(book=BOOKS)
def test_a_book_is_read_oldest_first(book: AddressBook) -> None:
    assert list(book.entries) == sorted(
        book.entries, key=lambda each: (each.created_at, each.id.int)
    )


def test_the_first_of_a_type_is_its_default() -> None:
    book = book_of([entry(1), entry(2), entry(3, BILLING)])

    assert defaults(book) == {SHIPPING: UUID(int=1), BILLING: UUID(int=3)}


def test_the_oldest_that_is_left_takes_the_place_of_a_default_that_goes() -> None:
    book = book_of([entry(1), entry(2), entry(3, is_default=True), entry(4, BILLING)])

    assert defaults(book)[SHIPPING] == UUID(int=3)
    after = book.remove(AddressId(UUID(int=3)))
    assert defaults(after) == {SHIPPING: UUID(int=1), BILLING: UUID(int=4)}


def test_a_default_that_becomes_one_of_the_other_type_leaves_one_behind() -> None:
    book = book_of([entry(1), entry(2), entry(3, BILLING)])

    after = book.put(evolve(book.get(AddressId(UUID(int=1))), type=BILLING))
    assert defaults(after) == {SHIPPING: UUID(int=2), BILLING: UUID(int=1)}


def test_the_only_one_of_its_type_stays_the_default() -> None:
    book = book_of([entry(1)])

    assert book.put(entry(1, is_default=False)) == book


def test_a_full_book_takes_changes_and_nothing_new() -> None:
    full = book_of(entry(number) for number in range(MOST_ADDRESSES))
    before = full.entries

    with pytest.raises(AddressBookFull) as refused:
        full.put(entry(MOST_ADDRESSES))
    assert refused.value.limit == MOST_ADDRESSES
    changed = full.put(entry(7, BILLING))
    assert Counter(each.type for each in changed.entries)[BILLING] == 1
    assert full.entries == before


@given(book=BOOKS)
def test_what_is_not_there_can_be_neither_read_nor_removed(book: AddressBook) -> None:
    unknown = AddressId(UUID(int=(1 << 128) - 1))
    for ask in (book.get, book.remove):
        with pytest.raises(AddressNotFound) as refused:
            ask(unknown)
        assert refused.value.id == str(unknown)


def _first(entries: list[BookedAddress], type_: AddressType) -> BookedAddress:
    return next(each for each in entries if each.type is type_)
