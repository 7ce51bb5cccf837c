"""Returns in Postgres: one row a return, one for each of its items."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Row, from_json, json_text, maybe_decimal
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import NumberTaken, VersionConflict
from automate_store.domain.kernel.ids import LineId, OrderId, ReturnId
from automate_store.domain.returns import (
    Condition,
    RefundPart,
    RefundSum,
    Replacement,
    Return,
    ReturnItem,
    ReturnKind,
    ReturnNotFound,
    ReturnState,
)

_COLUMNS = """
    SELECT r.id, r.return_number, r.order_id, o.order_number, r.kind, r.status, r.comments,
        r.rejected_reason, r.refund::text AS refund, r.refund_in_money::text AS in_money,
        r.version, r.requested_at, r.updated_at, r.processed_at,
        (SELECT json_agg(json_build_object('item_id', i.order_item_id, 'quantity', i.quantity,
            'reason', i.reason, 'accepted', i.accepted_quantity, 'condition', i.condition,
            'refused_reason', i.refused_reason, 'replacement', i.replacement,
            'missing', i.missing_quantity) ORDER BY i.position)
         FROM return_items i WHERE i.return_id = r.id)::text AS items
    FROM returns r JOIN orders o ON o.id = r.order_id
"""

_GET = text(f"{_COLUMNS} WHERE r.id = :id")

_OF_ORDER = text(f"{_COLUMNS} WHERE r.order_id = :order_id ORDER BY r.id")

_OLDER = "(CAST(:before AS uuid) IS NULL OR r.id < :before) ORDER BY r.id DESC LIMIT :limit"
# One statement for all and one for a state: of a condition that may be off, no index helps.
_PAGE = text(f"{_COLUMNS} WHERE {_OLDER}")

_PAGE_OF_STATE = text(f"{_COLUMNS} WHERE r.status = :state AND {_OLDER}")

_ADD = text("""
    WITH asked AS (
        INSERT INTO returns (id, order_id, return_number, kind, status, reason, comments,
            version, requested_at, created_at, updated_at)
        VALUES (:id, :order_id, :number, :kind, :state, :reason, :comments, :version,
            :requested_at, :requested_at, :updated_at)
    )
    INSERT INTO return_items (return_id, order_item_id, position, quantity, reason, replacement,
        missing_quantity, created_at)
    SELECT :id, i.item_id, i.position, i.quantity, i.reason, CAST(i.replacement AS jsonb),
        i.missing, :requested_at
    FROM unnest(CAST(:item_ids AS uuid[]), CAST(:positions AS int[]),
        CAST(:quantities AS int[]), CAST(:reasons AS text[]), CAST(:replacements AS text[]),
        CAST(:missing AS int[]))
        AS i(item_id, position, quantity, reason, replacement, missing)
""")

_SAVE = text("""
    WITH changed AS (
        UPDATE returns SET status = :state, rejected_reason = :rejected_reason,
            refund = CAST(:refund AS jsonb), refund_in_money = CAST(:in_money AS jsonb),
            refund_amount = :refund_amount,
            return_shipping_cost = :return_shipping, version = :version,
            updated_at = :updated_at, processed_at = :ended_at
        WHERE id = :id AND version = :loaded_version
        RETURNING id
    ), looked_at AS (
        UPDATE return_items SET accepted_quantity = i.accepted, condition = i.condition,
            refused_reason = i.refused_reason, replacement = CAST(i.replacement AS jsonb)
        FROM changed, unnest(CAST(:item_ids AS uuid[]), CAST(:accepted AS int[]),
            CAST(:conditions AS text[]), CAST(:refused_reasons AS text[]),
            CAST(:replacements AS text[]))
            AS i(item_id, accepted, condition, refused_reason, replacement)
        WHERE return_items.return_id = changed.id AND return_items.order_item_id = i.item_id
            AND (return_items.accepted_quantity, return_items.replacement)
                IS DISTINCT FROM (i.accepted, CAST(i.replacement AS jsonb))
    )
    SELECT id FROM changed
