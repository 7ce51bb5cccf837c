"""
Edits that wait to be paid for: the steps that editing, paying, cancelling and shipping share.

What is promised to one has the edit's own deadline, and nothing else of a paid order has
any. So its stock goes back by the clock, whoever looks first.
"""

from __future__ import annotations

from automate_store.application.access import Actor
from automate_store.application.exchanging import give_exchange_up, settle_exchange
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.stock import give_variants_up, sell_new
from automate_store.domain.inventory import ReservationState, release
from automate_store.domain.orders import (
    Order,
    OrderPaymentState,
    abandon_staged,
    pay_staged,
    stock_moves,
)
from automate_store.domain.payments import Payment


async def abandon_edit(
    order: Order, reason: str, *, work: Work, actor: Actor, ports: Ports
) -> Order:
    """
    The order (not saved yet) without the edit that waited, whose stock is free; else itself.

    Call it under the order's lock.
    """
    if order.staged is None:
        return order
    if order.staged.return_id is not None:
        return await give_exchange_up(order, reason, work=work, actor=actor, ports=ports)
    if order.staged.additions:
        held = await work.stock.held(order.id)
        promised = tuple(one for one in held if one.expires_at is not None)
        await work.stock.close(promised, ReservationState.RELEASED)
        await work.stock.apply(release(promised))
    return abandon_staged(order, reason, actor=actor.name, at=ports.clock())


async def make_way(order: Order, reason: str, *, work: Work, actor: Actor, ports: Ports) -> Order:
    """The order (not saved yet) without an edit of what is in it; an exchange goes on waiting."""
    if order.staged is not None and order.staged.return_id is not None:
        return order
    return await abandon_edit(order, reason, work=work, actor=actor, ports=ports)


async def settle_edit(
    order: Order, payment: Payment, *, work: Work, actor: Actor, ports: Ports
) -> Order:
    """
    The order (not saved yet) as the captured payment of an edit leaves it.

    It is as it was to become where that edit still waits for just that; else itself, as where
    all that was paid for the order went back meanwhile.
    """
    staged = order.staged
    if staged is None or (staged.id, staged.difference) != (payment.edit_id, payment.captured):
        return order
    if order.payment is OrderPaymentState.REFUNDED:
        return order
    if staged.return_id is not None:
        return await settle_exchange(order, payment, work=work, actor=actor, ports=ports)
    edited = pay_staged(order, payment.captured, actor=actor.name, at=ports.clock())
    await give_variants_up(order, stock_moves(order, staged.edit).fewer, work=work, ports=ports)
    await work.stock.claim(order.id)
    await sell_new(order, edited, work=work, actor=actor, ports=ports)
    return edited
