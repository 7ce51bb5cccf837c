"""
The last word of every check: the audit, and orders, payments and stock in agreement.

What the audit command finds is the store's own judgement; the queries here are the
check's, so that a fault in the one is seen by the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.rig.servers import run
from benchmarks.rig.shop import Shop

AUDIT_TIMEOUT_S = 120
SHOWN = 3

DISAGREEMENTS: Mapping[str, str] = {
    "a paid order of whose money not all that it costs was captured and kept": """
        SELECT o.order_number FROM orders o LEFT JOIN payments p ON p.order_id = o.id
        WHERE o.payment_state = 'paid' AND o.state <> 'cancelled'
        GROUP BY o.id
        HAVING coalesce(sum(p.captured_amount - p.refunded_amount), 0) <> o.total_amount
            - CASE WHEN EXISTS (SELECT FROM returns b
                WHERE b.order_id = o.id AND b.status = 'exchanged')
            THEN o.credited_amount - o.owed_amount ELSE 0 END
    """,
    "money that is kept for an order that is not paid, but for parts of it while it waits": """
        SELECT o.order_number FROM payments p JOIN orders o ON o.id = p.order_id
        WHERE p.captured_amount > p.refunded_amount AND o.payment_state NOT IN
            ('paid', 'partially_refunded', 'refunded')
        GROUP BY o.id
        HAVING o.state <> 'placed'
            OR sum(p.captured_amount - p.refunded_amount) >= o.total_amount
    """,
    "an order that is confirmed and not paid, or paid and still placed": """
        SELECT order_number FROM orders
        WHERE state <> 'cancelled' AND (state = 'placed')
            = (payment_state IN ('paid', 'partially_refunded', 'refunded'))
    """,
    "a payment that gave back more than was captured, or other than its refunds": """
        SELECT p.id::text FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id
        GROUP BY p.id
        HAVING p.refunded_amount > p.captured_amount
            OR p.refunded_amount <> coalesce(sum(r.amount) FILTER (WHERE r.state <> 'failed'), 0)
    """,
    "an order whose stock is not held, sold or released as its state, edit and returns say": """
        SELECT o.order_number FROM orders o
        JOIN (SELECT order_id, sum(quantity - cancelled_quantity) AS wanted,
                sum(shipped_quantity) AS shipped
              FROM order_items GROUP BY order_id) i ON i.order_id = o.id
        LEFT JOIN (SELECT order_id,
                sum(quantity) FILTER (WHERE state = 'held') AS held
              FROM reservations GROUP BY order_id) r ON r.order_id = o.id
        LEFT JOIN (SELECT b.order_id, sum(bi.quantity) AS coming
              FROM returns b JOIN return_items bi ON bi.return_id = b.id
              WHERE b.status = 'approved' AND bi.replacement IS NOT NULL
              GROUP BY b.order_id) e ON e.order_id = o.id
        WHERE coalesce(r.held, 0) <> coalesce(e.coming, 0)
            + (SELECT coalesce(sum(a.value::int), 0)
               FROM jsonb_each_text(o.staged_edit -> 'additions') a)
            + CASE o.state WHEN 'cancelled' THEN 0 ELSE i.wanted - i.shipped END
    """,
    "an order whose lines, shipping and tax do not add up to its total": """
        SELECT o.order_number FROM orders o
        JOIN (SELECT order_id, sum(total_price) AS goods FROM order_items GROUP BY order_id) i
            ON i.order_id = o.id
        WHERE i.goods <> o.subtotal OR o.total_amount NOT IN (
            o.subtotal - o.discount_amount + o.shipping_amount,
            o.subtotal - o.discount_amount + o.shipping_amount + o.tax_amount)
    """,
    "a code whose counter is not its uses": """
        SELECT c.code FROM coupons c
        LEFT JOIN coupon_usage u ON u.coupon_id = c.id AND u.given_back_at IS NULL
        GROUP BY c.id HAVING c.used_count <> count(u.id)
    """,
    "a use of a code that was kept with an unpaid order's end, or given back without it": """
        SELECT o.order_number FROM coupon_usage u JOIN orders o ON o.id = u.order_id
        WHERE (u.given_back_at IS NOT NULL) <> (o.state = 'cancelled'
            AND o.payment_state NOT IN ('paid', 'partially_refunded', 'refunded'))
    """,
    "a cart that made more than one order": """
        SELECT cart_id::text FROM orders GROUP BY cart_id HAVING count(*) > 1
    """,
    "an ordered cart whose order is not there": """
        SELECT c.id::text FROM carts c LEFT JOIN orders o ON o.id = c.order_id
        WHERE c.order_id IS NOT NULL AND o.id IS NULL
    """,
    "stock below nothing": """
        SELECT variant_id::text FROM stock_items
        WHERE tracked AND NOT allow_backorder AND on_hand - reserved < 0
    """,
    "stock promised to nobody, or to more than it says": """
        SELECT s.variant_id::text FROM stock_items s
        LEFT JOIN (SELECT variant_id, location_id, sum(quantity) AS held FROM reservations
                   WHERE state = 'held' GROUP BY variant_id, location_id) r
            USING (variant_id, location_id)
        WHERE s.reserved <> coalesce(r.held, 0)
    """,
    "stock that its ledger does not add up to": """
        SELECT s.variant_id::text FROM stock_items s
        LEFT JOIN (SELECT product_variant_id, location_id, sum(quantity_change) AS moved
                   FROM inventory_movements GROUP BY product_variant_id, location_id) m
            ON m.product_variant_id = s.variant_id AND m.location_id = s.location_id
        WHERE s.on_hand <> coalesce(m.moved, 0)
    """,
    "a movement that does not continue the one before it": """
        SELECT id::text FROM (
            SELECT id, quantity_after, quantity_change, coalesce(lag(quantity_after) OVER (
                PARTITION BY product_variant_id, location_id ORDER BY entry), 0) AS before
            FROM inventory_movements) chain
        WHERE quantity_after <> before + quantity_change
    """,
}
"""What must never be, each with a query that gives the offenders."""


def disagreements(shop: Shop) -> dict[str, list[str]]:
    """The faults found, each with its first offenders; empty where all agree."""
    found: dict[str, list[str]] = {}
    for fault, query in DISAGREEMENTS.items():
        offenders = [str(row[0]) for row in shop.database.rows(query)]
        if offenders:
            found[f"{len(offenders)} x {fault}"] = offenders[:SHOWN]
    return found


def audit(shop: Shop) -> tuple[bool, Any]:
    """Whether the store's own audit is clean, and what it looked at or found."""
    code, output = run(shop.settings, "audit", "--json", timeout_s=AUDIT_TIMEOUT_S)
    try:
        report = json.loads(output.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return False, output[-500:]
    what = "looked_at" if code == 0 else "differences"
    return code == 0, {check["check"]: check[what] for check in report["checks"]}
