"""The last word on a replay: the database's own sums against the file's, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from attrs import frozen

from automate_store.domain.kernel.money import Money
from benchmarks.replay.books import CURRENCY, Books

Connection = psycopg.Connection[tuple[Any, ...]]

_DAYS = """
    SELECT (placed_at AT TIME ZONE 'UTC')::date, count(*), sum(total_amount)
    FROM orders GROUP BY 1 ORDER BY 1
"""
_ORDERS = """
    SELECT o.notes, o.total_amount, o.payment_state, o.fulfilment_state,
        coalesce(sum(p.captured_amount), 0)
    FROM orders o LEFT JOIN payments p ON p.order_id = o.id GROUP BY o.id
"""
_LEFT = """
    SELECT v.sku, s.on_hand, s.reserved FROM stock_items s
    JOIN product_variants v ON v.id = s.variant_id
    WHERE s.on_hand <> 0 OR s.reserved <> 0 ORDER BY v.sku
"""


@frozen(kw_only=True)
class Day:
    """One day's trade, as the file and as the store have it."""

    day: date
    invoices: int
    orders: int
    booked: Money
    taken: Money

    @property
    def agrees(self) -> bool:
        """To the order and to the penny."""
        return self.invoices == self.orders and self.booked == self.taken


def days(books: Books, connection: Connection) -> list[Day]:
    """Each day that either of them knows."""
    booked: dict[date, tuple[int, int]] = {}
    for invoice in books.invoices:
        count, minor = booked.get(invoice.day, (0, 0))
        booked[invoice.day] = (count + 1, minor + invoice.total.minor)
    taken = {day: (count, total) for day, count, total in connection.execute(_DAYS)}
    nothing = (0, Decimal(0))
    return [
        Day(
            day=day,
            invoices=booked.get(day, (0, 0))[0],
            orders=taken.get(day, nothing)[0],
            booked=Money(booked.get(day, (0, 0))[1], CURRENCY),
            taken=Money.parse(taken.get(day, nothing)[1], CURRENCY),
        )
        for day in sorted(booked.keys() | taken.keys())
    ]


def differences(books: Books, connection: Connection) -> Iterator[str]:
    """What the database has otherwise than the file: orders, money, and the emptied shelf."""
    expected = {invoice.number: invoice.total.decimal() for invoice in books.invoices}
    found = connection.execute(_ORDERS).fetchall()
    left = connection.execute(_LEFT).fetchall()
    for number, total, payment, fulfilment, captured in found:
        if expected.pop(number, None) != total:
            yield f"invoice {number}: an order of {total} that the file does not have"
        if (payment, fulfilment, captured) != ("paid", "shipped", total):
            yield f"invoice {number}: {payment}, {fulfilment}, {captured} of {total} captured"
    for number, total in expected.items():
        yield f"invoice {number}: no order of {total}"
    for sku, on_hand, reserved in left:
        yield f"{sku}: {on_hand} left over, {reserved} reserved, where all was to be sold"
