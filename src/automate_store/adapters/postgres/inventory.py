"""
Stock in Postgres: a narrow table, written by deltas whose condition stands in the UPDATE.

The rows are locked in id order inside the one statement that changes them, last in its
transaction, so that a popular variant is held as briefly as can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import Row
from automate_store.adapters.postgres.session import Session
from automate_store.application.errors import Contended
from automate_store.application.ports.inventory import LowStock
from automate_store.domain.inventory import (
    DEFAULT_LOCATION,
    Movement,
    MovementType,
    Reservation,
    ReservationState,
    StockChange,
    StockItem,
)
from automate_store.domain.kernel.ids import (
    LocationId,
    MovementId,
    OrderId,
    ReservationId,
    VariantId,
)

_OF = text("""
    SELECT variant_id, location_id, on_hand, reserved, tracked, allow_backorder,
        backorder_limit, low_stock_threshold
    FROM stock_items WHERE variant_id = ANY(:variant_ids) AND location_id = :location_id
""")

_APPLY = text("""
    WITH want AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:variant_ids AS uuid[]), CAST(:location_ids AS uuid[]),
            CAST(:on_hand AS int[]), CAST(:reserved AS int[]))
            AS w(variant_id, location_id, on_hand, reserved)
    ), locked AS MATERIALIZED (
        SELECT s.variant_id, s.location_id FROM stock_items s
        JOIN want USING (variant_id, location_id)
        ORDER BY s.variant_id, s.location_id FOR UPDATE OF s
    )
    UPDATE stock_items s
    SET on_hand = s.on_hand + want.on_hand, reserved = s.reserved + want.reserved
    FROM want JOIN locked USING (variant_id, location_id)
    WHERE s.variant_id = want.variant_id AND s.location_id = want.location_id
        AND s.reserved + want.reserved >= 0
        AND (want.reserved <= 0 OR want.on_hand <> 0 OR NOT s.tracked
            OR (s.allow_backorder AND s.backorder_limit IS NULL)
            OR s.on_hand - s.reserved - want.reserved >=
                CASE WHEN s.allow_backorder THEN -s.backorder_limit ELSE 0 END)
    RETURNING s.variant_id, s.location_id, s.on_hand, s.reserved, s.tracked, s.allow_backorder,
        s.backorder_limit, s.low_stock_threshold
""")

_PUT = text("""
    INSERT INTO stock_items (variant_id, location_id, on_hand, reserved, tracked,
        allow_backorder, backorder_limit, low_stock_threshold)
    SELECT * FROM unnest(CAST(:variant_ids AS uuid[]), CAST(:location_ids AS uuid[]),
        CAST(:on_hand AS int[]), CAST(:reserved AS int[]), CAST(:tracked AS boolean[]),
        CAST(:allow_backorder AS boolean[]), CAST(:backorder_limit AS int[]),
        CAST(:low_stock_threshold AS int[]))
    ON CONFLICT (variant_id, location_id) DO UPDATE SET tracked = EXCLUDED.tracked,
        allow_backorder = EXCLUDED.allow_backorder, backorder_limit = EXCLUDED.backorder_limit,
        low_stock_threshold = EXCLUDED.low_stock_threshold
""")

_HOLD = text("""
    INSERT INTO reservations (id, order_id, variant_id, location_id, quantity, state, expires_at,
        created_at)
    SELECT r.*, clock_timestamp() FROM unnest(CAST(:ids AS uuid[]), CAST(:order_ids AS uuid[]),
        CAST(:variant_ids AS uuid[]), CAST(:location_ids AS uuid[]), CAST(:quantities AS int[]),
        CAST(:states AS text[]), CAST(:expires_at AS timestamptz[])) AS r
""")

_HELD = text("""
    SELECT id, order_id, variant_id, location_id, quantity, state, expires_at
    FROM reservations WHERE order_id = :order_id AND state = 'held'
    ORDER BY id FOR UPDATE
""")

_CLOSE = text("""
    UPDATE reservations SET state = :state WHERE id = ANY(:ids) AND state = 'held'
""")

_SET_DEADLINE = text("""
    UPDATE reservations SET expires_at = :until WHERE order_id = :order_id AND state = 'held'
""")

_RECORD = text("""
    INSERT INTO inventory_movements (id, product_id, product_variant_id, location_id,
        movement_type, quantity_change, quantity_after, reference_type, reference_id, notes,
        actor, created_at)
    SELECT m.id, v.product_id, m.variant_id, m.location_id, m.type, m.change, m.after,
        m.reference_type, m.reference_id, m.notes, m.actor, m.at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:variant_ids AS uuid[]),
        CAST(:location_ids AS uuid[]), CAST(:types AS text[]), CAST(:changes AS int[]),
        CAST(:after AS int[]), CAST(:reference_types AS text[]),
        CAST(:reference_ids AS uuid[]), CAST(:notes AS text[]), CAST(:actors AS text[]),
        CAST(:times AS timestamptz[])) WITH ORDINALITY
        AS m(id, variant_id, location_id, type, change, after, reference_type, reference_id,
            notes, actor, at, position)
    JOIN product_variants v ON v.id = m.variant_id
    ORDER BY m.position
