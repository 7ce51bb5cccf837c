"""Accounts in Postgres: one row each; a deleted one is a row without the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.identity.erasing import erase
from automate_store.adapters.postgres.identity.exporting import kept_on
from automate_store.adapters.postgres.rows import Record, Row, from_json, json_text
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import VersionConflict
from automate_store.application.ports.sources import Ids
from automate_store.domain.identity import (
    Account,
    AccountNotFound,
    AccountRole,
    EmailTaken,
    PendingEmail,
    SecondFactorState,
)
from automate_store.domain.kernel.ids import UserId

ADMINS_LOCK = int.from_bytes(b"admins")
"""The advisory lock of whoever makes the admins fewer."""

_COLUMNS = """id, email, email_verified, password_hash, first_name, last_name, phone,
        date_of_birth, role, groups, tax_exempt, second_factor::text AS second_factor,
        pending_email::text AS pending_email, last_login, created_at, updated_at, deleted_at,
        version"""

_GET = text(f"SELECT {_COLUMNS} FROM users WHERE id = :id")  # noqa: S608 - our own columns

_GET_LOCKED = text(f"""
    SELECT {_COLUMNS} FROM users WHERE id = :id FOR NO KEY UPDATE
""")  # noqa: S608 - our own columns

# Both sides are lowered by PostgreSQL, so that no alphabet is lowered in two ways.
_BY_EMAIL = text(f"""
    SELECT {_COLUMNS} FROM users WHERE lower(email) = lower(:email) AND deleted_at IS NULL
""")  # noqa: S608 - our own columns

_BY_EMAIL_LOCKED = text(f"""
    SELECT {_COLUMNS} FROM users WHERE lower(email) = lower(:email) AND deleted_at IS NULL
    FOR NO KEY UPDATE
""")  # noqa: S608 - our own columns

_PAGE = text(f"""
    SELECT {_COLUMNS} FROM users
    WHERE deleted_at IS NULL AND (CAST(:after AS uuid) IS NULL OR id > :after)
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - our own columns

