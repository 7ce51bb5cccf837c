"""Settling: where a gateway's report meets its order, however it came and how often."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from automate_store.application.access import Actor
from automate_store.application.funding import drop, keep_no_more, weigh
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.staging import settle_edit
from automate_store.application.stock import claim_stock, reserve_stock
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.orders import (
    Order,
    OrderPaymentState,
    OrderState,
    failed_so_far,
    part_paid,
    tried_again,
)
from automate_store.domain.payments import (
    OPEN,
    Funds,
    GatewayReport,
    MethodsToKeep,
    Payment,
    PaymentNotFound,
    PaymentState,
)

NOT_WANTED = "the payment came too late, or was more than was to be paid"


@frozen(kw_only=True)
class PaymentView:
    """A payment, and what its order looks like after it."""

    payment: Payment
    order: Order


async def settle_payment(
    known: Payment,
    report: GatewayReport,
    *,
    seen: Order | None = None,
    work: Work,
    actor: Actor,
    ports: Ports,
) -> PaymentView:
    """
    The one place where a gateway's report meets its order, however it came and how often.

    What is captured for a waiting order confirms it once it reaches the total, and takes the
    deadline off its stock, as what is authorised or on its way does. It revives an order that
    expired where its stock can be had again; that of an edit makes it. Money that no order
    waits for goes back, and what an order that is over did not get yet is given up.

    An order that was ``seen`` already is read again only where it has changed since.
    """
    if seen is not None and await work.orders.hold(seen):
        order = seen
    else:
        order = await work.orders.get(known.order_id, lock=True)
    payments = await work.payments.of_order(order.id)
    return await settle(order, payments, known.id, report, work=work, actor=actor, ports=ports)


async def settle(
    order: Order,
    payments: Sequence[Payment],
    payment_id: PaymentId,
    report: GatewayReport,
    *,
    work: Work,
    actor: Actor,
    ports: Ports,
) -> PaymentView:
    """The same, of a locked order all of whose payments were read since."""
    payment = payment_among(payments, payment_id)
    settled = await told_so(payment, report, work=work, ports=ports)
    if settled.held_in_vain(report):
        drop([settled], {PaymentState.CANCELLED}, work=work, ports=ports)
    if settled is payment:
        return PaymentView(payment=payment, order=order)
    await work.payments.save(settled)
    after = settled.saved()
    now = tuple(after if each.id == payment_id else each for each in payments)
    came = settled.captured > payment.captured
    if _saves(settled) and not _saves(payment):
        assert settled.terms.customer is not None, "what is saved is some customer's"
        work.record(
            MethodsToKeep(
                at=ports.clock(), gateway=settled.gateway, customer=settled.terms.customer
            )
        )
    moved = await _follow(order, after, now, came=came, work=work, actor=actor, ports=ports)
    if moved is order:
        return PaymentView(payment=after, order=order)
    await work.orders.save(moved)
    return PaymentView(payment=after, order=moved.saved())


async def told_so(payment: Payment, report: GatewayReport, *, work: Work, ports: Ports) -> Payment:
    """The payment (not saved yet) after the report; parked where that is of another's intent."""
    at = ports.clock()
    if payment.intent_id is None:
        known = await work.payments.by_intent(payment.gateway, report.intent_id)
        if known is not None and known.id != payment.id:
            return payment.park(report, at=at)
    return payment.settle(report, at=at)


def payment_among(payments: Sequence[Payment], payment_id: PaymentId) -> Payment:
    """That one of the order's payments; raises PaymentNotFound."""
    for each in payments:
        if each.id == payment_id:
            return each
    raise PaymentNotFound(str(payment_id))


def _saves(payment: Payment) -> bool:
    """Whether it went through so far that what it is paid by is saved, where it was to be."""
    through = payment.state in {PaymentState.AUTHORISED, PaymentState.CAPTURED}
    return through and payment.terms.keep_method


async def _follow(
    order: Order,
    payment: Payment,
    payments: Sequence[Payment],
    *,
    came: bool,
    work: Work,
    actor: Actor,
    ports: Ports,
) -> Order:
    """The order (not saved yet) after one of its payments moved; ``came``, whether money did."""
    after = order
    if payment.edit_id is not None:
        if came:
            after = await settle_edit(order, payment, work=work, actor=actor, ports=ports)
    elif order.state is OrderState.PLACED:
        after = await _waited(
            order, payment, payments, came=came, work=work, actor=actor, ports=ports
        )
    elif came and order.expired and not order.quote.codes:  # A use is given back once (ADR 104).
        after = await _revived(order, payments, work=work, actor=actor, ports=ports)
    if came:
        after = await keep_no_more(after, payments, NOT_WANTED, work=work, actor=actor, ports=ports)
    if after.state is OrderState.CANCELLED:
        drop([payment], OPEN, work=work, ports=ports)
    elif order.state is not OrderState.PLACED and not _waited_for(order, payment):
        drop([payment], {PaymentState.AUTHORISED}, work=work, ports=ports)
    return after


def _waited_for(order: Order, payment: Payment) -> bool:
    """Whether an edit of the order waits for just that payment."""
    return order.staged is not None and order.staged.id == payment.edit_id


async def _waited(
    order: Order,
    payment: Payment,
    payments: Sequence[Payment],
    *,
    came: bool,
    work: Work,
    actor: Actor,
    ports: Ports,
) -> Order:
    """The order that waited, paid, promised its money, told of a part of it, or of a failure."""
    at = ports.clock()
    after = await weigh(order, payments, work=work, actor=actor, ports=ports)
    if payment.state is PaymentState.AUTHORISED and _held_anyway(order, payment, payments):
        drop([payment], {PaymentState.AUTHORISED}, work=work, ports=ports)
    if not after.paid and came:
        funds = Funds.of(payments, order.total.currency)
        after = part_paid(after, funds, actor=actor.name, at=at)
    failed = next((each for each in payments if each.state is PaymentState.FAILED), None)
    if failed is None:
        return tried_again(after, actor=actor.name, at=at)
    if failed_so_far(after) and after.payment is not OrderPaymentState.FAILED:
        reason = (payment if payment.state is PaymentState.FAILED else failed).failure
        after = after.payment_failed(reason or "declined", actor=actor.name, at=at)
    return after


def _held_anyway(order: Order, payment: Payment, payments: Sequence[Payment]) -> bool:
    """Whether the others were captured or are authorised for all that the order costs."""
    others = (each for each in payments if each.id != payment.id)
    funds = Funds.of(others, order.total.currency)
    return funds.kept + funds.authorised >= order.total


async def _revived(
    order: Order, payments: Sequence[Payment], *, work: Work, actor: Actor, ports: Ports
) -> Order:
    """The order that was paid too late, where that is all of it and its stock can be had again."""
    if Funds.of(payments, order.total.currency).kept < order.total:
        return order
    at, stock = ports.clock(), await work.stock.of(order.wanted)
    try:
        await reserve_stock(order, stock, work=work, ports=ports, at=at)
    except OutOfStock:
        return order
    await claim_stock(order, work=work, actor=actor, ports=ports)
    return order.revive(order.total, actor=actor.name, at=at)
