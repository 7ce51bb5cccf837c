"""Refunds as gateways tell of them: ours, and those that were made at their own desk."""

from __future__ import annotations

from collections.abc import Iterable

from automate_store.application.access import Actor
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.refunding import book_refund, end_refund
from automate_store.domain.kernel.ids import RefundId
from automate_store.domain.payments import Payment, Refund, RefundNews

MADE_THERE = "the shop gave it back"
"""Told to the customer, to whom it is the same at which desk that was done."""


async def hear_of_refund(
    known: Payment, news: RefundNews, *, work: Work, actor: Actor, ports: Ports
) -> str | None:
    """
    Nothing, once the refund stands here as it does there; else what keeps it from that.

    One that was made at the gateway's desk becomes a refund of the payment, and credits its
    order with as much of it as the order is still worth.
    """
    order = await work.orders.get(known.order_id, lock=True)
    payment = await work.payments.get(known.id)
    refund = _ours(await work.refunds.of_order(order.id), payment, news)
    if refund is None:
        if news.refund_id is not None:
            return f"no refund of this store is {news.refund_id}"
        if news.amount.currency != payment.amount.currency:
            return f"{news.amount} went back of a payment of {payment.amount}"
        if news.amount > payment.refundable:
            return f"{news.amount} went back, and only {payment.refundable} were left to give"
        made = _made_there(news, payment, actor=actor, ports=ports)
        credit = min(news.amount, order.worth)
        order = await book_refund(order, payment, made, credit=credit, work=work)
        refund = made.saved()
    elif refund.amount != news.amount:
        return f"{news.amount} went back of a refund of {refund.amount}"
    await end_refund(refund, news.report, order=order, work=work, actor=actor, ports=ports)
    return None


def _ours(refunds: Iterable[Refund], payment: Payment, news: RefundNews) -> Refund | None:
    """The refund by our name for it, or by the gateway's."""
    own = [each for each in refunds if each.payment_id == payment.id]
    for each in own:
        if each.id == news.refund_id:
            return each
    name = news.report.gateway_id
    return next((each for each in own if name is not None and each.gateway_id == name), None)


def _made_there(news: RefundNews, payment: Payment, *, actor: Actor, ports: Ports) -> Refund:
    at = ports.clock()
    return Refund(
        id=RefundId(ports.ids.uuid()),
        payment_id=payment.id,
        order_id=payment.order_id,
        amount=news.amount,
        reason=MADE_THERE,
        gateway_id=news.report.gateway_id,
        made_there=True,
        actor=actor.name,
        created_at=at,
        updated_at=at,
    )
