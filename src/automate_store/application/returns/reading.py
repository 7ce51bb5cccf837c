"""Reading returns: an order's own for its customer, all of them for staff."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from automate_store.application.access import Actor, Permission, open_order
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Reads
from automate_store.application.terms import terms_of
from automate_store.domain.kernel.ids import OrderId, ReturnId
from automate_store.domain.orders import Order
from automate_store.domain.returns import (
    RefundSum,
    Return,
    ReturnPolicy,
    ReturnState,
    Terms,
    sum_of,
)


@frozen(kw_only=True)
class ReturnView:
    """A return, its order, and what goes back: an outlook until it is settled."""

    returned: Return
    order: Order
    refund: RefundSum


async def list_returns(
    order_id: OrderId, *, token: str | None, actor: Actor, ports: Ports
) -> tuple[ReturnView, ...]:
    """Every return of the order, oldest first; raises OrderNotFound."""
    async with ports.reading() as reads:
        order = await open_order(
            order_id, token, actor=actor, staff=Permission.READ_ORDERS, reads=reads
        )
        found = await reads.returns.of_order(order_id)
        waiting = [each for each in found if not each.settled]
        coming = {variant_id for each in waiting for variant_id in each.replaced}
        terms = await terms_of(order, coming, reads=reads, ports=ports) if waiting else None
    policy = ports.policy.returns
    return tuple(view_of(each, order, among=found, terms=terms, policy=policy) for each in found)


async def page_returns(
    *,
    state: ReturnState | None,
    before: ReturnId | None,
    limit: int,
    actor: Actor,
    ports: Ports,
) -> tuple[Return, ...]:
    """Everybody's returns in that state, or in any, the last asked for first."""
    actor.may(Permission.READ_ORDERS)
    async with ports.reading() as reads:
        return await reads.returns.page(state=state, before=before, limit=limit)


async def show(returned: Return, order: Order, *, reads: Reads, ports: Ports) -> ReturnView:
    """The return as it is told, with what goes back for it as far as that is known."""
    if returned.settled:
        return view_of(returned, order, among=(), terms=None, policy=ports.policy.returns)
    among = await reads.returns.of_order(order.id)
    terms = await terms_of(order, returned.replaced, reads=reads, ports=ports)
    return view_of(returned, order, among=among, terms=terms, policy=ports.policy.returns)


def view_of(
    returned: Return,
    order: Order,
    *,
    among: Iterable[Return],
    terms: Terms | None,
    policy: ReturnPolicy,
) -> ReturnView:
    """The return as it is told, ``among`` all those of its order."""
    if returned.settled:
        refund = returned.refund or RefundSum.nothing(order.quote.currency)
    else:
        refund = sum_of(returned, order, among=among, terms=terms, policy=policy)
    return ReturnView(returned=returned, order=order, refund=refund)
