"""The last word on a replay: the database's own sums against the file's, day by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from attrs import frozen

from automate_store.domain.kernel.money import Money
from benchmarks.replay.books import CURRENCY, Books, added_up
from benchmarks.replay.matching import Matching, by_day

Connection = psycopg.Connection[tuple[Any, ...]]

_DAYS = """
    SELECT (placed_at AT TIME ZONE 'UTC')::date, count(*), sum(total_amount)
    FROM orders GROUP BY 1 ORDER BY 1
"""
_DAYS_BACK = """
    SELECT (created_at AT TIME ZONE 'UTC')::date, sum(amount)
    FROM refunds WHERE state = 'succeeded' GROUP BY 1
"""
_ORDERS = """
    SELECT o.notes, o.total_amount, o.payment_state, o.fulfilment_state,
        coalesce(sum(p.captured_amount), 0), coalesce(sum(p.refunded_amount), 0)
    FROM orders o LEFT JOIN payments p ON p.order_id = o.id GROUP BY o.id
"""
_RETURNS = """
    SELECT r.comments, o.notes, r.requested_at, r.processed_at, r.status, r.refund_amount
    FROM returns r JOIN orders o ON o.id = r.order_id
"""
_BACK = """
    SELECT r.comments, o.notes, v.sku, sum(m.quantity_change)
    FROM inventory_movements m JOIN product_variants v ON v.id = m.product_variant_id
    LEFT JOIN returns r ON m.reference_type = 'return' AND r.id = m.reference_id
    LEFT JOIN orders o ON o.id = r.order_id
    WHERE m.movement_type = 'return' GROUP BY 1, 2, 3
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
    credited: Money
    """For what finds its sale."""
    refunded: Money
    unmatched: Money
    """What the file credits for the rest: no part of what is compared."""

    @property
    def booked_net(self) -> Money:
        """What the file's sales came to, without what it credited for earlier ones."""
        return self.booked - self.credited

    @property
    def net(self) -> Money:
        """What the store took, without what it paid back."""
        return self.taken - self.refunded

    @property
    def agrees(self) -> bool:
        """To the order and to the penny: sales, what came back, and so the net."""
        same_sales = self.invoices == self.orders and self.booked == self.taken
        return same_sales and self.credited == self.refunded


def days(books: Books, matching: Matching, connection: Connection) -> list[Day]:
    """Each day that either of them knows."""
    invoices = Counter(invoice.day for invoice in books.invoices)
    booked = added_up((invoice.day, invoice.total) for invoice in books.invoices)
    credited, unmatched = by_day(matching.matches), by_day(matching.unmatched)
    rows = connection.execute(_DAYS).fetchall()
    orders = {day: count for day, count, _ in rows}
    taken = {day: _gbp(total) for day, _, total in rows}
    refunded = {day: _gbp(total) for day, total in connection.execute(_DAYS_BACK)}
    nothing = Money.zero(CURRENCY)
    known = booked.keys() | taken.keys() | credited.keys() | unmatched.keys() | refunded.keys()
    return [
        Day(
            day=day,
            invoices=invoices[day],
            orders=orders.get(day, 0),
            booked=booked.get(day, nothing),
            taken=taken.get(day, nothing),
            credited=credited.get(day, nothing),
            refunded=refunded.get(day, nothing),
            unmatched=unmatched.get(day, nothing),
        )
        for day in sorted(known)
    ]


def differences(books: Books, matching: Matching, connection: Connection) -> Iterator[str]:
    """What the database has otherwise than the file: orders, returns, money, and the shelf."""
    yield from _orders(books, matching, connection)
    yield from _returns(matching, connection)
    yield from _pieces_back(matching, connection)
    yield from _left(matching, connection)


def _orders(books: Books, matching: Matching, connection: Connection) -> Iterator[str]:
    expected = {invoice.number: invoice.total.decimal() for invoice in books.invoices}
    back = added_up((parcel.sale, parcel.total) for parcel in matching.parcels)
    for number, total, *standing in connection.execute(_ORDERS).fetchall():
        if expected.pop(number, None) != total:
            yield f"invoice {number}: an order of {total} that the file does not have"
        refunded = back.get(number, Money.zero(CURRENCY)).decimal()
        if standing != [_payment(total, refunded), "delivered", total, refunded]:
            told = "{}, {}, {} captured, {} refunded".format(*standing)
            yield f"invoice {number}: {told}, of {total} less {refunded}"
    for number, total in expected.items():
        yield f"invoice {number}: no order of {total}"


def _payment(total: Decimal, refunded: Decimal) -> str:
    if not refunded:
        return "paid"
    return "refunded" if refunded == total else "partially_refunded"


def _returns(matching: Matching, connection: Connection) -> Iterator[str]:
    expected = {
        (each.credit, each.sale): (each.at, each.at, "refunded", each.total.decimal())
        for each in matching.parcels
    }
    for credit, sale, *found in connection.execute(_RETURNS).fetchall():
        wanted = expected.pop((credit, sale), None)
        if tuple(found) != wanted:
            told = "a return from {} to {}, {}, of {}".format(*found)
            yield f"credit {credit}: {told} of invoice {sale}, which the file does not have"
    for (credit, sale), (*_, total) in expected.items():
        yield f"credit {credit}: no return of {total} of invoice {sale}"


def _pieces_back(matching: Matching, connection: Connection) -> Iterator[str]:
    expected = {
        (parcel.credit, parcel.sale, article.sku): pieces
        for parcel in matching.parcels
        for article, pieces in parcel.pieces.items()
    }
    rows = connection.execute(_BACK).fetchall()
    found = {(credit, sale, sku): pieces for credit, sale, sku, pieces in rows}
    for key in {**expected, **found}:
        wanted, came = expected.get(key, 0), found.get(key, 0)
        if wanted != came:
            credit, sale, sku = key
            yield f"credit {credit}: {came} of {sku} came back of invoice {sale}, not {wanted}"


def _left(matching: Matching, connection: Connection) -> Iterator[str]:
    """Whatever is on the shelf besides what came back, for all else was to be sold."""
    back: Counter[str] = Counter()
    for match in matching.matches:
        back[match.credit.article.sku] += match.pieces
    for sku, on_hand, reserved in connection.execute(_LEFT).fetchall():
        if (on_hand, reserved) != (back.pop(sku, 0), 0):
            yield f"{sku}: {on_hand} left over, {reserved} reserved, otherwise than came back"
    for sku, pieces in back.items():
        yield f"{sku}: none left over, where {pieces} came back"


def _gbp(amount: Decimal) -> Money:
    return Money.parse(amount, CURRENCY)
