"""
The audit in SQL: each check is one query that gives what is not as it must be.

It shares no code with the use cases and repositories, on purpose: what they get wrong
must not be wrong here in the same way. All checks see the same snapshot.
"""

from __future__ import annotations

from typing import Any

from attrs import frozen
from sqlalchemy import TextClause, text

from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.session import Session, Transaction
from automate_store.application.ports.audit import AuditReport, CheckReport, Difference

_SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

_SIZES = text("""
    SELECT (SELECT count(*) FROM stock_items) AS stock,
        (SELECT count(*) FROM inventory_movements) AS movements,
        (SELECT count(*) FROM reservations WHERE state = 'held') AS holds,
        (SELECT count(*) FROM orders) AS orders,
        (SELECT count(*) FROM payments) AS payments
""")

_ON_HAND = text("""
    WITH moved AS (
        SELECT product_variant_id AS variant_id, location_id, sum(quantity_change) AS pieces
        FROM inventory_movements GROUP BY product_variant_id, location_id
    ), wrong AS (
        SELECT variant_id, coalesce(m.pieces, 0) AS expected, coalesce(s.on_hand, 0) AS found
        FROM stock_items s FULL JOIN moved m USING (variant_id, location_id)
        WHERE coalesce(s.on_hand, 0) <> coalesce(m.pieces, 0)
    )
    SELECT coalesce(v.sku, w.variant_id::text, 'no variant') AS subject,
        w.expected::text AS expected, w.found::text AS found, count(*) OVER () AS differences
    FROM wrong w LEFT JOIN product_variants v ON v.id = w.variant_id
    ORDER BY subject LIMIT :shown
""")

_CHAIN = text("""
    WITH chain AS (
        SELECT product_variant_id AS variant_id, entry, quantity_change, quantity_after,
            coalesce(lag(quantity_after) OVER (
                PARTITION BY product_variant_id, location_id ORDER BY entry), 0) AS before
        FROM inventory_movements
    ), wrong AS (
        SELECT * FROM chain WHERE quantity_after <> before + quantity_change
    )
    SELECT coalesce(v.sku, w.variant_id::text, 'no variant') || ', entry ' || w.entry AS subject,
        w.before || ' and then ' || w.quantity_change || ': '
            || (w.before + w.quantity_change) AS expected,
        w.quantity_after::text AS found, count(*) OVER () AS differences
    FROM wrong w LEFT JOIN product_variants v ON v.id = w.variant_id
    ORDER BY w.entry LIMIT :shown
""")

_RESERVED = text("""
    WITH held AS (
        SELECT variant_id, location_id, sum(quantity) AS pieces
        FROM reservations WHERE state = 'held' GROUP BY variant_id, location_id
    ), wrong AS (
        SELECT variant_id, coalesce(h.pieces, 0) AS expected, coalesce(s.reserved, 0) AS found
        FROM stock_items s FULL JOIN held h USING (variant_id, location_id)
        WHERE coalesce(s.reserved, 0) <> coalesce(h.pieces, 0)
    )
    SELECT coalesce(v.sku, w.variant_id::text) AS subject, w.expected::text AS expected,
        w.found::text AS found, count(*) OVER () AS differences
    FROM wrong w LEFT JOIN product_variants v ON v.id = w.variant_id
    ORDER BY subject LIMIT :shown
""")

_HOLDS = text("""
    WITH each AS (
        SELECT i.order_id, i.product_variant_id AS variant_id, CASE o.state
            WHEN 'cancelled' THEN 0
            ELSE i.quantity - i.shipped_quantity - i.cancelled_quantity END AS pieces
        FROM order_items i JOIN orders o ON o.id = i.order_id
        UNION ALL
        SELECT o.id, CAST(more.key AS uuid), CAST(more.value AS int)
        FROM orders o, jsonb_each_text(o.staged_edit -> 'additions') AS more
        WHERE o.staged_edit IS NOT NULL
        UNION ALL
        SELECT r.order_id, CAST(i.replacement -> 'item' ->> 'variant_id' AS uuid), i.quantity
        FROM return_items i JOIN returns r ON r.id = i.return_id
        WHERE r.status = 'approved' AND i.replacement IS NOT NULL
    ), wanted AS (
        SELECT order_id, variant_id, sum(pieces) AS pieces FROM each
        GROUP BY order_id, variant_id
    ), held AS (
        SELECT order_id, variant_id, sum(quantity) AS pieces
        FROM reservations WHERE state = 'held' GROUP BY order_id, variant_id
    )
    SELECT o.order_number || ', ' || coalesce(v.sku, variant_id::text) AS subject,
        coalesce(w.pieces, 0)::text AS expected, coalesce(h.pieces, 0)::text AS found,
        count(*) OVER () AS differences
    FROM wanted w FULL JOIN held h USING (order_id, variant_id)
    JOIN orders o ON o.id = order_id
    LEFT JOIN product_variants v ON v.id = variant_id
    WHERE coalesce(w.pieces, 0) <> coalesce(h.pieces, 0)
    ORDER BY subject LIMIT :shown
""")

