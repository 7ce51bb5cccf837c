"""Lists of payments: those of one order, and, for staff, those that wait for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from automate_store.application.access import Actor, Permission, open_order
from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import OrderId, PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import EditOverdue, IllegalMove, Order, OrderOverdue, due
from automate_store.domain.payments import Funds, Payment, PaymentState


@frozen(kw_only=True)
class OrderPayments:
    """An order's attempts to be paid, and what they come to together."""

    order: Order
    payments: tuple[Payment, ...]
    """The oldest first, those for its changes among them."""
    funds: Funds
    to_pay: Money
    """What can be paid now; zero where nothing is, or the time to pay is over."""


async def list_payments(
    order_id: OrderId, *, token: str | None, actor: Actor, ports: Ports
) -> OrderPayments:
    """The order's payments, for whoever may see the order; raises OrderNotFound."""
    async with ports.reading() as reads:
        order = await open_order(
            order_id, token, actor=actor, staff=Permission.READ_ORDERS, reads=reads
        )
        payments = await reads.payments.of_order(order_id)
    return OrderPayments(
        order=order,
        payments=payments,
        funds=Funds.of(payments, order.quote.currency),
        to_pay=_to_pay(order, payments, ports.clock()),
    )


async def page_payments(
    *, state: PaymentState | None, before: PaymentId | None, limit: int, actor: Actor, ports: Ports
) -> tuple[Payment, ...]:
    """Payments of every order in that state, or in any; the last begun first."""
    actor.may(Permission.READ_ORDERS)
    async with ports.reading() as reads:
        return await reads.payments.page(state=state, before=before, limit=limit)


def _to_pay(order: Order, payments: Sequence[Payment], at: datetime) -> Money:
    currency = order.quote.currency
    try:
        wanted = due(order, at)
    except (EditOverdue, OrderOverdue, IllegalMove):
        return Money.zero(currency)
    alike = (each for each in payments if each.edit_id == wanted.edit_id)
    return Funds.of(alike, currency).missing(wanted.amount)