""")

_MOVEMENT_COLUMNS = """
    id, product_variant_id, location_id, movement_type, quantity_change, quantity_after,
    reference_type, reference_id, notes, actor, created_at
"""
_OLDER = """
    entry < CASE WHEN CAST(:before AS uuid) IS NULL THEN 9223372036854775807
        ELSE (SELECT entry FROM inventory_movements WHERE id = :before) END
"""
# One statement for all and one for a variant: of a condition that may be off, no index helps.
_MOVEMENTS = text(f"""
    SELECT {_MOVEMENT_COLUMNS} FROM inventory_movements WHERE {_OLDER}
    ORDER BY entry DESC LIMIT :limit
""")  # noqa: S608 - our own columns

_MOVEMENTS_OF_VARIANT = text(f"""
    SELECT {_MOVEMENT_COLUMNS} FROM inventory_movements
    WHERE product_variant_id = :variant_id AND {_OLDER}
    ORDER BY entry DESC LIMIT :limit
""")  # noqa: S608 - our own columns

_LOW = text("""
    SELECT s.variant_id, s.location_id, s.on_hand, s.reserved, s.tracked, s.allow_backorder,
        s.backorder_limit, s.low_stock_threshold, v.sku, p.name
    FROM stock_items s
    JOIN product_variants v ON v.id = s.variant_id
    JOIN products p ON p.id = v.product_id
    WHERE s.tracked AND s.on_hand - s.reserved <= s.low_stock_threshold
        AND s.location_id = :location_id AND v.archived_at IS NULL
        AND (CAST(:after AS uuid) IS NULL OR s.variant_id > :after)
    ORDER BY s.variant_id LIMIT :limit
""")

_COMMITTED = text("""
    SELECT o.order_number FROM reservations r JOIN orders o ON o.id = r.order_id
    WHERE r.variant_id = :variant_id AND r.state = 'held'
    ORDER BY o.placed_at, o.id LIMIT :limit
""")

_OVERDUE = text("""
    SELECT r.order_id FROM reservations r
    WHERE r.state = 'held' AND r.expires_at <= :at
        AND (CAST(:variant_ids AS uuid[]) IS NULL OR r.variant_id = ANY(:variant_ids))
    GROUP BY r.order_id ORDER BY min(r.expires_at), r.order_id LIMIT :limit