_SOLD = text("""
    WITH shipped AS (
        SELECT order_id, product_variant_id AS variant_id, sum(shipped_quantity) AS pieces
        FROM order_items GROUP BY order_id, product_variant_id
    ), sold AS (
        SELECT reference_id AS order_id, product_variant_id AS variant_id,
            -sum(quantity_change) AS pieces
        FROM inventory_movements WHERE movement_type = 'sale' AND reference_type = 'order'
        GROUP BY reference_id, product_variant_id
    )
    SELECT coalesce(o.order_number, order_id::text) || ', '
            || coalesce(v.sku, variant_id::text) AS subject,
        coalesce(s.pieces, 0)::text AS expected, coalesce(m.pieces, 0)::text AS found,
        count(*) OVER () AS differences
    FROM shipped s FULL JOIN sold m USING (order_id, variant_id)
    LEFT JOIN orders o ON o.id = order_id
    LEFT JOIN product_variants v ON v.id = variant_id
    WHERE coalesce(s.pieces, 0) <> coalesce(m.pieces, 0)
    ORDER BY subject LIMIT :shown
""")

_TOTALS = text("""
    WITH goods AS (
        SELECT order_id, sum(total_price) AS subtotal FROM order_items GROUP BY order_id
    ), summed AS (
        SELECT o.order_number, o.subtotal, o.total_amount AS found, g.subtotal AS lines,
            coalesce(g.subtotal, 0) - o.discount_amount + o.shipping_amount
                + CASE o.details ->> 'tax_mode' WHEN 'inclusive' THEN 0 ELSE o.tax_amount END
                AS expected
        FROM orders o LEFT JOIN goods g ON g.order_id = o.id
    )
    SELECT order_number AS subject, expected::text AS expected, found::text AS found,
        count(*) OVER () AS differences
    FROM summed WHERE expected <> found OR lines IS DISTINCT FROM subtotal
    ORDER BY subject LIMIT :shown
""")

_PAID = text("""
    WITH captured AS (
        SELECT order_id, sum(captured_amount - refunded_amount) AS amount
        FROM payments GROUP BY order_id
    ), compared AS (
        SELECT o.order_number, coalesce(c.amount, 0) AS found,
            CASE WHEN o.state <> 'cancelled'
                AND o.payment_state IN ('paid', 'partially_refunded', 'refunded')
            THEN o.total_amount - o.credited_amount
            -- The one exception: what waits keeps the parts that came, which do not pay it yet.
            WHEN o.state = 'placed' AND c.amount < o.total_amount THEN c.amount
            ELSE 0 END + o.owed_amount AS expected
        FROM orders o LEFT JOIN captured c ON c.order_id = o.id
    )
    SELECT order_number AS subject, expected::text AS expected, found::text AS found,
        count(*) OVER () AS differences
    FROM compared WHERE expected <> found ORDER BY subject LIMIT :shown
""")

_REFUNDS = text("""
    WITH given AS (
        SELECT payment_id, sum(amount) AS amount FROM refunds
        WHERE state <> 'failed' GROUP BY payment_id
    )
    SELECT p.id::text AS subject, coalesce(g.amount, 0)::text AS expected,
        p.refunded_amount::text AS found, count(*) OVER () AS differences
    FROM payments p LEFT JOIN given g ON g.payment_id = p.id
    WHERE p.refunded_amount <> coalesce(g.amount, 0)
    ORDER BY subject LIMIT :shown
""")

