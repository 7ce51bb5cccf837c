"""Lists of orders in Postgres: a page in one statement, by an index, however deep it stands."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from attrs import frozen
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    String,
    Subquery,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.types import Uuid

from automate_store.adapters.postgres.rows import Row, from_json, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.postgres.tables import order_items, orders
from automate_store.application.ports.order_lists import (
    FIRST_ITEMS,
    ListedItem,
    OrderFilter,
    OrderPlace,
    OrderRecord,
)
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import FulfilmentState, OrderStatus, PaymentStatus

_MOMENT = DateTime(timezone=True)
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "user_id": orders.c.user_id == bindparam("user_id", type_=Uuid()),
    "email": orders.c.guest_email == bindparam("email", type_=String()),
    "number": orders.c.order_number == bindparam("number", type_=String()),
    "placed_from": orders.c.created_at >= bindparam("placed_from", type_=_MOMENT),
    "placed_until": orders.c.created_at < bindparam("placed_until", type_=_MOMENT),
    "before_at": tuple_(orders.c.created_at, orders.c.id)
    < tuple_(bindparam("before_at", type_=_MOMENT), bindparam("before", type_=Uuid())),
}
_LEFT = order_items.c.quantity - order_items.c.cancelled_quantity
# A value as well: the index is of what is to be shipped, and of nothing else.
_TO_SHIP = orders.c.id.in_(
    select(order_items.c.order_id).where(order_items.c.status == OrderStatus.PROCESSING.value)
)
_SHOWN = (
    orders.c.id,
    orders.c.order_number,
    orders.c.status,
    orders.c.payment_status,
    orders.c.fulfilment_state,
    orders.c.guest_email,
    orders.c.total_amount,
    orders.c.credited_amount,
    orders.c.currency,
    orders.c.created_at,
    orders.c.updated_at,
)
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
        statement = _page(frozenset(params), wanted.status, wanted.payment_status, wanted.to_ship)
        if before is not None:
            params["before"] = before.id
        rows = await self.session.fetch_all(statement, {**params, "limit": limit})
        return tuple(_record(row) for row in rows)


@lru_cache(maxsize=_KINDS)
def _page(
    asked: frozenset[str],
    status: OrderStatus | None,
    payment_status: PaymentStatus | None,
    to_ship: bool | None,  # noqa: FBT001 - it is a part of what is asked for
) -> Select[Any]:
    conditions = [_CONDITIONS[name] for name in sorted(asked)]
    # Values, and no parameters: how many orders there are of one decides how they are found.
    conditions += [orders.c.status == status.value] if status else []
    conditions += [orders.c.payment_status == payment_status.value] if payment_status else []
    conditions += [] if to_ship is None else [_TO_SHIP if to_ship else ~_TO_SHIP]
    page = (
        select(*_SHOWN)
        .where(*conditions)
        .order_by(orders.c.created_at.desc(), orders.c.id.desc())
        .limit(bindparam("limit"))
        .subquery("page")
    )
    newest_first = page.c.created_at.desc(), page.c.id.desc()
    return select(page, _units(page), _first_items(page)).order_by(*newest_first)


def _units(page: Subquery) -> ColumnElement[int]:
    """How many pieces are in each order."""
    return (
        select(func.coalesce(func.sum(_LEFT), 0))
        .where(order_items.c.order_id == page.c.id)
        .scalar_subquery()
        .label("units")
    )


def _first_items(page: Subquery) -> ColumnElement[str]:
    """The first items that are still in each order, as JSON."""
    first = (
        select(
            order_items.c.position,
            func.json_build_object(
                literal_column("'id'"),
                order_items.c.id,
                literal_column("'product_id'"),
                order_items.c.product_id,
                literal_column("'variant_id'"),
                order_items.c.product_variant_id,
                literal_column("'name'"),
                order_items.c.product_name,
                literal_column("'image_url'"),
                order_items.c.product_snapshot.op("->>")(literal_column("'image_url'")),
                literal_column("'quantity'"),
                _LEFT,
            ).label("item"),
        )
        .where(order_items.c.order_id == page.c.id, _LEFT > 0)
        .order_by(order_items.c.position)
        .limit(FIRST_ITEMS)
        .correlate(page)
        .lateral("first")
    )
    items = func.json_agg(aggregate_order_by(first.c.item, first.c.position))
    told = cast(func.coalesce(items, literal_column("'[]'")), Text)
    return select(told).select_from(first).correlate(page).scalar_subquery().label("first_items")


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
