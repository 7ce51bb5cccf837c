"""What a store has of an order, set beside what the rules make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from attrs import evolve, frozen

from automate_store.application.payments import GATEWAY_GRACE
from automate_store.application.ports import Ports
from automate_store.domain.inventory import StockItem
from automate_store.domain.kernel.ids import LineId, OrderId, ReturnId, VariantId
from automate_store.domain.orders import Order, OrderState
from automate_store.domain.payments import Payment, Refund
from automate_store.domain.returns import Return, ReturnState
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import Ticket
from automate_store.entrypoints.properties.trading.shelf import ON_HAND


@frozen(kw_only=True)
class Seen:
    """All of an order that counts; amounts in minor units."""

    lives: tuple[str, str, str]
    items: Mapping[LineId, tuple[int, ...]]
    """Of each: how many are in it, were called off, left, were asked back, and came back."""
    backs: Mapping[ReturnId, ReturnState]
    total: int
    credited: int
    captured: int
    refunded: int


@frozen
class Standing:
    """An order and its money, as they are stored."""

    order: Order
    payments: tuple[Payment, ...]
    refunds: tuple[Refund, ...]
    returns: tuple[Return, ...]

    @classmethod
    async def of(cls, ticket: Ticket, ports: Ports) -> Standing:
        """What is stored of the order now."""
        async with ports.reading() as reads:
            return cls(
                await reads.orders.get(ticket.order_id),
                await reads.payments.of_order(ticket.order_id),
                await reads.refunds.of_order(ticket.order_id),
                await reads.returns.of_order(ticket.order_id),
            )

    @property
    def seen(self) -> Seen:
        """What counts of it."""
        order = self.order
        return Seen(
            lives=(order.state, order.payment, order.fulfilment),
            items={
                item.id: (
                    item.quantity,
                    item.cancelled,
                    item.shipped,
                    item.returning,
                    item.returned,
                )
                for item in order.items
            },
            backs={each.id: each.state for each in self.returns},
            total=order.total.minor,
            credited=order.credited.minor,
            captured=sum(each.captured.minor for each in self.payments),
            refunded=sum(each.amount.minor for each in self.refunds),
        )

    def adopt(self, book: Book, at: datetime) -> Book:
        """The book with the times that are stored, ended where that is over and was seen."""
        if book.overdue(at) and self.order.expired:
            book = book.expire(at)
        order = self.order
        return evolve(book, deadline=order.expires_at, delivered_at=order.delivered_at)


def foretold(book: Book) -> Seen:
    """What counts of an order, as the rules have it."""
    return Seen(
        lives=(book.state, book.payment, book.fulfilment),
        items={
            each: (len(line.units), line.cancelled, line.shipped, line.returning, line.returned)
            for each, line in book.lines.items()
        },
        backs={each: back.state for each, back in book.backs.items()},
        total=book.total,
        credited=book.credited,
        captured=book.captured,
        refunded=book.refunded,
    )


def assert_money_adds_up(standing: Standing) -> None:
    """What is kept of the captured money is what the kept goods cost; never more goes back."""
    seen = standing.seen
    assert seen.captured - seen.refunded == standing.order.worth.minor
    assert all(each.refunded <= each.captured <= each.amount for each in standing.payments)


def assert_only_what_waits_has_a_deadline(
    order: Order, lifetime: timedelta, pressed: Collection[OrderId]
) -> None:
    """
    An order that waits to be paid has one, that is not put off for ever; no other has any.

    ``pressed`` are the orders whose stock has one too.
    """
    waits = order.state is OrderState.PLACED
    assert (order.expires_at is not None) == waits == (order.id in pressed)
    latest = order.placed_at + lifetime + GATEWAY_GRACE
    assert order.expires_at is None or order.expires_at <= latest


def assert_nothing_ships_twice(order: Order) -> None:
    """Of each item as many left as its parcels hold, and no more than were bought or came back."""
    for item in order.items:
        packed = sum(parcel.items.get(item.id, 0) for parcel in order.shipments)
        handed_over = 0 if item.requires_shipping else item.shipped
        assert packed + handed_over == item.shipped <= item.quantity
        assert item.returning + item.returned <= item.shipped


def assert_stock_is_what_never_left(
    stock: Mapping[VariantId, StockItem], books: Iterable[Book]
) -> None:
    """On hand is what never left, reserved what has yet to leave, and neither below nothing."""
    left: Counter[VariantId] = Counter()
    promised: Counter[VariantId] = Counter()
    for book in books:
        left.update(book.left())
        promised.update(book.held())
    for variant_id, item in stock.items():
        assert item.on_hand == ON_HAND - left[variant_id], "what left is sold, once"
        assert item.reserved == promised[variant_id], "what is promised is reserved"
        assert item.on_hand >= item.reserved >= 0, "nothing is sold that is not there"
