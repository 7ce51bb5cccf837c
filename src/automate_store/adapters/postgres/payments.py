"""Payments in Postgres: one row an attempt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from attrs import frozen
from sqlalchemy import TextClause, text

from automate_store.adapters.postgres.rows import Record, Row, from_json, json_text, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import VersionConflict
from automate_store.domain.kernel.ids import EditId, OrderId, PaymentId
from automate_store.domain.payments import (
    PLAIN,
    GatewayReport,
    Instruction,
    Payment,
    PaymentNotFound,
    PaymentState,
    PaymentTerms,
)

_COLUMNS = """
    id, order_id, edit_id, payment_method, payment_intent_id, amount, currency, state,
    terms::text AS terms, authorised_amount, captured_amount, refunded_amount, failure,
    gateway_response::text AS client, reported::text AS reported,
    instruction::text AS instruction, version, created_at, updated_at
"""

_GET = text(f"SELECT {_COLUMNS} FROM payments WHERE id = :id")  # noqa: S608 - a constant

_OF_ORDER = text(f"""
    SELECT {_COLUMNS} FROM payments WHERE order_id = :order_id ORDER BY created_at, id
""")  # noqa: S608 - a constant

_BY_INTENT = text(f"""
    SELECT {_COLUMNS} FROM payments
    WHERE payment_method = :gateway AND payment_intent_id = :intent_id
""")  # noqa: S608 - a constant

_OLDER = "(CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit"
# Statements of their own for what an index of few payments helps to find.
_PAGE_PARKED = text(f"""
    SELECT {_COLUMNS} FROM payments WHERE state = 'parked' AND {_OLDER}
""")  # noqa: S608 - a constant
_PAGE_OPEN = text(f"""
    SELECT {_COLUMNS} FROM payments
    WHERE state = :state AND state NOT IN ('captured', 'cancelled', 'parked') AND {_OLDER}
""")  # noqa: S608 - a constant
_PAGE_ENDED = text(f"""
    SELECT {_COLUMNS} FROM payments WHERE state = :state AND {_OLDER}
""")  # noqa: S608 - a constant
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM payments WHERE {_OLDER}
""")  # noqa: S608 - a constant

