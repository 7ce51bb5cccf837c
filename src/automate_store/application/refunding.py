"""
Giving money back: the steps that cancelling, returning and refunding share.

What goes back is taken from the order's payments under the order's lock, before any gateway
is asked; the gateway is asked with the refund's own id, by a reaction, as often as it takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from attrs import frozen

from automate_store.application.access import Actor
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.retries import retrying
from automate_store.domain.kernel.ids import RefundId, ReturnId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, may_keep
from automate_store.domain.payments import (
    Funds,
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


async def overpaid(order: Order, *, work: Work) -> Money:
    """What was captured for the order beyond what it may keep now, and has not gone back."""
    return excess(order, await work.payments.of_order(order.id))


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
        await work.refunds.add(await _asked(refund, payment, ports, at))
    return order.refunded(
        grant.amount,
        of=kept - grant.amount,
        reason=grant.reason,
        credit=grant.credit,
        actor=actor.name,
        at=at,
    )


async def send_refund(refund_id: RefundId, *, ports: Ports) -> Refund:
    """The refund after its gateway was asked; as it is where that has ended."""
    async with ports.reading() as reads:
        refund = await reads.refunds.get(refund_id)
        payment = await reads.payments.get(refund.payment_id)
    if refund.state is not RefundState.PENDING:
        return refund
    report = await ports.gateway(payment.gateway).refund(payment, refund)

    async def attempt() -> Refund:
        async with ports.unit_of_work() as work:
            await work.orders.get(refund.order_id, lock=True)
            return await _settled(await work.refunds.get(refund_id), report, work, ports)

    return await retrying(attempt)


async def _asked(refund: Refund, payment: Payment, ports: Ports, at: datetime) -> Refund:
    """The refund, already answered where its gateway acts on nothing outside."""
    gateway = ports.gateway(payment.gateway)
    if not gateway.offline:
        return refund.asked()
    return refund.settle(await gateway.refund(payment, refund), at=at)


async def _settled(refund: Refund, report: RefundReport, work: Work, ports: Ports) -> Refund:
    settled = refund.settle(report, at=ports.clock())
    if settled is refund:
        return refund
    await work.refunds.save(settled)
    return settled.saved()


def _taken(payments: Sequence[Payment], amount: Money) -> Iterator[tuple[Payment, Money]]:
    """How much of the amount each payment gives back."""
    for payment in payments:
        part = min(amount, payment.refundable)
        if part:
            yield payment, part
            amount -= part