_RETURNED = text("""
    WITH asked AS (
        SELECT i.order_item_id AS item_id,
            sum(CASE WHEN r.status IN ('requested', 'approved') THEN i.quantity ELSE 0 END)
                AS waiting,
            sum(CASE WHEN r.status NOT IN ('received', 'refunded', 'exchanged') THEN 0
                WHEN r.kind = 'claim' THEN i.quantity
                ELSE coalesce(i.accepted_quantity, 0) END) AS back
        FROM return_items i JOIN returns r ON r.id = i.return_id GROUP BY i.order_item_id
    )
    SELECT o.order_number || ', ' || i.product_sku AS subject,
        coalesce(a.waiting, 0) || ' asked back, ' || coalesce(a.back, 0) || ' back' AS expected,
        i.returning_quantity || ' asked back, ' || i.returned_quantity || ' back' AS found,
        count(*) OVER () AS differences
    FROM order_items i JOIN orders o ON o.id = i.order_id LEFT JOIN asked a ON a.item_id = i.id
    WHERE (coalesce(a.waiting, 0), coalesce(a.back, 0))
        <> (i.returning_quantity, i.returned_quantity)
    ORDER BY subject LIMIT :shown
""")

_STATES = text("""
    SELECT order_number AS subject,
        CASE WHEN state = 'placed' THEN 'not paid' ELSE 'paid' END AS expected,
        state || ' and ' || payment_state AS found, count(*) OVER () AS differences
    FROM orders
    WHERE state <> 'cancelled' AND (state = 'placed')
        = (payment_state IN ('paid', 'partially_refunded', 'refunded'))
    ORDER BY subject LIMIT :shown
""")

_BOUNDS = text("""
    SELECT id::text AS subject, 'at most ' || CASE WHEN refunded_amount > captured_amount
            THEN captured_amount || ' refunded' ELSE authorised_amount || ' captured' END
            AS expected,
        CASE WHEN refunded_amount > captured_amount THEN refunded_amount
            ELSE captured_amount END::text AS found,
        count(*) OVER () AS differences
    FROM payments
    WHERE refunded_amount > captured_amount OR captured_amount > authorised_amount
        OR captured_amount > amount
    ORDER BY subject LIMIT :shown
""")


@frozen
class _Check:
    name: str
    rule: str
    of: str
    """Which of the sizes says how much it looked at."""
    query: TextClause


CHECKS = (
    _Check("on hand", "What is on hand is the sum of its movements.", "stock", _ON_HAND),
    _Check("ledger", "Each movement continues the one before it.", "movements", _CHAIN),
    _Check("reserved", "What is reserved is the sum of its live holds.", "stock", _RESERVED),
    _Check(
        "holds",
        "An order holds what it has yet to ship, an edit what it adds, and no more.",
        "holds",
        _HOLDS,
    ),
    _Check("sold", "What an order shipped left the warehouse, and no more.", "orders", _SOLD),
    _Check("totals", "An order's total is the sum of its parts.", "orders", _TOTALS),
    _Check(
        "paid",
        "What is kept of a paid order is its worth, of one that waits less than its total.",
        "orders",
        _PAID,
    ),
    _Check(
        "refunds",
        "What a payment gave back is the sum of its refunds, the failed ones apart.",
        "payments",
        _REFUNDS,
    ),
    _Check("returned", "What came back of an order is in its returns.", "orders", _RETURNED),
    _Check("states", "An order is confirmed exactly when it is paid.", "orders", _STATES),
    _Check("bounds", "Refunded <= captured <= authorised.", "payments", _BOUNDS),
)
"""What must hold, in the order that it is reported."""


@frozen
class PostgresAuditor:
    """The Auditor port on Postgres; the pool's time-outs bound each check."""

    pool: Pool

    async def audit(self, *, shown: int) -> AuditReport:
        """Every check, on one snapshot, in a transaction that can't write."""
        async with Transaction(self.pool) as session:
            await session.later(_SNAPSHOT)
            sizes = await session.fetch_one(_SIZES)
            checks = [await _run(check, sizes, session, shown) for check in CHECKS]
        return AuditReport(checks=tuple(checks))


async def _run(check: _Check, sizes: Any, session: Session, shown: int) -> CheckReport:
    # At least one row, for it brings the number of all of them along.
    rows = await session.fetch_all(check.query, {"shown": max(1, shown)})
    return CheckReport(
        check=check.name,
        rule=check.rule,
        looked_at=getattr(sizes, check.of),
        differences=rows[0].differences if rows else 0,
        shown=tuple(
            Difference(subject=row.subject, expected=row.expected, found=row.found)
            for row in rows[:shown]
        ),
    )
