"""
Receiving what was sent back: what is as new goes on the shelf, what is accepted is paid back.

Both happen once, under the order's lock: the return's life leads through them once. What
goes back is settled with the goods; where staff pay it back later, only a courtesy in
between can make it less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from attrs import evolve, field, frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.exchanging import (
    await_exchange,
    hand_over_replacements,
    pay_back,
    promise_replacements,
    without_exchange,
)
from automate_store.application.idempotency import keyed
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.returns.moving import moved_once, opened, save, tell
from automate_store.application.returns.reading import ReturnView, show
from automate_store.application.returns.replacing import with_replacements
from automate_store.application.staging import abandon_edit
from automate_store.application.stock import give_variants_up
from automate_store.application.terms import terms_of
from automate_store.domain.inventory import Movement, MovementType, StockChange, demand
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import LineId, MovementId, ReturnId, VariantId
from automate_store.domain.orders import (
    SUPERSEDED,
    Exchange,
    NothingToExchange,
    Order,
    OrderItem,
    OrderPaymentState,
    coming,
    settle_return,
)
from automate_store.domain.returns import (
    Receipt,
    Return,
    ReturnKind,
    ReturnState,
    exchange_of,
    replacements,
    sum_of,
)

PAID_INSTEAD = "its money was paid back instead"
NOT_CLAIMED = "is an item of the claim"


@frozen(kw_only=True)
class ReceiveReturn:
    """What became of each item of a return once it was looked at."""

    return_id: ReturnId
    items: Mapping[LineId, Receipt]


@frozen(kw_only=True)
class ReplaceReturn:
    """
    What is claimed, sent again: as its customer asked, and as staff say of some items.

    Of those that ``items`` names the given variant comes, or the same one again for None.
    """

    return_id: ReturnId
    items: Mapping[LineId, VariantId | None] = field(factory=dict)


async def receive_return(
    command: ReceiveReturn, *, key: str | None, actor: Actor, ports: Ports
) -> ReturnView:
    """
    The return once its goods came, on the shelf again where they are as new; once per key.

    What is accepted is paid back at once where the policy says so; what comes for it is in the
    order at once, where it costs no more. Raises ReturnNotFound, IllegalReturnMove,
    TooManyAccepted, or InvalidInput where an item is not looked at.
    """
    actor.may(Permission.MOVE_MONEY)
    request = keyed(f"{actor.role}:{actor.name}", key, command)

    async def receive(work: Work) -> ReturnView:
        known, order = await opened(command.return_id, work)
        _look(command, known)
        received = known.receive(command.items, actor=actor.name, at=ports.clock())
        received, exchange = await _settled(received, order, work, ports)
        taken = received.accepted
        order = evolve(order, items=_settled_items(known, order, taken=taken))
        await _restock(received, order, work, actor, ports)
        await _give_rest_up(known, received, order, work, ports)
        if exchange is not None:
            received, order = await _exchanged(
                received, exchange, order, work=work, actor=actor, ports=ports
            )
        elif received.state is ReturnState.RECEIVED and ports.policy.returns.refund_on_receipt:
            received, order = await pay_back(received, order, work=work, actor=actor, ports=ports)
        returned, order = await save(received, order, work=work)
        await tell(work, actor, "receive_return", known, returned, ports=ports)
        return await show(returned, order, reads=work, ports=ports)

    return await moved_once(request, receive, ports=ports)


async def refund_return(
    return_id: ReturnId, *, key: str | None, actor: Actor, ports: Ports
) -> ReturnView:
    """
    The return whose money is on its way back: once received, or a claim once approved.

    Once per key. Raises ReturnNotFound, IllegalReturnMove.
    """
    actor.may(Permission.MOVE_MONEY)
    request = keyed(f"{actor.role}:{actor.name}", key, ("refund", return_id))

    async def refund(work: Work) -> ReturnView:
        known, order = await opened(return_id, work)
        returned, order = await without_exchange(
            known, order, PAID_INSTEAD, work=work, actor=actor, ports=ports
        )
        if known.kind is ReturnKind.CLAIM and known.state is ReturnState.APPROVED:
            returned, _ = await _settled(returned, order, work, ports)
            items = _settled_items(known, order, taken=known.accepted)
            order = evolve(order, items=items)
        paid, order = await pay_back(returned, order, work=work, actor=actor, ports=ports)
        returned, order = await save(paid, order, work=work)
        await tell(work, actor, "refund_return", known, returned, ports=ports)
        return await show(returned, order, reads=work, ports=ports)

    return await moved_once(request, refund, ports=ports)


async def replace_return(
    command: ReplaceReturn, *, key: str | None, actor: Actor, ports: Ports
) -> ReturnView:
    """
    The approved claim, with what comes for its goods in the order, or waiting to be paid for.

    Once per key. Raises ReturnNotFound, IllegalReturnMove, NothingToReplace,
    NothingToExchange where all of the order's money went back, or what
    ``with_replacements`` raises of what staff name.
    """
    actor.may(Permission.MOVE_MONEY)
    request = keyed(f"{actor.role}:{actor.name}", key, command)

    async def replace(work: Work) -> ReturnView:
        known, order = await opened(command.return_id, work)
        known = await _as_named(command, known, order, work, ports)
        claim, exchange = await _settled(known.replaceable(), order, work, ports)
        if exchange is None:
            raise NothingToExchange(order.number)
        items = _settled_items(known, order, taken=known.accepted)
        order = evolve(order, items=items)
        claim, order = await _exchanged(claim, exchange, order, work=work, actor=actor, ports=ports)
        returned, order = await save(claim, order, work=work)
        await tell(work, actor, "replace_return", known, returned, ports=ports)
        return await show(returned, order, reads=work, ports=ports)

    return await moved_once(request, replace, ports=ports)


async def _as_named(
    command: ReplaceReturn, known: Return, order: Order, work: Work, ports: Ports
) -> Return:
    """The claim, with what staff have come for its goods, kept for its order."""
    if not command.items:
        return known
    bought = {item.id: item.variant_id for item in order.items}
    if faults := [each for each in command.items if each not in known.asked]:
        raise InvalidInput(tuple(FieldError(f"items.{each}", NOT_CLAIMED) for each in faults))
    wanted = {each: other or bought[each] for each, other in command.items.items()}
    known.check_open()
    # What was kept is free before it is looked at: the same piece may be named again.
    await give_variants_up(order, known.replaced, work=work, ports=ports)
    items = await with_replacements(known.items, wanted, order, reads=work, ports=ports)
    known = evolve(known, items=items)
    await promise_replacements(known, order, work=work, ports=ports)
    return known


async def _settled(
    returned: Return, order: Order, work: Work, ports: Ports
) -> tuple[Return, Exchange | None]:
    """
    The return, with what goes back for it and what comes; before its units count as returned.

    Of an order whose money all went back nothing is exchanged any more.
    """
    if not any(returned.taken.values()):
        return returned, None
    if order.payment is OrderPaymentState.REFUNDED:
        returned = returned.for_money()
    among = await work.returns.of_order(order.id)
    terms = await terms_of(order, returned.replaced, reads=work, ports=ports)
    worth = partial(sum_of, order=order, among=among, terms=terms, policy=ports.policy.returns)
    if not (comes := replacements(returned, order)):
        return returned.for_money().worth(worth(returned)), None
    settled = returned.worth(worth(returned), in_money=worth(returned.for_money()))
    return settled, exchange_of(settled, order, coming(order, list(comes.values())))


def _settled_items(
    known: Return, order: Order, *, taken: Mapping[LineId, int]
) -> tuple[OrderItem, ...]:
    return settle_return(order, known.asked, taken=taken, missing=known.missing)


async def _give_rest_up(
    known: Return, received: Return, order: Order, work: Work, ports: Ports
) -> None:
    """Hold no more for the order than comes for what was accepted."""
    left = received.replaced
    over = {each: many - left.get(each, 0) for each, many in known.replaced.items()}
    fewer = {each: many for each, many in over.items() if many}
    await give_variants_up(order, fewer, work=work, ports=ports)


async def _exchanged(
    returned: Return, exchange: Exchange, order: Order, *, work: Work, actor: Actor, ports: Ports
) -> tuple[Return, Order]:
    """Both with what comes: in the order at once, or beside it until the difference is paid."""
    order, returned = order.after(*returned.events), evolve(returned, events=())
    assert returned.refund is not None, "what is exchanged was settled"
    waits, beside = bool(returned.refund.due), order.staged
    if beside is not None and (waits or beside.return_id is None):
        order = await abandon_edit(order, SUPERSEDED, work=work, actor=actor, ports=ports)
    if not waits:
        return await hand_over_replacements(
            returned, exchange, order, work=work, actor=actor, ports=ports
        )
    claimed = returned.kind is ReturnKind.CLAIM
    waiting = returned.settle(at=ports.clock()) if claimed else returned
    return waiting, await await_exchange(
        waiting, exchange, order, work=work, actor=actor, ports=ports
    )


async def _restock(returned: Return, order: Order, work: Work, actor: Actor, ports: Ports) -> None:
    """What came back as new, on the shelf again, with a movement for each variant."""
    changes = await _restocking(returned, order, work)
    if not changes:
        return
    items = await work.stock.apply(changes)
    at = ports.clock()
    movements = [
        Movement(
            id=MovementId(ports.ids.uuid()),
            variant_id=item.variant_id,
            location_id=item.location_id,
            type=MovementType.RETURN,
            quantity_change=change.on_hand,
            quantity_after=item.on_hand,
            reference_type="return",
            reference_id=returned.id,
            notes=None,
            actor=actor.name,
            at=at,
        )
        for item, change in zip(items, changes, strict=True)
    ]
    await work.stock.record(movements)


async def _restocking(returned: Return, order: Order, work: Work) -> list[StockChange]:
    sellable = returned.sellable
    pieces = ((item.variant_id, sellable.get(item.id, 0)) for item in order.items)
    wanted = demand((variant_id, many) for variant_id, many in pieces if many)
    kept = await work.stock.of(wanted) if wanted else {}
    return [
        StockChange(variant_id=variant_id, location_id=kept[variant_id].location_id, on_hand=many)
        for variant_id, many in wanted.items()
        if variant_id in kept
    ]


def _look(command: ReceiveReturn, known: Return) -> None:
    if faults := tuple(_faults(command, known)):
        raise InvalidInput(faults)


def _faults(command: ReceiveReturn, known: Return) -> Iterator[FieldError]:
    for item_id in known.asked.keys() - command.items.keys():
        yield FieldError(f"items.{item_id}", "is looked at too")
    for item_id, receipt in command.items.items():
        quantity = known.asked.get(item_id)
        if quantity is None or receipt.accepted < 0:
            yield FieldError(f"items.{item_id}", "is not an item of the return, or below zero")
        elif receipt.accepted < quantity and not receipt.reason:
            yield FieldError(f"items.{item_id}.reason", "says why not all of it is accepted")
