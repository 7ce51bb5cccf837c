"""
Disputes: what banks say of payments that are contested.

They are written down and shown, and move none of the store's money: see ADR 103.
"""

from __future__ import annotations

from automate_store.application.access import Actor, Permission
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.domain.kernel.ids import DisputeId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import tell_dispute
from automate_store.domain.payments import Dispute, DisputeReport, DisputeState, Payment


async def hear_of_dispute(
    payment: Payment, report: DisputeReport, *, work: Work, actor: Actor, ports: Ports
) -> str | None:
    """
    Nothing, once what the bank says is kept and on the order's timeline; else why it can't be.

    Nothing is told twice.
    """
    at = ports.clock()
    order = await work.orders.get(payment.order_id, lock=True)
    known = await work.disputes.find(payment.gateway, report.dispute_id)
    why = await _unfit(payment, report, known, work)
    if why is not None:
        return why
    if known is None:
        dispute = Dispute(
            id=DisputeId(ports.ids.uuid()),
            payment_id=payment.id,
            order_id=order.id,
            gateway=payment.gateway,
            gateway_id=report.dispute_id,
            amount=report.amount,
            reason=report.reason,
            state=report.state,
            opened_at=at,
            updated_at=at,
        )
        await work.disputes.add(dispute)
    else:
        dispute = known.settle(report, at=at)
        if dispute is known:
            return None
        await work.disputes.save(dispute)
    await work.orders.save(tell_dispute(order, dispute, before=known, actor=actor.name, at=at))
    return None


async def _unfit(
    payment: Payment, report: DisputeReport, known: Dispute | None, work: Work
) -> str | None:
    """What keeps the report from being of the payment; what it says of a known one is its end."""
    if known is not None:
        if known.payment_id == payment.id:
            return None
        return f"dispute {report.dispute_id} is of payment {known.payment_id}"
    taken, amount = (await work.payments.get(payment.id)).captured, report.amount
    if amount.currency == taken.currency and Money.zero(taken.currency) < amount <= taken:
        return None
    return f"{amount} is contested of a payment of which {taken} were captured"


async def page_disputes(
    *,
    state: DisputeState | None,
    before: DisputeId | None,
    limit: int,
    actor: Actor,
    ports: Ports,
) -> tuple[Dispute, ...]:
    """Everybody's, in that state or in any, the last opened first, after that one."""
    actor.may(Permission.READ_ORDERS)
    async with ports.reading() as reads:
        return await reads.disputes.page(state=state, before=before, limit=limit)
