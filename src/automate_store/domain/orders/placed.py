"""What an order is made of when it is placed, and why it is not there or can't be paid."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from automate_store.domain.identity import Address
from automate_store.domain.kernel.errors import NotFound, RuleBroken
from automate_store.domain.kernel.ids import CartId, OrderId, UserId
from automate_store.domain.orders.items import OrderItem
from automate_store.domain.pricing import Quote

NOT_PAID_IN_TIME = "not paid in time"
"""Why an order expires; money that comes later may still have it revived."""


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
