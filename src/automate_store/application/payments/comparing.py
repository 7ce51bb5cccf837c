"""
Comparing: what went back of a payment by a gateway's books, and by ours.

A gateway alone knows what money moved there. So what is in its books becomes true here as if
it had been told, a refund that it never made has failed, and one that it made twice went
back twice; what can't become true here is left for staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from automate_store.application.access import Actor, Role
from automate_store.application.payments.discrepancies import Discrepancy, Reconciled
from automate_store.application.payments.returned import hear_of_refund, ours_among
from automate_store.application.ports import Ports
from automate_store.application.ports.payments import PaymentGateway
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.refunding import end_refund
from automate_store.application.retries import retrying
from automate_store.domain.payments import (
    Payment,
    Refund,
    RefundNews,
    RefundReport,
    RefundState,
)

SURE_AFTER = timedelta(hours=1)
"""A refund that is this old and in no book of its gateway is one that was not made."""
NEVER_MADE = RefundReport(
    state=RefundState.FAILED, failure="the payment provider has made no such refund"
)
MADE_TWICE = "it went back twice, or after it had failed here: booked as made there"
FAILED_HERE = "it has failed here"


async def compare_refunds(payment: Payment, *, gateway: PaymentGateway, ports: Ports) -> Reconciled:
    """
    What of the payment's refunds changed here, and what the two still do not agree on.

    Raises GatewayUnavailable, GatewayRefused.
    """
    there = await gateway.refunds(payment)
    actor = Actor(Role.SYSTEM, gateway.name)

    async def attempt() -> Reconciled:
        async with ports.unit_of_work() as work:
            return await _compare(payment, there, work=work, actor=actor, ports=ports)

    return await retrying(attempt)


async def _compare(
    payment: Payment, there: tuple[RefundNews, ...], *, work: Work, actor: Actor, ports: Ports
) -> Reconciled:
    await work.orders.get(payment.order_id, lock=True)
    before = await _refunds_of(payment, work)
    left: list[Discrepancy] = []
    for news in there:
        why = await _hear(payment, news, work=work, actor=actor, ports=ports)
        if why is not None:
            left.append(_odd(payment, news, why))
    for refund in _never_made(await _refunds_of(payment, work), there, ports):
        order = await work.orders.get(payment.order_id)
        await end_refund(refund, NEVER_MADE, order=order, work=work, actor=actor, ports=ports)
    known = {each.id: each for each in before}
    done = Reconciled(compared=1, left=tuple(left))
    for refund in await _refunds_of(payment, work):
        done = done.and_then(_mended(payment, known.get(refund.id), refund))
    return done


async def _hear(
    payment: Payment, news: RefundNews, *, work: Work, actor: Actor, ports: Ports
) -> str | None:
    """Nothing, where staff need not know of it; else why they do."""
    known = ours_among(await _refunds_of(payment, work), news)
    why = await hear_of_refund(payment, news, work=work, actor=actor, ports=ports)
    if why is not None or news.report.state is RefundState.FAILED:
        return why
    if known is None:
        return None if news.refund_id is None else MADE_TWICE
    return FAILED_HERE if known.state is RefundState.FAILED else None


async def _refunds_of(payment: Payment, work: Work) -> tuple[Refund, ...]:
    found = await work.refunds.of_order(payment.order_id)
    return tuple(each for each in found if each.payment_id == payment.id)


def _never_made(
    refunds: Iterable[Refund], there: Iterable[RefundNews], ports: Ports
) -> Iterator[Refund]:
    """
    What we say went back long enough ago to be in the gateway's books, and is not.

    What it told of itself, as made at its own desk, is believed though no book lists it.
    """
    names = {each.report.gateway_id for each in there} | {each.refund_id for each in there}
    latest = ports.clock() - SURE_AFTER
    for refund in refunds:
        done = refund.state is RefundState.SUCCEEDED and refund.updated_at <= latest
        if done and not refund.made_there and not {refund.id, refund.gateway_id} & names:
            yield refund


def _mended(payment: Payment, before: Refund | None, after: Refund) -> Reconciled:
    if before == after:
        return Reconciled()
    change = Discrepancy(
        gateway=payment.gateway,
        what="refund",
        subject=str(after.id),
        order_id=payment.order_id,
        ours="unknown" if before is None else f"{before.amount} {before.state}",
        theirs=f"{after.amount} {after.state}",
    )
    return Reconciled.mending(change)


def _odd(payment: Payment, news: RefundNews, why: str) -> Discrepancy:
    return Discrepancy(
        gateway=payment.gateway,
        what="refund differs",
        subject=str(news.refund_id or news.report.gateway_id or payment.id),
        order_id=payment.order_id,
        ours=why,
        theirs=f"{news.amount} {news.report.state}",
    )
