"""
Exchanges: the steps that returning, paying, editing and expiring share.

What comes for goods that go back is promised once their return is approved. Where it costs
more than they are worth, it waits beside the order for the difference, with a deadline of
its own; not paid in time, the return is for its money again, and no stock is held for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from attrs import evolve

from automate_store.application.access import Actor
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.refunding import Grant, give_back
from automate_store.application.stock import give_variants_up, promise, sell_new
from automate_store.domain.inventory import ReservationState, give_up
from automate_store.domain.kernel.ids import EditId, ReservationId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    Exchange,
    Order,
    abandon_staged,
    made_good,
    pay_exchange,
    replace_items,
    stage_exchange,
    staged_exchange,
)
from automate_store.domain.payments import Payment
from automate_store.domain.returns import RefundSum, Return


async def promise_replacements(returned: Return, order: Order, *, work: Work, ports: Ports) -> None:
    """Keep what comes for the return; raises OutOfStock, or Contended for another try."""
    wanted = returned.replaced
    stock = await work.stock.of(wanted) if wanted else {}
    await promise(order, wanted, stock, until=None, work=work, ports=ports, at=ports.clock())


async def hand_over_replacements(
    returned: Return, exchange: Exchange, order: Order, *, work: Work, actor: Actor, ports: Ports
) -> tuple[Return, Order]:
    """Both (not saved yet) with what comes in the order, and what is over on its way back."""
    at, refund = ports.clock(), returned.refund
    assert refund is not None, "what goes back was settled"
    assert not refund.due, "what costs more waits to be paid"
    replaced = replace_items(order, exchange, actor=actor.name, at=at)
    await sell_new(order, replaced, work=work, actor=actor, ports=ports)
    if refund.total:
        grant = Grant(
            amount=refund.total,
            credit=Money.zero(refund.total.currency),
            reason=exchange.reason,
            return_id=returned.id,
        )
        replaced = await give_back(replaced, grant, work=work, actor=actor, ports=ports)
    over = returned.exchange(refund, actor=actor.name, at=at)
    return over, _made_good(over, replaced, actor=actor, at=at)


async def await_exchange(
    returned: Return, exchange: Exchange, order: Order, *, work: Work, actor: Actor, ports: Ports
) -> Order:
    """The order (not saved yet) with the exchange beside it, until the difference is paid."""
    at = ports.clock()
    until = at + ports.policy.returns.exchange_lifetime
    await _keep_until(order, returned.replaced, until, work=work, ports=ports)
    edit_id = EditId(ports.ids.uuid())
    return stage_exchange(order, exchange, id=edit_id, until=until, actor=actor.name, at=at)


async def settle_exchange(
    order: Order, payment: Payment, *, work: Work, actor: Actor, ports: Ports
) -> Order:
    """The order (not saved yet) with what came in exchange; its return is over."""
    waiting, at = staged_exchange(order), ports.clock()
    assert waiting is not None, "an exchange waits"
    known = await work.returns.get(waiting.return_id)
    assert known.refund is not None, "what waits to be paid is settled"
    paid = pay_exchange(order, payment.captured, actor=actor.name, at=at)
    await work.stock.claim(order.id)
    await sell_new(order, paid, work=work, actor=actor, ports=ports)
    over = known.exchange(known.refund, actor=actor.name, at=at)
    await work.returns.save(over)
    return _made_good(over, paid.after(*over.events), actor=actor, at=at)


async def give_exchange_up(
    order: Order, reason: str, *, work: Work, actor: Actor, ports: Ports
) -> Order:
    """
    The order (not saved yet) without the exchange that waited; the money goes back instead.

    That is at once where the policy pays on receipt, and else by the word of the staff.
    """
    waiting = staged_exchange(order)
    assert waiting is not None, "an exchange waits"
    known = await work.returns.get(waiting.return_id)
    returned, order = await without_exchange(
        known, order, reason, work=work, actor=actor, ports=ports
    )
    if ports.policy.returns.refund_on_receipt:
        returned, order = await pay_back(returned, order, work=work, actor=actor, ports=ports)
    await work.returns.save(returned)
    return order.after(*returned.events)


async def without_exchange(
    returned: Return, order: Order, reason: str, *, work: Work, actor: Actor, ports: Ports
) -> tuple[Return, Order]:
    """Both (not saved yet) where nothing comes for the return but its money; no stock is held."""
    if staged_exchange(order, returned.id) is None:
        if returned.promises:
            await give_variants_up(order, returned.replaced, work=work, ports=ports)
        return returned.for_money(), order
    assert order.staged is not None, "an exchange waits"
    await give_variants_up(order, order.staged.additions, work=work, ports=ports)
    # What is held of the same variants is for what ships, whichever of them had the deadline.
    await work.stock.claim(order.id)
    left = abandon_staged(order, reason, actor=actor.name, at=ports.clock())
    return returned.for_money(), left


async def pay_back(
    returned: Return, order: Order, *, work: Work, actor: Actor, ports: Ports
) -> tuple[Return, Order]:
    """Both once the money is on its way: what was settled, or what is left to give of it."""
    order, returned = order.after(*returned.events), evolve(returned, events=())
    settled, at = returned.refund or RefundSum.nothing(order.quote.currency), ports.clock()
    refund = settled.at_most(order.worth)
    paid = returned.pay_back(refund, actor=actor.name, at=at)
    if refund.total:
        grant = Grant(
            amount=refund.total,
            credit=refund.total,
            reason=f"return {returned.number}",
            return_id=returned.id,
        )
        order = await give_back(order, grant, work=work, actor=actor, ports=ports)
    return paid, _made_good(paid, order, actor=actor, at=at)


def _made_good(returned: Return, order: Order, *, actor: Actor, at: datetime) -> Order:
    """The order whose parcels are lost that were claimed whole, now that the return is over."""
    return made_good(order, reason=f"claim {returned.number}", actor=actor.name, at=at)


async def _keep_until(
    order: Order, wanted: Mapping[VariantId, int], until: datetime, *, work: Work, ports: Ports
) -> None:
    """Give that much of what the order is promised a deadline; no piece is free in between."""
    held = await work.stock.held(order.id)
    part = give_up(held, wanted, new_id=ports.ids.uuid)
    over = Counter({one.variant_id: one.quantity for one in part.rest})
    dated = []
    for one in part.closed:
        kept = min(over[one.variant_id], one.quantity)
        over[one.variant_id] -= kept
        if kept < one.quantity:
            fresh = ReservationId(ports.ids.uuid())
            quantity = one.quantity - kept
            dated.append(evolve(one, id=fresh, quantity=quantity, expires_at=until))
    await work.stock.close(part.closed, ReservationState.RELEASED)
    await work.stock.hold((*part.rest, *dated))