""")


@frozen
class PostgresStock:
    """The Stock port on Postgres."""

    session: Session

    async def of(self, variant_ids: Iterable[VariantId]) -> Mapping[VariantId, StockItem]:
        """The stock item of each variant that has one."""
        params = {"variant_ids": list(variant_ids), "location_id": DEFAULT_LOCATION}
        rows = await self.session.fetch_all(_OF, params)
        return {VariantId(row.variant_id): to_stock_item(row) for row in rows}

    async def apply(self, changes: Sequence[StockChange]) -> tuple[StockItem, ...]:
        """Apply every change or none; the condition is the UPDATE's own."""
        params = {
            "variant_ids": [change.variant_id for change in changes],
            "location_ids": [change.location_id for change in changes],
            "on_hand": [change.on_hand for change in changes],
            "reserved": [change.reserved for change in changes],
        }
        rows = await self.session.fetch_all(_APPLY, params)
        if len(rows) < len(changes):
            raise Contended
        items = {(row.variant_id, row.location_id): to_stock_item(row) for row in rows}
        return tuple(items[change.variant_id, change.location_id] for change in changes)

    async def put(self, items: Sequence[StockItem]) -> None:
        """Store new stock items; one that exists keeps its quantities."""
        params = {
            "variant_ids": [item.variant_id for item in items],
            "location_ids": [item.location_id for item in items],
            "on_hand": [item.on_hand for item in items],
            "reserved": [item.reserved for item in items],
            "tracked": [item.tracked for item in items],
            "allow_backorder": [item.allow_backorder for item in items],
            "backorder_limit": [item.backorder_limit for item in items],
            "low_stock_threshold": [item.low_stock_threshold for item in items],
        }
        await self.session.later(_PUT, params)

    async def hold(self, reservations: Sequence[Reservation]) -> None:
        """Store new reservations."""
        params = {
            "ids": [one.id for one in reservations],
            "order_ids": [one.order_id for one in reservations],
            "variant_ids": [one.variant_id for one in reservations],
            "location_ids": [one.location_id for one in reservations],
            "quantities": [one.quantity for one in reservations],
            "states": [one.state.value for one in reservations],
            "expires_at": [one.expires_at for one in reservations],
        }
        await self.session.later(_HOLD, params)

    async def held(self, order_id: OrderId) -> tuple[Reservation, ...]:
        """The order's live reservations, locked until the work ends."""
        rows = await self.session.fetch_all(_HELD, {"order_id": order_id})
        return tuple(
            Reservation(
                id=ReservationId(row.id),
                order_id=OrderId(row.order_id),
                variant_id=VariantId(row.variant_id),
                location_id=LocationId(row.location_id),
                quantity=row.quantity,
                state=ReservationState(row.state),
                expires_at=row.expires_at,
            )
            for row in rows
        )

    async def close(self, reservations: Sequence[Reservation], state: ReservationState) -> None:
        """End live reservations, once."""
        params = {"ids": [one.id for one in reservations], "state": state.value}
        await self.session.later(_CLOSE, params, touching=len(reservations), otherwise=Contended())

    async def claim(self, order_id: OrderId) -> None:
        """Take the deadline off the order's live reservations."""
        await self.session.later(_SET_DEADLINE, {"order_id": order_id, "until": None})

    async def press(self, order_id: OrderId, until: datetime) -> None:
        """Put that deadline on the order's live reservations."""
        await self.session.later(_SET_DEADLINE, {"order_id": order_id, "until": until})

    async def record(self, movements: Sequence[Movement]) -> None:
        """Append to the ledger, in this order."""
        params = {
            "ids": [one.id for one in movements],
            "variant_ids": [one.variant_id for one in movements],
            "location_ids": [one.location_id for one in movements],
            "types": [one.type.value for one in movements],
            "changes": [one.quantity_change for one in movements],
            "after": [one.quantity_after for one in movements],
            "reference_types": [one.reference_type for one in movements],
            "reference_ids": [one.reference_id for one in movements],
            "notes": [one.notes for one in movements],
            "actors": [one.actor for one in movements],
            "times": [one.at for one in movements],
        }
        await self.session.later(_RECORD, params)

    async def movements(
        self, variant_id: VariantId | None, *, before: MovementId | None, limit: int
    ) -> tuple[Movement, ...]:
        """The ledger, newest first."""
        params: dict[str, object] = {"before": before, "limit": limit}
        if variant_id is None:
            rows = await self.session.fetch_all(_MOVEMENTS, params)
        else:
            of_variant = params | {"variant_id": variant_id}
            rows = await self.session.fetch_all(_MOVEMENTS_OF_VARIANT, of_variant)
        return tuple(_to_movement(row) for row in rows)

    async def low(self, *, after: VariantId | None, limit: int) -> tuple[LowStock, ...]:
        """Tracked items at or below their threshold, in id order."""
        params = {"after": after, "limit": limit, "location_id": DEFAULT_LOCATION}
        rows = await self.session.fetch_all(_LOW, params)
        return tuple(
            LowStock(item=to_stock_item(row), sku=row.sku, product_name=row.name) for row in rows
        )

    async def committed_orders(self, variant_id: VariantId, *, limit: int) -> tuple[str, ...]:
        """The numbers of the orders that hold a reservation, oldest first."""
        params = {"variant_id": variant_id, "limit": limit}
        rows = await self.session.fetch_all(_COMMITTED, params)
        return tuple(row.order_number for row in rows)

    async def overdue(
        self, at: datetime, *, variant_ids: Sequence[VariantId] | None, limit: int
    ) -> tuple[OrderId, ...]:
        """Orders whose reservations are past their deadline, oldest first."""
        named = None if variant_ids is None else list(variant_ids)
        params = {"at": at, "variant_ids": named, "limit": limit}
        rows = await self.session.fetch_all(_OVERDUE, params)
        return tuple(OrderId(row.order_id) for row in rows)


def to_stock_item(row: Row) -> StockItem:
    """The stock item of a row that has its columns."""
    return StockItem(
        variant_id=VariantId(row.variant_id),
        location_id=LocationId(row.location_id),
        on_hand=row.on_hand,
        reserved=row.reserved,
        tracked=row.tracked,
        allow_backorder=row.allow_backorder,
        backorder_limit=row.backorder_limit,
        low_stock_threshold=row.low_stock_threshold,
    )


def _to_movement(row: Row) -> Movement:
    return Movement(
        id=MovementId(row.id),
        variant_id=VariantId(row.product_variant_id),
        location_id=LocationId(row.location_id),
        type=MovementType(row.movement_type),
        quantity_change=row.quantity_change,
        quantity_after=row.quantity_after,
        reference_type=row.reference_type,
        reference_id=row.reference_id,
        notes=row.notes,
        actor=row.actor,
        at=row.created_at,
    )
