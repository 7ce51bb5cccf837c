"""The audit trail in Postgres."""

from __future__ import annotations

from uuid import UUID

from attrs import frozen
from sqlalchemy import TextClause, text

from automate_store.adapters.postgres.rows import Row, json_text
from automate_store.adapters.postgres.session import Session
from automate_store.application.ports.identity import TrailEntry
from automate_store.domain.kernel.ids import UserId

_COLUMNS = "id, at, actor, user_id, action, subject, before, after"

_ADD = text("""
    INSERT INTO audit_trail (id, at, actor, user_id, action, subject, before, after)
    VALUES (:id, :at, :actor, :account_id, :action, :subject, CAST(:before AS jsonb),
        CAST(:after AS jsonb))
""")

_LATEST = "id < coalesce(CAST(:before AS uuid), 'ffffffff-ffff-ffff-ffff-ffffffffffff')"

_PAGE = text(f"""
    SELECT {_COLUMNS} FROM audit_trail WHERE {_LATEST} ORDER BY id DESC LIMIT :limit
""")  # noqa: S608 - our own columns

_OF_SUBJECT = text(f"""
    SELECT {_COLUMNS} FROM audit_trail WHERE subject = :subject AND {_LATEST}
    ORDER BY id DESC LIMIT :limit
""")  # noqa: S608 - our own columns

_BY_ACCOUNT = text(f"""
    SELECT {_COLUMNS} FROM audit_trail WHERE user_id = :account_id AND {_LATEST}
    ORDER BY id DESC LIMIT :limit
""")  # noqa: S608 - our own columns

_OF_SUBJECT_BY_ACCOUNT = text(f"""
    SELECT {_COLUMNS} FROM audit_trail
    WHERE subject = :subject AND user_id = :account_id AND {_LATEST}
    ORDER BY id DESC LIMIT :limit
""")  # noqa: S608 - our own columns


@frozen
class PostgresTrail:
    """The Trail port on Postgres."""

    session: Session

    async def add(self, entry: TrailEntry) -> None:
        """Store an entry."""
        await self.session.later(_ADD, to_row(entry))

    async def page(
        self, *, before: UUID | None, limit: int, subject: str | None, account_id: UserId | None
    ) -> tuple[TrailEntry, ...]:
        """Entries that are older than that one, the newest first."""
        params = {"before": before, "limit": limit, "subject": subject, "account_id": account_id}
        rows = await self.session.fetch_all(_statement(subject, account_id), params)
        return tuple(from_row(row) for row in rows)


def to_row(entry: TrailEntry) -> dict[str, object]:
    """The entry as its row's parameters."""
    return {
        "id": entry.id,
        "at": entry.at,
        "actor": entry.actor,
        "account_id": entry.account_id,
        "action": entry.action,
        "subject": entry.subject,
        "before": None if entry.before is None else json_text(entry.before),
        "after": None if entry.after is None else json_text(entry.after),
    }


def from_row(row: Row) -> TrailEntry:
    """The entry of a row."""
    return TrailEntry(
        id=row.id,
        at=row.at,
        actor=row.actor,
        account_id=None if row.user_id is None else UserId(row.user_id),
        action=row.action,
        subject=row.subject,
        before=row.before,
        after=row.after,
    )


def _statement(subject: str | None, account_id: UserId | None) -> TextClause:
    """One for each filter: with a condition that may be off, no index would be used."""
    if subject is None:
        return _PAGE if account_id is None else _BY_ACCOUNT
    return _OF_SUBJECT if account_id is None else _OF_SUBJECT_BY_ACCOUNT
