"""The small shop of the examples: one of its order's units is sent back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from attrs import evolve
from msgspec import Struct

from automate_store.application.returns import ReturnView
from automate_store.domain.kernel.ids import LineId, ReturnId
from automate_store.domain.returns import (
    Condition,
    Receipt,
    RefundLine,
    RefundPart,
    RefundSum,
    Replacement,
    Return,
    ReturnItem,
    ReturnKind,
)
from automate_store.entrypoints.http.openapi import after_the_order, examples
from automate_store.entrypoints.http.wire.returns import (
    ReceiveReturnInput,
    RejectReturnInput,
    ReplaceReturnInput,
    ReturnAnswer,
    ReturnInput,
    ReturnList,
    ReturnPage,
    return_answer,
    return_list,
    return_page,
)

_LINE = str(examples.LINE_ID)
_STAFF = "staff"
BODIES: Mapping[type[Struct], Mapping[str, Any]] = {
    ReturnInput: {
        "items": [
            {
                "item_id": _LINE,
                "quantity": 1,
                "reason": "does_not_fit",
                "replacement_variant_id": str(examples.VARIANT_IDS[1]),
            }
        ],
        "comments": "It is a size too small.",
    },
    RejectReturnInput: {"reason": "It was worn."},
    ReplaceReturnInput: {"items": [{"item_id": _LINE}]},
    ReceiveReturnInput: {"items": [{"item_id": _LINE, "accepted": 1, "condition": "new"}]},
}


def asked(*, another: bool = True) -> Return:
    """One unit, asked back for another one, or for its money."""
    order = examples.order()
    item = ReturnItem(
        item_id=examples.LINE_ID,
        quantity=1,
        reason="does_not_fit",
        replacement=_comes() if another else None,
    )
    return Return.request(
        id=ReturnId(UUID("0190a000-0000-7000-8000-000000000081")),
        number="R-9ZTB-41QW",
        order_id=order.id,
        order_number=order.number,
        kind=ReturnKind.RETURN,
        items=[item],
        comments="It is a size too small.",
        actor="guest",
        at=examples.AT,
    )


def _comes() -> Replacement:
    bought = next(each for each in examples.order().items if each.id == examples.LINE_ID)
    item = evolve(
        bought,
        id=LineId(examples.example_id(83)),
        variant_id=examples.VARIANT_IDS[1],
        quantity=1,
        sku="SHIRT-M",
    )
    return Replacement(item=item, priced=None)


def approved(*, another: bool = True) -> Return:
    """The unit may be sent."""
    return asked(another=another).approve(actor=_STAFF, at=examples.AT)


def rejected() -> Return:
    """The unit stays where it is."""
    return asked().reject("It was worn.", actor=_STAFF, at=examples.AT)


def refunded() -> Return:
    """The unit came, and its money is on its way back."""
    receipts = {examples.LINE_ID: Receipt(accepted=1, condition=Condition.NEW)}
    received = approved(another=False).receive(receipts, actor=_STAFF, at=examples.AT)
    return received.pay_back(_sum(), actor=_STAFF, at=examples.AT)


def exchanged() -> Return:
    """The unit came, and another one is in the order for it."""
    receipts = {examples.LINE_ID: Receipt(accepted=1, condition=Condition.NEW)}
    received = approved().receive(receipts, actor=_STAFF, at=examples.AT)
    return received.exchange(_even(), actor=_STAFF, at=examples.AT)


def replaced() -> Return:
    """The unit was lost, and another one is in the order for it."""
    claimed = evolve(approved(), kind=ReturnKind.CLAIM)
    return claimed.exchange(_even(), actor=_STAFF, at=examples.AT)


def view(returned: Return) -> ReturnView:
    """The return, and what goes back for it."""
    nothing = RefundSum.nothing(_sum().total.currency)
    over = bool(returned.ended_at)
    refund = (returned.refund or nothing) if over else _even() if returned.replaced else _sum()
    order = evolve(after_the_order.paid(), events=())
    return ReturnView(returned=evolve(returned, events=()), order=order, refund=refund)


def _sum() -> RefundSum:
    order = examples.order()
    line = next(each for each in order.quote.lines if each.id == examples.LINE_ID)
    paid = line.gross_of_first(1, order.quote.tax_mode)
    goods = RefundLine(part=RefundPart.GOODS, item_id=line.id, quantity=1, amount=paid)
    return RefundSum(lines=(goods,), total=paid)


def _even() -> RefundSum:
    """What goes back, less what comes for it: nothing."""
    goods = _sum()
    comes = RefundLine(
        part=RefundPart.REPLACEMENT, item_id=examples.LINE_ID, quantity=1, amount=-goods.total
    )
    return goods.less([comes])


SPECIAL: Mapping[str, Callable[[], Struct]] = {
    "approve_return": lambda: return_answer(view(approved())),
    "reject_return": lambda: return_answer(view(rejected())),
    "receive_return": lambda: return_answer(view(exchanged())),
    "replace_return": lambda: return_answer(view(replaced())),
    "refund_return": lambda: return_answer(view(refunded())),
    "withdraw_return": lambda: return_answer(view(asked().withdraw(actor="guest", at=examples.AT))),
}
ANSWERS: Mapping[type[Struct], Callable[[], Struct]] = {
    ReturnAnswer: lambda: return_answer(view(asked())),
    ReturnList: lambda: return_list([view(refunded())]),
    ReturnPage: lambda: return_page([refunded()], None),
}