_PAGE_OF_ROLE = text(f"""
    SELECT {_COLUMNS} FROM users
    WHERE role = CAST(:role AS user_role) AND deleted_at IS NULL
        AND id > coalesce(CAST(:after AS uuid), '00000000-0000-0000-0000-000000000000')
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - our own columns

_ADD = text("""
    INSERT INTO users (id, email, email_verified, password_hash, first_name, last_name, phone,
        date_of_birth, role, groups, tax_exempt, second_factor, pending_email, last_login,
        created_at, updated_at, deleted_at, version)
    VALUES (:id, :email, :email_verified, :password_hash, :first_name, :last_name, :phone,
        :date_of_birth, CAST(:role AS user_role), CAST(:groups AS text[]), :tax_exempt,
        CAST(:second_factor AS jsonb), CAST(:pending_email AS jsonb), :last_login,
        :created_at, :updated_at, :deleted_at, :version)
""")

_SAVE = text("""
    UPDATE users SET email = :email, email_verified = :email_verified,
        password_hash = :password_hash, first_name = :first_name, last_name = :last_name,
        phone = :phone, date_of_birth = :date_of_birth, role = CAST(:role AS user_role),
        groups = CAST(:groups AS text[]), tax_exempt = :tax_exempt,
        second_factor = CAST(:second_factor AS jsonb),
        pending_email = CAST(:pending_email AS jsonb), last_login = :last_login,
        updated_at = :updated_at, deleted_at = :deleted_at, version = :version
    WHERE id = :id AND version = :loaded_version
""")

_LOCK_ADMINS = text("SELECT pg_advisory_xact_lock(:lock)")

_ADMINS = text("SELECT count(*) FROM users WHERE role = 'admin' AND deleted_at IS NULL")

# No cart of the account is ordered from here on, and none is begun: each order's and each
# cart's foreign key waits for the account's row.
_LOCK_ACCOUNT = text("SELECT 1 FROM users WHERE id = :id FOR UPDATE")

_LOCK_CARTS = text("SELECT 1 FROM carts WHERE user_id = :id AND order_id IS NULL FOR UPDATE")

_OPEN_ORDERS = text("""
    SELECT o.order_number FROM orders o
    WHERE o.user_id = :id AND (o.state IN ('placed', 'confirmed') OR o.state = 'completed' AND (
        EXISTS (SELECT FROM returns r WHERE r.order_id = o.id AND r.processed_at IS NULL)
        OR EXISTS (
            SELECT FROM order_items i WHERE i.order_id = o.id
            AND i.shipped_quantity < i.quantity - i.cancelled_quantity)))
    ORDER BY o.id
""")

# By num_nulls, so that no index goes through all that is any guest's.
_CLAIM = text("""
    WITH mine AS (
        UPDATE orders SET user_id = :id, version = version + 1
        WHERE guest_email = :email AND num_nulls(user_id) = 1
        RETURNING id
    ), uses AS (
        UPDATE coupon_usage u SET user_id = :id
        FROM mine WHERE u.order_id = mine.id AND num_nulls(u.user_id) = 1
    )
    SELECT count(*) FROM mine
""")


@frozen
class PostgresAccounts:
    """The Accounts port on Postgres."""

    session: Session
    ids: Ids
    record: Record

    async def get(self, account_id: UserId, *, lock: bool = False) -> Account:
        """The account; raises AccountNotFound."""
        row = await self.session.fetch_one(_GET_LOCKED if lock else _GET, {"id": account_id})
        if row is None:
            raise AccountNotFound(str(account_id))
        return from_row(row)

    async def by_email(self, email: str, *, lock: bool = False) -> Account | None:
        """The account with that e-mail, if there is one."""
        statement = _BY_EMAIL_LOCKED if lock else _BY_EMAIL
        row = await self.session.fetch_one(statement, {"email": email})
        return None if row is None else from_row(row)

    async def add(self, account: Account) -> None:
        """Store a new account; raises EmailTaken."""
        await self.session.execute(_ADD, to_row(account), refusals=_taken())
        self.record(*account.events)

    async def save(self, account: Account) -> None:
        """Store the changed account; raises VersionConflict, or EmailTaken."""
        row = to_row(account) | {"loaded_version": account.version}
        changed = VersionConflict("account", str(account.id))
        await self.session.later(_SAVE, row, refusals=_taken(), touching=1, otherwise=changed)
        self.record(*account.events)

    async def page(
        self, *, after: UserId | None, limit: int, role: AccountRole | None
    ) -> tuple[Account, ...]:
        """Accounts that are not deleted, in the order of their ids."""
        params: dict[str, object] = {"after": after, "limit": limit}
        if role is None:
            rows = await self.session.fetch_all(_PAGE, params)
        else:
            rows = await self.session.fetch_all(_PAGE_OF_ROLE, params | {"role": role.value})
        return tuple(from_row(row) for row in rows)

    async def admins(self) -> int:
        """How many admins there are; whoever asks next waits until the work ends."""
        # An admin's row may be locked already by who asks: two who lock rows would wait for
        # each other. What is counted is what was committed when the lock was had.
        await self.session.later(_LOCK_ADMINS, {"lock": ADMINS_LOCK})
        return int(await self.session.fetch_value(_ADMINS))

    async def open_orders(self, account_id: UserId) -> tuple[str, ...]:
        """The numbers of the account's open orders, in the order of their making."""
        account = {"id": account_id}
        await self.session.later(_LOCK_ACCOUNT, account)
        await self.session.later(_LOCK_CARTS, account)
        rows = await self.session.fetch_all(_OPEN_ORDERS, account)
        return tuple(row.order_number for row in rows)

    async def claim_orders(self, account: Account) -> int:
        """Give the account the guests' orders of its e-mail, and their uses of coupons."""
        params = {"id": account.id, "email": account.email}
        return int(await self.session.fetch_value(_CLAIM, params))

    async def erase(self, account: Account) -> None:
        """Take the person out of all that names them and stays."""
        if account.email_verified:
            await self.claim_orders(account)
        await erase(account, self.session)

    async def kept_on(self, account_id: UserId) -> Mapping[str, Any]:
        """All that is kept on the account; raises AccountNotFound."""
        return await kept_on(await self.get(account_id), self.session, self.ids)


def to_row(account: Account) -> dict[str, object]:
    """The account as its row's parameters."""
    factor, pending = account.second_factor, account.pending_email
    return {
        "id": account.id,
        "email": account.email,
        "email_verified": account.email_verified,
        "password_hash": account.password_hash,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "phone": account.phone,
        "date_of_birth": account.date_of_birth,
        "role": account.role.value,
        "groups": sorted(account.groups),
        "tax_exempt": account.tax_exempt,
        "second_factor": None if factor is None else json_text(factor),
        "pending_email": None if pending is None else json_text(pending),
        "last_login": account.last_login,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
        "deleted_at": account.deleted_at,
        "version": account.version + 1,
    }


def from_row(row: Row) -> Account:
    """The account of a row."""
    factor, pending = row.second_factor, row.pending_email
    return Account(
        id=UserId(row.id),
        email=row.email,
        email_verified=row.email_verified,
        password_hash=row.password_hash,
        first_name=row.first_name,
        last_name=row.last_name,
        phone=row.phone,
        date_of_birth=row.date_of_birth,
        role=AccountRole(row.role),
        groups=frozenset(row.groups),
        tax_exempt=row.tax_exempt,
        second_factor=None if factor is None else from_json(factor, SecondFactorState),
        pending_email=None if pending is None else from_json(pending, PendingEmail),
        last_login=row.last_login,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
        version=row.version,
    )


def _taken() -> dict[str, EmailTaken]:
    return {"users_email_key": EmailTaken(), "users_email_lower_key": EmailTaken()}