""")


@frozen
class PostgresReturns:
    """The Returns port on Postgres."""

    session: Session

    async def get(self, return_id: ReturnId) -> Return:
        """The return; raises ReturnNotFound."""
        row = await self.session.fetch_one(_GET, {"id": return_id})
        if row is None:
            raise ReturnNotFound(str(return_id))
        return from_row(row)

    async def of_order(self, order_id: OrderId) -> tuple[Return, ...]:
        """Every return of the order, oldest first."""
        rows = await self.session.fetch_all(_OF_ORDER, {"order_id": order_id})
        return tuple(from_row(row) for row in rows)

    async def page(
        self, *, state: ReturnState | None, before: ReturnId | None, limit: int
    ) -> tuple[Return, ...]:
        """Returns in that state, or in any, the last asked for first, after that one."""
        params: dict[str, object] = {"before": before, "limit": limit}
        if state is None:
            rows = await self.session.fetch_all(_PAGE, params)
        else:
            rows = await self.session.fetch_all(_PAGE_OF_STATE, {**params, "state": state.value})
        return tuple(from_row(row) for row in rows)

    async def add(self, returned: Return) -> None:
        """Store a new return; raises NumberTaken."""
        taken = {"returns_return_number_key": NumberTaken(returned.number)}
        await self.session.later(_ADD, to_row(returned), refusals=taken)

    async def save(self, returned: Return) -> None:
        """Store the changed return; raises VersionConflict."""
        row = to_row(returned) | {"loaded_version": returned.version}
        changed = VersionConflict("return", str(returned.id))
        await self.session.later(_SAVE, row, touching=1, otherwise=changed)


def to_row(returned: Return) -> dict[str, object]:
    """The return as its row's parameters, and its items' as a list a column."""
    items, refund = returned.items, returned.refund
    return {
        "id": returned.id,
        "order_id": returned.order_id,
        "number": returned.number,
        "kind": returned.kind.value,
        "state": returned.state.value,
        "reason": items[0].reason,
        "comments": returned.comments,
        "rejected_reason": returned.rejected_reason,
        "refund": None if refund is None else json_text(refund),
        "in_money": None if returned.in_money is None else json_text(returned.in_money),
        "refund_amount": maybe_decimal(refund.total if refund else None),
        "return_shipping": (
            refund.kept(RefundPart.RETURN_SHIPPING).decimal() if refund else Decimal(0)
        ),
        "version": returned.version + 1,
        "requested_at": returned.requested_at,
        "updated_at": returned.updated_at,
        "ended_at": returned.ended_at,
        "item_ids": [item.item_id for item in items],
        "positions": list(range(len(items))),
        "quantities": [item.quantity for item in items],
        "reasons": [item.reason for item in items],
        "missing": [item.missing for item in items],
        "accepted": [item.accepted for item in items],
        "conditions": [item.condition and item.condition.value for item in items],
        "refused_reasons": [item.refused_reason for item in items],
        "replacements": [item.replacement and json_text(item.replacement) for item in items],
    }


def from_row(row: Row) -> Return:
    """The return of a row."""
    return Return(
        id=ReturnId(row.id),
        number=row.return_number,
        order_id=OrderId(row.order_id),
        order_number=row.order_number,
        kind=ReturnKind(row.kind),
        state=ReturnState(row.status),
        items=tuple(_item(each) for each in from_json(row.items, list[_StoredItem])),
        comments=row.comments,
        rejected_reason=row.rejected_reason,
        refund=None if row.refund is None else from_json(row.refund, RefundSum),
        in_money=None if row.in_money is None else from_json(row.in_money, RefundSum),
        requested_at=row.requested_at,
        updated_at=row.updated_at,
        ended_at=row.processed_at,
        version=row.version,
    )


@frozen
class _StoredItem:
    item_id: UUID
    quantity: int
    reason: str
    accepted: int | None
    condition: Condition | None
    refused_reason: str | None
    replacement: Replacement | None
    missing: int


def _item(stored: _StoredItem) -> ReturnItem:
    return ReturnItem(
        item_id=LineId(stored.item_id),
        quantity=stored.quantity,
        reason=stored.reason,
        accepted=stored.accepted,
        condition=stored.condition,
        refused_reason=stored.refused_reason,
        replacement=stored.replacement,
        missing=stored.missing,
    )
