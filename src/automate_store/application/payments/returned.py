"""Refunds as gateways tell of them: ours, and those that were made at their own desk."""

from __future__ import annotations

from collections.abc import Iterable

from automate_store.application.access import Actor
from automate_store.application.funding import book_refund
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.refunding import end_refund
from automate_store.domain.kernel.ids import RefundId
from automate_store.domain.payments import Payment, Refund, RefundNews, RefundState

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
    refunds = await work.refunds.of_order(order.id)
    own = [each for each in refunds if each.payment_id == payment.id]
    refund = ours_among(own, news)
    if refund is None:
        if news.refund_id is not None:
            if news.refund_id not in {each.id for each in own}:
                return f"no refund of this store is {news.refund_id}"
            if news.report.state is RefundState.FAILED:
                return None
        if news.amount.minor <= 0:
            return f"{news.amount} is told to have gone back"
        if news.amount.currency != payment.amount.currency:
            return f"{news.amount} went back of a payment of {payment.amount}"
        if news.amount > payment.refundable:
            return f"{news.amount} went back, and only {payment.refundable} were left to give"
        made = _made_there(news, payment, actor=actor, ports=ports)
        credit = min(news.amount, order.worth)
        order = await book_refund(
            order, payment, made, credit=credit, work=work, actor=actor, ports=ports
        )
        refund = made.saved()
    elif refund.amount != news.amount:
        return _of_another_amount(refund, news)
    await end_refund(refund, news.report, order=order, work=work, actor=actor, ports=ports)
    return None


def ours_among(own: Iterable[Refund], news: RefundNews) -> Refund | None:
    """
    The one of the payment's refunds that the gateway means, by its name or by ours for it.

    A gateway that gives two names to what we asked for once has made it twice; what it would
    not make, it has no name for.
    """
    refunds, name = tuple(own), news.report.gateway_id
    for each in refunds:
        if name is not None and each.gateway_id == name:
            return each
    for each in refunds:
        if each.id == news.refund_id and _may_be_called(each, news):
            return each
    return None


def _of_another_amount(refund: Refund, news: RefundNews) -> str | None:
    """What keeps a part of the refund from standing here; nothing where all of it has failed."""
    if news.report.state is not RefundState.FAILED:
        return f"{news.amount} went back of a refund of {refund.amount}"
    if refund.state is RefundState.FAILED:
        return None
    return f"{news.amount} of a refund of {refund.amount} did not go back"


def _may_be_called(refund: Refund, news: RefundNews) -> bool:
    if refund.gateway_id is not None:
        return news.report.gateway_id is None
    return refund.state is not RefundState.FAILED or news.report.state is RefundState.FAILED


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
