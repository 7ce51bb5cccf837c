"""The audit trail on the wire; for staff only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.ports.identity import TrailEntry
from automate_store.entrypoints.http.wire.inputs import Input
from automate_store.entrypoints.http.wire.paging import Cursor, Limit

Subject = Annotated[
    str, Meta(min_length=1, max_length=255, description="Of what alone, as `coupon:WELCOME`.")
]
Changer = Annotated[UUID, Meta(description="By which account alone.")]


class AuditQuery(Input, frozen=True, kw_only=True):
    """Of what, by whom (all without them), how many, from where on."""

    subject: Subject | None = None
    account_id: Changer | None = None
    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class AuditEntry(Struct, frozen=True):
    """One change: who did what to what, and what it was before and after."""

    id: UUID
    at: datetime
    actor: str
    account_id: UUID | None
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditTrail(Struct, frozen=True):
    """Changes, newest first."""

    items: list[AuditEntry]
    next_cursor: str | None


def audit_trail(found: Sequence[TrailEntry], next_cursor: str | None) -> AuditTrail:
    """A page of the trail."""
    return AuditTrail([_entry(each) for each in found], next_cursor)


def _entry(entry: TrailEntry) -> AuditEntry:
    return AuditEntry(
        id=entry.id,
        at=entry.at,
        actor=entry.actor,
        account_id=entry.account_id,
        action=entry.action,
        subject=entry.subject,
        before=None if entry.before is None else dict(entry.before),
        after=None if entry.after is None else dict(entry.after),
    )