_UNSETTLED = text(f"""
    SELECT {_COLUMNS} FROM payments
    WHERE payment_method = :gateway AND state NOT IN ('captured', 'cancelled', 'parked')
        AND created_at < :until
        AND (created_at >= :since OR state IN ('processing', 'authorised'))
        AND (CAST(:after AS uuid) IS NULL OR id > :after)
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - a constant

_MOVED = text(f"""
    SELECT {_COLUMNS} FROM payments
    WHERE payment_method = :gateway AND captured_amount > 0 AND updated_at >= :since
        AND (CAST(:after AS uuid) IS NULL OR id > :after)
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - a constant

_ELSEWHERE = text("""
    SELECT payment_method, count(*) AS many FROM payments
    WHERE payment_method <> ALL(CAST(:gateways AS text[]))
        AND (captured_amount > 0 AND updated_at >= :since
            OR state IN ('processing', 'authorised')
            OR state NOT IN ('captured', 'cancelled', 'parked') AND created_at >= :since)
    GROUP BY payment_method
""")

_ADD = text("""
    INSERT INTO payments (id, order_id, edit_id, payment_method, payment_intent_id, amount,
        currency, status, state, authorised_amount, captured_amount, refunded_amount, failure,
        gateway_response, terms, instruction, processed_at, version, created_at, updated_at)
    VALUES (:id, :order_id, :edit_id, :gateway, :intent_id, :amount, :currency,
        CAST(:status AS payment_status), :state, :authorised, :captured, :refunded, :failure,
        CAST(:client AS jsonb), CAST(:terms AS jsonb),
        CAST(:instruction AS jsonb), :processed_at, :version, :created_at,
        :updated_at)
""")

_SAVE = text("""
    UPDATE payments SET payment_intent_id = :intent_id, amount = :amount,
        status = CAST(:status AS payment_status), state = :state,
        authorised_amount = :authorised, captured_amount = :captured,
        refunded_amount = :refunded, failure = :failure, gateway_response = CAST(:client AS jsonb),
        reported = CAST(:reported AS jsonb), instruction = CAST(:instruction AS jsonb),
        processed_at = :processed_at, version = :version,
        updated_at = :updated_at
    WHERE id = :id AND version = :loaded_version
""")

_FAILED = {PaymentState.FAILED, PaymentState.CANCELLED}


@frozen
class PostgresPayments:
    """The Payments port on Postgres."""

    session: Session
    record: Record

    async def get(self, payment_id: PaymentId) -> Payment:
        """The payment; raises PaymentNotFound."""
        row = await self.session.fetch_one(_GET, {"id": payment_id})
        if row is None:
            raise PaymentNotFound(str(payment_id))
        return from_row(row)

    async def of_order(self, order_id: OrderId) -> tuple[Payment, ...]:
        """Every attempt for the order, oldest first."""
        rows = await self.session.fetch_all(_OF_ORDER, {"order_id": order_id})
        return tuple(from_row(row) for row in rows)

    async def by_intent(self, gateway: str, intent_id: str) -> Payment | None:
        """The payment that the gateway knows by that intent, if there is one."""
        asked = {"gateway": gateway, "intent_id": intent_id}
        row = await self.session.fetch_one(_BY_INTENT, asked)
        return None if row is None else from_row(row)

    async def page(
        self, *, state: PaymentState | None, before: PaymentId | None, limit: int
    ) -> tuple[Payment, ...]:
        """Attempts in that state, or in any, the last begun first, after that one."""
        asked: dict[str, object] = {"before": before, "limit": limit}
        rows = await self.session.fetch_all(*_page_of(state, asked))
        return tuple(from_row(row) for row in rows)

    async def unsettled(
        self, gateway: str, *, since: datetime, until: datetime, after: PaymentId | None, limit: int
    ) -> tuple[Payment, ...]:
        """Attempts there of which money may come yet, the first begun first."""
        asked = {"gateway": gateway, "since": since, "until": until, "after": after, "limit": limit}
        rows = await self.session.fetch_all(_UNSETTLED, asked)
        return tuple(from_row(row) for row in rows)

    async def moved(
        self, gateway: str, *, since: datetime, after: PaymentId | None, limit: int
    ) -> tuple[Payment, ...]:
        """Attempts there that took money and changed since then, the first begun first."""
        asked = {"gateway": gateway, "since": since, "after": after, "limit": limit}
        return tuple(from_row(row) for row in await self.session.fetch_all(_MOVED, asked))

    async def elsewhere(self, gateways: Collection[str], *, since: datetime) -> Mapping[str, int]:
        """How many there are at each other gateway, of which there is anything to ask."""
        asked = {"gateways": list(gateways), "since": since}
        rows = await self.session.fetch_all(_ELSEWHERE, asked)
        return {row.payment_method: row.many for row in rows}

    async def add(self, payment: Payment) -> None:
        """Store a new attempt."""
        await self.session.later(_ADD, to_row(payment))
        self.record(*payment.events)

    async def save(self, payment: Payment) -> None:
        """Store the changed attempt; raises VersionConflict."""
        row = to_row(payment) | {"loaded_version": payment.version}
        changed = VersionConflict("payment", str(payment.id))
        await self.session.later(_SAVE, row, touching=1, otherwise=changed)
        self.record(*payment.events)


def _page_of(
    state: PaymentState | None, asked: dict[str, object]
) -> tuple[TextClause, dict[str, object]]:
    """The statement for a page in that state, and what it is asked with."""
    if state is None:
        return _PAGE, asked
    if state is PaymentState.PARKED:
        return _PAGE_PARKED, asked
    ended = state in {PaymentState.CAPTURED, PaymentState.CANCELLED}
    return (_PAGE_ENDED if ended else _PAGE_OPEN), {**asked, "state": state.value}


def to_row(payment: Payment) -> dict[str, object]:
    """The payment as its row's parameters."""
    return {
        "id": payment.id,
        "order_id": payment.order_id,
        "edit_id": payment.edit_id,
        "gateway": payment.gateway,
        "intent_id": payment.intent_id,
        "amount": payment.amount.decimal(),
        "currency": payment.amount.currency,
        "status": _status(payment),
        "state": payment.state.value,
        "authorised": payment.authorised.decimal(),
        "captured": payment.captured.decimal(),
        "refunded": payment.refunded.decimal(),
        "failure": payment.failure,
        "client": json_text(payment.client),
        "terms": json_text(payment.terms),
        "instruction": None if payment.instruction is None else json_text(payment.instruction),
        "reported": None if payment.reported is None else json_text(payment.reported),
        "processed_at": payment.updated_at if payment.captured else None,
        "version": payment.version + 1,
        "created_at": payment.created_at,
        "updated_at": payment.updated_at,
    }


def from_row(row: Row) -> Payment:
    """The payment of a row."""
    return Payment(
        id=PaymentId(row.id),
        order_id=OrderId(row.order_id),
        edit_id=None if row.edit_id is None else EditId(row.edit_id),
        gateway=row.payment_method,
        amount=to_money(row.amount, row.currency),
        terms=from_json(row.terms, PaymentTerms) if row.terms else PLAIN,
        state=PaymentState(row.state),
        intent_id=row.payment_intent_id,
        authorised=to_money(row.authorised_amount, row.currency),
        captured=to_money(row.captured_amount, row.currency),
        refunded=to_money(row.refunded_amount, row.currency),
        failure=row.failure,
        instruction=from_json(row.instruction, Instruction) if row.instruction else None,
        reported=from_json(row.reported, GatewayReport) if row.reported else None,
        client=from_json(row.client, dict[str, str]),
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )


def _status(payment: Payment) -> str:
    if payment.refunded:
        return "refunded" if payment.refunded == payment.captured else "partially_refunded"
    if payment.captured:
        return "paid"
    return "failed" if payment.state in _FAILED else "pending"
