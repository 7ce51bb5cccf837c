"""Use cases of address books."""

from __future__ import annotations

from attrs import evolve, frozen

from automate_store.application.access import Actor
from automate_store.application.identity.acting import own_account
from automate_store.application.ports import Ports
from automate_store.domain.identity import (
    Address,
    AddressBook,
    AddressType,
    BookedAddress,
)
from automate_store.domain.kernel.ids import AddressId


@frozen(kw_only=True)
class PutAddress:
    """An address as its owner wants it in the book."""

    type: AddressType
    address: Address
    is_default: bool


async def list_addresses(*, actor: Actor, ports: Ports) -> AddressBook:
    """The account's addresses."""
    account_id = actor.account()
    async with ports.reading() as reads:
        return await reads.address_books.of(account_id)


async def add_address(command: PutAddress, *, actor: Actor, ports: Ports) -> BookedAddress:
    """The new address; raises AddressBookFull."""
    account_id = actor.account()
    entry = BookedAddress(
        id=AddressId(ports.ids.uuid()),
        account_id=account_id,
        type=command.type,
        address=command.address,
        is_default=command.is_default,
        created_at=ports.clock(),
    )
    async with ports.unit_of_work() as work:
        await own_account(actor, work, at=entry.created_at)
        book = await work.address_books.of(account_id, lock=True)
        book = book.put(entry)
        await work.address_books.save(account_id, book)
    return book.get(entry.id)


async def change_address(
    address_id: AddressId, command: PutAddress, *, actor: Actor, ports: Ports
) -> BookedAddress:
    """The address as it is from now on; raises AddressNotFound."""
    account_id = actor.account()
    async with ports.unit_of_work() as work:
        await own_account(actor, work, at=ports.clock())
        book = await work.address_books.of(account_id, lock=True)
        entry = evolve(
            book.get(address_id),
            type=command.type,
            address=command.address,
            is_default=command.is_default,
        )
        book = book.put(entry)
        await work.address_books.save(account_id, book)
    return book.get(address_id)


async def remove_address(address_id: AddressId, *, actor: Actor, ports: Ports) -> BookedAddress:
    """The address that is gone from the book; raises AddressNotFound."""
    account_id = actor.account()
    async with ports.unit_of_work() as work:
        await own_account(actor, work, at=ports.clock())
        book = await work.address_books.of(account_id, lock=True)
        gone = book.get(address_id)
        await work.address_books.save(account_id, book.remove(address_id))
    return gone
