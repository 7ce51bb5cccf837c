"""
Exchanging: what comes for goods that went back is an item of their own order.

What went back is credited, what comes makes the order dearer: what is kept of the captured
money is the order's worth, as ever, and no money is carried from one order to another. What
comes is only ever added, so that an exchange that waits to be paid for suits its order
whatever else has happened to that meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import EditId, ReturnId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders.editing import stock_moves
from automate_store.domain.orders.events import OrderExchangeStaged, OrderItemsReplaced
from automate_store.domain.orders.items import OrderItem
from automate_store.domain.orders.lives import OrderPaymentState
from automate_store.domain.orders.order import Order
from automate_store.domain.orders.staged import Edit, EditKind, StagedEdit
from automate_store.domain.pricing import QuotedLine, TaxTotal, extended


@frozen
class NothingToExchange(RuleBroken):
    """All that was paid for the order went back, so that nothing can come in exchange."""

    says = "Order {number} was refunded whole; nothing of it can be exchanged."
    number: str


@frozen(kw_only=True)
class Incoming:
    """An item that comes for another, what it costs, and the taxes that are in that."""

    item: OrderItem
    line: QuotedLine
    taxes: tuple[TaxTotal, ...]


@frozen(kw_only=True)
class Exchange:
    """What comes for the goods of a return, and what is credited for those."""

    return_id: ReturnId
    edit: Edit
    credit: Money
    reason: str


def exchangeable(order: Order) -> Order:
    """The order itself, where goods may come for others of it; raises NothingToExchange."""
    if order.payment is OrderPaymentState.REFUNDED:
        raise NothingToExchange(order.number)
    return order


def coming(order: Order, incoming: Sequence[Incoming]) -> Edit:
    """The order as it is with these items too."""
    taxes = [tax for each in incoming for tax in each.taxes]
    return Edit(
        kind=EditKind.EXCHANGE,
        items=(*order.items, *(each.item for each in incoming)),
        quote=extended(order.quote, [each.line for each in incoming], taxes),
        shipping_address=order.shipping_address,
    )


def price_of(order: Order, exchange: Exchange) -> Money:
    """What the goods that come cost."""
    known = {item.id for item in order.items}
    lines = (line for line in exchange.edit.quote.lines if line.id not in known)
    return Money.total((line.gross for line in lines), order.quote.currency)


def replace_items(order: Order, exchange: Exchange, *, actor: str, at: datetime) -> Order:
    """
    The order with what comes, whose credit bears its price; no edit waits beside it for that.

    What needs no parcel is the customer's at once. The order's own life goes on as it was.
    """
    edit = _rebased(order, exchange.edit)
    known = {item.id for item in order.items}
    amount = edit.quote.total - order.total
    event = OrderItemsReplaced(
        at=at,
        order_id=order.id,
        number=order.number,
        actor=actor,
        reason=exchange.reason,
        items={item.id: item.quantity for item in edit.items if item.id not in known},
        amount=amount,
        credit=exchange.credit,
    )
    staged = order.staged
    mine = staged is not None and staged.return_id == exchange.return_id
    return order.after(
        event,
        items=tuple(item if item.id in known else item.hand_over(at) for item in edit.items),
        quote=edit.quote,
        credited=order.credited + exchange.credit,
        staged=None if mine else staged,
        updated_at=at,
    ).lessened(order)


def stage_exchange(
    order: Order, exchange: Exchange, *, id: EditId, until: datetime, actor: str, at: datetime
) -> Order:
    """The order, with an exchange beside it that waits for what it costs more."""
    difference = price_of(order, exchange) - exchange.credit
    assert order.staged is None, "one edit waits at a time"
    assert difference.minor > 0, "what costs no more waits for nothing"
    staged = StagedEdit(
        id=id,
        edit=_rebased(order, exchange.edit),
        difference=difference,
        additions=stock_moves(order, exchange.edit).more,
        base_version=order.version,
        reason=exchange.reason,
        staged_at=at,
        expires_at=until,
        return_id=exchange.return_id,
        credit=exchange.credit,
    )
    event = OrderExchangeStaged(
        at=at,
        order_id=order.id,
        number=order.number,
        actor=actor,
        reason=exchange.reason,
        what=exchange.edit.kind.value,
        amount=difference,
        expires_at=until,
    )
    return order.after(event, staged=staged, updated_at=at)


def staged_exchange(order: Order, return_id: ReturnId | None = None) -> Exchange | None:
    """The exchange that waits to be paid for, if one does, or if that return's does."""
    staged = order.staged
    if staged is None or staged.return_id is None or return_id not in {None, staged.return_id}:
        return None
    assert staged.credit is not None, "an exchange has a credit"
    return Exchange(
        return_id=staged.return_id, edit=staged.edit, credit=staged.credit, reason=staged.reason
    )


def pay_exchange(order: Order, amount: Money, *, actor: str, at: datetime) -> Order:
    """The order with what came in exchange, now that the difference is paid."""
    waiting = staged_exchange(order)
    assert waiting is not None, "an exchange waits"
    assert order.staged is not None, "and so does its edit"
    assert amount == order.staged.difference, "an exchange is paid whole"
    assert price_of(order, waiting) == amount + waiting.credit, "it costs what it cost"
    return replace_items(order, waiting, actor=actor, at=at)


def _rebased(order: Order, edit: Edit) -> Edit:
    """The edit of the order as it is now: what came is new, all else stays."""
    known = {item.id for item in order.items}
    lines = [line for line in edit.quote.lines if line.id not in known]
    return Edit(
        kind=edit.kind,
        items=(*order.items, *(item for item in edit.items if item.id not in known)),
        quote=extended(order.quote, lines, edit.quote.taxes),
        shipping_address=order.shipping_address,
    )
