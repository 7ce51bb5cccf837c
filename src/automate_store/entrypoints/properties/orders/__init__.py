"""Orders for property tests: what is drawn, and a machine that moves one about."""

from automate_store.entrypoints.properties.orders.machine import OrderMachine, what_is_seen
from automate_store.entrypoints.properties.orders.strategies import (
    BUYER,
    PRICING,
    TIME_TO_PAY,
    flat_shipping,
    order_items,
    orders,
    payments,
    quote_items,
    reports,
)

__all__ = [
    "BUYER",
    "PRICING",
    "TIME_TO_PAY",
    "OrderMachine",
    "flat_shipping",
    "order_items",
    "orders",
    "payments",
    "quote_items",
    "reports",
    "what_is_seen",
]
