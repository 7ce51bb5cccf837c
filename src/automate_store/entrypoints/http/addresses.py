"""Routes of the address book: one's own."""

from __future__ import annotations

from automate_store.application import identity as use_cases
from automate_store.application.access import Permission
from automate_store.domain.identity import AddressBookFull, AddressNotFound
from automate_store.domain.kernel.ids import AddressId
from automate_store.entrypoints.http.calls import Call
from automate_store.entrypoints.http.routes import Routes
from automate_store.entrypoints.http.wire.addresses import (
    AddressBookAnswer,
    BookAddress,
    BookedAddressAnswer,
    address_book,
    booked_address,
)

routes = Routes("Addresses")


@routes.get("/auth/addresses", summary="List addresses", needs=Permission.HAVE_ACCOUNT)
async def list_addresses(call: Call) -> AddressBookAnswer:
    """The account's addresses; of each type that is in use, one is the default."""
    return address_book(await use_cases.list_addresses(actor=call.actor, ports=call.ports))


@routes.post(
    "/auth/addresses",
    summary="Add an address",
    status=201,
    raises=(AddressBookFull,),
    needs=Permission.HAVE_ACCOUNT,
)
async def add_address(call: Call, body: BookAddress) -> BookedAddressAnswer:
    """The new address; which parts it needs depends on its country."""
    added = await use_cases.add_address(body.command(), actor=call.actor, ports=call.ports)
    return booked_address(added)


@routes.put(
    "/auth/addresses/{id}",
    summary="Change an address",
    raises=(AddressNotFound,),
    needs=Permission.HAVE_ACCOUNT,
)
async def change_address(call: Call, body: BookAddress) -> BookedAddressAnswer:
    """The address as it is from now on; orders keep the one that they were placed with."""
    changed = await use_cases.change_address(
        _id(call), body.command(), actor=call.actor, ports=call.ports
    )
    return booked_address(changed)


@routes.delete(
    "/auth/addresses/{id}",
    summary="Remove an address",
    raises=(AddressNotFound,),
    needs=Permission.HAVE_ACCOUNT,
)
async def remove_address(call: Call) -> BookedAddressAnswer:
    """The address as it was."""
    gone = await use_cases.remove_address(_id(call), actor=call.actor, ports=call.ports)
    return booked_address(gone)


def _id(call: Call) -> AddressId:
    return AddressId(call.path_id("id", AddressNotFound))
