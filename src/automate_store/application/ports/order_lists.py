"""Orders as lists show them: few facts of each, straight from the store's rows."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from attrs import frozen

from automate_store.domain.kernel.ids import LineId, OrderId, ProductId, UserId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import FulfilmentState, OrderStatus, PaymentStatus

FIRST_ITEMS = 3
"""How many items of an order a list shows."""


@frozen(kw_only=True)
class OrderFilter:
    """Which orders a list shows; None asks for nothing."""

    user_id: UserId | None = None
    """Whose own they are."""
    status: OrderStatus | None = None
    payment_status: PaymentStatus | None = None
    email: str | None = None
    """Normalised."""
    number: str | None = None
    placed_from: datetime | None = None
    """The first moment that counts."""
    placed_until: datetime | None = None
    """The first moment that counts no more."""
    to_ship: bool | None = None
    """Whether something of it is paid, and has not left yet."""


@frozen(kw_only=True)
class OrderPlace:
    """Where an order stands in a list: when it was placed, then its id."""

    placed_at: datetime
    id: OrderId


@frozen(kw_only=True)
class ListedItem:
    """An item as a list shows it; the quantity is without what was called off."""

    id: LineId
    product_id: ProductId
    variant_id: VariantId
    name: str
    image_url: str | None
    quantity: int


@frozen(kw_only=True)
class OrderRecord:
    """An order as a list shows it."""

    id: OrderId
    number: str
    status: OrderStatus
    payment_status: PaymentStatus
    fulfilment: FulfilmentState
    email: str
    total: Money
    credited: Money
    """Given back of what is in it."""
    first_items: tuple[ListedItem, ...]
    """The first that are still in it, in their order; at most ``FIRST_ITEMS``."""
    units: int
    """How many pieces are in it."""
    placed_at: datetime
    updated_at: datetime

    @property
    def place(self) -> OrderPlace:
        """Where it stands in a list."""
        return OrderPlace(placed_at=self.placed_at, id=self.id)


class OrderLists(Protocol):
    """Lists of orders, for customers of their own and for staff of all."""

    async def page(
        self, wanted: OrderFilter, *, before: OrderPlace | None, limit: int
    ) -> tuple[OrderRecord, ...]:
        """Orders that fit, the last placed first, after that place."""
