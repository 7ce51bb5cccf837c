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
from automate_store.entrypoints.properties.trading.losing import given_up, is_owed
from automate_store.entrypoints.properties.trading.pieces import (
    Attempt,
    Back,
    Change,
    Line,
    Parcel,
    Swap,
    Waiting,
    opened_lines,
)
from automate_store.entrypoints.properties.trading.shelf import HERE, Place

PAID = {
    OrderPaymentState.PAID,
    OrderPaymentState.PARTIALLY_REFUNDED,
    OrderPaymentState.REFUNDED,
}
_PAID_FOR = {OrderState.CONFIRMED, OrderState.COMPLETED}
_SENT = {FulfilmentState.SHIPPED, FulfilmentState.DELIVERED}


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
    place: Place = HERE
    parcels: tuple[Parcel, ...] = ()
    sent: bool = False
    """Whether all of it had left before anything came for what went back."""
    delivered: bool = False
    gone: bool = False
    """Whether none of it came, and it was over nevertheless."""
    expired: bool = False
    deadline: datetime | None = None
    captured: int = 0
    refunded: int = 0
    credited: int = 0
    owed: int = 0
    """What a gateway would not give back, and staff have to."""
    attempts: Mapping[PaymentId, Attempt] = field(factory=dict)
    backs: Mapping[ReturnId, Back] = field(factory=dict)
    waiting: Waiting | None = None
    changes: int = 0
    """How many have waited so far."""

    @classmethod
    def opened(cls, order: Order) -> Book:
        """What was agreed when the order was placed."""
        book = cls(
            lines=opened_lines(order.quote, order.items),
            postage=order.quote.shipping.gross.minor if order.quote.shipping else 0,
            coded=bool(order.quote.codes),
            placed_at=order.placed_at,
            deadline=order.expires_at,
        )
        return book if book.total else book.paid()

    @property
    def total(self) -> int:
        """What is still in it costs, and its postage while anything has to be sent."""
        return sum(sum(line.units) for line in self.lines.values()) + self.sending

    @property
    def sending(self) -> int:
        """What sending it costs, where any of it has to be sent."""
        sent = any(line.parcel and line.units for line in self.lines.values())
        return self.postage if sent else 0

    @property
    def worth(self) -> int:
        """What the shop may keep."""
        if self.payment not in PAID or self.state is OrderState.CANCELLED:
            return self.owed
        return self.total - self.credited + self.owed

    @property
    def may_keep(self) -> int:
        """The same, but of what waits: that keeps the parts that came, its total at most."""
        return self.total if self.state is OrderState.PLACED else self.worth

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
        """How many of each item that left were not asked back."""
        free = {
            each: line.shipped - line.returning - line.returned for each, line in self.lines.items()
        }
        return {each: many for each, many in free.items() if many}

    @property
    def fulfilment(self) -> FulfilmentState:
        """Where its goods are."""
        if self.delivered:
            return FulfilmentState.DELIVERED
        if self.gone:
            return FulfilmentState.LOST
        if not any(line.shipped for line in self.lines.values()):
            return FulfilmentState.UNFULFILLED
        some = self.to_ship and not self.sent
        return FulfilmentState.PARTLY_SHIPPED if some else FulfilmentState.SHIPPED

    @property
    def awaits(self) -> bool:
        """Whether a parcel is on its way, or lost and owed for."""
        if any(not each.arrived and not each.lost for each in self.parcels):
            return True
        owed = any(is_owed(each, self.lines, self.parcels) for each in self.parcels)
        return owed and self.payment is not OrderPaymentState.REFUNDED

    def held(self) -> dict[VariantId, int]:
        """How many of each variant are promised to it."""
        if self.state is OrderState.CANCELLED:
            return {}
        more = self.waiting.more if self.waiting else {}
        own = ((line.variant_id, line.to_ship) for line in self.lines.values())
        sure = (b for b in self.backs.values() if b.state is ReturnState.APPROVED)
        kept = (piece for back in sure for piece in back.coming.items())
        return _by_variant((*own, *more.items(), *kept))

    def left(self) -> dict[VariantId, int]:
        """How many of each variant left the house for it, and did not come back as new."""
        lines = self.lines.values()
        return _by_variant((line.variant_id, line.shipped - line.restocked) for line in lines)

    def overdue(self, at: datetime) -> bool:
        """Whether its time to pay is over."""
        return self.state is OrderState.PLACED and (
            self.deadline is not None and self.deadline <= at
        )

    def due(self, at: datetime) -> int | None:
        """How much may be asked for now; None where nothing may."""
        if self.waiting is not None:
            return self.waiting.difference if at < self.waiting.until else None
        waits = self.state is OrderState.PLACED and not self.overdue(at)
        return self.total - self.kept if waits else None

    def payable(self, payment_id: PaymentId, at: datetime) -> Book | None:
        """The same, where that attempt may be carried out now, or was with success."""
        attempt, waiting = self.attempts[payment_id], self.waiting
        change = attempt.change
        if attempt.heard is PaymentState.CAPTURED:
            return self
        if change is None:
            waits = self.state is OrderState.PLACED and not self.overdue(at)
            return self if waits and attempt.amount <= self.total - self.kept else None
        return self if waiting and waiting.nth == change and at < waiting.until else None

    def paid(self) -> Book:
        """What it is once its money is there: what needs no parcel is the customer's."""
        book = evolve(
            self,
            lines={each: line.handed_over() for each, line in self.lines.items()},
            state=OrderState.CONFIRMED,
            payment=OrderPaymentState.PAID,
            expired=False,
            deadline=None,
        )
        return book.arrived()

    def became(self, change: Change) -> Book:
        """With the change made; what it brought and needs no parcel is the customer's if paid."""
        lines = {
            each: evolve(
                self.lines.get(each, line),
                units=line.units,
                nets=line.nets,
                cancelled=line.cancelled,
            )
            for each, line in change.lines.items()
        }
        book = evolve(self, lines=lines, postage=change.postage, place=change.place, waiting=None)
        book = evolve(book, credited=min(book.credited, book.total))
        if book.state is OrderState.PLACED:
            return book.weighed()
        handed = {each: line.handed_over() for each, line in book.lines.items()}
        return settled(lessened(evolve(book, lines=handed), self).arrived())

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
        if attempt.change is not None:
            return book.changed_for(attempt)
        awaited = book.state is OrderState.PLACED or (book.expired and not book.coded and room)
        if awaited and book.kept >= book.total:
            return settled(book.paid())
        return settled(book)

    def weighed(self) -> Book:
        """Paid, where what came for what waits is enough for what that costs now."""
        return settled(self.paid()) if self.kept >= self.total else self

    def changed_for(self, attempt: Attempt) -> Book:
        """With the change made that the captured attempt is for, where that still waits."""
        waiting, gone = self.waiting, self.payment is OrderPaymentState.REFUNDED
        if waiting is None or waiting.nth != attempt.change or gone:
            return settled(self)
        if isinstance(waiting.change, Swap):
            return self.exchanged(waiting.change)
        return self.became(waiting.change)

    def exchanged(self, swap: Swap) -> Book:
        """With what comes for goods that are back, which bear its price; its life goes on."""
        back = evolve(self.backs[swap.back], state=ReturnState.EXCHANGED)
        fresh = {each: line.handed_over() for each, line in swap.lines.items()}
        mine = self.waiting is not None and self.waiting.change == swap
        book = evolve(
            self,
            lines={**self.lines, **fresh},
            # What comes is sent for nothing.
            postage=self.sending,
            sent=self.fulfilment in _SENT,
            credited=self.credited + back.sum.worth,
            backs={**self.backs, swap.back: back},
            waiting=None if mine else self.waiting,
        )
        return settled(lessened(book, self)).made_good()

    def alone(self) -> Book:
        """Without what waits beside it: goods for which nothing comes are for their money."""
        swap, book = self.waiting and self.waiting.change, evolve(self, waiting=None)
        if not isinstance(swap, Swap):
            return book
        backs = {**book.backs, swap.back: book.backs[swap.back].for_money}
        book = evolve(book, backs=backs)
        return book.paid_back(swap.back) if swap.at_once else book

    def in_passing(self) -> Book:
        """Without a change that waits beside it; what comes for goods goes on waiting."""
        keeps = self.waiting is not None and isinstance(self.waiting.change, Swap)
        return self if keeps else evolve(self, waiting=None)

    def paid_back(self, return_id: ReturnId) -> Book:
        """With the money of that return on its way back: no more than there is."""
        back = evolve(self.backs[return_id], state=ReturnState.REFUNDED)
        amount = min(back.sum.worth, self.worth)
        book = evolve(self, backs={**self.backs, return_id: back})
        return (book.credit(amount) if amount else book).made_good()

    def cancel(self, items: Counts | None) -> Book | None:
        """Without these, or without all that has not left; None where that can't be."""
        leaving = self.to_ship if items is None else items
        fits = all(many <= self.lines[each].to_ship for each, many in leaving.items())
        if self.state is OrderState.CANCELLED or not fits or not any(leaving.values()):
            return None
        lines = {each: line.without(leaving.get(each, 0)) for each, line in self.lines.items()}
        left = self.in_passing()
        if not any(line.units for line in lines.values()):
            off = evolve(left, state=OrderState.CANCELLED, deadline=None)
            return settled(lessened(off, left))
        book = evolve(left, lines=lines)
        if book.state is OrderState.PLACED:
            return book.weighed()
        book = lessened(evolve(book, credited=min(book.credited, book.total)), left)
        return settled(book if book.awaits else book.arrived())

    def ship(self, items: Counts | None) -> Book | None:
        """With these on their way, or all that is left; None where that can't be."""
        leaving = self.to_ship if items is None else items
        fits = all(many <= self.lines[each].to_ship for each, many in leaving.items())
        if self.state not in _PAID_FOR or not fits or not any(leaving.values()):
            return None
        lines = {
            each: evolve(line, shipped=line.shipped + leaving.get(each, 0))
            for each, line in self.lines.items()
        }
        parcels = (*self.parcels, Parcel(dict(leaving)))
        return evolve(self.in_passing(), lines=lines, parcels=parcels)

    def made_good(self) -> Book:
        """With the parcels lost for all of which the customer was made good."""
        return evolve(self, parcels=given_up(self.lines, self.parcels)).closed()

    def closed(self) -> Book:
        """Over, where all of it left and nothing is awaited; else as it is."""
        sent = self.fulfilment is FulfilmentState.SHIPPED and not self.to_ship
        if self.state is not OrderState.CONFIRMED or not sent or self.awaits or self.waiting:
            return self
        came = any(each.arrived for each in self.parcels)
        came = came or any(line.shipped and not line.parcel for line in self.lines.values())
        return evolve(self, state=OrderState.COMPLETED, delivered=came, gone=not came)

    def arrived(self) -> Book:
        """All of it with the customer, where all of it left; else as it is."""
        if self.fulfilment is not FulfilmentState.SHIPPED or self.to_ship:
            return self
        parcels = tuple(evolve(each, arrived=not each.lost) for each in self.parcels)
        return evolve(self, state=OrderState.COMPLETED, delivered=True, parcels=parcels)

    def refund(self, amount: int) -> Book | None:
        """With so much given back for nothing; None where that can't be."""
        if not 0 < amount <= self.worth:
            return None
        return self.credit(amount)

    def credit(self, amount: int) -> Book:
        """With so much on its way back for which nothing leaves: first of all what is owed."""
        owed = min(self.owed, amount)
        left = self.credited + amount - owed
        book = evolve(self, credited=left, owed=self.owed - owed)
        return settled(lessened(book, self))

    def refused(self, amount: int) -> Book:
        """With so much in the shop again, which owes it, since its gateway gives nothing back."""
        refunded = self.refunded - amount
        some, none = OrderPaymentState.PARTIALLY_REFUNDED, OrderPaymentState.PAID
        before = some if refunded else none
        moved = self.payment in PAID and self.payment is not OrderPaymentState.PAID
        payment = before if moved else self.payment
        owed = self.owed + amount
        return evolve(self, refunded=refunded, owed=owed, payment=payment)

    def expire(self, at: datetime) -> Book:
        """Without what nobody paid for in time: its goods, or a change; else as it is."""
        if self.waiting is not None and self.waiting.until <= at:
            return self.alone()
        if not self.overdue(at):
            return self
        ended = evolve(self, state=OrderState.CANCELLED, expired=True, deadline=None)
        return settled(ended)


def settled(book: Book) -> Book:
    """With what is kept beyond what it may keep on its way back."""
    over = book.kept - book.may_keep
    if over <= 0:
        return book
    book = evolve(book, refunded=book.refunded + over)
    if book.payment not in PAID:
        return book
    gone = book.payment if book.kept else OrderPaymentState.REFUNDED
    return evolve(book, payment=gone).closed()


def lessened(book: Book, before: Book) -> Book:
    """The same; what is worth less than before was refunded in part, a second payment apart."""
    less = book.payment is OrderPaymentState.PAID and book.worth < before.worth
    return evolve(book, payment=OrderPaymentState.PARTIALLY_REFUNDED) if less else book


def _by_variant(pieces: Iterable[tuple[VariantId, int]]) -> dict[VariantId, int]:
    found: Counter[VariantId] = Counter()
    for variant_id, many in pieces:
        found[variant_id] += many
    return dict(found)
