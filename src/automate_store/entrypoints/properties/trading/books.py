"""
What the rules make of one order, written out apart from the code that keeps them.

Amounts are minor units. A unit costs what it was agreed to cost when the order was placed,
and takes that along wherever it goes: nothing here is split or priced anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import evolve, field, frozen

from automate_store.domain.kernel.ids import LineId, PaymentId, ReturnId, VariantId
from automate_store.domain.orders import (
    FulfilmentState,
    Order,
    OrderPaymentState,
    OrderState,
)
from automate_store.domain.payments import PaymentState
from automate_store.domain.returns import ReturnState
from automate_store.entrypoints.properties.trading.dealings import Counts

PAID = {
    OrderPaymentState.PAID,
    OrderPaymentState.PARTIALLY_REFUNDED,
    OrderPaymentState.REFUNDED,
}
_OPEN = {OrderState.PLACED, OrderState.CONFIRMED}


@frozen(kw_only=True)
class Line:
    """An item: what each of its units costs, those that leave it first in front."""

    variant_id: VariantId
    units: tuple[int, ...]
    parcel: bool
    """Whether it has to be sent."""
    cancelled: int = 0
    shipped: int = 0
    returning: int = 0
    returned: int = 0
    """Still among the units; they left before those that may be called off."""
    restocked: int = 0

    @property
    def to_ship(self) -> int:
        """How many have not left."""
        return len(self.units) - self.shipped


@frozen
class Attempt:
    """An attempt to pay: for how much, and what its gateway last said to the store."""

    amount: int
    heard: PaymentState = PaymentState.PENDING


@frozen(kw_only=True)
class Back:
    """Goods that were asked back, and what became of them."""

    items: Counts
    unwanted: bool
    """Whether it is the customer who bears what that costs."""
    state: ReturnState = ReturnState.REQUESTED
    accepted: Counts = field(factory=dict)
    worth: int = 0


@frozen(kw_only=True)
class Book:
    """An order as it has to be after all that was done with it."""

    lines: Mapping[LineId, Line]
    postage: int
    coded: bool
    """Whether a code took part in its price."""
    placed_at: datetime
    state: OrderState = OrderState.PLACED
    payment: OrderPaymentState = OrderPaymentState.PENDING
    parcels: int = 0
    delivered: bool = False
    expired: bool = False
    deadline: datetime | None = None
    delivered_at: datetime | None = None
    captured: int = 0
    refunded: int = 0
    credited: int = 0
    attempts: Mapping[PaymentId, Attempt] = field(factory=dict)
    backs: Mapping[ReturnId, Back] = field(factory=dict)

    @classmethod
    def opened(cls, order: Order) -> Book:
        """What was agreed when the order was placed."""
        book = cls(
            lines=opened_lines(order),
            postage=order.quote.shipping.gross.minor if order.quote.shipping else 0,
            coded=bool(order.quote.codes),
            placed_at=order.placed_at,
            deadline=order.expires_at,
        )
        return book if book.total else book.paid()

    @property
    def total(self) -> int:
        """What is still in it costs, and its postage while anything has to be sent."""
        sent = any(line.parcel and line.units for line in self.lines.values())
        goods = sum(sum(line.units) for line in self.lines.values())
        return goods + (self.postage if sent else 0)

    @property
    def worth(self) -> int:
        """What the shop may keep."""
        if self.payment not in PAID or self.state is OrderState.CANCELLED:
            return 0
        return self.total - self.credited

    @property
    def kept(self) -> int:
        """What the shop has kept."""
        return self.captured - self.refunded

    @property
    def to_ship(self) -> dict[LineId, int]:
        """How many of each item have not left."""
        return {each: line.to_ship for each, line in self.lines.items() if line.to_ship}

    @property
    def to_return(self) -> dict[LineId, int]:
        """How many of each item that was sent may be asked back, once they came."""
        free = {
            each: line.shipped - line.returning - line.returned
            for each, line in self.lines.items()
            if line.parcel
        }
        return {each: many for each, many in free.items() if many}

    @property
    def fulfilment(self) -> FulfilmentState:
        """Where its goods are."""
        if self.delivered:
            return FulfilmentState.DELIVERED
        if not any(line.shipped for line in self.lines.values()):
            return FulfilmentState.UNFULFILLED
        return FulfilmentState.PARTLY_SHIPPED if self.to_ship else FulfilmentState.SHIPPED

    def held(self) -> dict[VariantId, int]:
        """How many of each variant are promised to it."""
        if self.state is OrderState.CANCELLED:
            return {}
        return _by_variant((line.variant_id, line.to_ship) for line in self.lines.values())

    def left(self) -> dict[VariantId, int]:
        """How many of each variant left the house for it, and did not come back as new."""
        lines = self.lines.values()
        return _by_variant((line.variant_id, line.shipped - line.restocked) for line in lines)

    def overdue(self, at: datetime) -> bool:
        """Whether its time to pay is over."""
        return self.state is OrderState.PLACED and (
            self.deadline is not None and self.deadline <= at
        )

    def payable(self, at: datetime) -> Book | None:
        """The same, where money may be asked for now."""
        return None if self.state is not OrderState.PLACED or self.overdue(at) else self

    def paid(self) -> Book:
        """What it is once its money is there: what needs no parcel is the customer's."""
        lines = {
            each: line if line.parcel else evolve(line, shipped=len(line.units))
            for each, line in self.lines.items()
        }
        book = evolve(
            self,
            lines=lines,
            state=OrderState.CONFIRMED,
            payment=OrderPaymentState.PAID,
            expired=False,
            deadline=None,
        )
        return book.arrived()

    def told(self, payment_id: PaymentId, said: PaymentState, *, room: bool) -> Book:
        """After a gateway's word; ``room`` says whether its goods can be had once more."""
        attempt = self.attempts[payment_id]
        # A word that ends an attempt is not taken back by another.
        if attempt.heard is not PaymentState.PENDING or said is PaymentState.PENDING:
            return self
        book = evolve(self, attempts={**self.attempts, payment_id: evolve(attempt, heard=said)})
        if said is PaymentState.FAILED:
            waits = book.state is OrderState.PLACED
            return evolve(book, payment=OrderPaymentState.FAILED) if waits else book
        book = evolve(book, captured=book.captured + attempt.amount)
        awaited = book.state is OrderState.PLACED or (book.expired and not book.coded and room)
        if awaited and attempt.amount == book.total:
            return book.paid()
        return settled(book)

    def cancel(self, items: Counts | None) -> Book | None:
        """Without these, or without all that has not left; None where that can't be."""
        leaving = self.to_ship if items is None else items
        fits = all(many <= self.lines[each].to_ship for each, many in leaving.items())
        if self.state not in _OPEN or not fits or not any(leaving.values()):
            return None
        lines = {each: without(line, leaving.get(each, 0)) for each, line in self.lines.items()}
        if not any(line.units for line in lines.values()):
            return settled(evolve(self, state=OrderState.CANCELLED, deadline=None))
        book = evolve(self, lines=lines)
        if book.state is OrderState.PLACED:
            return book if book.total else settled(book.paid())
        book = evolve(book, credited=min(book.credited, book.total))
        return settled(book if book.parcels else book.arrived())

    def ship(self, items: Counts | None) -> Book | None:
        """With these on their way, or all that is left; None where that can't be."""
        leaving = self.to_ship if items is None else items
        fits = all(many <= self.lines[each].to_ship for each, many in leaving.items())
        if self.state is not OrderState.CONFIRMED or not fits or not any(leaving.values()):
            return None
        lines = {
            each: evolve(line, shipped=line.shipped + leaving.get(each, 0))
            for each, line in self.lines.items()
        }
        return evolve(self, lines=lines, parcels=self.parcels + 1)

    def deliver(self) -> Book | None:
        """With every parcel there; None where that can't be."""
        return self.arrived() if self.fulfilment is FulfilmentState.SHIPPED else None

    def arrived(self) -> Book:
        """All of it with the customer, where all of it left; else as it is."""
        if self.fulfilment is not FulfilmentState.SHIPPED:
            return self
        return evolve(self, state=OrderState.COMPLETED, delivered=True)

    def refund(self, amount: int) -> Book | None:
        """With so much given back for nothing; None where that can't be."""
        if not 0 < amount <= self.worth:
            return None
        return settled(evolve(self, credited=self.credited + amount))

    def expire(self, at: datetime) -> Book:
        """Without its goods, where nobody paid in time; else as it is."""
        if not self.overdue(at):
            return self
        return evolve(self, state=OrderState.CANCELLED, expired=True, deadline=None)


