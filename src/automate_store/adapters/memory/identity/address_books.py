"""Address books in memory."""

from __future__ import annotations

from automate_store.adapters.memory.session import Session
from automate_store.domain.identity import AddressBook
from automate_store.domain.kernel.ids import UserId


class MemoryAddressBooks:
    """Implements ``ports.identity.AddressBooks``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def of(self, account_id: UserId, *, lock: bool = False) -> AddressBook:
        """The account's book; locked until the work ends where asked."""
        await self._session.turn()
        if lock:
            await self._session.take("account", account_id)
        return self._tables.address_books.get(account_id) or AddressBook()

    async def save(self, account_id: UserId, book: AddressBook) -> None:
        """Store the book in the place of the one before."""
        await self._session.turn()
        await self._session.take("account", account_id)
        self._tables.address_books.put(account_id, book)
