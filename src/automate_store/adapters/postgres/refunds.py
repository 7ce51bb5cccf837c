"""Refunds in Postgres: one row for each part of a payment that goes back."""

from __future__ import annotations

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Record, Row, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import VersionConflict
from automate_store.domain.kernel.ids import OrderId, PaymentId, RefundId, ReturnId
from automate_store.domain.payments import Refund, RefundNotFound, RefundState

_COLUMNS = """
    id, payment_id, order_id, return_id, amount, currency, reason, state, gateway_refund_id,
    made_there, failure, actor, version, created_at, updated_at
"""
_OLDER = "(CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit"

_GET = text(f"SELECT {_COLUMNS} FROM refunds WHERE id = :id")  # noqa: S608 - a constant

_OF_ORDER = text(f"""
    SELECT {_COLUMNS} FROM refunds WHERE order_id = :order_id ORDER BY created_at, id
""")  # noqa: S608 - a constant

# One statement for all and one for each state: of a condition that may be off, no index helps.
_PAGE = text(f"SELECT {_COLUMNS} FROM refunds WHERE {_OLDER}")  # noqa: S608 - a constant

_PAGE_PENDING = text(f"""
    SELECT {_COLUMNS} FROM refunds WHERE state = 'pending' AND {_OLDER}
""")  # noqa: S608 - a constant

_PAGE_FAILED = text(f"""
    SELECT {_COLUMNS} FROM refunds WHERE state = 'failed' AND {_OLDER}
""")  # noqa: S608 - a constant

_PAGE_SUCCEEDED = text(f"""
    SELECT {_COLUMNS} FROM refunds WHERE state = 'succeeded' AND {_OLDER}
""")  # noqa: S608 - a constant

_PAGES = {
    None: _PAGE,
    RefundState.PENDING: _PAGE_PENDING,
    RefundState.FAILED: _PAGE_FAILED,
    RefundState.SUCCEEDED: _PAGE_SUCCEEDED,
}

_ADD = text(f"""
    INSERT INTO refunds ({_COLUMNS})
    VALUES (:id, :payment_id, :order_id, :return_id, :amount, :currency, :reason, :state,
        :gateway_id, :made_there, :failure, :actor, :version, :created_at, :updated_at)
""")  # noqa: S608 - a constant

_SAVE = text("""
    UPDATE refunds SET state = :state, gateway_refund_id = :gateway_id, failure = :failure,
        version = :version, updated_at = :updated_at
    WHERE id = :id AND version = :loaded_version
""")


@frozen
class PostgresRefunds:
    """The Refunds port on Postgres."""

    session: Session
    record: Record

    async def get(self, refund_id: RefundId) -> Refund:
        """The refund; raises RefundNotFound."""
        row = await self.session.fetch_one(_GET, {"id": refund_id})
        if row is None:
            raise RefundNotFound(str(refund_id))
        return from_row(row)

    async def of_order(self, order_id: OrderId) -> tuple[Refund, ...]:
        """Every refund of the order, oldest first."""
        rows = await self.session.fetch_all(_OF_ORDER, {"order_id": order_id})
        return tuple(from_row(row) for row in rows)

    async def page(
        self, *, state: RefundState | None, before: RefundId | None, limit: int
    ) -> tuple[Refund, ...]:
        """Refunds in that state, or in any, the last begun first, after that one."""
        rows = await self.session.fetch_all(_PAGES[state], {"before": before, "limit": limit})
        return tuple(from_row(row) for row in rows)

    async def add(self, refund: Refund) -> None:
        """Store a new refund and its events."""
        await self.session.later(_ADD, to_row(refund))
        self.record(*refund.events)

    async def save(self, refund: Refund) -> None:
        """Store the changed refund and its events; raises VersionConflict."""
        row = to_row(refund) | {"loaded_version": refund.version}
        changed = VersionConflict("refund", str(refund.id))
        await self.session.later(_SAVE, row, touching=1, otherwise=changed)
        self.record(*refund.events)


def to_row(refund: Refund) -> dict[str, object]:
    """The refund as its row's parameters."""
    return {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "order_id": refund.order_id,
        "return_id": refund.return_id,
        "amount": refund.amount.decimal(),
        "currency": refund.amount.currency,
        "reason": refund.reason,
        "state": refund.state.value,
        "gateway_id": refund.gateway_id,
        "made_there": refund.made_there,
        "failure": refund.failure,
        "actor": refund.actor,
        "version": refund.version + 1,
        "created_at": refund.created_at,
        "updated_at": refund.updated_at,
    }


def from_row(row: Row) -> Refund:
    """The refund of a row."""
    return Refund(
        id=RefundId(row.id),
        payment_id=PaymentId(row.payment_id),
        order_id=OrderId(row.order_id),
        return_id=None if row.return_id is None else ReturnId(row.return_id),
        amount=to_money(row.amount, row.currency),
        reason=row.reason,
        state=RefundState(row.state),
        gateway_id=row.gateway_refund_id,
        made_there=row.made_there,
        failure=row.failure,
        actor=row.actor,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )
