"""
The order: a frozen snapshot of what was bought, and the three lives it leads.

Units: quantities are whole pieces; amounts are those of the quote that was accepted,
and nothing recalculates them afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve, frozen

from automate_store.domain.identity import Address
from automate_store.domain.inventory import demand
from automate_store.domain.kernel.aggregate import Aggregate
from automate_store.domain.kernel.errors import NotFound, RuleBroken
from automate_store.domain.kernel.ids import (
    CartId,
    LineId,
    OrderId,
    ProductId,
    ShipmentId,
    UserId,
    VariantId,
)
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders.events import (
    OrderCancelled,
    OrderDelivered,
    OrderExpired,
    OrderPaid,
    OrderPaymentFailed,
    OrderPlaced,
    OrderShipped,
)
from automate_store.domain.orders.lives import (
    FULFILMENT_MOVES,
    ORDER_MOVES,
    PAYMENT_MOVES,
    FulfilmentState,
    IllegalMove,
    OrderPaymentState,
    OrderState,
    OrderStatus,
    PaymentStatus,
    move,
    order_status,
    payment_status,
)
from automate_store.domain.pricing import Quote


@frozen
class OrderNotFound(NotFound):
    """There is no such order, or none that the caller may see."""

    says = "There is no order {order!r}."
    order: str


@frozen
class OrderOverdue(RuleBroken):
    """The time to pay the order is over, and its stock is given back."""

    says = "Order {number} was not paid by {expired_at:%Y-%m-%d %H:%M} UTC; place a new one."
    number: str
    expired_at: datetime


@frozen
class ShipmentTooLarge(RuleBroken):
    """More of an item would ship than is left to ship."""

    says = "{wanted} of item {item_id} can't ship; {left} are left."
    item_id: LineId
    wanted: int
    left: int


@frozen(kw_only=True)
class OrderItem:
    """A line as it was when it was bought; its amounts stand in the order's quote."""

    id: LineId
    product_id: ProductId
    variant_id: VariantId
    name: str
    sku: str
    attributes: Mapping[str, str]
    image_url: str | None
    requires_shipping: bool
    unit_price: Money
    quantity: int
    shipped: int = 0

    @property
    def to_ship(self) -> int:
        """How many have not left yet."""
        return self.quantity - self.shipped


@frozen(kw_only=True)
class Shipment:
    """A parcel: how many of which items, by whom it is carried, and when."""

    id: ShipmentId
    order_id: OrderId
    items: Mapping[LineId, int]
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    shipped_at: datetime
    delivered_at: datetime | None = None


@frozen(kw_only=True)
class PlacedOrder:
    """All that an order is made of at the moment it is placed."""

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
    expires_at: datetime


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
    expires_at: datetime | None
    placed_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None = None
    cancelled_reason: str | None = None
    delivered_at: datetime | None = None

    @classmethod
    def place(cls, placed: PlacedOrder, *, actor: str, at: datetime) -> Order:
        """The order, waiting to be paid; paid at once where its total is zero."""
        order = cls(
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
            at=at,
            order_id=order.id,
            number=order.number,
            actor=actor,
            total=order.total,
        )
        order = order.after(event)
        return order if order.total else order.pay(order.total, actor=actor, at=at)

    @property
    def total(self) -> Money:
        """What the customer pays."""
        return self.quote.total

    @property
    def wanted(self) -> dict[VariantId, int]:
        """How many of each variant in all, in id order."""
        return demand((item.variant_id, item.quantity) for item in self.items)

    @property
    def status(self) -> OrderStatus:
        """The one status that is shown."""
        return order_status(self.state, self.payment, self.fulfilment)

    @property
    def payment_status(self) -> PaymentStatus:
        """The one payment status that is shown."""
        return payment_status(self.payment)

    def overdue(self, at: datetime) -> bool:
        """Whether the time to pay is over."""
        return self.expires_at is not None and self.expires_at <= at

    def payable(self, at: datetime) -> Order:
        """The order itself, where it may be paid now; raises OrderOverdue or IllegalMove."""
        self._may_become(OrderState.CONFIRMED)
        if self.overdue(at):
            assert self.expires_at is not None, "what is overdue had a deadline"
            raise OrderOverdue(self.number, self.expires_at)
        return self

    def pay(self, amount: Money, *, actor: str, at: datetime) -> Order:
        """
        The order, paid and confirmed, its deadline gone; raises IllegalMove.

        What needs no parcel is delivered at once, and completes an order of nothing else.
        """
        assert amount == self.total, "an order is paid whole, in its own currency"
        items = tuple(_delivered_at_payment(item) for item in self.items)
        paid = OrderPaid(at=at, order_id=self.id, number=self.number, actor=actor, amount=amount)
        order = self.after(
            paid,
            items=items,
            state=self._may_become(OrderState.CONFIRMED),
            payment=self._payment(OrderPaymentState.PAID),
            expires_at=None,
            updated_at=at,
        )
        return order._fulfilled_without_parcel(actor=actor, at=at)

    def await_payment(self, until: datetime, *, latest: datetime, at: datetime) -> Order:
        """
        The order, its stock kept until then while a gateway is asked, but not past latest.

        The same one where its deadline is late enough; raises OrderOverdue or IllegalMove.
        """
        self.payable(at)
        assert self.expires_at is not None, "an order that waits to be paid has a deadline"
        deadline = min(until, latest)
        if self.expires_at >= deadline:
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

    def cancel(self, reason: str, *, actor: str, at: datetime) -> Order:
        """The order, called off; raises IllegalMove once it is over or something shipped."""
        self._nothing_shipped()
        cancelled = OrderCancelled(
            at=at, order_id=self.id, number=self.number, actor=actor, reason=reason
        )
        return self.after(
            cancelled,
            state=self._may_become(OrderState.CANCELLED),
            expires_at=None,
            cancelled_at=at,
            cancelled_reason=reason,
            updated_at=at,
        )

    def expire(self, *, actor: str, at: datetime) -> Order:
        """The order, cancelled because nobody paid in time; raises IllegalMove where paid."""
        assert self.overdue(at), "an order expires after its deadline"
        reason = "not paid in time"
        expired = OrderExpired(
            at=at, order_id=self.id, number=self.number, actor=actor, reason=reason
        )
        return self.after(
            expired,
            state=self._may_become(OrderState.CANCELLED),
            expires_at=None,
            cancelled_at=at,
            cancelled_reason=reason,
            updated_at=at,
        )

    def ship(self, shipment: Shipment, *, actor: str, at: datetime) -> Order:
        """The order after a parcel left; raises ShipmentTooLarge or IllegalMove."""
        if self.state is not OrderState.CONFIRMED:
            allowed = tuple(sorted(ORDER_MOVES[self.state]))
            raise IllegalMove("state", self.state, "shipped", allowed)
        items = tuple(_shipped(item, shipment.items.get(item.id, 0)) for item in self.items)
        left = any(item.to_ship for item in items)
        wanted = FulfilmentState.PARTLY_SHIPPED if left else FulfilmentState.SHIPPED
        fulfilment = move("fulfilment", FULFILMENT_MOVES, self.fulfilment, wanted)
        assert any(shipment.items.values()), "a parcel holds something"
        assert shipment.items.keys() <= {item.id for item in items}, "and only of its order"
        event = OrderShipped(
            at=at,
            order_id=self.id,
            number=self.number,
            actor=actor,
            shipment_id=shipment.id,
        )
        return self.after(
            event,
            items=items,
            shipments=(*self.shipments, shipment),
            fulfilment=fulfilment,
            updated_at=at,
        )

    def deliver(self, *, actor: str, at: datetime) -> Order:
        """The order, completed: every parcel arrived; raises IllegalMove."""
        event = OrderDelivered(at=at, order_id=self.id, number=self.number, actor=actor)
        delivered = tuple(
            evolve(parcel, delivered_at=parcel.delivered_at or at) for parcel in self.shipments
        )
        return self.after(
            event,
            state=self._may_become(OrderState.COMPLETED),
            fulfilment=move(
                "fulfilment",
                FULFILMENT_MOVES,
                self.fulfilment,
                FulfilmentState.DELIVERED,
            ),
            shipments=delivered,
            delivered_at=at,
            updated_at=at,
        )

    def _fulfilled_without_parcel(self, *, actor: str, at: datetime) -> Order:
        if all(item.to_ship for item in self.items):
            return self
        if any(item.to_ship for item in self.items):
            return evolve(self, fulfilment=FulfilmentState.PARTLY_SHIPPED)
        return evolve(self, fulfilment=FulfilmentState.SHIPPED).deliver(actor=actor, at=at)

    def _may_become(self, wanted: OrderState) -> OrderState:
        return move("state", ORDER_MOVES, self.state, wanted)

    def _payment(self, wanted: OrderPaymentState) -> OrderPaymentState:
        return move("payment", PAYMENT_MOVES, self.payment, wanted)

    def _nothing_shipped(self) -> None:
        if self.fulfilment is not FulfilmentState.UNFULFILLED:
            raise IllegalMove("fulfilment", self.fulfilment, OrderState.CANCELLED, ())


def _delivered_at_payment(item: OrderItem) -> OrderItem:
    return item if item.requires_shipping else evolve(item, shipped=item.quantity)


def _shipped(item: OrderItem, quantity: int) -> OrderItem:
    if not 0 <= quantity <= item.to_ship:
        raise ShipmentTooLarge(item.id, quantity, item.to_ship)
    return evolve(item, shipped=item.shipped + quantity)
