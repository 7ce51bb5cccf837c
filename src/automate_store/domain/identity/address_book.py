"""Address books: where a customer has parcels and bills sent, one default a type."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from automate_store.domain.identity.addresses import Address
from automate_store.domain.identity.errors import AddressBookFull, AddressNotFound
from automate_store.domain.kernel.ids import AddressId, UserId

MOST_ADDRESSES = 50


class AddressType(StrEnum):
    """What an address is for."""

    SHIPPING = "shipping"
    BILLING = "billing"


@frozen(kw_only=True)
class BookedAddress:
    """An address of somebody's book."""

    id: AddressId
    account_id: UserId
    type: AddressType
    address: Address
    is_default: bool
    created_at: datetime


@frozen
class AddressBook:
    """All addresses of one account, oldest first; of each type at most one is the default."""

    entries: tuple[BookedAddress, ...] = ()

    def get(self, address_id: AddressId) -> BookedAddress:
        """The address of that id; raises AddressNotFound."""
        for entry in self.entries:
            if entry.id == address_id:
                return entry
        raise AddressNotFound(str(address_id))

    def put(self, entry: BookedAddress) -> AddressBook:
        """
        The book with the entry, new or changed; the first of its type is the default.

        Raises AddressBookFull.
        """
        others = tuple(each for each in self.entries if each.id != entry.id)
        if len(others) == len(self.entries) and len(others) >= MOST_ADDRESSES:
            raise AddressBookFull(MOST_ADDRESSES)
        if entry.is_default:
            others = tuple(_stepping_back(others, entry.type))
        return AddressBook(_ordered((*others, entry)))._with_defaults()

    def remove(self, address_id: AddressId) -> AddressBook:
        """The book without it; the oldest left of its type is the default then."""
        gone = self.get(address_id)
        return AddressBook(tuple(e for e in self.entries if e is not gone))._with_defaults()

    def _with_defaults(self) -> AddressBook:
        entries = self.entries
        for type_ in AddressType:
            of_type = [entry for entry in entries if entry.type is type_]
            if of_type and not any(entry.is_default for entry in of_type):
                oldest = of_type[0]
                entries = tuple(
                    evolve(entry, is_default=True) if entry is oldest else entry
                    for entry in entries
                )
        return AddressBook(entries)


def _stepping_back(entries: Iterable[BookedAddress], type_: AddressType) -> Iterable[BookedAddress]:
    return (evolve(each, is_default=False) if each.type is type_ else each for each in entries)


def _ordered(entries: Iterable[BookedAddress]) -> tuple[BookedAddress, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.created_at, entry.id.int)))
