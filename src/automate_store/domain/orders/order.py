"""
The order: a frozen snapshot of what was bought, and the three lives it leads.

Units: quantities are whole pieces; amounts are those of the quote that was accepted.
Nothing is priced anew afterwards: what is called off takes along what it bore of the quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import evolve, frozen

from automate_store.domain.identity import Address
from automate_store.domain.inventory import demand
from automate_store.domain.kernel.aggregate import Aggregate
from automate_store.domain.kernel.ids import CartId, LineId, OrderId, UserId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders.events import (
    OrderCancelled,
    OrderDelivered,
    OrderExpired,
    OrderItemsCancelled,
    OrderPaid,
    OrderPaymentFailed,
    OrderPlaced,
    OrderRefunded,
    OrderRestated,
    OrderShipped,
)
from automate_store.domain.orders.items import OrderItem, Shipment
from automate_store.domain.orders.lives import (
    FULFILMENT_MOVES,
    ORDER_MOVES,
    PAID,
    PAYMENT_MOVES,
    SHIPPED_ONCE,
    FulfilmentState,
    IllegalMove,
    OrderPaymentState,
    OrderState,
    OrderStatus,
    PaymentStatus,
    allowed_now,
    move,
    order_status,
    payment_status,
)
from automate_store.domain.orders.parcels import awaited, back_by
from automate_store.domain.orders.placed import NOT_PAID_IN_TIME, OrderOverdue, PlacedOrder
from automate_store.domain.orders.staged import StagedEdit
from automate_store.domain.pricing import Quote, without


@frozen(kw_only=True)
class Order(Aggregate):
    """An order; ``expires_at`` is when its unpaid stock goes back, None once it is paid."""

    id: OrderId
    number: str
    cart_id: CartId | None
    user_id: UserId | None
    token_hash: bytes | None
    email: str
    items: tuple[OrderItem, ...]
    quote: Quote
    shipping_address: Address
    billing_address: Address
    notes: str | None = None
    state: OrderState = OrderState.PLACED
    payment: OrderPaymentState = OrderPaymentState.PENDING
    fulfilment: FulfilmentState = FulfilmentState.UNFULFILLED
    shipments: tuple[Shipment, ...] = ()
    credited: Money
    """What was given back of the goods that are in it: returned, or as a courtesy."""
    owed: Money
    """What should have gone back, and its gateway would not give."""
    staged: StagedEdit | None = None
    expires_at: datetime | None
    placed_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None = None
    cancelled_reason: str | None = None
    cancelled_by: UserId | None = None
    """Whose account called it off; nobody's where a guest, the clock or a program did."""
    delivered_at: datetime | None = None

    @classmethod
    def place(cls, placed: PlacedOrder, *, actor: str, at: datetime) -> Order:
        """The order, waiting to be paid; paid at once where its total is zero."""
        order = cls(
            credited=Money.zero(placed.quote.currency),
            owed=Money.zero(placed.quote.currency),
            id=placed.id,
            number=placed.number,
            cart_id=placed.cart_id,
            user_id=placed.user_id,
            token_hash=placed.token_hash,
            email=placed.email,
            items=placed.items,
            quote=placed.quote,
            shipping_address=placed.shipping_address,
            billing_address=placed.billing_address,
            notes=placed.notes,
            expires_at=placed.expires_at,
            placed_at=at,
            updated_at=at,
        )
        event = OrderPlaced(
            at=at, order_id=order.id, number=order.number, actor=actor, total=order.total
        )
        order = order.after(event)
        return order if order.total else order.pay(order.total, actor=actor, at=at)

    @property
    def total(self) -> Money:
        """What the customer pays."""
        return self.quote.total

    @property
    def paid(self) -> bool:
        """Whether its money was ever captured, wherever it is now."""
        return self.payment in PAID

    @property
    def worth(self) -> Money:
        """What the shop has of what was captured: what is in it, less credit, and what it owes."""
        if not self.paid or self.state is OrderState.CANCELLED:
            return self.owed
        return self.total - self.credited + self.owed

    @property
    def restated(self) -> bool:
        """Whether its items or their amounts are others than those it was loaded with."""
        return any(isinstance(event, OrderRestated) for event in self.events)

    @property
    def expired(self) -> bool:
        """Whether it was cancelled because nobody paid in time."""
        return self.state is OrderState.CANCELLED and self.cancelled_reason == NOT_PAID_IN_TIME

    @property
    def unshipped(self) -> dict[LineId, int]:
        """How many of each item have not left."""
        return {item.id: item.to_ship for item in self.items if item.to_ship}

    @property
    def awaited(self) -> tuple[Shipment, ...]:
        """The parcels that are on their way, or are lost and for which nobody was made good."""
        return awaited(self.items, self.shipments, self.payment)

    @property
    def wanted(self) -> dict[VariantId, int]:
        """How many of each variant in all, in id order; nothing of what was called off whole."""
        return demand((item.variant_id, item.quantity) for item in self.items if item.quantity)

    @property
    def status(self) -> OrderStatus:
        """The one status that is shown."""
        return order_status(self.state, self.payment, self.fulfilment)

    @property
    def payment_status(self) -> PaymentStatus:
        """The one payment status that is shown."""
        return payment_status(self.payment)

    @property
    def allowed(self) -> tuple[str, ...]:
        """What can be done with it now, in the shop's words."""
        left, sent = bool(self.unshipped), bool(self.shipments)
        back = back_by(self.items, self.shipments)
        return allowed_now(self.state, self.payment, left=left, sent=sent, back=back)

    def overdue(self, at: datetime) -> bool:
        """Whether the time to pay is over."""
        return self.expires_at is not None and self.expires_at <= at

    def payable(self, at: datetime) -> Order:
        """The order itself, where it may be paid now; raises OrderOverdue or IllegalMove."""
        self._may_become(OrderState.CONFIRMED)
        if self.expires_at is not None and self.overdue(at):
            raise OrderOverdue(self.number, self.expires_at)
        return self

    def pay(self, amount: Money, *, actor: str, at: datetime) -> Order:
        """
        The order, paid and confirmed, its deadline gone; raises IllegalMove.

        What needs no parcel is delivered at once, and completes an order of nothing else.
        """
        assert amount == self.total, "an order is paid whole, in its own currency"
        items = tuple(item.hand_over(at) for item in self.items)
        paid = OrderPaid(at=at, order_id=self.id, number=self.number, actor=actor, amount=amount)
        order = self.after(
            paid,
            items=items,
            state=self._may_become(OrderState.CONFIRMED),
            payment=self._payment(OrderPaymentState.PAID),
            expires_at=None,
            updated_at=at,
        )
        return order.fulfilled_without_parcel(actor=actor, at=at)

    def revive(self, amount: Money, *, actor: str, at: datetime) -> Order:
        """The order that expired, paid after all, whatever went back; its stock is found again."""
        assert self.expired, "what was called off on purpose stays so"
        unpaid = evolve(self, state=OrderState.PLACED, payment=OrderPaymentState.PENDING)
        again = evolve(unpaid, cancelled_at=None, cancelled_reason=None)
        return again.pay(amount, actor=actor, at=at)

    def await_payment(self, until: datetime, *, latest: datetime, at: datetime) -> Order:
        """
        The order, its stock kept until then while a gateway is asked, but not past latest.

        The same one where its deadline is late enough; raises OrderOverdue or IllegalMove.
        """
        self.payable(at)
        deadline = min(until, latest)
        # What is authorised or on its way has no deadline that could be put off.
        if self.expires_at is None or self.expires_at >= deadline:
            return self
        return evolve(self, expires_at=deadline, updated_at=at)

    def payment_failed(self, reason: str, *, actor: str, at: datetime) -> Order:
        """The order after an attempt that brought no money; it may be tried again."""
        if self.payment is OrderPaymentState.FAILED:
            return evolve(self, updated_at=at)
        failed = OrderPaymentFailed(
            at=at, order_id=self.id, number=self.number, actor=actor, reason=reason
        )
        payment = self._payment(OrderPaymentState.FAILED)
        return self.after(failed, payment=payment, updated_at=at)

    def cancel(
        self,
        reason: str,
        *,
        units: Mapping[LineId, int] | None = None,
        actor: str,
        at: datetime,
    ) -> Order:
        """
        The order without so many units of each item, or without all that have not shipped.

        It is cancelled where nothing that was paid for stays. Raises NotCancellable, or
        IllegalMove where it is over, or has nothing left to call off.
        """
        if "cancel" not in self.allowed:
            self._may_become(OrderState.CANCELLED)
        leaving = {i.id: i.to_ship for i in self.items} if units is None else dict(units)
        assert leaving.keys() <= {item.id for item in self.items}, "items of the order"
        items = tuple(item.cancel(leaving.get(item.id, 0)) for item in self.items)
        if not any(leaving.values()):
            raise IllegalMove("fulfilment", self.fulfilment, OrderState.CANCELLED, self.allowed)
        if not self._worth_keeping(items):
            return self._called_off(reason, actor=actor, at=at)
        carried = any(item.requires_shipping and item.quantity for item in items)
        behind = {item.id: item.returned for item in items}
        quote = without(self.quote, leaving, carried=carried, behind=behind)
        event = OrderItemsCancelled(
            at=at,
            order_id=self.id,
            number=self.number,
            actor=actor,
            reason=reason,
            items={item_id: many for item_id, many in leaving.items() if many},
            amount=self.total - quote.total,
        )
        # A courtesy for what is called off now was no more than its price came to.
        credited = min(self.credited, quote.total)
        left = self.after(event, items=items, quote=quote, credited=credited, updated_at=at)
        return left.lessened(self)._without_the_rest(actor=actor, at=at)

    def refunded(
        self, amount: Money, *, of: Money, reason: str, credit: Money, actor: str, at: datetime
    ) -> Order:
        """
        The order after ``amount`` of what was captured is on its way back.

        ``of`` is what is kept of the captured money from now on; ``credit`` the part of the
        amount that no unit took along when it was called off. It pays what is owed first.
        """
        paid_off = min(self.owed, credit)
        event = OrderRefunded(
            at=at, order_id=self.id, number=self.number, actor=actor, reason=reason, amount=amount
        )
        credited, owed = self.credited + credit - paid_off, self.owed - paid_off
        left = self.after(event, credited=credited, owed=owed, updated_at=at)
        # What comes once it is called off is taken and given back in one.
        if not of and (self.paid or self.state is OrderState.CANCELLED):
            return evolve(left, payment=OrderPaymentState.REFUNDED)
        return left.lessened(self)

    def lessened(self, before: Order) -> Order:
        """
        The order, partially refunded where it is worth less than before.

        Money that was given back on top of its price, such as a second payment, is none of it.
        """
        less = self.payment is OrderPaymentState.PAID and self.worth < before.worth
        return evolve(self, payment=OrderPaymentState.PARTIALLY_REFUNDED) if less else self

    def expire(self, *, actor: str, at: datetime) -> Order:
        """The order, cancelled because nobody paid in time; raises IllegalMove where paid."""
        assert self.overdue(at), "an order expires after its deadline"
        expired = OrderExpired(
            at=at, order_id=self.id, number=self.number, actor=actor, reason=NOT_PAID_IN_TIME
        )
        return self.after(
            expired,
            state=self._may_become(OrderState.CANCELLED),
            expires_at=None,
            cancelled_at=at,
            cancelled_reason=NOT_PAID_IN_TIME,
            updated_at=at,
        )

    def ship(self, shipment: Shipment, *, actor: str, at: datetime) -> Order:
        """The order after a parcel left; raises ShipmentTooLarge or IllegalMove."""
        if self.state is not OrderState.CONFIRMED and "ship" not in self.allowed:
            raise IllegalMove("state", self.state, "shipped", self.allowed)
        items = tuple(item.ship(shipment.items.get(item.id, 0)) for item in self.items)
        fulfilment = self._after_parcel(left=any(item.to_ship for item in items))
        assert any(shipment.items.values()), "a parcel holds something"
        assert shipment.items.keys() <= {item.id for item in items}, "and only of its order"
        event = OrderShipped(
            at=at, order_id=self.id, number=self.number, actor=actor, shipment_id=shipment.id
        )
        parcels = (*self.shipments, shipment)
        return self.after(
            event, items=items, shipments=parcels, fulfilment=fulfilment, updated_at=at
        )

    def deliver(self, *, actor: str, at: datetime) -> Order:
        """The order, completed: every parcel arrived that is not lost; raises IllegalMove."""
        if self.unshipped and self.fulfilment is FulfilmentState.SHIPPED:
            wanted = FulfilmentState.DELIVERED
            raise IllegalMove("fulfilment", self.fulfilment, wanted, self.allowed)
        event = OrderDelivered(at=at, order_id=self.id, number=self.number, actor=actor)
        delivered = tuple(parcel.arrived(at) for parcel in self.shipments)
        return self.after(
            event,
            state=self._may_become(OrderState.COMPLETED),
            fulfilment=self._fulfilled(FulfilmentState.DELIVERED),
            shipments=delivered,
            delivered_at=at,
            updated_at=at,
        )

    def _worth_keeping(self, items: Iterable[OrderItem]) -> bool:
        """Whether any of the items is more than what came along for nothing."""
        gifts = {line.id for line in self.quote.lines if line.gift}
        return any(item.quantity for item in items if item.id not in gifts)

    def _called_off(self, reason: str, *, actor: str, at: datetime) -> Order:
        cancelled = OrderCancelled(
            at=at, order_id=self.id, number=self.number, actor=actor, reason=reason
        )
        return self.after(
            cancelled,
            state=OrderState.CANCELLED,
            expires_at=None,
            cancelled_at=at,
            cancelled_reason=reason,
            updated_at=at,
        ).lessened(self)

    def _without_the_rest(self, *, actor: str, at: datetime) -> Order:
        """The order once units were called off: paid where it is free, shipped where none waits."""
        if self.state is OrderState.PLACED:
            return self if self.total else self.pay(self.total, actor=actor, at=at)
        if self.state is OrderState.COMPLETED or self.unshipped:
            return self
        shipped = evolve(self, fulfilment=FulfilmentState.SHIPPED)
        return shipped if shipped.awaited else shipped.deliver(actor=actor, at=at)

    def fulfilled_without_parcel(self, *, actor: str, at: datetime) -> Order:
        """The paid order, as far along as what needs no parcel takes it."""
        if not any(item.shipped for item in self.items):
            return self
        if any(item.to_ship for item in self.items):
            return evolve(self, fulfilment=FulfilmentState.PARTLY_SHIPPED)
        return evolve(self, fulfilment=FulfilmentState.SHIPPED).deliver(actor=actor, at=at)

    def _may_become(self, wanted: OrderState) -> OrderState:
        return move("state", ORDER_MOVES, self.state, wanted, allowed=self.allowed)

    def _payment(self, wanted: OrderPaymentState) -> OrderPaymentState:
        return move("payment", PAYMENT_MOVES, self.payment, wanted, allowed=self.allowed)

    def _fulfilled(self, wanted: FulfilmentState) -> FulfilmentState:
        table, allowed = FULFILMENT_MOVES, self.allowed
        return move("fulfilment", table, self.fulfilment, wanted, allowed=allowed)

    def _after_parcel(self, *, left: bool) -> FulfilmentState:
        """What came in exchange for what went back moves no life: the order has shipped once."""
        if self.unshipped and self.fulfilment in SHIPPED_ONCE:
            return self.fulfilment
        return self._fulfilled(FulfilmentState.PARTLY_SHIPPED if left else FulfilmentState.SHIPPED)
