"""Disputes on an order's timeline: its payment is contested at the bank, and how that ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import frozen

from automate_store.domain.kernel.money import Money
from automate_store.domain.orders.events import OrderEvent
from automate_store.domain.orders.order import Order
from automate_store.domain.payments import Dispute, DisputeState


@frozen(kw_only=True)
class OrderDisputed(OrderEvent):
    """Whoever paid contests it at their bank, which keeps the money meanwhile."""

    dispute: str
    """The gateway's name for it."""
    amount: Money


@frozen(kw_only=True)
class OrderDisputeEnded(OrderEvent):
    """The bank has decided who keeps the money."""

    dispute: str
    amount: Money
    outcome: str
    """Won or lost, by the merchant."""


def tell_dispute(
    order: Order, dispute: Dispute, *, before: Dispute | None, actor: str, at: datetime
) -> Order:
    """The order, which tells what became of the dispute since ``before``; no life of it moves."""
    told: dict[str, Any] = {
        "at": at,
        "order_id": order.id,
        "number": order.number,
        "actor": actor,
        "reason": dispute.reason,
        "dispute": dispute.gateway_id,
        "amount": dispute.amount,
    }
    if before is None:
        order = order.after(OrderDisputed(**told), updated_at=at)
    if dispute.state is not DisputeState.OPEN:
        ended = OrderDisputeEnded(**told, outcome=dispute.state)
        order = order.after(ended, updated_at=at)
    return order
