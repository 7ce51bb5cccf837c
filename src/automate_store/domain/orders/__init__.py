"""Orders: what was bought, for how much, and the life it leads afterwards."""

from automate_store.domain.orders.events import (
    OrderCancelled,
    OrderDelivered,
    OrderEvent,
    OrderExpired,
    OrderItemsCancelled,
    OrderPaid,
    OrderPaymentFailed,
    OrderPlaced,
    OrderRefunded,
    OrderRestated,
    OrderShipped,
)
from automate_store.domain.orders.items import (
    NotCancellable,
    OrderItem,
    Shipment,
    ShipmentTooLarge,
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
    order_status,
    payment_status,
)
from automate_store.domain.orders.order import Order
from automate_store.domain.orders.placed import OrderNotFound, OrderOverdue, PlacedOrder

__all__ = [
    "FULFILMENT_MOVES",
    "ORDER_MOVES",
    "PAYMENT_MOVES",
    "FulfilmentState",
    "IllegalMove",
    "NotCancellable",
    "Order",
    "OrderCancelled",
    "OrderDelivered",
    "OrderEvent",
    "OrderExpired",
    "OrderItem",
    "OrderItemsCancelled",
    "OrderNotFound",
    "OrderOverdue",
    "OrderPaid",
    "OrderPaymentFailed",
    "OrderPaymentState",
    "OrderPlaced",
    "OrderRefunded",
    "OrderRestated",
    "OrderShipped",
    "OrderState",
    "OrderStatus",
    "PaymentStatus",
    "PlacedOrder",
    "Shipment",
    "ShipmentTooLarge",
    "order_status",
    "payment_status",
]
