"""
The three lives of an order, as tables of allowed moves, and the one status seen outside.

They are kept apart so that they cannot disagree: nothing stores the owner's ``status``
as a fact of its own, it is derived here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from attrs import frozen

from automate_store.domain.kernel.errors import RuleBroken


@frozen
class IllegalMove(RuleBroken):
    """The order's life does not lead there; ``allowed`` is what can be done with it now."""

    says = "An order whose {life} is {current} can't become {wanted}; {then}."
    life: str
    current: str
    wanted: str
    allowed: tuple[str, ...]

    def __str__(self) -> str:
        can = f"what can be done now: {', '.join(self.allowed)}"
        then = can if self.allowed else "nothing can be done with it any more"
        if self.current == self.wanted:
            return f"The order {_ALREADY.get(self.wanted, f'is {self.wanted} already')}; {then}."
        return self.says.format_map({**self.fields(), "then": then})


_ALREADY = {"confirmed": "is paid already", "shipped": "has nothing left to ship"}
"""What it means to ask for a move again, in the words of a person."""


class OrderState(StrEnum):
    """placed -> confirmed -> completed, or cancelled on the way."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class OrderPaymentState(StrEnum):
    """Where the money is."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    PROCESSING = "processing"
    FAILED = "failed"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class FulfilmentState(StrEnum):
    """Where the goods are."""

    UNFULFILLED = "unfulfilled"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    LOST = "lost"
    """None of it arrived, none of it will, and the customer has been made good."""


class OrderStatus(StrEnum):
    """The one status that is shown."""

    PENDING = "pending"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class PaymentStatus(StrEnum):
    """The one payment status that is shown."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"


S = TypeVar("S", bound=StrEnum)

ORDER_MOVES: Mapping[OrderState, frozenset[OrderState]] = {
    OrderState.PLACED: frozenset({OrderState.CONFIRMED, OrderState.CANCELLED}),
    OrderState.CONFIRMED: frozenset({OrderState.COMPLETED, OrderState.CANCELLED}),
    OrderState.COMPLETED: frozenset(),
    OrderState.CANCELLED: frozenset(),
}

_UNPAID = frozenset(
    {
        OrderPaymentState.PENDING,
        OrderPaymentState.AUTHORISED,
        OrderPaymentState.PROCESSING,
        OrderPaymentState.FAILED,
    }
)
_AFTER_PAID = frozenset({OrderPaymentState.PARTIALLY_REFUNDED, OrderPaymentState.REFUNDED})
PAID = frozenset({OrderPaymentState.PAID}) | _AFTER_PAID
"""Money was captured, wherever it is now."""

PAYMENT_MOVES: Mapping[OrderPaymentState, frozenset[OrderPaymentState]] = {
    **{state: (_UNPAID - {state}) | {OrderPaymentState.PAID} for state in _UNPAID},
    OrderPaymentState.PAID: _AFTER_PAID,
    OrderPaymentState.PARTIALLY_REFUNDED: _AFTER_PAID,
    OrderPaymentState.REFUNDED: frozenset(),
}

FULFILMENT_MOVES: Mapping[FulfilmentState, frozenset[FulfilmentState]] = {
    FulfilmentState.UNFULFILLED: frozenset(
        {FulfilmentState.PARTLY_SHIPPED, FulfilmentState.SHIPPED}
    ),
    FulfilmentState.PARTLY_SHIPPED: frozenset(
        {FulfilmentState.PARTLY_SHIPPED, FulfilmentState.SHIPPED}
    ),
    FulfilmentState.SHIPPED: frozenset({FulfilmentState.DELIVERED, FulfilmentState.LOST}),
    FulfilmentState.DELIVERED: frozenset(),
    FulfilmentState.LOST: frozenset({FulfilmentState.DELIVERED}),
}

SHIPPED_ONCE = frozenset({FulfilmentState.SHIPPED, FulfilmentState.DELIVERED, FulfilmentState.LOST})
"""All that was bought has left."""


def move(
    life: str, table: Mapping[S, frozenset[S]], current: S, wanted: S, *, allowed: tuple[str, ...]
) -> S:
    """The wanted state, where the table leads there; raises IllegalMove with what is allowed."""
    if wanted not in table[current]:
        raise IllegalMove(life, current, wanted, allowed)
    return wanted


def allowed_now(
    order: OrderState,
    payment: OrderPaymentState,
    *,
    left: bool,
    sent: bool,
    back: tuple[str, ...],
) -> tuple[str, ...]:
    """
    What can be done with an order now, in the shop's words.

    ``left`` is to be shipped yet, ``sent`` is a parcel that left, ``back`` what can be done about
    what is with the customer. For how long it may be edited or returned, the policies say.
    """
    if order is OrderState.PLACED:
        held = payment is OrderPaymentState.AUTHORISED
        return (*(("capture", "void") if held else ("pay",)), "edit", "cancel")
    if order is OrderState.CANCELLED:
        return ()
    gone, over = payment is OrderPaymentState.REFUNDED, order is OrderState.COMPLETED
    can = [] if gone or over or sent else ["edit"]
    # What came in exchange for what went back leaves an order that is complete.
    can += ["ship", "cancel"] if left else [] if over else ["deliver"]
    return (*can, *(() if gone else back))


def order_status(
    order: OrderState, payment: OrderPaymentState, fulfilment: FulfilmentState
) -> OrderStatus:
    """What the three lives look like from outside."""
    if order is OrderState.CANCELLED:
        return OrderStatus.CANCELLED
    if order is OrderState.PLACED:
        return OrderStatus.PENDING
    if order is OrderState.COMPLETED:
        gone = fulfilment is FulfilmentState.LOST
        refunded = gone or payment is OrderPaymentState.REFUNDED
        return OrderStatus.REFUNDED if refunded else OrderStatus.DELIVERED
    if fulfilment in SHIPPED_ONCE:
        return OrderStatus.SHIPPED
    return OrderStatus.PROCESSING


def payment_status(payment: OrderPaymentState) -> PaymentStatus:
    """What the money looks like from outside."""
    if payment in {OrderPaymentState.AUTHORISED, OrderPaymentState.PROCESSING}:
        return PaymentStatus.PENDING
    return PaymentStatus(payment.value)