def settled(book: Book) -> Book:
    """With what is kept beyond its worth on its way back."""
    over = book.kept - book.worth
    if over <= 0:
        return book
    book = evolve(book, refunded=book.refunded + over)
    if book.payment not in PAID:
        return book
    some, all_ = OrderPaymentState.PARTIALLY_REFUNDED, OrderPaymentState.REFUNDED
    return evolve(book, payment=some if book.kept else all_)


def opened_lines(order: Order) -> dict[LineId, Line]:
    """The order's lines, as if it had just been placed."""
    mode = order.quote.tax_mode
    items = {item.id: item for item in order.items}
    return {
        line.id: Line(
            variant_id=line.variant_id,
            units=tuple(
                line.gross_between(nth, nth + 1, mode).minor for nth in range(line.quantity)
            ),
            parcel=items[line.id].requires_shipping,
        )
        for line in order.quote.lines
    }


def without(line: Line, many: int) -> Line:
    """The line without the next so many units to leave it."""
    units = line.units[: line.returned] + line.units[line.returned + many :]
    return evolve(line, units=units, cancelled=line.cancelled + many)


def _by_variant(pieces: Iterable[tuple[VariantId, int]]) -> dict[VariantId, int]:
    found: Counter[VariantId] = Counter()
    for variant_id, many in pieces:
        found[variant_id] += many
    return dict(found)
