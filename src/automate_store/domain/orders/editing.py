"""
Editing an order that was placed: what may still be changed, and what a change does.

One that costs less, or of an order that nobody has paid, is made at once. One that costs
more waits beside the order for the difference to be paid; it is made whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from attrs import evolve, frozen

from automate_store.domain.inventory import demand
from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import EditId, LineId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders.events import (
    OrderAddressChanged,
    OrderEditAbandoned,
    OrderEdited,
    OrderEditStaged,
    OrderRestated,
)
from automate_store.domain.orders.items import OrderItem
from automate_store.domain.orders.lives import OrderPaymentState, OrderState
from automate_store.domain.orders.order import Order
from automate_store.domain.orders.staged import Edit, EditKind, StagedEdit
from automate_store.domain.pricing import Quote

NOT_PAID_FOR = "the difference was not paid in time"
SUPERSEDED = "the order was changed again"
CALLED_OFF = "the order was cancelled"
ON_ITS_WAY = "the order is on its way"


class EditBar(StrEnum):
    """Why an order can't be changed any more."""

    WINDOW_OVER = "window_over"
    SHIPPED = "shipped"
    REFUNDED = "refunded"
    OVER = "over"


@frozen
class EditClosed(RuleBroken):
    """The order can't be changed any more; ``until`` is when a customer still could."""

    says = "Order {number} can't be changed any more: {why}; what can still be done: {allowed}."
    number: str
    why: EditBar
    until: datetime
    allowed: tuple[str, ...]


@frozen
class NothingChanges(RuleBroken):
    """The edit leaves the order as it is."""

    says = "The order is like that already; nothing would change."


@frozen
class NothingLeft(RuleBroken):
    """The edit leaves nothing that was paid for; that is a cancellation."""

    says = "Nothing that was paid for would be left in the order; cancel it instead."


@frozen
class OrderFull(RuleBroken):
    """The order would have more lines than one may have."""

    says = "An order holds {limit} lines at most."
    limit: int


@frozen
class EditOverdue(RuleBroken):
    """The time to pay for the change is over, and the order stays as it was."""

    says = "The change of order {number} was not paid by {expired_at:%Y-%m-%d %H:%M} UTC."
    number: str
    expired_at: datetime


@frozen
class EditGone(RuleBroken):
    """The change that the payment is for was given up."""

    says = "The change of order {number} that this would pay for was given up."
    number: str


@frozen(kw_only=True)
class StockMoves:
    """How many more and how many fewer of each variant an edit wants, in id order."""

    more: Mapping[VariantId, int]
    fewer: Mapping[VariantId, int]


@frozen(kw_only=True)
class Due:
    """What an order asks to be paid now: its total, or the difference of an edit of it."""

    amount: Money
    edit_id: EditId | None


def open_to_edits(order: Order, *, window: timedelta, unlimited: bool, at: datetime) -> Order:
    """
    The order itself, where it may be changed now; raises EditClosed, or OrderOverdue.

    That is for the window after it was placed, or ``unlimited``, and while no parcel left.
    """
    until = order.placed_at + window
    if order.state in {OrderState.CANCELLED, OrderState.COMPLETED}:
        back = ("return",) if order.state is OrderState.COMPLETED else ()
        raise EditClosed(order.number, EditBar.OVER, until, back)
    if order.shipments:
        raise EditClosed(order.number, EditBar.SHIPPED, until, ("cancel", "return"))
    if order.payment is OrderPaymentState.REFUNDED:
        raise EditClosed(order.number, EditBar.REFUNDED, until, ("cancel",))
    if not unlimited and at >= until:
        raise EditClosed(order.number, EditBar.WINDOW_OVER, until, ("cancel",))
    return order if order.paid else order.payable(at)


def takeable(order: Order, leaving: Mapping[LineId, int]) -> Order:
    """The order itself, where so many units of each item may leave it; raises NotCancellable."""
    left = edited_items(order, leaving, ())
    assert len(left) == len(order.items), "an item that loses all its units stays, empty"
    return order


def edited_items(
    order: Order, leaving: Mapping[LineId, int], added: Iterable[OrderItem]
) -> tuple[OrderItem, ...]:
    """The order's items without so many units of each, and the new ones; raises NotCancellable."""
    return (*(item.cancel(leaving.get(item.id, 0)) for item in order.items), *added)


def stock_moves(order: Order, edit: Edit) -> StockMoves:
    """What the edit wants more of than the order, and fewer."""
    before, after = _to_ship(order.items), _to_ship(edit.items)
    moved = {each: after.get(each, 0) - before.get(each, 0) for each in sorted({*before, *after})}
    return StockMoves(
        more={each: many for each, many in moved.items() if many > 0},
        fewer={each: -many for each, many in moved.items() if many < 0},
    )


def checked(order: Order, edit: Edit, *, max_lines: int) -> Edit:
    """The edit, where it makes sense; raises NothingLeft, OrderFull or NothingChanges."""
    if not any(line for line in edit.quote.lines if not line.gift):
        raise NothingLeft
    if len(edit.quote.lines) > max(max_lines, len(order.quote.lines)):
        raise OrderFull(max_lines)
    if edit.shipping_address == order.shipping_address and _same(edit.quote, order.quote):
        raise NothingChanges
    return edit


