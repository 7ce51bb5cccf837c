"""
What an order owes: money that should have gone back, and that its gateway would not give.

What is kept of the captured money is the order's worth at every moment; so what a refused
refund leaves with the shop is part of that worth, until it goes back some other way.
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders.events import OrderEvent
from automate_store.domain.orders.lives import OrderPaymentState, OrderState
from automate_store.domain.orders.order import Order
from automate_store.domain.payments import Payment


@frozen
class MoneyKept(RuleBroken):
    """What was captured pays for an order that goes on: it goes back with what it pays for."""

    says = (
        "{kept} of the payment pay for order {number}, which goes on: cancel the order or some "
        "of its items, take them back, or refund it, and that gives them back."
    )
    number: str
    kept: Money


@frozen(kw_only=True)
class OrderRefundFailed(OrderEvent):
    """Money that was on its way back is with the shop again, which owes it."""

    amount: Money


def owe(
    order: Order, amount: Money, *, given: Money, reason: str, actor: str, at: datetime
) -> Order:
    """The order, which owes that much more; ``given`` is what has gone back of it in all."""
    event = OrderRefundFailed(
        at=at, order_id=order.id, number=order.number, actor=actor, reason=reason, amount=amount
    )
    # By no table of moves: what failed has never happened, so its move is taken back.
    before = OrderPaymentState.PARTIALLY_REFUNDED if given else OrderPaymentState.PAID
    moved = order.payment is not OrderPaymentState.PAID
    payment = before if order.paid and moved else order.payment
    return order.after(event, owed=order.owed + amount, payment=payment, updated_at=at)


def counted(order: Order, payment: Payment) -> Money:
    """
    How much of the payment is part of what the order is worth, for all of it to go back.

    Raises MoneyKept where it pays for goods that are shipped whatever becomes of the money.
    """
    over = order.state in {OrderState.PLACED, OrderState.CANCELLED}
    if payment.refundable and not over:
        raise MoneyKept(order.number, payment.refundable)
    return min(payment.refundable, order.worth)
