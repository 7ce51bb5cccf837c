"""What an order holds: its items as they were bought, and the parcels that they leave in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import LineId, OrderId, ProductId, ShipmentId, VariantId
from automate_store.domain.kernel.money import Money


@frozen
class ShipmentTooLarge(RuleBroken):
    """More of an item would ship than is left to ship."""

    says = "{wanted} of item {item_id} can't ship; {left} are left."
    item_id: LineId
    wanted: int
    left: int


@frozen
class NotCancellable(RuleBroken):
    """More of an item would be called off than is left to ship; what shipped is returned."""

    says = "{wanted} of item {item_id} can't be cancelled; {left} are left to ship."
    item_id: LineId
    wanted: int
    left: int


@frozen(kw_only=True)
class OrderItem:
    """
    A line as it was when it was bought; its amounts stand in the order's quote.

    Every unit of ``quantity`` is bought for good: what was called off is ``cancelled`` and
    in neither the quantity nor the quote. What was ``returned`` stays in both, and its money
    is in what the order was credited; ``returning`` is asked back, and not settled yet. Of
    those ``claimed`` never arrived, and of the returned ``lost``.
    """

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
    cancelled: int = 0
    shipped: int = 0
    returning: int = 0
    returned: int = 0
    claimed: int = 0
    lost: int = 0
    handed_over_at: datetime | None = None
    """When it was the customer's, where it needs no parcel."""

    @property
    def to_ship(self) -> int:
        """How many have not left yet."""
        return self.quantity - self.shipped

    @property
    def to_return(self) -> int:
        """How many left and were not asked back."""
        return self.shipped - self.returning - self.returned

    def ship(self, quantity: int) -> OrderItem:
        """The item with so many more on their way; raises ShipmentTooLarge."""
        if not 0 <= quantity <= self.to_ship:
            raise ShipmentTooLarge(self.id, quantity, self.to_ship)
        return evolve(self, shipped=self.shipped + quantity)

    def hand_over(self, at: datetime) -> OrderItem:
        """The item once it is paid: what needs no parcel is the customer's from then on."""
        if self.requires_shipping or not self.to_ship:
            return self
        return evolve(self, shipped=self.quantity, handed_over_at=at)

    def cancel(self, quantity: int) -> OrderItem:
        """The item without so many that have not left; raises NotCancellable."""
        if not 0 <= quantity <= self.to_ship:
            raise NotCancellable(self.id, quantity, self.to_ship)
        return evolve(self, quantity=self.quantity - quantity, cancelled=self.cancelled + quantity)

    def ask_back(self, quantity: int, *, missing: int) -> OrderItem:
        """The item with so many more asked back, so many of which never arrived."""
        assert 0 <= missing <= quantity <= self.to_return, "no more comes back than left"
        claimed = self.claimed + missing
        return evolve(self, returning=self.returning + quantity, claimed=claimed)

    def settle_return(self, asked: int, *, taken: int, missing: int) -> OrderItem:
        """
        The item once so many that were asked back came to an end, some of them taken back.

        So many of those that were asked back never arrived.
        """
        assert 0 <= taken <= asked <= self.returning, "what ends was asked back"
        assert 0 <= missing <= min(asked, self.claimed), "and so was what never arrived"
        return evolve(
            self,
            returning=self.returning - asked,
            returned=self.returned + taken,
            claimed=self.claimed - missing,
            lost=self.lost + min(missing, taken),
        )


class ShipmentState(StrEnum):
    """Where a parcel is; one that was lost may turn up."""

    SHIPPED = "shipped"
    DELIVERED = "delivered"
    LOST = "lost"


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
    lost_at: datetime | None = None
    """When it was given up; never set of one that arrived."""

    @property
    def state(self) -> ShipmentState:
        """Where it is."""
        if self.delivered_at is not None:
            return ShipmentState.DELIVERED
        return ShipmentState.SHIPPED if self.lost_at is None else ShipmentState.LOST

    def arrived(self, at: datetime) -> Shipment:
        """The parcel at its end: there by then, where it was on its way."""
        moving = self.state is ShipmentState.SHIPPED
        return evolve(self, delivered_at=at) if moving else self
