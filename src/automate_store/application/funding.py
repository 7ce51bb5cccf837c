"""
Weighing an order's money: the steps that paying, editing, cancelling and expiring share.

An order is paid once the parts that were captured for it reach its total, however many
there are and whatever the total has become meanwhile. Call all of it under the order's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from automate_store.application.access import Actor
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.refunding import Grant, excess, give_back
from automate_store.application.stock import claim_stock
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderState, closed, lapsed, promised
from automate_store.domain.payments import Funds, Payment, PaymentState, Refund, VoidAsked


async def weigh(
    order: Order, payments: Sequence[Payment], *, work: Work, actor: Actor, ports: Ports
) -> Order:
    """
    The order that waits (not saved yet), as its payments leave it.

    It is paid where what was captured reaches its total; it has no deadline while the rest is
    authorised or on its way, and a fresh time to pay where that came to nothing.
    """
    assert order.state is OrderState.PLACED, "only what waits is weighed"
    at, funds = ports.clock(), Funds.of(payments, order.total.currency)
    if funds.kept >= order.total:
        await claim_paid(order, payments, work=work, actor=actor, ports=ports)
        return order.pay(order.total, actor=actor.name, at=at)
    if not funds.missing(order.total):
        if order.expires_at is not None:
            await work.stock.claim(order.id)
        return promised(order, funds, actor=actor.name, at=at)
    if order.expires_at is None:
        until = at + ports.policy.reservation_lifetime
        await work.stock.press(order.id, until)
        return lapsed(order, funds, until=until, actor=actor.name, at=at)
    return order


async def book_refund(
    order: Order,
    payment: Payment,
    refund: Refund,
    *,
    credit: Money,
    work: Work,
    actor: Actor,
    ports: Ports,
) -> Order:
    """
    The order (saved), the refund taken from that one payment, whoever gave it back.

    One that waits is short of it again. Call it under the order's lock. Raises RefundTooLarge
    where less was captured and kept.
    """
    at = refund.created_at
    payments = await work.payments.of_order(order.id)
    kept = Money.total((each.refundable for each in payments), refund.amount.currency)
    less = payment.refund(refund.amount, at=at)
    await work.payments.save(less)
    await work.refunds.add(refund)
    after = order.refunded(
        refund.amount,
        of=kept - refund.amount,
        reason=refund.reason,
        credit=credit,
        actor=refund.actor,
        at=at,
    )
    after = closed(after, actor=refund.actor, at=at)
    if after.state is OrderState.PLACED:
        left = [less if each.id == less.id else each for each in payments]
        after = await weigh(after, left, work=work, actor=actor, ports=ports)
    await work.orders.save(after)
    return after.saved()


async def claim_paid(
    order: Order, payments: Iterable[Payment], *, work: Work, actor: Actor, ports: Ports
) -> None:
    """Keep the stock of an order that is paid; what is authorised beyond that is given up."""
    await claim_stock(order, work=work, actor=actor, ports=ports)
    drop(payments, {PaymentState.AUTHORISED}, work=work, ports=ports)


async def keep_no_more(
    order: Order,
    payments: Sequence[Payment],
    reason: str,
    *,
    work: Work,
    actor: Actor,
    ports: Ports,
) -> Order:
    """The order (not saved yet), with what was captured beyond what it may keep on its way back."""
    over = excess(order, payments)
    if not over:
        return order
    grant = Grant(amount=over, credit=Money.zero(over.currency), reason=reason)
    return await give_back(order, grant, work=work, actor=actor, ports=ports)


def drop(
    payments: Iterable[Payment], states: Iterable[PaymentState], *, work: Work, ports: Ports
) -> None:
    """Have the gateways asked, by reactions, to give up the attempts in these states."""
    unwanted = {*states}
    work.record(
        *(
            VoidAsked(at=ports.clock(), payment_id=each.id, order_id=each.order_id)
            for each in payments
            if each.state in unwanted
        )
    )
