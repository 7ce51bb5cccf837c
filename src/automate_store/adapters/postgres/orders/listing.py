"""Lists of orders in Postgres: a page in one statement, by an index, however deep it stands."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from attrs import frozen
from sqlalchemy import Executable, text

from automate_store.adapters.postgres.rows import Row, from_json, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.application.ports.order_lists import (
    FIRST_ITEMS,
    ListedItem,
    OrderFilter,
    OrderPlace,
    OrderRecord,
)
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import FulfilmentState, OrderStatus, PaymentStatus

_PAGE = """
    SELECT o.*,
        (SELECT coalesce(sum(i.quantity - i.cancelled_quantity), 0)
         FROM order_items i WHERE i.order_id = o.id) AS units,
        (SELECT coalesce(json_agg(json_build_object(
            'id', f.id, 'product_id', f.product_id, 'variant_id', f.product_variant_id,
            'name', f.product_name, 'image_url', f.product_snapshot ->> 'image_url',
            'quantity', f.quantity - f.cancelled_quantity) ORDER BY f.position), '[]')
         FROM (SELECT * FROM order_items i
               WHERE i.order_id = o.id AND i.quantity > i.cancelled_quantity
               ORDER BY i.position LIMIT {first}) AS f)::text AS first_items
    FROM (SELECT id, order_number, status, payment_status, fulfilment_state, guest_email,
            total_amount, credited_amount, currency, created_at, updated_at
          FROM orders WHERE {conditions} ORDER BY created_at DESC, id DESC LIMIT :limit) AS o
    ORDER BY o.created_at DESC, o.id DESC
"""
_CONDITIONS: Mapping[str, str] = {
    "user_id": "user_id = CAST(:user_id AS uuid)",
    "email": "guest_email = CAST(:email AS varchar)",
    "number": "order_number = CAST(:number AS varchar)",
    "placed_from": "created_at >= CAST(:placed_from AS timestamptz)",
    "placed_until": "created_at < CAST(:placed_until AS timestamptz)",
    "before_at": "(created_at, id) < (CAST(:before_at AS timestamptz), CAST(:before AS uuid))",
}
_KINDS = 2_048
"""More than there are combinations of what is asked for; each is made once."""


@frozen
class PostgresOrderLists:
    """The OrderLists port on Postgres."""

    session: Session

    async def page(
        self, wanted: OrderFilter, *, before: OrderPlace | None, limit: int
    ) -> tuple[OrderRecord, ...]:
        """Orders that fit, the last placed first, after that place."""
        asked = {
            "user_id": wanted.user_id,
            "email": wanted.email,
            "number": wanted.number,
            "placed_from": wanted.placed_from,
            "placed_until": wanted.placed_until,
            "before_at": before.placed_at if before else None,
        }
        params: dict[str, object] = {k: v for k, v in asked.items() if v is not None}
        statement = _page(frozenset(params), wanted.status, wanted.payment_status)
        if before is not None:
            params["before"] = before.id
        rows = await self.session.fetch_all(statement, {**params, "limit": limit})
        return tuple(_record(row) for row in rows)


@lru_cache(maxsize=_KINDS)
def _page(
    asked: frozenset[str], status: OrderStatus | None, payment_status: PaymentStatus | None
) -> Executable:
    conditions = [_CONDITIONS[name] for name in sorted(asked)]
    # Values, and no parameters: how many orders there are of one decides how they are found.
    conditions += [f"status = '{status.value}'"] if status else []
    conditions += [f"payment_status = '{payment_status.value}'"] if payment_status else []
    return text(_PAGE.format(first=FIRST_ITEMS, conditions=" AND ".join(conditions) or "true"))


def _record(row: Row) -> OrderRecord:
    return OrderRecord(
        id=OrderId(row.id),
        number=row.order_number,
        status=OrderStatus(row.status),
        payment_status=PaymentStatus(row.payment_status),
        fulfilment=FulfilmentState(row.fulfilment_state),
        email=row.guest_email,
        total=to_money(row.total_amount, row.currency),
        credited=to_money(row.credited_amount, row.currency),
        first_items=from_json(row.first_items, tuple[ListedItem, ...]),
        units=int(row.units),
        placed_at=row.created_at,
        updated_at=row.updated_at,
    )
