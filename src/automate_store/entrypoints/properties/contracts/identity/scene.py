"""What suites of accounts start from: somebody with an account, signed in, with addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from automate_store.application.ports import Ports
from automate_store.application.tokens import token_hash
from automate_store.domain.identity import (
    Account,
    AddressBook,
    AddressType,
    BookedAddress,
    Link,
    LinkPurpose,
    Session,
)
from automate_store.domain.kernel.ids import AddressId, SessionId, UserId
from automate_store.entrypoints.properties.contracts.scene import HOME

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


async def save_account(store: Ports, account: Account) -> Account:
    """Store the account as it is now."""
    async with store.unit_of_work() as work:
        await work.accounts.save(account)
    return account.saved()


async def account_now(store: Ports, account_id: UserId) -> Account:
    """The account as it is committed."""
    async with store.reading() as reads:
        return await reads.accounts.get(account_id)


def new_session(store: Ports, account: Account, **changes: Any) -> Session:
    """A sign-in of an hour, not stored yet."""
    at = store.clock()
    plain = {
        "user_agent": "contract tests",
        "address": "192.0.2.1",
        "created_at": at,
        "last_used_at": at,
        "expires_at": at + HOUR,
    }
    return Session(id=SessionId(store.ids.uuid()), account_id=account.id, **{**plain, **changes})


async def put_session(
    store: Ports, account: Account, token: str = "", **changes: Any
) -> tuple[Session, bytes]:
    """Store such a sign-in with its first refresh token, which is fresh where none is given."""
    session = new_session(store, account, **changes)
    refresh_hash = token_hash(token or store.ids.token())
    async with store.unit_of_work() as work:
        await work.sessions.add(session, refresh_hash)
    return session, refresh_hash


def new_link(store: Ports, account: Account, **changes: Any) -> Link:
    """A link that proves the account's e-mail within an hour, not stored yet."""
    at = store.clock()
    plain = {
        "purpose": LinkPurpose.VERIFY_EMAIL,
        "email": account.email,
        "token_hash": token_hash(store.ids.token()),
        "created_at": at,
        "expires_at": at + HOUR,
    }
    return Link(id=store.ids.uuid(), account_id=account.id, **{**plain, **changes})


async def put_link(store: Ports, account: Account, **changes: Any) -> Link:
    """Store such a link."""
    link = new_link(store, account, **changes)
    async with store.unit_of_work() as work:
        await work.links.add(link)
    return link


def new_entry(
    store: Ports,
    account: Account,
    type_: AddressType = AddressType.SHIPPING,
    **changes: Any,
) -> BookedAddress:
    """An address for the account's book, younger than those made before."""
    plain = {"address": HOME, "is_default": False, "created_at": store.clock()}
    id_ = AddressId(store.ids.uuid())
    return BookedAddress(id=id_, account_id=account.id, type=type_, **{**plain, **changes})


async def put_book(store: Ports, account: Account, *entries: BookedAddress) -> AddressBook:
    """Store a book with these addresses, put in one after the other."""
    book = AddressBook()
    for entry in entries:
        book = book.put(entry)
    async with store.unit_of_work() as work:
        await work.address_books.save(account.id, book)
    return book


async def book_now(store: Ports, account: Account) -> AddressBook:
    """The account's book as it is committed."""
    async with store.reading() as reads:
        return await reads.address_books.of(account.id)