def apply_edit(order: Order, edit: Edit, *, reason: str, actor: str, at: datetime) -> Order:
    """
    The order as it was edited; paid at once where nobody had paid and it costs nothing now.

    What needs no parcel is the customer's at once where the order is paid.
    """
    items = tuple(item.hand_over(at) for item in edit.items) if order.paid else edit.items
    changed = order.after(
        _edited(order, edit, reason, actor, at),
        items=items,
        quote=edit.quote,
        shipping_address=edit.shipping_address,
        # A courtesy for what is gone now was no more than its price came to.
        credited=min(order.credited, edit.quote.total),
        staged=None,
        updated_at=at,
    )
    if changed.paid:
        return changed.lessened(order).fulfilled_without_parcel(actor=actor, at=at)
    return changed if changed.total else changed.pay(changed.total, actor=actor, at=at)


def stage_edit(
    order: Order,
    edit: Edit,
    *,
    id: EditId,
    until: datetime,
    reason: str,
    actor: str,
    at: datetime,
) -> Order:
    """The paid order, unchanged, with an edit beside it that waits to be paid for."""
    difference = edit.quote.total - order.total
    assert order.paid, "what nobody has paid is changed at once"
    assert order.staged is None, "one edit waits at a time"
    assert difference.minor > 0, "what costs no more waits for nothing"
    staged = StagedEdit(
        id=id,
        edit=edit,
        difference=difference,
        additions=stock_moves(order, edit).more,
        base_version=order.version,
        reason=reason,
        staged_at=at,
        expires_at=until,
    )
    event = OrderEditStaged(
        at=at,
        order_id=order.id,
        number=order.number,
        actor=actor,
        reason=reason,
        what=edit.kind.value,
        amount=difference,
        expires_at=until,
    )
    return order.after(event, staged=staged, updated_at=at)


def pay_staged(order: Order, amount: Money, *, actor: str, at: datetime) -> Order:
    """The order as it was to become, now that its difference is paid; no exchange is that."""
    staged = order.staged
    assert staged is not None, "an edit waits"
    assert amount == staged.difference, "an edit is paid whole"
    assert staged.return_id is None, "an exchange is of what came back too"
    assert order.total + amount == staged.edit.quote.total, "nothing else changed meanwhile"
    edit = evolve(staged.edit, items=_as_returned(staged.edit.items, order))
    return apply_edit(order, edit, reason=staged.reason, actor=actor, at=at)


def abandon_staged(order: Order, reason: str, *, actor: str, at: datetime) -> Order:
    """The order without the edit that waited beside it."""
    assert order.staged is not None, "an edit waits"
    event = OrderEditAbandoned(
        at=at,
        order_id=order.id,
        number=order.number,
        actor=actor,
        reason=reason,
        what=order.staged.edit.kind.value,
        amount=order.staged.difference,
    )
    return order.after(event, staged=None, updated_at=at)


def edit_overdue(order: Order, at: datetime) -> bool:
    """Whether an edit waits whose time to be paid for is over."""
    return order.staged is not None and order.staged.expires_at <= at


def due(order: Order, at: datetime) -> Due:
    """What is to be paid now; raises EditOverdue, OrderOverdue or IllegalMove."""
    if order.staged is None:
        return Due(amount=order.payable(at).total, edit_id=None)
    if edit_overdue(order, at):
        raise EditOverdue(order.number, order.staged.expires_at)
    return Due(amount=order.staged.difference, edit_id=order.staged.id)


def await_difference(
    order: Order, edit_id: EditId, until: datetime, *, longest: timedelta, at: datetime
) -> Order:
    """
    The order, its edit kept until then while a gateway is asked, but not for longer.

    That is counted from when it was staged. Raises EditGone or EditOverdue.
    """
    staged = order.staged
    if staged is None or staged.id != edit_id:
        raise EditGone(order.number)
    if edit_overdue(order, at):
        raise EditOverdue(order.number, staged.expires_at)
    deadline = min(until, staged.staged_at + longest)
    if staged.expires_at >= deadline:
        return order
    return evolve(order, staged=evolve(staged, expires_at=deadline), updated_at=at)


def _edited(order: Order, edit: Edit, reason: str, actor: str, at: datetime) -> OrderRestated:
    amount = edit.quote.total - order.total
    if edit.kind is EditKind.ADDRESS:
        return OrderAddressChanged(
            at=at,
            order_id=order.id,
            number=order.number,
            actor=actor,
            reason=reason,
            amount=amount,
        )
    before = {item.id: item.quantity for item in order.items}
    moved = {item.id: item.quantity - before.get(item.id, 0) for item in edit.items}
    return OrderEdited(
        at=at,
        order_id=order.id,
        number=order.number,
        actor=actor,
        reason=reason,
        items={item_id: many for item_id, many in moved.items() if many},
        amount=amount,
    )


def _as_returned(items: Iterable[OrderItem], order: Order) -> tuple[OrderItem, ...]:
    """The items with what went back of them, or is asked back, while their edit waited."""
    known = {item.id: item for item in order.items}
    return tuple(
        evolve(item, returning=known[item.id].returning, returned=known[item.id].returned)
        if item.id in known
        else item
        for item in items
    )


def _to_ship(items: Iterable[OrderItem]) -> dict[VariantId, int]:
    return demand((item.variant_id, item.to_ship) for item in items if item.to_ship)


def _same(one: Quote, other: Quote) -> bool:
    """Whether both are of the same lines, at the same cost, sent in the same way."""
    return evolve(one, codes=(), taxes=()) == evolve(other, codes=(), taxes=())
