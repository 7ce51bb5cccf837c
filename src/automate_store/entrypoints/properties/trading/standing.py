"""What a store has of an order, set beside what the rules make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from attrs import evolve, fields, frozen

from automate_store.application.payments import GATEWAY_GRACE
from automate_store.application.policies import StorePolicy
from automate_store.application.ports import Ports
from automate_store.domain.identity import Address
from automate_store.domain.inventory import StockItem
from automate_store.domain.kernel.ids import LineId, OrderId, RefundId, ReturnId, VariantId
from automate_store.domain.orders import FulfilmentState, Order, OrderState, ShipmentState
from automate_store.domain.payments import Payment, Refund, RefundState
from automate_store.domain.returns import Return, ReturnState
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import Ticket
from automate_store.entrypoints.properties.trading.pieces import Parcel
from automate_store.entrypoints.properties.trading.shelf import ON_HAND


@frozen(kw_only=True)
class Seen:
    """All of an order that counts; amounts in minor units."""

    lives: tuple[str, str, str]
    items: Mapping[LineId, tuple[int, ...]]
    """
    Of each: how many are in it, were called off, left, were asked back, and came back.

    Then how many of the last two never came.
    """
    parcels: tuple[tuple[Mapping[LineId, int], ShipmentState], ...]
    """What is in each, and where it is."""
    backs: Mapping[ReturnId, ReturnState]
    place: Address
    waits_for: int | None
    """How much a change of it waits for."""
    total: int
    credited: int
    owed: int
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

    def returned(self, return_id: ReturnId) -> Return:
        """That one of its returns."""
        (found,) = (each for each in self.returns if each.id == return_id)
        return found

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
                    item.claimed,
                    item.lost,
                )
                for item in order.items
            },
            parcels=tuple((parcel.items, parcel.state) for parcel in order.shipments),
            backs={each.id: each.state for each in self.returns},
            place=order.shipping_address,
            waits_for=order.staged.difference.minor if order.staged else None,
            total=order.total.minor,
            credited=order.credited.minor,
            owed=order.owed.minor,
            captured=sum(each.captured.minor for each in self.payments),
            refunded=sum(
                each.amount.minor for each in self.refunds if each.state is not RefundState.FAILED
            ),
        )

    def adopt(self, book: Book, at: datetime) -> Book:
        """The book with the times that are stored, ended where that is over and was seen."""
        order, waiting = self.order, book.waiting
        if order.expired if waiting is None else order.staged is None:
            book = book.expire(at)
        if book.waiting is not None and order.staged is not None:
            until = order.staged.expires_at
            book = evolve(book, waiting=evolve(book.waiting, until=until))
        since = [parcel.delivered_at for parcel in order.shipments]
        parcels = tuple(
            evolve(parcel, at=came) for parcel, came in zip(book.parcels, since, strict=False)
        )
        handed = {item.id: item.handed_over_at for item in order.items}
        lines = {each: evolve(line, since=handed.get(each)) for each, line in book.lines.items()}
        return evolve(
            book,
            lines=lines,
            placed_at=order.placed_at,
            deadline=order.expires_at,
            parcels=parcels,
        )


def foretold(book: Book) -> Seen:
    """What counts of an order, as the rules have it."""
    return Seen(
        lives=(book.state, book.payment, book.fulfilment),
        items={
            each: (
                *(len(line.units), line.cancelled, line.shipped, line.returning, line.returned),
                *(line.claimed, line.lost),
            )
            for each, line in book.lines.items()
        },
        parcels=tuple((parcel.items, _state(parcel)) for parcel in book.parcels),
        backs={each: back.state for each, back in book.backs.items()},
        place=book.place.address,
        waits_for=book.waiting.difference if book.waiting else None,
        total=book.total,
        credited=book.credited,
        owed=book.owed,
        captured=book.captured,
        refunded=book.refunded,
    )


def _state(parcel: Parcel) -> ShipmentState:
    if parcel.arrived:
        return ShipmentState.DELIVERED
    return ShipmentState.LOST if parcel.lost else ShipmentState.SHIPPED


def assert_is_as_foretold(standing: Standing, book: Book) -> None:
    """All that counts of the order is what the rules make of it; says of what it is not."""
    seen, rules = standing.seen, foretold(book)
    wrong = [
        f"{each.name}: {getattr(seen, each.name)}, by the rules {getattr(rules, each.name)}"
        for each in fields(Seen)
        if getattr(seen, each.name) != getattr(rules, each.name)
    ]
    assert not wrong, f"an order is what the rules make of it: {'; '.join(wrong)}"


def assert_money_adds_up(standing: Standing) -> None:
    """
    What is kept of the captured money is what the kept goods cost; never more goes back.

    Of an order that waits it is less, and no more than what would pay it.
    """
    seen, order = standing.seen, standing.order
    kept, waits = seen.captured - seen.refunded, order.state is OrderState.PLACED
    fits = 0 <= kept < order.total.minor if waits else kept == order.worth.minor
    assert fits, "what is kept is what the kept goods cost"
    within = all(each.refunded <= each.captured <= each.amount for each in standing.payments)
    assert within, "no more is captured than asked for, and none goes back that was not captured"
    given = sum(each.refunded.minor for each in standing.payments)
    assert given == seen.refunded, "each payment knows what went back of it"


def assert_over_once_nothing_is_awaited(order: Order) -> None:
    """An order is over just where it is sent, no parcel moves, and what is lost was made good."""
    if order.state not in {OrderState.CONFIRMED, OrderState.COMPLETED} or order.staged is not None:
        return
    gone, came = Counter[LineId](), Counter[LineId]()
    for parcel in order.shipments:
        gone.update(parcel.items if parcel.lost_at is not None else {})
        came.update(parcel.items if parcel.delivered_at is not None else {})
    moving = any(p.lost_at is None and p.delivered_at is None for p in order.shipments)
    # What came and went back makes nothing good that never came.
    good = {item.id: max(item.lost, item.returned - came[item.id]) for item in order.items}
    unpaid = any(gone[each] > many for each, many in good.items())
    over = not moving and not unpaid and not order.unshipped and bool(order.shipments)
    assert not over or order.state is OrderState.COMPLETED, "what nobody waits for is over"
    lied = order.fulfilment is FulfilmentState.DELIVERED and not any(
        parcel.delivered_at for parcel in order.shipments
    )
    downloads = any(item.shipped and not item.requires_shipping for item in order.items)
    assert not lied or downloads or not order.shipments, "what is delivered came"


def assert_only_what_waits_has_a_deadline(
    order: Order, policy: StorePolicy, pressed: Collection[OrderId]
) -> None:
    """
    What waits to be paid has one, that is not put off for ever: an order, or a change of it.

    No other order has any. ``pressed`` are the orders of whose stock some has one too.
    """
    waits, staged = order.state is OrderState.PLACED, order.staged
    hurries = waits or bool(staged and staged.additions)
    assert (order.expires_at is not None) == waits, "an order that waits has a deadline"
    assert (order.id in pressed) == hurries, "so has the stock of what waits, and no other"
    longest = policy.reservation_lifetime + GATEWAY_GRACE
    latest = order.expires_at is None or order.expires_at <= order.placed_at + longest
    assert latest, "no order is put off for ever"
    if staged is not None:
        swap = staged.return_id is not None
        waiting = policy.returns.exchange_lifetime if swap else policy.reservation_lifetime
        last = staged.staged_at + waiting + GATEWAY_GRACE
        assert staged.expires_at <= last, "and no change"


def assert_refunds_end_as_was_said(
    standing: Standing, said: Mapping[RefundId, RefundState], unasked: RefundState
) -> None:
    """Each refund is what its gateway said first of it, and ``unasked`` where it was not asked."""
    for refund in standing.refunds:
        assert refund.state is said.get(refund.id, unasked), "an end is not taken back"
        assert bool(refund.failure) == (refund.state is RefundState.FAILED), "and says why not"


def assert_nothing_ships_twice(order: Order) -> None:
    """Of each item as many left as its parcels hold, and no more than were bought or came back."""
    for item in order.items:
        packed = sum(parcel.items.get(item.id, 0) for parcel in order.shipments)
        handed_over = 0 if item.requires_shipping else item.shipped
        assert packed + handed_over == item.shipped, "what left is in the parcels, once"
        assert item.shipped <= item.quantity, "no more leaves than was bought"
        assert item.returning + item.returned <= item.shipped, "no more comes back than left"


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
