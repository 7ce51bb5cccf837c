"""Disputes in Postgres: one row a contested payment."""

from __future__ import annotations

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Row, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import VersionConflict
from automate_store.domain.kernel.ids import DisputeId, OrderId, PaymentId
from automate_store.domain.payments import Dispute, DisputeState

_COLUMNS = """
    id, payment_id, order_id, gateway, gateway_dispute_id, amount, currency, reason, state,
    version, opened_at, updated_at
"""

_FIND = text(f"""
    SELECT {_COLUMNS} FROM disputes WHERE gateway = :gateway AND gateway_dispute_id = :gateway_id
""")  # noqa: S608 - a constant

_OF_ORDER = text(f"""
    SELECT {_COLUMNS} FROM disputes WHERE order_id = :order_id ORDER BY id
""")  # noqa: S608 - a constant

_ADD = text("""
    INSERT INTO disputes (id, payment_id, order_id, gateway, gateway_dispute_id, amount,
        currency, reason, state, version, opened_at, updated_at)
    VALUES (:id, :payment_id, :order_id, :gateway, :gateway_id, :amount, :currency, :reason,
        :state, :version, :opened_at, :updated_at)
""")

_SAVE = text("""
    UPDATE disputes SET state = :state, version = :version, updated_at = :updated_at
    WHERE id = :id AND version = :loaded_version
""")

_OLDER = "(CAST(:before AS uuid) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit"
# One statement for all and one for a state: of a condition that may be off, no index helps.
_PAGE = text(f"SELECT {_COLUMNS} FROM disputes WHERE {_OLDER}")  # noqa: S608 - a constant

_PAGE_OF_STATE = text(f"""
    SELECT {_COLUMNS} FROM disputes WHERE state = :state AND {_OLDER}
""")  # noqa: S608 - a constant


@frozen
class PostgresDisputes:
    """The Disputes port on Postgres."""

    session: Session

    async def find(self, gateway: str, gateway_id: str) -> Dispute | None:
        """The dispute that the gateway knows by that name, if it was heard of."""
        asked = {"gateway": gateway, "gateway_id": gateway_id}
        row = await self.session.fetch_one(_FIND, asked)
        return None if row is None else from_row(row)

    async def of_order(self, order_id: OrderId) -> tuple[Dispute, ...]:
        """Every dispute of the order's payments, the first opened first."""
        rows = await self.session.fetch_all(_OF_ORDER, {"order_id": order_id})
        return tuple(from_row(row) for row in rows)

    async def add(self, dispute: Dispute) -> None:
        """Store a new dispute."""
        await self.session.later(_ADD, to_row(dispute))

    async def save(self, dispute: Dispute) -> None:
        """Store the changed dispute; raises VersionConflict."""
        changed = VersionConflict("dispute", str(dispute.id))
        row = to_row(dispute) | {"loaded_version": dispute.version}
        await self.session.later(_SAVE, row, touching=1, otherwise=changed)

    async def page(
        self, *, state: DisputeState | None, before: DisputeId | None, limit: int
    ) -> tuple[Dispute, ...]:
        """Disputes in that state, or in any, the last opened first, after that one."""
        asked = {"before": before, "limit": limit}
        if state is None:
            rows = await self.session.fetch_all(_PAGE, asked)
        else:
            rows = await self.session.fetch_all(_PAGE_OF_STATE, asked | {"state": state.value})
        return tuple(from_row(row) for row in rows)


def to_row(dispute: Dispute) -> dict[str, object]:
    """The dispute as its row's parameters."""
    return {
        "id": dispute.id,
        "payment_id": dispute.payment_id,
        "order_id": dispute.order_id,
        "gateway": dispute.gateway,
        "gateway_id": dispute.gateway_id,
        "amount": dispute.amount.decimal(),
        "currency": dispute.amount.currency,
        "reason": dispute.reason,
        "state": dispute.state.value,
        "version": dispute.version + 1,
        "opened_at": dispute.opened_at,
        "updated_at": dispute.updated_at,
    }


def from_row(row: Row) -> Dispute:
    """The dispute of a row."""
    return Dispute(
        id=DisputeId(row.id),
        payment_id=PaymentId(row.payment_id),
        order_id=OrderId(row.order_id),
        gateway=row.gateway,
        gateway_id=row.gateway_dispute_id,
        amount=to_money(row.amount, row.currency),
        reason=row.reason,
        state=DisputeState(row.state),
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        version=row.version,
    )
