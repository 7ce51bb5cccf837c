"""Saved ways to pay in Postgres: one row a token, and one for an account at a gateway."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Row
from automate_store.adapters.postgres.session import Session
from automate_store.domain.kernel.ids import MethodId, UserId
from automate_store.domain.payments import MethodNotFound, SavedMethod

_CUSTOMER = text("""
    SELECT customer FROM gateway_customers WHERE user_id = :user_id AND gateway = :gateway
""")

_CUSTOMERS = text("""
    SELECT gateway, customer FROM gateway_customers WHERE user_id = :user_id
""")

_KEEP_CUSTOMER = text("""
    INSERT INTO gateway_customers (user_id, gateway, customer, created_at)
    VALUES (:user_id, :gateway, :customer, :at)
    ON CONFLICT (user_id, gateway) DO NOTHING
""")

_OWNER = text("""
    SELECT user_id FROM gateway_customers WHERE gateway = :gateway AND customer = :customer
""")

_OF = text("""
    SELECT id, user_id, gateway, token, brand, last_four, expires_month, expires_year, created_at
    FROM payment_methods WHERE user_id = :user_id AND removed_at IS NULL ORDER BY id
""")

_GET = text("""
    SELECT id, user_id, gateway, token, brand, last_four, expires_month, expires_year, created_at
    FROM payment_methods WHERE id = :id AND user_id = :user_id AND removed_at IS NULL
""")

_ADD = text("""
    INSERT INTO payment_methods AS known (id, user_id, gateway, token, brand, last_four,
        expires_month, expires_year, created_at)
    VALUES (:id, :user_id, :gateway, :token, :brand, :last_four, :expires_month, :expires_year,
        :created_at)
    ON CONFLICT (gateway, token) DO UPDATE SET brand = EXCLUDED.brand,
        last_four = EXCLUDED.last_four, expires_month = EXCLUDED.expires_month,
        expires_year = EXCLUDED.expires_year
    WHERE known.user_id = EXCLUDED.user_id AND known.removed_at IS NULL
    RETURNING id, user_id, gateway, token, brand, last_four, expires_month, expires_year,
        created_at
""")

_REMOVE = text("""
    UPDATE payment_methods SET removed_at = :at
    WHERE id = :id AND user_id = :user_id AND removed_at IS NULL
""")

_REMOVE_ALL = text("""
    WITH unknown AS (DELETE FROM gateway_customers WHERE user_id = :user_id)
    UPDATE payment_methods SET removed_at = :at
    WHERE user_id = :user_id AND removed_at IS NULL RETURNING id
""")

_REMOVED = text("""
    SELECT id, user_id, gateway, token, brand, last_four, expires_month, expires_year, created_at
    FROM payment_methods WHERE id = :id AND removed_at IS NOT NULL
""")

_FORGET = text("DELETE FROM payment_methods WHERE id = :id AND removed_at IS NOT NULL")


@frozen
class PostgresMethods:
    """The SavedMethods port on Postgres."""

    session: Session

    async def customer(self, user_id: UserId, gateway: str) -> str | None:
        """The gateway's name for the account, if it has one."""
        asked = {"user_id": user_id, "gateway": gateway}
        row = await self.session.fetch_one(_CUSTOMER, asked)
        return None if row is None else str(row.customer)

    async def customers(self, user_id: UserId) -> Mapping[str, str]:
        """What gateways know the account by, each by its own name."""
        rows = await self.session.fetch_all(_CUSTOMERS, {"user_id": user_id})
        return {row.gateway: row.customer for row in rows}

    async def keep_customer(
        self, user_id: UserId, gateway: str, customer: str, at: datetime
    ) -> None:
        """Know the account by that name from now on; nothing changes where one is known."""
        told = {"user_id": user_id, "gateway": gateway, "customer": customer, "at": at}
        await self.session.later(_KEEP_CUSTOMER, told)

    async def owner(self, gateway: str, customer: str) -> UserId | None:
        """The account that the gateway knows by that name."""
        row = await self.session.fetch_one(_OWNER, {"gateway": gateway, "customer": customer})
        return None if row is None else UserId(row.user_id)

    async def of(self, user_id: UserId) -> tuple[SavedMethod, ...]:
        """The account's own, the oldest first."""
        rows = await self.session.fetch_all(_OF, {"user_id": user_id})
        return tuple(from_row(row) for row in rows)

    async def get(self, method_id: MethodId, user_id: UserId) -> SavedMethod:
        """The account's own; raises MethodNotFound."""
        row = await self.session.fetch_one(_GET, {"id": method_id, "user_id": user_id})
        if row is None:
            raise MethodNotFound(str(method_id))
        return from_row(row)

    async def add(self, method: SavedMethod) -> SavedMethod | None:
        """The method as it is kept."""
        row = await self.session.fetch_one(_ADD, to_row(method))
        return None if row is None else from_row(row)

    async def remove(self, method_id: MethodId, user_id: UserId, at: datetime) -> None:
        """Have it be nobody's; raises MethodNotFound."""
        asked = {"id": method_id, "user_id": user_id, "at": at}
        gone = MethodNotFound(str(method_id))
        await self.session.later(_REMOVE, asked, touching=1, otherwise=gone)

    async def remove_all(self, user_id: UserId, at: datetime) -> tuple[MethodId, ...]:
        """Have all of the account's be nobody's, and it known to no gateway; which they were."""
        rows = await self.session.fetch_all(_REMOVE_ALL, {"user_id": user_id, "at": at})
        return tuple(sorted(MethodId(row.id) for row in rows))

    async def removed(self, method_id: MethodId) -> SavedMethod | None:
        """What was removed and is not forgotten yet."""
        row = await self.session.fetch_one(_REMOVED, {"id": method_id})
        return None if row is None else from_row(row)

    async def forget(self, method_id: MethodId) -> None:
        """Know nothing of what was removed; nothing happens to what was not."""
        await self.session.later(_FORGET, {"id": method_id})


def to_row(method: SavedMethod) -> dict[str, object]:
    """The method as its row's parameters."""
    return {
        "id": method.id,
        "user_id": method.user_id,
        "gateway": method.gateway,
        "token": method.token,
        "brand": method.brand,
        "last_four": method.last_four,
        "expires_month": method.expires_month,
        "expires_year": method.expires_year,
        "created_at": method.created_at,
    }


def from_row(row: Row) -> SavedMethod:
    """The method of a row."""
    return SavedMethod(
        id=MethodId(row.id),
        user_id=UserId(row.user_id),
        gateway=row.gateway,
        token=row.token,
        brand=row.brand,
        last_four=row.last_four,
        expires_month=row.expires_month,
        expires_year=row.expires_year,
        created_at=row.created_at,
    )
