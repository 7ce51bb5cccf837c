"""
Giving money back: the steps that cancelling, returning and refunding share.

What goes back is taken from the order's payments under the order's lock, before any gateway
is asked; the gateway is asked with the refund's own id, by a reaction, as often as it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from attrs import frozen

from automate_store.application.access import Actor, Role
from automate_store.application.errors import GatewayRefused
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.retries import retrying
from automate_store.domain.kernel.ids import RefundId, ReturnId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, closed, may_keep, owe
from automate_store.domain.payments import (
    Funds,
    GatewayTold,
    Payment,
    Refund,
    RefundReport,
    RefundState,
    RefundTooLarge,
)


@frozen(kw_only=True)
class Grant:
    """What goes back, and why; ``credit`` is the part that nothing called off accounts for."""

    amount: Money
    credit: Money
    reason: str
    return_id: ReturnId | None = None


def excess(order: Order, payments: Iterable[Payment]) -> Money:
    """What these payments of the order hold beyond what the shop may keep of it now."""
    kept = Funds.of(payments, order.total.currency).kept
    return max(kept - may_keep(order), Money.zero(kept.currency))


async def give_back(order: Order, grant: Grant, *, work: Work, actor: Actor, ports: Ports) -> Order:
    """
    The order (not saved yet), with the grant taken from its payments, the oldest first.

    Call it under the order's lock. Raises RefundTooLarge where less was captured and kept.
    """
    at = ports.clock()
    payments = await work.payments.of_order(order.id)
    kept = Money.total((payment.refundable for payment in payments), grant.amount.currency)
    if not Money.zero(kept.currency) < grant.amount <= kept:
        raise RefundTooLarge(grant.amount, kept)
    for payment, amount in _taken(payments, grant.amount):
        refund = Refund(
            id=RefundId(ports.ids.uuid()),
            payment_id=payment.id,
            order_id=order.id,
            return_id=grant.return_id,
            amount=amount,
            reason=grant.reason,
            actor=actor.name,
            created_at=at,
            updated_at=at,
        )
        await work.payments.save(payment.refund(amount, at=at))
        await work.refunds.add(await _answered(refund, payment, ports, at))
    refunded = order.refunded(
        grant.amount,
        of=kept - grant.amount,
        reason=grant.reason,
        credit=grant.credit,
        actor=actor.name,
        at=at,
    )
    return closed(refunded, actor=actor.name, at=at)


async def send_refund(refund_id: RefundId, *, ports: Ports) -> Refund:
    """
    The refund after its gateway was asked; as it is where that has ended.

    What the gateway refuses for good has failed, and what waited for that money is heard again.
    Raises GatewayUnavailable, GatewayUnset, and GatewayRefused where it knows nothing of the
    payment: that says nothing of the refund, which stays on its way.
    """
    async with ports.reading() as reads:
        refund = await reads.refunds.get(refund_id)
        payment = await reads.payments.get(refund.payment_id)
    if refund.state is not RefundState.PENDING or refund.made_there:
        return refund
    try:
        report = await ports.gateway(payment.gateway).refund(payment, refund)
    except GatewayRefused as refused:
        if refused.unknown:
            raise
        report = RefundReport(state=RefundState.FAILED, failure=refused.reason)
    actor = Actor(Role.SYSTEM, payment.gateway)

    async def attempt() -> Refund:
        async with ports.unit_of_work() as work:
            order = await work.orders.get(refund.order_id, lock=True)
            now = await work.refunds.get(refund_id)
            ended = await end_refund(now, report, order=order, work=work, actor=actor, ports=ports)
            if ended.state is RefundState.FAILED is not now.state:
                await hear_parked_again(payment, payment.intent_id, work=work, ports=ports)
            return ended

    return await retrying(attempt)


async def end_refund(
    refund: Refund, report: RefundReport, *, order: Order, work: Work, actor: Actor, ports: Ports
) -> Refund:
    """
    The refund after its gateway's word, saved; the same one where that is nothing new.

    What the gateway would not give is in its payment again, and the order owes it. Call it
    under the order's lock.
    """
    at = ports.clock()
    settled = refund.settle(report, at=at)
    if settled is refund:
        return refund
    await work.refunds.save(settled)
    if settled.state is RefundState.FAILED:
        payment = await work.payments.get(refund.payment_id)
        await work.payments.save(payment.take_back(refund.amount, at=at))
        payments = await work.payments.of_order(order.id)
        given = Money.total((each.refunded for each in payments), refund.amount.currency)
        reason = settled.failure or "refused"
        owing = owe(order, refund.amount, given=given, reason=reason, actor=actor.name, at=at)
        await work.orders.save(owing)
    return settled.saved()


async def hear_parked_again(
    payment: Payment, intent_id: str | None, *, work: Work, ports: Ports
) -> None:
    """Have what is parked of the payment heard again: what it waited for may have come."""
    for waiting in await work.told.parked_of(payment.id, payment.gateway, intent_id):
        work.record(GatewayTold(at=ports.clock(), told_id=waiting))


async def _answered(refund: Refund, payment: Payment, ports: Ports, at: datetime) -> Refund:
    """The refund, already answered where its gateway acts on nothing outside."""
    gateway = ports.gateways.get(payment.gateway)
    # One whose settings are missing is asked once they are back; nobody's order waits for that.
    if gateway is None or not gateway.offline:
        return refund.asked()
    report = await gateway.refund(payment, refund)
    assert report.state is not RefundState.FAILED, "what is handed over by hand is not refused"
    return refund.settle(report, at=at)


def _taken(payments: Sequence[Payment], amount: Money) -> Iterator[tuple[Payment, Money]]:
    """How much of the amount each payment gives back."""
    for payment in payments:
        part = min(amount, payment.refundable)
        if part:
            yield payment, part
            amount -= part
