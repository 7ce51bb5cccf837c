"""An order under any sequence of moves, repeats included: a machine to hold rules to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import LineId, ShipmentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    FulfilmentState,
    Order,
    OrderPaymentState,
    OrderShipped,
    OrderState,
    OrderStatus,
    PaymentStatus,
    Shipment,
    deliver_parcel,
    item_status,
    next_statuses,
)
from automate_store.entrypoints.properties.orders.strategies import TIME_TO_PAY, orders

UNPAID = {
    OrderPaymentState.PENDING: PaymentStatus.PENDING,
    OrderPaymentState.AUTHORISED: PaymentStatus.PENDING,
    OrderPaymentState.PROCESSING: PaymentStatus.PENDING,
    OrderPaymentState.FAILED: PaymentStatus.FAILED,
}
PAID = {
    OrderPaymentState.PAID: PaymentStatus.PAID,
    OrderPaymentState.PARTIALLY_REFUNDED: PaymentStatus.PARTIALLY_REFUNDED,
    OrderPaymentState.REFUNDED: PaymentStatus.REFUNDED,
}
_OPEN = {OrderState.PLACED, OrderState.CONFIRMED}
_NOTHING = {FulfilmentState.UNFULFILLED}
_ON_ITS_WAY = {FulfilmentState.UNFULFILLED, FulfilmentState.PARTLY_SHIPPED}

Seen = dict[
    tuple[OrderState, OrderPaymentState, FulfilmentState], tuple[OrderStatus, PaymentStatus]
]


def what_is_seen() -> Seen:
    """
    Every standing that an order can have, and the two statuses that it shows.

    Written out line by line as the rules have it, apart from the code that derives it.
    """
    seen: Seen = {}
    for payment, shown in UNPAID.items():
        seen[OrderState.PLACED, payment, FulfilmentState.UNFULFILLED] = OrderStatus.PENDING, shown
    for payment, shown in PAID.items():
        for on_its_way in _ON_ITS_WAY:
            seen[OrderState.CONFIRMED, payment, on_its_way] = OrderStatus.PROCESSING, shown
        shipped = OrderState.CONFIRMED, payment, FulfilmentState.SHIPPED
        seen[shipped] = OrderStatus.SHIPPED, shown
        delivered = OrderState.COMPLETED, payment, FulfilmentState.DELIVERED
        seen[delivered] = OrderStatus.DELIVERED, shown
    refunded = OrderState.COMPLETED, OrderPaymentState.REFUNDED, FulfilmentState.DELIVERED
    seen[refunded] = OrderStatus.REFUNDED, PaymentStatus.REFUNDED
    # A cancelled order stays paid until what was paid for it has gone back.
    for payment, shown in (UNPAID | PAID).items():
        for nothing in _NOTHING:
            seen[OrderState.CANCELLED, payment, nothing] = OrderStatus.CANCELLED, shown
    return seen


_SEEN = what_is_seen()


class OrderMachine(RuleBasedStateMachine):
    """
    The laws of an order's three lives, whatever comes, in any order and any number of times.

    Only legal moves are made, and a refused one changes nothing. What is seen follows
    from the lives. Nothing ships twice, and nothing recalculates what was agreed.

    Override ``adopt`` to hold an order of your own to them.
    """

    def adopt(self, order: Order) -> Order:
        """The order that is moved about."""
        return order

    @initialize(order=orders())
    def place(self, order: Order) -> None:
        """An order, waiting to be paid, or paid at once where it costs nothing."""
        self._at = order.placed_at
        self._parcels = 0
        self._order = self.adopt(order)
        self._number = order.number
        self._bought = {item.id: (item.quantity, item.unit_price) for item in order.items}
        self._total = order.total

    @rule(minutes=st.integers(0, 45))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self._at += timedelta(minutes=minutes)

    @rule()
    def pay(self) -> None:
        """The money arrives, perhaps not for the first time."""
        legal = self._order.state is OrderState.PLACED
        self._move(lambda order: order.pay(order.total, actor="gateway", at=self._at), legal)
        if legal:
            assert self._order.payment is OrderPaymentState.PAID, "what is paid says so"

    @rule()
    def fail_to_pay(self) -> None:
        """An attempt to pay brings nothing."""
        legal = self._order.payment in UNPAID
        self._move(lambda order: order.payment_failed("no", actor="gateway", at=self._at), legal)

    @rule(minutes=st.integers(0, 90), grace=st.integers(0, 30))
    def ask_a_gateway(self, minutes: int, grace: int) -> None:
        """The stock is kept while a gateway is asked, not for ever; no deadline comes nearer."""
        before = self._order.expires_at
        until = self._at + timedelta(minutes=minutes)
        latest = self._order.placed_at + TIME_TO_PAY + timedelta(minutes=grace)
        legal = self._order.state is OrderState.PLACED and not self._order.overdue(self._at)
        self._move(lambda order: order.await_payment(until, latest=latest, at=self._at), legal)
        if legal:
            assert before is not None, "an order that waits has a deadline"
            kept = max(before, min(until, latest))
            assert self._order.expires_at == kept, "a deadline moves on, as far as it may"

    @rule()
    def cancel(self) -> None:
        """Somebody calls off all that has not shipped."""
        before = self._order
        legal = before.state in _OPEN and bool(before.unshipped)
        self._move(lambda order: order.cancel("not wanted", actor="guest", at=self._at), legal)
        if legal:
            self._lost(before, before.unshipped)

    @rule(data=st.data())
    def cancel_some(self, data: st.DataObject) -> None:
        """Somebody calls off some units of some items, perhaps more than are left."""
        before = self._order
        units = {
            item.id: data.draw(st.integers(0, max(0, item.to_ship) + 1)) for item in before.items
        }
        if not any(units.values()):
            return
        fits = all(units[item.id] <= item.to_ship for item in before.items)
        legal = fits and before.state in _OPEN
        self._move(lambda order: order.cancel("no", units=units, actor="guest", at=self._at), legal)
        if legal:
            self._lost(before, units)

    @precondition(lambda self: self._order.paid and self._order.worth)
    @rule(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        """Some of what is kept goes back as a courtesy."""
        before = self._order
        amount = Money(data.draw(st.integers(1, before.worth.minor)), before.worth.currency)
        self._move(
            lambda order: order.refunded(
                amount,
                of=before.worth - amount,
                reason="sorry",
                credit=amount,
                actor="staff",
                at=self._at,
            ),
            legal=before.payment is not OrderPaymentState.REFUNDED,
        )

    @precondition(lambda self: self._order.expired)
    @rule()
    def pay_too_late(self) -> None:
        """The money comes once the order was given up, and its goods are still to be had."""
        self._move(
            lambda order: order.revive(order.total, actor="gateway", at=self._at), legal=True
        )
        assert self._order.payment is OrderPaymentState.PAID, "what is paid says so"

    @precondition(lambda self: self._order.overdue(self._at))
    @rule()
    def expire(self) -> None:
        """The time to pay is over."""
        self._move(lambda order: order.expire(actor="system", at=self._at), legal=True)
        assert self._order.state is OrderState.CANCELLED, "what expires is cancelled"

    @rule(data=st.data())
    def ship(self, data: st.DataObject) -> None:
        """A parcel leaves with some of the items, perhaps more than are left."""
        counts = [data.draw(st.integers(0, item.to_ship + 1)) for item in self._order.items]
        if not any(counts):
            return
        fits = all(
            many <= item.to_ship for many, item in zip(counts, self._order.items, strict=True)
        )
        parcel = self._parcel(counts)
        legal = fits and self._order.state is OrderState.CONFIRMED
        self._move(lambda order: order.ship(parcel, actor="staff", at=self._at), legal)

    @rule()
    def deliver(self) -> None:
        """Every parcel arrived."""
        legal = self._order.fulfilment is FulfilmentState.SHIPPED
        self._move(lambda order: order.deliver(actor="staff", at=self._at), legal)

    @precondition(lambda self: self._order.shipments)
    @rule(data=st.data())
    def deliver_a_parcel(self, data: st.DataObject) -> None:
        """One parcel arrived, perhaps not for the first time; the last completes the order."""
        parcel = data.draw(st.sampled_from(self._order.shipments))
        legal = parcel.delivered_at is None
        self._move(
            lambda order: deliver_parcel(order, parcel.id, actor="staff", at=self._at), legal
        )
        arrived = all(each.delivered_at for each in self._order.shipments)
        if legal and arrived and not self._order.unshipped:
            assert self._order.state is OrderState.COMPLETED, "all of it arrived"

    @invariant()
    def the_items_say_what_became_of_them(self) -> None:
        """Each says so of itself, and no item is further than its order, nor far behind it."""
        order, every = self._order, set(OrderStatus)
        said = {item_status(order, item) for item in order.items if item.quantity}
        known: Mapping[OrderStatus, set[OrderStatus]] = {
            OrderStatus.PENDING: {OrderStatus.PENDING},
            OrderStatus.CANCELLED: {OrderStatus.CANCELLED},
            OrderStatus.SHIPPED: {OrderStatus.SHIPPED, OrderStatus.DELIVERED},
            OrderStatus.DELIVERED: {OrderStatus.DELIVERED},
            OrderStatus.REFUNDED: {OrderStatus.DELIVERED},
        }
        assert said <= known.get(order.status, every - {OrderStatus.PENDING})
        if order.status is OrderStatus.PROCESSING:
            assert OrderStatus.PROCESSING in said, "something is still to be shipped"

    @invariant()
    def what_staff_may_set_is_what_succeeds(self) -> None:
        """A status that may be set is reached by its move, and no other is."""
        order = self._order
        reached = {
            OrderStatus.SHIPPED: order.state is OrderState.CONFIRMED and bool(order.unshipped),
            OrderStatus.DELIVERED: order.fulfilment is FulfilmentState.SHIPPED,
            OrderStatus.CANCELLED: order.state in _OPEN
            and order.fulfilment is FulfilmentState.UNFULFILLED,
        }
        assert set(next_statuses(order)) == {status for status, may in reached.items() if may}

    @invariant()
    def what_is_seen_follows_from_the_lives(self) -> None:
        """The status and the payment status are those of the table."""
        order = self._order
        standing = order.state, order.payment, order.fulfilment
        assert _SEEN.get(standing) == (order.status, order.payment_status)

    @invariant()
    def nothing_ships_twice(self) -> None:
        """Of each item as many left as its parcels hold, and no more than were bought."""
        for item in self._order.items:
            packed = sum(parcel.items.get(item.id, 0) for parcel in self._order.shipments)
            handed_over = 0 if item.requires_shipping else item.shipped
            assert packed + handed_over == item.shipped <= item.quantity

    @invariant()
    def the_goods_are_where_the_lives_say(self) -> None:
        """Shipped and delivered mean everything, unfulfilled means nothing."""
        order = self._order
        left = [item.to_ship for item in order.items]
        if order.fulfilment in {FulfilmentState.SHIPPED, FulfilmentState.DELIVERED}:
            assert not any(left), "what is shipped is shipped whole"
        if order.fulfilment is FulfilmentState.UNFULFILLED:
            assert not self._anything_left_the_house(), "what is unfulfilled is all here"

    @invariant()
    def what_was_agreed_stays(self) -> None:
        """Number, items and prices are those that were placed, less what was called off."""
        order = self._order
        assert order.number == self._number, "a number is for ever"
        bought = {
            item.id: (item.quantity + item.cancelled, item.unit_price) for item in order.items
        }
        assert bought == self._bought, "what was bought is kept or called off"
        assert order.total == self._total, "nothing recalculates an order"
        quoted = {line.id: line.quantity for line in order.quote.lines}
        assert quoted == {item.id: item.quantity for item in order.items if item.quantity}

    @invariant()
    def only_what_waits_has_a_deadline(self) -> None:
        """A deadline stands exactly while the order waits to be paid."""
        waits = self._order.state is OrderState.PLACED
        assert (self._order.expires_at is not None) == waits, "paid and cancelled orders keep time"

    @invariant()
    def every_parcel_is_told_once(self) -> None:
        """As many parcels are reported as left."""
        told = [event for event in self._order.events if isinstance(event, OrderShipped)]
        assert [event.shipment_id for event in told] == [
            parcel.id for parcel in self._order.shipments
        ]

    def _move(self, move: Callable[[Order], Order], legal: bool) -> None:  # noqa: FBT001 - said by name where it matters
        before = self._order
        try:
            self._order = move(before)
        except RuleBroken:
            assert not legal, "a legal move is made"
            return
        assert legal, "an illegal move is refused"
        assert self._order.events[: len(before.events)] == before.events, "no fact is forgotten"

    def _lost(self, before: Order, units: Mapping[LineId, int]) -> None:
        """Units were called off: the order costs less by what was to be paid for them."""
        if self._order.state is OrderState.CANCELLED:
            return
        mode = before.quote.tax_mode
        for line in before.quote.lines:
            self._total -= line.gross_of_first(units.get(line.id, 0), mode)
        carried = any(item.requires_shipping and item.quantity for item in self._order.items)
        if before.quote.shipping is not None and not carried:
            self._total -= before.quote.shipping.gross

    def _anything_left_the_house(self) -> bool:
        return any(item.shipped for item in self._order.items)

    def _parcel(self, counts: list[int]) -> Shipment:
        self._parcels += 1
        items = {
            item.id: many for many, item in zip(counts, self._order.items, strict=True) if many
        }
        shipped_at: datetime = self._at
        return Shipment(
            id=ShipmentId(UUID(int=self._parcels)),
            order_id=self._order.id,
            items=items,
            shipped_at=shipped_at,
        )
