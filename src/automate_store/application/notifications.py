"""
Use cases of notifications: what customers are told, once an event is committed.

Each mail has the id of its event, so that a reaction that runs again sends the same mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from automate_store.application.ports import Ports
from automate_store.application.ports.orders import TimelineEntry
from automate_store.application.posting import post
from automate_store.application.terms import terms_of
from automate_store.domain.kernel.ids import LineId, OrderId
from automate_store.domain.kernel.money import Money
from automate_store.domain.notifications import (
    claim_approved,
    exchange_due,
    order_cancelled,
    order_changed,
    order_confirmation,
    order_delivered,
    order_refunded,
    order_shipped,
    parcel_lost,
    return_approved,
    return_rejected,
)
from automate_store.domain.orders import (
    Order,
    OrderAddressChanged,
    OrderCancelled,
    OrderDelivered,
    OrderEdited,
    OrderEvent,
    OrderExchangeStaged,
    OrderExpired,
    OrderItemsCancelled,
    OrderPaid,
    OrderRefunded,
    OrderRefundFailed,
    OrderShipped,
    OrderState,
    ParcelLost,
    ShipmentState,
)
from automate_store.domain.returns import (
    Return,
    ReturnApproved,
    ReturnEvent,
    ReturnKind,
    ReturnRejected,
    ReturnState,
    sum_of,
)

ONE_MOVE = timedelta(seconds=1)
"""How far apart the events of one transaction are, at most: each reads the clock itself."""
_SENT_NO_MORE = frozenset({ReturnState.WITHDRAWN, ReturnState.REJECTED})
_CANCELLATIONS = frozenset({OrderCancelled.code(), OrderItemsCancelled.code()})
_CHANGES = frozenset({OrderEdited.code(), OrderAddressChanged.code()})


async def mail_confirmation(event: OrderPaid, event_id: UUID, ports: Ports) -> None:
    """What was bought, for how much, and where it goes."""
    order = await _order(event.order_id, ports)
    await post(order_confirmation(order), order.email, mail_id=event_id, ports=ports)


async def mail_shipment(event: OrderShipped, event_id: UUID, ports: Ports) -> None:
    """What left, and how to follow it."""
    order = await _order(event.order_id, ports)
    (parcel,) = (each for each in order.shipments if each.id == event.shipment_id)
    await post(order_shipped(order, parcel), order.email, mail_id=event_id, ports=ports)


async def mail_delivery(event: OrderDelivered, event_id: UUID, ports: Ports) -> None:
    """That all has arrived; nothing where it never travelled."""
    order = await _order(event.order_id, ports)
    if order.shipments:
        await post(order_delivered(order), order.email, mail_id=event_id, ports=ports)


async def mail_loss(event: ParcelLost, event_id: UUID, ports: Ports) -> None:
    """What will not arrive; nothing where it turned up meanwhile."""
    order = await _order(event.order_id, ports)
    (parcel,) = (each for each in order.shipments if each.id == event.shipment_id)
    if parcel.state is ShipmentState.LOST:
        await post(parcel_lost(order, parcel), order.email, mail_id=event_id, ports=ports)


async def mail_cancellation(
    event: OrderCancelled | OrderExpired | OrderItemsCancelled, event_id: UUID, ports: Ports
) -> None:
    """What was called off, and the money that goes back with it; nothing of what was revived."""
    order, timeline = await _with_timeline(event.order_id, ports)
    units: Mapping[LineId, int] | None = None
    if isinstance(event, OrderItemsCancelled):
        units = event.items
    elif order.state is not OrderState.CANCELLED:
        return
    refunds = [entry.data["amount"] for entry in timeline if _pays_back(entry, event)]
    refund = refunds[0] if refunds else None
    letter = order_cancelled(order, units, reason=event.reason, refund=refund)
    await post(letter, order.email, mail_id=event_id, ports=ports)


async def mail_change(
    event: OrderEdited | OrderAddressChanged, event_id: UUID, ports: Ports
) -> None:
    """What a paid order holds now; of one that was not paid, its confirmation tells."""
    order, timeline = await _with_timeline(event.order_id, ports)
    entries = (each for each in timeline if (each.kind, each.at) == (event.code(), event.at))
    if not _told_as_change(next(entries), timeline):
        return
    refunds = [each.data["amount"] for each in timeline if _pays_back(each, event)]
    letter = order_changed(
        order,
        moved=isinstance(event, OrderAddressChanged),
        more=event.amount if event.amount.minor > 0 else None,
        refund=refunds[0] if refunds else None,
    )
    await post(letter, order.email, mail_id=event_id, ports=ports)


async def mail_refund(event: OrderRefunded, event_id: UUID, ports: Ports) -> None:
    """
    How much money goes back; nothing where another mail tells that already.

    Money whose refund failed, and which is given back in another way since, was told of when it
    was first to go.
    """
    order, timeline = await _with_timeline(event.order_id, ports)
    if event.amount <= _told_and_owed(event, timeline):
        return
    expired = {OrderExpired.code()} if order.state is OrderState.CANCELLED else set[str]()
    kinds = {*_CANCELLATIONS, *expired}
    causes = [entry for entry in timeline if _went_with(event, entry)]
    if any(entry.kind in kinds or _told_as_change(entry, timeline) for entry in causes):
        return
    letter = order_refunded(order, event.amount, reason=event.reason)
    await post(letter, order.email, mail_id=event_id, ports=ports)


async def mail_return_approved(event: ReturnApproved, event_id: UUID, ports: Ports) -> None:
    """
    What may be sent back, or is made good where it was claimed, and what goes back for it.

    Nothing where it may not be sent any more.
    """
    order, returned, among = await _with_return(event, ports)
    if returned.state in _SENT_NO_MORE:
        return
    refund = returned.refund
    # Where it came before this was told, what it came to does not change any more.
    if refund is None:
        async with ports.reading() as reads:
            terms = await terms_of(order, returned.replaced, reads=reads, ports=ports)
        policy = ports.policy.returns
        refund = sum_of(returned, order, among=among, terms=terms, policy=policy)
    comes = [item.replacement.item for item in returned.items if item.replacement]
    units, due, back = returned.asked, refund.due, refund.total
    if returned.kind is ReturnKind.CLAIM:
        letter = claim_approved(order, units, comes=comes, due=due, refund=back)
    else:
        letter = return_approved(order, units, comes=comes, due=due, refund=back, instructions=None)
    await post(letter, order.email, mail_id=event_id, ports=ports)


async def mail_exchange_due(event: OrderExchangeStaged, event_id: UUID, ports: Ports) -> None:
    """What is to be paid for what comes, and until when; nothing once it waits no more."""
    async with ports.reading() as reads:
        order = await reads.orders.get(event.order_id)
        staged = order.staged
        if staged is None or staged.return_id is None or staged.staged_at != event.at:
            return
        returned = await reads.returns.get(staged.return_id)
    known = {item.id for item in order.items}
    comes = [item for item in staged.edit.items if item.id not in known]
    claimed = returned.kind is ReturnKind.CLAIM
    letter = exchange_due(
        order, comes, amount=event.amount, until=event.expires_at, claimed=claimed
    )
    await post(letter, order.email, mail_id=event_id, ports=ports)


async def mail_return_rejected(event: ReturnRejected, event_id: UUID, ports: Ports) -> None:
    """What is not taken back, and why."""
    order, returned, _ = await _with_return(event, ports)
    claimed = returned.kind is ReturnKind.CLAIM
    letter = return_rejected(order, returned.asked, reason=event.reason, claimed=claimed)
    await post(letter, order.email, mail_id=event_id, ports=ports)


async def _with_return(
    event: ReturnEvent, ports: Ports
) -> tuple[Order, Return, tuple[Return, ...]]:
    async with ports.reading() as reads:
        order = await reads.orders.get(event.order_id)
        among = await reads.returns.of_order(event.order_id)
    (returned,) = (each for each in among if each.id == event.return_id)
    return order, returned, among


async def _order(order_id: OrderId, ports: Ports) -> Order:
    async with ports.reading() as reads:
        return await reads.orders.get(order_id)


async def _with_timeline(
    order_id: OrderId, ports: Ports
) -> tuple[Order, tuple[TimelineEntry, ...]]:
    async with ports.reading() as reads:
        return await reads.orders.get(order_id), await reads.orders.timeline(order_id)


def _pays_back(entry: TimelineEntry, moved: OrderEvent) -> bool:
    """Whether the entry is the refund that went with the move."""
    same_move = timedelta() <= entry.at - moved.at < ONE_MOVE
    return entry.kind == OrderRefunded.code() and same_move and _alike(entry, moved)


def _went_with(refunded: OrderRefunded, entry: TimelineEntry) -> bool:
    """Whether the refund went with what the entry tells."""
    same_move = timedelta() <= refunded.at - entry.at < ONE_MOVE
    return same_move and _alike(entry, refunded)


def _told_and_owed(refunded: OrderRefunded, timeline: Sequence[TimelineEntry]) -> Money:
    """What was to go back before that refund, was told of, and did not go."""
    nothing = Money.zero(refunded.amount.currency)
    owed = nothing
    for entry in timeline:
        if (entry.kind, entry.at) == (refunded.code(), refunded.at):
            break
        if entry.kind == OrderRefundFailed.code():
            owed += _amount(entry)
        elif entry.kind == OrderRefunded.code():
            owed = max(owed - _amount(entry), nothing)
    return owed


def _amount(entry: TimelineEntry) -> Money:
    """The amount that the entry tells."""
    number, currency = entry.data["amount"].split()
    return Money.parse(number, currency)


def _told_as_change(entry: TimelineEntry, timeline: Sequence[TimelineEntry]) -> bool:
    """Whether it is a change of a paid order; of one that was not, its confirmation tells."""
    before = timeline[: timeline.index(entry)]
    return entry.kind in _CHANGES and any(each.kind == OrderPaid.code() for each in before)


def _alike(entry: TimelineEntry, event: OrderEvent) -> bool:
    return (entry.actor, entry.reason) == (event.actor, event.reason)
