"""Cancelling: what has not shipped is called off, whole or in part, and paid back to the cent."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from automate_store.application.access import Actor, Permission, open_order, order_caller
from automate_store.application.auditing import note
from automate_store.application.funding import claim_paid, drop, keep_no_more, weigh
from automate_store.application.idempotency import keyed, once
from automate_store.application.orders.naming import named_units
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.redeeming import give_codes_back
from automate_store.application.retries import retrying
from automate_store.application.staging import make_way
from automate_store.application.stock import give_stock_up, release_stock
from automate_store.application.versions import Versions, based_on
from automate_store.domain.kernel.ids import LineId, OrderId
from automate_store.domain.orders import CALLED_OFF, Order, OrderState
from automate_store.domain.payments import OPEN

ASKED_FOR = "cancelled by the customer"
BY_STAFF = "cancelled by the shop"


@frozen(kw_only=True)
class CancelOrder:
    """A wish to call units of some items off; None is all that has not shipped."""

    order_id: OrderId
    items: Mapping[LineId, int] | None = None
    reason: str | None = None


async def cancel_order(
    command: CancelOrder,
    *,
    token: str | None,
    versions: Versions | None,
    key: str | None,
    actor: Actor,
    ports: Ports,
) -> Order:
    """
    The order without them: their stock is free, and what was paid for them goes back.

    Once per key. Shipping goes back where nothing is left to ship; a coupon's use where
    nothing was ever paid. Raises OrderNotFound, VersionConflict, IllegalMove, NotCancellable,
    or InvalidInput for items that the order does not have.
    """
    request = keyed(order_caller(command.order_id, token, actor), key, command)

    async def attempt() -> Order:
        async with ports.unit_of_work() as work:

            async def cancel() -> Order:
                order = await open_order(
                    command.order_id,
                    token,
                    actor=actor,
                    staff=Permission.MOVE_MONEY,
                    reads=work,
                    lock=True,
                )
                based_on(versions, order.version, kind="order", id=order.id)
                return await cancel_now(order, command, work=work, actor=actor, ports=ports)

            return await once(work, request, Order, cancel, ports.clock())

    return await retrying(attempt)


async def cancel_now(
    order: Order, command: CancelOrder, *, work: Work, actor: Actor, ports: Ports
) -> Order:
    """The locked order without what is called off, saved; its money is on its way back."""
    at = ports.clock()
    reason = command.reason or (BY_STAFF if actor.can(Permission.MOVE_MONEY) else ASKED_FOR)
    units = None if command.items is None else named_units(command.items, order)
    order = await make_way(order, CALLED_OFF, work=work, actor=actor, ports=ports)
    cancelled = order.cancel(reason, units=units, actor=actor.name, at=at)
    if cancelled.state is OrderState.CANCELLED:
        cancelled = evolve(cancelled, cancelled_by=actor.account_id)
        await release_stock(cancelled, work=work)
        if order.state is OrderState.PLACED:
            await give_codes_back(cancelled, work=work, at=at)
    else:
        await give_stock_up(order, units or order.unshipped, work=work, ports=ports)
    cancelled = await _with_its_money(order, cancelled, reason, work=work, actor=actor, ports=ports)
    await work.orders.save(cancelled)
    if actor.can(Permission.MOVE_MONEY):
        subject, before, after = f"order:{order.id}", _standing(order), _standing(cancelled)
        await note(work, actor, "cancel_order", subject, before=before, after=after, ports=ports)
    return cancelled.saved()


async def _with_its_money(
    before: Order, order: Order, reason: str, *, work: Work, actor: Actor, ports: Ports
) -> Order:
    """The order, paid where what came is enough now; what is over goes back or is given up."""
    payments = await work.payments.of_order(order.id)
    if order.paid and not before.paid:
        await claim_paid(order, payments, work=work, actor=actor, ports=ports)
    if order.state is OrderState.PLACED:
        order = await weigh(order, payments, work=work, actor=actor, ports=ports)
    if order.state is OrderState.CANCELLED:
        drop(payments, OPEN, work=work, ports=ports)
    return await keep_no_more(order, payments, reason, work=work, actor=actor, ports=ports)


def _standing(order: Order) -> Mapping[str, object]:
    """What a cancellation changes of an order: nothing of its customer."""
    return {
        "number": order.number,
        "state": order.state,
        "payment": order.payment,
        "total": order.total,
        "cancelled": {item.id: item.cancelled for item in order.items},
    }
