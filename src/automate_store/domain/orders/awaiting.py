"""
Waiting for the money: an order may be paid in parts, and by money that is only promised.

An order waits for as long as its deadline says. It has none while all that it costs was
captured, is authorised, or is on its way: then its goods are kept until that is decided.
A part of it stops no clock, or a cent would keep goods from others for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders.editing import Due
from automate_store.domain.orders.events import OrderEvent
from automate_store.domain.orders.lives import PAYMENT_MOVES, OrderPaymentState, OrderState, move
from automate_store.domain.orders.order import Order
from automate_store.domain.payments import Funds, Payment, PaymentState, refuse_foreign

_PROMISED = frozenset({OrderPaymentState.AUTHORISED, OrderPaymentState.PROCESSING})


@frozen(kw_only=True)
class OrderPartPaid(OrderEvent):
    """Some of the total was captured; the order waits for the rest."""

    amount: Money
    """What is kept of its money by now."""
    missing: Money


@frozen(kw_only=True)
class OrderPaymentPromised(OrderEvent):
    """All that the order costs is authorised or on its way: it is kept without a deadline."""

    what: str
    amount: Money


@frozen(kw_only=True)
class OrderPaymentLapsed(OrderEvent):
    """What was promised will not come after all; there is a fresh time to pay."""

    missing: Money
    expires_at: datetime


@frozen(kw_only=True)
class OrderPaymentTriedAgain(OrderEvent):
    """What had failed is being tried again."""


@frozen
class MoreThanDue(RuleBroken):
    """More is asked for than is to be paid yet."""

    says = "{wanted} is more than the {missing} that is still to be paid for order {number}."
    number: str
    wanted: Money
    missing: Money


@frozen
class NothingDue(RuleBroken):
    """All of it is paid, authorised or on its way."""

    says = "Nothing more is to be paid for order {number}: {promised} of it is on its way."
    number: str
    promised: Money


@frozen
class PaidWholeOnly(RuleBroken):
    """What a change of an order costs is paid by one payment."""

    says = "The change of order {number} is paid whole: {difference}."
    number: str
    difference: Money


def share_of(order: Order, due: Due, funds: Funds, wanted: Money | None) -> Money:
    """
    How much one more payment is of: what is wanted, or all that is missing.

    ``funds`` are those of the payments for what is due. Raises NothingDue, MoreThanDue,
    PaidWholeOnly, or InvalidInput for another currency.
    """
    refuse_foreign(wanted, due.amount.currency)
    missing = funds.missing(due.amount)
    if not missing:
        raise NothingDue(order.number, funds.all)
    if wanted is not None and wanted > missing:
        raise MoreThanDue(order.number, wanted, missing)
    if due.edit_id is not None and wanted not in {None, due.amount}:
        raise PaidWholeOnly(order.number, due.amount)
    return missing if wanted is None else wanted


def refuse_beyond(order: Order, payment: Payment, payments: Iterable[Payment]) -> None:
    """
    Nothing, while a payment that is to be carried out is no more than the others leave.

    Raises NothingDue or MoreThanDue. What was carried out before, and what an edit costs, is
    judged elsewhere.
    """
    begun = payment.state in {PaymentState.AUTHORISED, PaymentState.PROCESSING}
    if payment.edit_id is not None or order.state is not OrderState.PLACED or begun:
        return
    others = (each for each in payments if each.id != payment.id)
    missing = Funds.of(others, order.total.currency)
    share_of(order, Due(amount=order.total, edit_id=None), missing, payment.amount)


def may_keep(order: Order) -> Money:
    """
    What the shop may keep of what was captured for the order.

    That is its worth, but for an order that waits to be paid: it keeps the parts that came
    for it, its total at most.
    """
    return order.total if order.state is OrderState.PLACED else order.worth


def promised(order: Order, funds: Funds, *, actor: str, at: datetime) -> Order:
    """The order that waits, without a deadline while its money is authorised or on its way."""
    assert not funds.missing(order.total), "a part of it stops no clock"
    wanted = OrderPaymentState.PROCESSING if funds.processing else OrderPaymentState.AUTHORISED
    if order.payment is wanted and order.expires_at is None:
        return order
    event = OrderPaymentPromised(
        at=at,
        order_id=order.id,
        number=order.number,
        actor=actor,
        what=wanted.value,
        amount=funds.authorised + funds.processing,
    )
    return order.after(event, payment=_payment(order, wanted), expires_at=None, updated_at=at)


def lapsed(order: Order, funds: Funds, *, until: datetime, actor: str, at: datetime) -> Order:
    """The order that waits once more, with a fresh time to pay."""
    assert order.expires_at is None, "only what was promised can lapse"
    event = OrderPaymentLapsed(
        at=at,
        order_id=order.id,
        number=order.number,
        actor=actor,
        missing=funds.missing(order.total),
        expires_at=until,
    )
    payment = _payment(order, OrderPaymentState.PENDING)
    return order.after(event, payment=payment, expires_at=until, updated_at=at)


def part_paid(order: Order, funds: Funds, *, actor: str, at: datetime) -> Order:
    """The order that waits, told that a part of its money came."""
    event = OrderPartPaid(
        at=at,
        order_id=order.id,
        number=order.number,
        actor=actor,
        amount=funds.kept,
        missing=order.total - funds.kept,
    )
    return order.after(event, updated_at=at)


def failed_so_far(order: Order) -> bool:
    """Whether nothing is promised to the order, so that a failure is what there is to see."""
    return order.state is OrderState.PLACED and order.payment not in _PROMISED


def tried_again(order: Order, *, actor: str, at: datetime) -> Order:
    """The order none of whose payments is one that failed: it waits, where it had failed."""
    if order.payment is not OrderPaymentState.FAILED:
        return order
    event = OrderPaymentTriedAgain(at=at, order_id=order.id, number=order.number, actor=actor)
    payment = _payment(order, OrderPaymentState.PENDING)
    return order.after(event, payment=payment, updated_at=at)


def _payment(order: Order, wanted: OrderPaymentState) -> OrderPaymentState:
    if order.payment is wanted:
        return wanted
    return move("payment", PAYMENT_MOVES, order.payment, wanted, allowed=order.allowed)
