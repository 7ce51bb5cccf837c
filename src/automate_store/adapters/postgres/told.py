"""What gateways told of themselves in Postgres: one row an event, in our words."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Record, Row, from_json, json_text
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import VersionConflict
from automate_store.domain.kernel.ids import PaymentId, ToldId
from automate_store.domain.payments import (
    Ask,
    DisputeReport,
    EventNotFound,
    GatewayEvent,
    GatewayReport,
    RefundNews,
    SetupReport,
    ToldEvent,
    ToldState,
)

_COLUMNS = """
    id, gateway, event_id, kind, payment_id, intent_id, news::text AS news, happened_at,
    received_at, state, attempts, why, processed_at, version
"""

_GET = text(f"SELECT {_COLUMNS} FROM webhook_events WHERE id = :id")  # noqa: S608 - a constant

_GET_LOCKED = text(f"""
    SELECT {_COLUMNS} FROM webhook_events WHERE id = :id FOR UPDATE
""")  # noqa: S608 - a constant

_ADD = text("""
    INSERT INTO webhook_events (id, gateway, event_id, kind, payment_id, intent_id, news,
        happened_at, received_at, state, attempts, why, processed_at, version)
    VALUES (:id, :gateway, :event_id, :kind, :payment_id, :intent_id, CAST(:news AS jsonb),
        :happened_at, :received_at, :state, :attempts, :why, :processed_at, :version)
    ON CONFLICT (gateway, event_id) DO NOTHING
""")

_SAVE = text("""
    UPDATE webhook_events SET state = :state, attempts = :attempts, why = :why,
        processed_at = :processed_at, version = :version
    WHERE id = :id AND version = :loaded_version
""")

_OLDER = """
    (CAST(:gateway AS text) IS NULL OR gateway = :gateway)
    AND (CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit
"""
# One statement for all and one for a state: of a condition that may be off, no index helps.
_PAGE = text(f"SELECT {_COLUMNS} FROM webhook_events WHERE {_OLDER}")  # noqa: S608 - a constant

_PAGE_OF_STATE = text(f"""
    SELECT {_COLUMNS} FROM webhook_events WHERE state = :state AND {_OLDER}
""")  # noqa: S608 - a constant

_PARKED_OF = text("""
    SELECT id FROM webhook_events WHERE state = 'parked' AND gateway = :gateway
        AND (payment_id = :payment_id OR intent_id = CAST(:intent_id AS varchar))
    ORDER BY id
""")

_STRANGERS = text(f"""
    SELECT {_COLUMNS} FROM webhook_events
    WHERE gateway = :gateway AND intent_id = :intent_id AND state <> 'processed'
    ORDER BY id LIMIT 100
""")  # noqa: S608 - a constant

_PURGE = text("""
    DELETE FROM webhook_events WHERE id IN (
        SELECT id FROM webhook_events
        WHERE state IN ('processed', 'dismissed') AND received_at < :before
        ORDER BY received_at LIMIT :limit FOR UPDATE SKIP LOCKED)
""")


@frozen(kw_only=True)
class _News:
    """What was told, in the place of its kind."""

    payment: GatewayReport | None = None
    refund: RefundNews | None = None
    dispute: DisputeReport | None = None
    setup: SetupReport | None = None
    ask: Ask | None = None


@frozen
class PostgresToldEvents:
    """The ToldEvents port on Postgres."""

    session: Session
    record: Record

    async def get(self, told_id: ToldId, *, lock: bool = False) -> ToldEvent:
        """The event; raises EventNotFound."""
        row = await self.session.fetch_one(_GET_LOCKED if lock else _GET, {"id": told_id})
        if row is None:
            raise EventNotFound(str(told_id))
        return from_row(row)

    async def add(self, told: ToldEvent) -> bool:
        """Store the event; False, and nothing, where it was told before."""
        fresh = await self.session.execute(_ADD, to_row(told)) == 1
        if fresh:
            self.record(*told.events)
        return fresh

    async def save(self, told: ToldEvent) -> None:
        """Store what became of the event; raises VersionConflict."""
        changed = VersionConflict("told event", str(told.id))
        row = to_row(told) | {"loaded_version": told.version}
        await self.session.later(_SAVE, row, touching=1, otherwise=changed)

    async def page(
        self,
        *,
        state: ToldState | None,
        gateway: str | None,
        before: ToldId | None,
        limit: int,
    ) -> tuple[ToldEvent, ...]:
        """Events in that state and of that gateway, or of any, the last heard of first."""
        asked = {"gateway": gateway, "before": before, "limit": limit}
        if state is None:
            rows = await self.session.fetch_all(_PAGE, asked)
        else:
            rows = await self.session.fetch_all(_PAGE_OF_STATE, asked | {"state": state.value})
        return tuple(from_row(row) for row in rows)

    async def parked_of(
        self, payment_id: PaymentId, gateway: str, intent_id: str | None
    ) -> tuple[ToldId, ...]:
        """What is parked that names the payment, or its intent there; the first heard of first."""
        named = {"payment_id": payment_id, "gateway": gateway, "intent_id": intent_id}
        rows = await self.session.fetch_all(_PARKED_OF, named)
        return tuple(ToldId(row.id) for row in rows)

    async def strangers(self, gateway: str, intent_id: str) -> tuple[ToldEvent, ...]:
        """What names that intent there and had no effect, the first heard of first."""
        named = {"gateway": gateway, "intent_id": intent_id}
        rows = await self.session.fetch_all(_STRANGERS, named)
        return tuple(from_row(row) for row in rows)

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Forget what has ended and was heard of before then, at most so many; how many."""
        return await self.session.execute(_PURGE, {"before": before, "limit": limit})


def to_row(told: ToldEvent) -> dict[str, object]:
    """The event as its row's parameters."""
    event = told.event
    return {
        "id": told.id,
        "gateway": told.gateway,
        "event_id": event.id,
        "kind": event.kind,
        "payment_id": event.payment_id,
        "intent_id": event.intent_id,
        "news": _news_text(event),
        "happened_at": event.at,
        "received_at": told.received_at,
        "state": told.state.value,
        "attempts": told.attempts,
        "why": told.why,
        "processed_at": told.processed_at,
        "version": told.version + 1,
    }


def from_row(row: Row) -> ToldEvent:
    """The event of a row."""
    kept = from_json(row.news, _News) if row.news else _News()
    return ToldEvent(
        id=ToldId(row.id),
        gateway=row.gateway,
        event=GatewayEvent(
            id=row.event_id,
            kind=row.kind,
            at=row.happened_at,
            payment_id=None if row.payment_id is None else PaymentId(row.payment_id),
            intent_id=row.intent_id,
            news=kept.payment or kept.refund or kept.dispute or kept.setup,
            ask=kept.ask,
        ),
        received_at=row.received_at,
        state=ToldState(row.state),
        attempts=row.attempts,
        why=row.why,
        processed_at=row.processed_at,
        version=row.version,
    )


def _news_text(event: GatewayEvent) -> str | None:
    news = event.news
    kept = _News(
        payment=news if isinstance(news, GatewayReport) else None,
        refund=news if isinstance(news, RefundNews) else None,
        dispute=news if isinstance(news, DisputeReport) else None,
        setup=news if isinstance(news, SetupReport) else None,
        ask=event.ask,
    )
    return None if kept == _News() else json_text(kept)
