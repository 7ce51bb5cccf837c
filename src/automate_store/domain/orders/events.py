"""What an order reports; kept, these facts are its timeline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import LineId, OrderId, ShipmentId
from automate_store.domain.kernel.money import Money


@frozen(kw_only=True)
class OrderEvent(Event):
    """A move in an order's life: who made it, and why where there is a why."""

    order_id: OrderId
    number: str
    actor: str
    reason: str | None = None


@frozen(kw_only=True)
class OrderPlaced(OrderEvent):
    """The order exists, and waits to be paid."""

    total: Money


@frozen(kw_only=True)
class OrderPaid(OrderEvent):
    """The whole total was captured, or there was nothing to pay."""

    amount: Money


@frozen(kw_only=True)
class OrderPaymentFailed(OrderEvent):
    """An attempt to pay ended without money; another may follow until the order expires."""


@frozen(kw_only=True)
class OrderShipped(OrderEvent):
    """A parcel with some of the items left."""

    shipment_id: ShipmentId


@frozen(kw_only=True)
class ParcelDelivered(OrderEvent):
    """One parcel arrived; others may be on their way."""

    shipment_id: ShipmentId


@frozen(kw_only=True)
class ParcelLost(OrderEvent):
    """One parcel was given up: it did not arrive, and is not expected to."""

    shipment_id: ShipmentId


@frozen(kw_only=True)
class ParcelClaimedLost(ParcelLost):
    """The same, of one for all of which the customer was made good before."""


@frozen(kw_only=True)
class OrderTrackingChanged(OrderEvent):
    """A parcel is carried by somebody else, or followed elsewhere."""

    shipment_id: ShipmentId


@frozen(kw_only=True)
class OrderDelivered(OrderEvent):
    """Every parcel arrived that was not lost."""


@frozen(kw_only=True)
class OrderClosed(OrderEvent):
    """Nothing of the order is awaited any more: what did not arrive is lost, and made good."""


@frozen(kw_only=True)
class OrderCancelled(OrderEvent):
    """The order was called off before anything shipped."""


@frozen(kw_only=True)
class OrderRestated(OrderEvent):
    """The order holds other goods than before, or they cost something else."""


@frozen(kw_only=True)
class OrderItemsCancelled(OrderRestated):
    """Some units were called off before they shipped; the rest of the order goes on."""

    items: Mapping[LineId, int]
    amount: Money
    """What the order costs less."""


@frozen(kw_only=True)
class OrderEdited(OrderRestated):
    """The order holds more of some items, fewer of others, or new ones."""

    items: Mapping[LineId, int]
    """By how many units each item changed."""
    amount: Money
    """What the order costs more; below zero where it costs less."""


@frozen(kw_only=True)
class OrderAddressChanged(OrderRestated):
    """The order goes somewhere else."""

    amount: Money
    """What the order costs more; below zero where it costs less."""


@frozen(kw_only=True)
class OrderItemsReplaced(OrderRestated):
    """Goods come for others that went back, and are items of the order from now on."""

    items: Mapping[LineId, int]
    amount: Money
    """What the order costs more by them."""
    credit: Money
    """What was credited for those that went back."""


@frozen(kw_only=True)
class OrderEditStaged(OrderEvent):
    """A change of the order waits for its difference to be paid."""

    what: str
    amount: Money
    expires_at: datetime


@frozen(kw_only=True)
class OrderExchangeStaged(OrderEditStaged):
    """An exchange of goods waits for what they cost more than those that went back."""


@frozen(kw_only=True)
class OrderEditAbandoned(OrderEvent):
    """A change that waited to be paid for came to nothing; the order is as it was."""

    what: str
    amount: Money


@frozen(kw_only=True)
class OrderRefunded(OrderEvent):
    """Money that was captured is on its way back."""

    amount: Money


@frozen(kw_only=True)
class OrderExpired(OrderEvent):
    """The order was not paid in time, and its stock went back."""
