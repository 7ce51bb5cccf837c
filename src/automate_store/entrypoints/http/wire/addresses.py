"""Address books on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.identity import PutAddress
from automate_store.domain.identity import (
    MOST_ADDRESSES,
    Address,
    AddressBook,
    AddressType,
    BookedAddress,
)
from automate_store.entrypoints.http.wire.orders import AddressInput


class BookAddress(AddressInput, frozen=True, kw_only=True):
    """An address of the book; the first of its type is the default whatever is said."""

    type: AddressType = AddressType.SHIPPING
    is_default: bool = False

    def command(self) -> PutAddress:
        """The wish in the words of the trade; raises InvalidInput."""
        parts = {name: getattr(self, name) for name in AddressInput.__struct_fields__}
        return PutAddress(type=self.type, address=Address(**parts), is_default=self.is_default)


class BookedAddressAnswer(Struct, frozen=True, kw_only=True):
    """An address of the book."""

    id: UUID
    type: AddressType
    is_default: bool
    first_name: str
    last_name: str
    company: str | None
    address_line_1: str
    address_line_2: str | None
    city: str
    state: str | None
    postal_code: str | None
    country: str
    phone: str | None
    created_at: datetime


class AddressBookAnswer(Struct, frozen=True):
    """The account's addresses, oldest first."""

    items: Annotated[list[BookedAddressAnswer], Meta(max_length=MOST_ADDRESSES)]


def booked_address(entry: BookedAddress) -> BookedAddressAnswer:
    """The address."""
    address = entry.address
    return BookedAddressAnswer(
        id=entry.id,
        type=entry.type,
        is_default=entry.is_default,
        first_name=address.first_name,
        last_name=address.last_name,
        company=address.company,
        address_line_1=address.address_line_1,
        address_line_2=address.address_line_2,
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        country=address.country,
        phone=address.phone,
        created_at=entry.created_at,
    )


def address_book(book: AddressBook) -> AddressBookAnswer:
    """The whole book."""
    return AddressBookAnswer([booked_address(entry) for entry in book.entries])
