"""What the rules make of an order whose buyer wants other quantities of what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from attrs import evolve, frozen

from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.orders import Order, OrderPaymentState, OrderState
from automate_store.entrypoints.properties.trading.books import (
    PAID,
    Book,
    Line,
    opened_lines,
    settled,
    without,
)
from automate_store.entrypoints.properties.trading.dealings import Counts
from automate_store.entrypoints.properties.trading.shelf import POSTAGE, with_tax

_EDITABLE = {OrderState.PLACED, OrderState.CONFIRMED}


@frozen(kw_only=True)
class Wish:
    """Other quantities of an order's lines: so many units of each leave, so many more come."""

    leaving: Counts
    more: Mapping[VariantId, int]
    price: int
    """What the new units cost, tax included, at today's prices: nothing comes off them."""

    @classmethod
    def of(cls, book: Book, wanted: Counts, prices: Mapping[VariantId, int]) -> Wish:
        """What has to leave and to come, for the lines to hold that much."""
        more: Counter[VariantId] = Counter()
        leaving: dict[LineId, int] = {}
        for each, many in wanted.items():
            line, difference = book.lines[each], many - len(book.lines[each].units)
            if difference < 0:
                leaving[each] = -difference
            elif difference:
                more[line.variant_id] += difference
        price = sum(with_tax(prices[each] * many) for each, many in more.items())
        return cls(leaving=leaving, more=dict(more), price=price)

    def shortage(self, book: Book) -> dict[VariantId, int]:
        """How many more of each variant have to be there, on balance."""
        balance = Counter(self.more)
        for each, many in self.leaving.items():
            balance[book.lines[each].variant_id] -= many
        return {each: many for each, many in balance.items() if many > 0}


def open_to_edits(book: Book, window: timedelta, at: datetime) -> bool:
    """Whether its buyer may change it now."""
    waits = book.state is not OrderState.PLACED or not book.overdue(at)
    return (
        book.state in _EDITABLE
        and waits
        and not book.parcels
        and book.payment is not OrderPaymentState.REFUNDED
        and at < book.placed_at + window
    )


def reduced(book: Book, wish: Wish) -> Book | None:
    """Without what leaves, before anything comes; None where that can't be."""
    if not (wish.leaving or wish.more):
        return None
    if any(many > book.lines[each].to_ship for each, many in wish.leaving.items()):
        return None
    lines = {each: without(line, wish.leaving.get(each, 0)) for each, line in book.lines.items()}
    left = evolve(book, lines=lines)
    return left if wish.more or any(line.units for line in lines.values()) else None


def extended(book: Book, wish: Wish, order: Order) -> Book:
    """The reduced order with what came, whose lines only the store can name."""
    fresh = {each: line for each, line in opened_lines(order).items() if each not in book.lines}
    assert sum(sum(line.units) for line in fresh.values()) == wish.price, "at today's prices"
    assert {line.variant_id: len(line.units) for line in fresh.values()} == dict(wish.more)
    if book.payment in PAID:
        fresh = {each: _handed_over(line) for each, line in fresh.items()}
    postage = with_tax(POSTAGE)
    changed = evolve(book, lines={**book.lines, **fresh}, postage=postage)
    changed = evolve(changed, credited=min(changed.credited, changed.total))
    if changed.state is OrderState.PLACED:
        return changed if changed.total else changed.paid()
    return settled(changed.arrived())


def sendable(book: Book, wish: Wish, parcels: frozenset[VariantId]) -> bool:
    """Whether it is known how to send what comes: an order of downloads has no such way."""
    sent = any(line.parcel and line.units for line in book.lines.values())
    return sent or parcels.isdisjoint(wish.more)


def dearer(book: Book, left: Book, wish: Wish, parcels: frozenset[VariantId]) -> bool:
    """Whether the order would cost more, its postage included."""
    sent = any(line.parcel and line.units for line in left.lines.values())
    postage = 0 if sent or parcels.isdisjoint(wish.more) else with_tax(POSTAGE)
    return left.total + wish.price + postage > book.total


def _handed_over(line: Line) -> Line:
    return line if line.parcel else evolve(line, shipped=len(line.units))
