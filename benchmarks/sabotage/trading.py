"""What breaks the promises of orders that are paid, called off, sent and taken back."""

from __future__ import annotations

from benchmarks.sabotage.breaking import Change, Sabotage

TRADING: tuple[Sabotage, ...] = (
    Sabotage(
        "P03",
        "the sweeper ignores whether an order was paid",
        (
            Change(
                "application/expiry.py",
                "if order.state is not OrderState.PLACED or not order.overdue(at):",
                "if order.state is OrderState.CANCELLED:",
            ),
            Change(
                "domain/orders/order.py",
                'assert self.overdue(at), "an order expires after its deadline"',
                "assert at",
            ),
        ),
    ),
    Sabotage(
        "P10",
        "a refund does not lock its order",
        (
            Change(
                "application/payments/refunds.py",
                "order = await work.orders.get(command.order_id, lock=True)",
                "order = await work.orders.get(command.order_id)",
            ),
        ),
    ),
    Sabotage(
        "P10",
        "a return that moves does not lock its order",
        (
            Change(
                "application/returns/moving.py",
                "order = await work.orders.get(known.order_id, lock=True)",
                "order = await work.orders.get(known.order_id)",
            ),
        ),
    ),
    Sabotage(
        "P25",
        "an order is shipped whatever its state",
        (
            Change(
                "domain/orders/order.py",
                'raise IllegalMove("state", self.state, "shipped", self.allowed)',
                "assert actor",
            ),
        ),
    ),
    Sabotage(
        "P25",
        "a return is paid back again",
        (
            Change(
                "domain/returns/lives.py",
                "ReturnState.REFUNDED: frozenset(),",
                "ReturnState.REFUNDED: frozenset({ReturnState.REFUNDED}),",
            ),
        ),
    ),
)
