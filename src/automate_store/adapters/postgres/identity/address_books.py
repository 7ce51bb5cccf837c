"""Address books in Postgres: a row an address; the owner's columns say '' for none."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Row
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import Contended
from automate_store.domain.identity import Address, AddressBook, AddressType, BookedAddress
from automate_store.domain.kernel.ids import AddressId, UserId

_LOCK_ACCOUNT = text("SELECT 1 FROM users WHERE id = :account_id FOR NO KEY UPDATE")

_OF = text("""
    SELECT id, user_id, type, first_name, last_name, company, address_line_1, address_line_2,
        city, state, postal_code, country, phone, is_default, created_at
    FROM addresses WHERE user_id = :account_id ORDER BY created_at, id
""")

# The database counts the defaults once the statement is through: two addresses may change
# places in it.
_SAVE = text("""
    WITH gone AS (
        DELETE FROM addresses
        WHERE user_id = :account_id AND id <> ALL(CAST(:id AS uuid[]))
    )
    INSERT INTO addresses AS a (id, user_id, type, first_name, last_name, company,
        address_line_1, address_line_2, city, state, postal_code, country, phone, is_default,
        created_at)
    SELECT e.id, :account_id, e.type, e.first_name, e.last_name, e.company, e.address_line_1,
        e.address_line_2, e.city, e.state, e.postal_code, e.country, e.phone, e.is_default,
        e.created_at
    FROM unnest(CAST(:id AS uuid[]), CAST(:type AS text[]), CAST(:first_name AS text[]),
        CAST(:last_name AS text[]), CAST(:company AS text[]), CAST(:address_line_1 AS text[]),
        CAST(:address_line_2 AS text[]), CAST(:city AS text[]), CAST(:state AS text[]),
        CAST(:postal_code AS text[]), CAST(:country AS text[]), CAST(:phone AS text[]),
        CAST(:is_default AS boolean[]), CAST(:created_at AS timestamptz[]))
        AS e(id, type, first_name, last_name, company, address_line_1, address_line_2, city,
            state, postal_code, country, phone, is_default, created_at)
    ON CONFLICT (id) DO UPDATE SET type = EXCLUDED.type, first_name = EXCLUDED.first_name,
        last_name = EXCLUDED.last_name, company = EXCLUDED.company,
        address_line_1 = EXCLUDED.address_line_1, address_line_2 = EXCLUDED.address_line_2,
        city = EXCLUDED.city, state = EXCLUDED.state, postal_code = EXCLUDED.postal_code,
        country = EXCLUDED.country, phone = EXCLUDED.phone, is_default = EXCLUDED.is_default
        WHERE a.user_id = EXCLUDED.user_id
""")


@frozen
class PostgresAddressBooks:
    """The AddressBooks port on Postgres."""

    session: Session

    async def of(self, account_id: UserId, *, lock: bool = False) -> AddressBook:
        """The account's book; the lock is the account's, since a book may be empty."""
        account = {"account_id": account_id}
        if lock:
            await self.session.later(_LOCK_ACCOUNT, account)
        return AddressBook(from_rows(await self.session.fetch_all(_OF, account)))

    async def save(self, account_id: UserId, book: AddressBook) -> None:
        """Store the book in the place of the one before, in one statement."""
        params = {"account_id": account_id, **to_rows(book.entries)}
        touching = len(book.entries)
        await self.session.later(_SAVE, params, touching=touching, otherwise=Contended())


def to_rows(entries: Sequence[BookedAddress]) -> dict[str, object]:
    """The addresses as parameters, a list a column."""
    rows = [_to_row(entry) for entry in entries]
    return {name: [row[name] for row in rows] for name in _COLUMNS}


def from_rows(rows: Sequence[Row]) -> tuple[BookedAddress, ...]:
    """The addresses of their rows."""
    return tuple(_from_row(row) for row in rows)


_COLUMNS = (
    *("id", "type", "first_name", "last_name", "company", "address_line_1", "address_line_2"),
    *("city", "state", "postal_code", "country", "phone", "is_default", "created_at"),
)


def _to_row(entry: BookedAddress) -> dict[str, object]:
    address = entry.address
    return {
        "id": entry.id,
        "type": entry.type.value,
        "first_name": address.first_name,
        "last_name": address.last_name,
        "company": address.company,
        "address_line_1": address.address_line_1,
        "address_line_2": address.address_line_2,
        "city": address.city,
        "state": address.state or "",
        "postal_code": address.postal_code or "",
        "country": address.country,
        "phone": address.phone,
        "is_default": entry.is_default,
        "created_at": entry.created_at,
    }


def _from_row(row: Row) -> BookedAddress:
    address = Address(
        first_name=row.first_name,
        last_name=row.last_name,
        company=row.company,
        address_line_1=row.address_line_1,
        address_line_2=row.address_line_2,
        city=row.city,
        state=row.state or None,
        postal_code=row.postal_code or None,
        country=row.country,
        phone=row.phone,
    )
    return BookedAddress(
        id=AddressId(row.id),
        account_id=UserId(row.user_id),
        type=AddressType(row.type),
        address=address,
        is_default=row.is_default,
        created_at=row.created_at,
    )
