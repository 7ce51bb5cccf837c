"""Payments in Postgres: one row an attempt."""

from __future__ import annotations

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Record, Row, from_json, json_text, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import VersionConflict
from automate_store.domain.kernel.ids import EditId, OrderId, PaymentId
from automate_store.domain.payments import (
    PLAIN,
    Payment,
    PaymentNotFound,
    PaymentState,
    PaymentTerms,
)

_COLUMNS = """
    id, order_id, edit_id, payment_method, payment_intent_id, amount, currency, state,
    terms::text AS terms, authorised_amount, captured_amount, refunded_amount, failure,
    gateway_response::text AS client, version, created_at, updated_at
"""

_GET = text(f"SELECT {_COLUMNS} FROM payments WHERE id = :id")  # noqa: S608 - a constant

_OF_ORDER = text(f"""
    SELECT {_COLUMNS} FROM payments WHERE order_id = :order_id ORDER BY created_at, id
""")  # noqa: S608 - a constant

_ADD = text("""
    INSERT INTO payments (id, order_id, edit_id, payment_method, payment_intent_id, amount,
        currency, status, state, authorised_amount, captured_amount, refunded_amount, failure,
        gateway_response, terms, processed_at, version, created_at, updated_at)
    VALUES (:id, :order_id, :edit_id, :gateway, :intent_id, :amount, :currency,
        CAST(:status AS payment_status), :state, :authorised, :captured, :refunded, :failure,
        CAST(:client AS jsonb), CAST(:terms AS jsonb), :processed_at, :version, :created_at,
        :updated_at)
""")

_SAVE = text("""
    UPDATE payments SET payment_intent_id = :intent_id, status = CAST(:status AS payment_status),
        state = :state, authorised_amount = :authorised, captured_amount = :captured,
        refunded_amount = :refunded, failure = :failure, gateway_response = CAST(:client AS jsonb),
        processed_at = :processed_at, version = :version, updated_at = :updated_at
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
