"""Refunds by hand: money that staff give back with a reason, on top of what the rules give."""

from __future__ import annotations

from attrs import field, frozen

from automate_store.application.access import Actor, Permission, open_order, order_caller
from automate_store.application.auditing import note
from automate_store.application.idempotency import keyed, once
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.refunding import Grant, give_back
from automate_store.application.retries import retrying
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order
from automate_store.domain.payments import Refund, RefundDisputed, RefundTooLarge, refuse_foreign


@frozen(kw_only=True)
class RefundOrder:
    """A wish to give some of an order's money back; None is all that the shop may keep of it."""

    order_id: OrderId
    amount: Money | None = None
    reason: str
    # A key knows the wish without it: what was refused may be wished for again under the same.
    despite_dispute: bool = field(default=False, repr=False)
    """Whether what the bank holds or took of it goes back as well."""


@frozen(kw_only=True)
class RefundView:
    """An order, and every part of its payments that went back or is on its way."""

    order: Order
    refunds: tuple[Refund, ...]


async def refund_order(
    command: RefundOrder, *, key: str | None, actor: Actor, ports: Ports
) -> RefundView:
    """
    The order with that much of its money on the way back; once per key.

    Raises OrderNotFound, RefundTooLarge for more than its worth, RefundDisputed, InvalidInput.
    """
    actor.may(Permission.MOVE_MONEY)
    request = keyed(order_caller(command.order_id, None, actor), key, command)

    async def attempt() -> RefundView:
        async with ports.unit_of_work() as work:
            return await once(
                work,
                request,
                RefundView,
                lambda: _refund(command, work, actor, ports),
                ports.clock(),
            )

    return await retrying(attempt)


async def list_refunds(
    order_id: OrderId, *, token: str | None, actor: Actor, ports: Ports
) -> RefundView:
    """What of the order's money went back or is on its way; raises OrderNotFound."""
    async with ports.reading() as reads:
        order = await open_order(
            order_id, token, actor=actor, staff=Permission.READ_ORDERS, reads=reads
        )
        return RefundView(order=order, refunds=await reads.refunds.of_order(order_id))


async def _refund(command: RefundOrder, work: Work, actor: Actor, ports: Ports) -> RefundView:
    order = await work.orders.get(command.order_id, lock=True)
    refuse_foreign(command.amount, order.worth.currency)
    amount = order.worth if command.amount is None else command.amount
    if amount > order.worth:
        raise RefundTooLarge(amount, order.worth)
    if not command.despite_dispute:
        await _refuse_disputed(order, amount, work)
    grant = Grant(amount=amount, credit=amount, reason=command.reason)
    refunded = await give_back(order, grant, work=work, actor=actor, ports=ports)
    await work.orders.save(refunded)
    subject, after = f"order:{order.id}", {"number": order.number, "refunded": amount}
    await note(work, actor, "refund_order", subject, before=None, after=after, ports=ports)
    return RefundView(order=refunded.saved(), refunds=await work.refunds.of_order(order.id))


async def _refuse_disputed(order: Order, amount: Money, work: Work) -> None:
    """Nothing, where the oldest payments, which give first, hold so much that the bank has not."""
    disputes = [each for each in await work.disputes.of_order(order.id) if each.costs]
    if not disputes:
        return
    payments, nothing = await work.payments.of_order(order.id), Money.zero(amount.currency)
    disputed, free = nothing, nothing
    # What comes after contested money is given only once that went back.
    for payment in payments:
        of_it = (each.amount for each in disputes if each.payment_id == payment.id)
        held = min(Money.total(of_it, amount.currency), payment.refundable)
        free = free if disputed else free + payment.refundable - held
        disputed += held
    if disputed and amount > free:
        raise RefundDisputed(disputed, free)
