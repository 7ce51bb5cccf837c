"""Mailed secrets in Postgres: each is used by one conditional write."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen
from sqlalchemy import Executable, text

from automate_store.adapters.postgres.rows import Row
from automate_store.adapters.postgres.session import Session
from automate_store.domain.identity import Link, LinkInvalid, LinkPurpose
from automate_store.domain.kernel.ids import UserId

# Two links of one account come one after the other, so that the later one counts.
_LOCK_ACCOUNT = text("SELECT 1 FROM users WHERE id = :account_id FOR NO KEY UPDATE")

_VOID_OLDER = text("""
    UPDATE mailed_links SET used_at = :created_at
    WHERE user_id = :account_id AND purpose = :purpose AND used_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM mailed_links WHERE id = :id)
""")

_ADD = text("""
    INSERT INTO mailed_links (id, user_id, purpose, email, token_hash, created_at, expires_at)
    VALUES (:id, :account_id, :purpose, :email, :token_hash, :created_at, :expires_at)
    ON CONFLICT (id) DO NOTHING
""")

# By num_nulls, so that the index of open links, which knows no secrets, is never gone through.
_COLUMNS = "id, user_id, purpose, email, token_hash, created_at, expires_at"

# By num_nulls, so that the index of open links, which knows no secrets, is never gone through.
_USABLE = """
    WHERE token_hash = :token_hash AND purpose = :purpose
        AND num_nulls(used_at) = 1 AND expires_at > :at
"""

_FIND = text(f"SELECT {_COLUMNS} FROM mailed_links {_USABLE}")  # noqa: S608 - our own text

_USE = text(f"""
    UPDATE mailed_links SET used_at = :at {_USABLE} RETURNING {_COLUMNS}
""")  # noqa: S608 - our own text

# Kept, so that a mail's job that runs again can't bring one back to life.
_VOID = text("""
    UPDATE mailed_links SET used_at = now() WHERE user_id = :account_id AND used_at IS NULL
""")

_PURGE = text("""
    DELETE FROM mailed_links WHERE id IN (
        SELECT id FROM mailed_links WHERE expires_at < :before
        ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED)
""")


@frozen
class PostgresLinks:
    """The Links port on Postgres."""

    session: Session

    async def add(self, link: Link) -> None:
        """Store a new link; older ones of its account and purpose are void."""
        row = to_row(link)
        for statement in (_LOCK_ACCOUNT, _VOID_OLDER, _ADD):
            await self.session.later(statement, row)

    async def find(self, token_hash: bytes, purpose: LinkPurpose, *, at: datetime) -> Link:
        """The link as it could be used then; raises LinkInvalid."""
        return await self._one(_FIND, token_hash, purpose, at)

    async def use(self, token_hash: bytes, purpose: LinkPurpose, *, at: datetime) -> Link:
        """The link, used now; raises LinkInvalid."""
        return await self._one(_USE, token_hash, purpose, at)

    async def void(self, account_id: UserId) -> None:
        """All links of the account are good for nothing."""
        await self.session.later(_VOID, {"account_id": account_id})

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Delete links that ran out before then; how many."""
        return await self.session.execute(_PURGE, {"before": before, "limit": limit})

    async def _one(
        self, statement: Executable, token_hash: bytes, purpose: LinkPurpose, at: datetime
    ) -> Link:
        params = {"token_hash": token_hash, "purpose": purpose.value, "at": at}
        row = await self.session.fetch_one(statement, params)
        if row is None:
            raise LinkInvalid
        return from_row(row)


def to_row(link: Link) -> dict[str, object]:
    """The link as its row's parameters."""
    return {
        "id": link.id,
        "account_id": link.account_id,
        "purpose": link.purpose.value,
        "email": link.email,
        "token_hash": link.token_hash,
        "created_at": link.created_at,
        "expires_at": link.expires_at,
    }


def from_row(row: Row) -> Link:
    """The link of a row."""
    return Link(
        id=row.id,
        account_id=UserId(row.user_id),
        purpose=LinkPurpose(row.purpose),
        email=row.email,
        token_hash=bytes(row.token_hash),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
