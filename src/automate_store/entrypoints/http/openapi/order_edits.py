"""The order of the examples, changed: what waits to be paid for, and what is sent for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve
from msgspec import Struct

from automate_store.application.orders import EditOutcome, EditView
from automate_store.domain.kernel.ids import EditId, LineId
from automate_store.domain.orders import Edit, EditKind, Order, stage_edit
from automate_store.domain.pricing import joined, keeping, quote
from automate_store.entrypoints.http.openapi import after_the_order, examples
from automate_store.entrypoints.http.wire.edits import (
    ChangeAddressInput,
    EditAnswer,
    ModifyItemsInput,
    edit_answer,
)

BODIES: Mapping[type[Struct], Mapping[str, Any]] = {
    ModifyItemsInput: {
        "add": [{"variant_id": str(examples.VARIANT_IDS[0]), "quantity": 1}],
        "reason": "One for a friend.",
    },
    ChangeAddressInput: {
        "shipping_address": {
            "first_name": "Ann",
            "last_name": "Lee",
            "address_line_1": "7 Broadway",
            "city": "New York",
            "state": "NY",
            "postal_code": "10004",
            "country": "US",
        }
    },
}
_NEW_LINE = LineId(examples.example_id(21))


def waiting() -> EditView:
    """The paid order with one more shirt beside it, which waits to be paid for."""
    order = evolve(after_the_order.paid(), events=())
    edit = _one_more(order)
    staged = stage_edit(
        order,
        edit,
        id=EditId(examples.example_id(22)),
        until=examples.AT + timedelta(minutes=30),
        reason="One for a friend.",
        actor="guest",
        at=examples.AT,
    )
    return EditView(
        order=evolve(staged, events=()),
        outcome=EditOutcome.STAGED,
        quote=edit.quote,
        difference=edit.quote.total - order.total,
        to_pay=edit.quote.total - order.total,
        comes_back=order.total - order.total,
    )


def _one_more(order: Order) -> Edit:
    (shirt,), basket = order.items, examples.basket()
    line = evolve(basket.lines[0], id=_NEW_LINE, quantity=1)
    together = evolve(basket, lines=(*basket.lines, line))
    priced = joined(order.quote, quote(together, examples.rules(), keeping(order.quote)))
    return Edit(
        kind=EditKind.ITEMS,
        items=(shirt, evolve(shirt, id=_NEW_LINE, quantity=1)),
        quote=priced,
        shipping_address=order.shipping_address,
    )


def _moved() -> EditView:
    """The paid order, on its way to another street."""
    order = evolve(after_the_order.paid(), events=())
    moved = evolve(order.shipping_address, address_line_1="7 Broadway", postal_code="10004")
    nothing = order.total - order.total
    return EditView(
        order=evolve(order, shipping_address=moved),
        outcome=EditOutcome.APPLIED,
        quote=order.quote,
        difference=nothing,
        to_pay=nothing,
        comes_back=nothing,
    )


ANSWERS: Mapping[type[Struct], Callable[[], Struct]] = {
    EditAnswer: lambda: edit_answer(waiting(), to_staff=False)
}
SPECIAL: Mapping[str, Callable[[], Struct]] = {
    "change_order_address": lambda: edit_answer(_moved(), to_staff=False)
}
