"""What the rules make of an order whose buyer wants other goods in it, or wants it elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from attrs import evolve, frozen

from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.orders import OrderItem, OrderPaymentState, OrderState
from automate_store.domain.pricing import Quote
from automate_store.entrypoints.properties.trading.books import PAID, Book
from automate_store.entrypoints.properties.trading.dealings import Counts
from automate_store.entrypoints.properties.trading.pieces import Change, Line, Waiting, opened_lines
from automate_store.entrypoints.properties.trading.shelf import POSTAGE, Place

_EDITABLE = {OrderState.PLACED, OrderState.CONFIRMED}


class Priced(Protocol):
    """Items and what they cost: an order, or what one is to become."""

    @property
    def items(self) -> tuple[OrderItem, ...]:
        """All that ever were in it."""

    @property
    def quote(self) -> Quote:
        """What those cost that are in it."""


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
        price = sum(book.place.with_tax(prices[each] * many) for each, many in more.items())
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
    lines = {each: line.without(wish.leaving.get(each, 0)) for each, line in book.lines.items()}
    left = evolve(book, lines=lines)
    return left if wish.more or any(line.units for line in lines.values()) else None


def sendable(book: Book, wish: Wish, parcels: frozenset[VariantId]) -> bool:
    """Whether it is known how to send what comes: an order of downloads has no such way."""
    return _sent(book.lines.values()) or parcels.isdisjoint(wish.more)


def price_after(left: Book, wish: Wish, parcels: frozenset[VariantId]) -> int:
    """What the reduced order costs with what comes, its postage included."""
    goods = sum(sum(line.units) for line in left.lines.values()) + wish.price
    sent = _sent(left.lines.values()) or not parcels.isdisjoint(wish.more)
    return goods + (left.place.with_tax(POSTAGE) if sent else 0)


def price_at(book: Book, place: Place) -> int:
    """What the order costs where it goes to that place: what was not handed over is taxed anew."""
    if place.address.destination == book.place.address.destination:
        return book.total
    goods = sum(
        sum(line.units) if line.shipped else place.with_tax(sum(line.nets))
        for line in book.lines.values()
    )
    return goods + (place.with_tax(POSTAGE) if _sent(book.lines.values()) else 0)


def extended(left: Book, wish: Wish, priced: Priced) -> Change:
    """The reduced order with what came, whose lines only the store can name."""
    lines = opened_lines(priced.quote, priced.items)
    fresh = {each: line for each, line in lines.items() if each not in left.lines}
    assert sum(sum(line.units) for line in fresh.values()) == wish.price, "at today's prices"
    assert {line.variant_id: len(line.units) for line in fresh.values()} == dict(wish.more)
    postage = left.place.with_tax(POSTAGE)
    return Change(lines={**left.lines, **fresh}, postage=postage, place=left.place)


def moved(book: Book, place: Place, priced: Priced) -> Change:
    """
    The order at that place, where only taxes differ: how they lie on units, the store says.

    What was handed over is taxed as it was.
    """
    if place.address.destination == book.place.address.destination:
        return Change(lines=book.lines, postage=book.postage, place=place)
    told = opened_lines(priced.quote, priced.items)
    assert told.keys() == {each for each, line in book.lines.items() if line.units}
    for each, line in told.items():
        nets = book.lines[each].nets
        assert line.nets == nets, "what came off each unit stays off"
        if book.lines[each].shipped:
            assert line.units == book.lines[each].units, "what was handed over costs what it cost"
        else:
            assert sum(line.units) == place.with_tax(sum(nets)), "and all else is taxed anew"
    lines = {
        each: evolve(line, units=told[each].units) if each in told else line
        for each, line in book.lines.items()
    }
    return Change(lines=lines, postage=place.with_tax(POSTAGE), place=place)


def waits_for_money(book: Book, price: int) -> bool:
    """Whether a change to that price waits to be paid for: a paid order's that costs more."""
    return book.payment in PAID and price > book.total


def put_off(
    book: Book, change: Change, more: Mapping[VariantId, int], difference: int, until: datetime
) -> Book:
    """With the change beside it, which is the last that waits."""
    nth = book.changes + 1
    waiting = Waiting(nth=nth, change=change, difference=difference, more=more, until=until)
    return evolve(book, waiting=waiting, changes=nth)


def _sent(lines: Iterable[Line]) -> bool:
    return any(line.parcel and line.units for line in lines)
