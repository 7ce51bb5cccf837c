"""Answers kept under idempotency keys, also those that an earlier version kept."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from automate_store.adapters.postgres.rows import from_json
from automate_store.domain.orders import OrderPaymentState

T = TypeVar("T")
Json = dict[str, Any]
_PAID = {
    OrderPaymentState.PAID,
    OrderPaymentState.PARTIALLY_REFUNDED,
    OrderPaymentState.REFUNDED,
}


def read_answer(stored: bytes, kind: type[T]) -> T:
    """The answer; what was unknown when it was kept is what it meant then."""
    try:
        return from_json(stored, kind)
    except msgspec.ValidationError:
        return from_json(msgspec.json.encode(_filled(msgspec.json.decode(stored))), kind)


def _filled(answer: Json) -> Json:
    order = answer.get("order", answer)
    if "credited" in order:
        # No refund could fail yet, so that nothing was owed.
        answer = _with_order(answer, {"owed": _nothing(order["credited"]), **order})
    return {**_what_moves(answer, order), **answer} if "difference" in answer else answer


def _with_order(answer: Json, order: Json) -> Json:
    return {**answer, "order": order} if "order" in answer else order


def _what_moves(edit: Json, order: Json) -> Json:
    """What an edit's difference meant: of an order that nobody had paid, all of it was to pay."""
    difference = edit["difference"]
    nothing, minor = _nothing(difference), difference["minor"]
    if order["payment"] not in _PAID:
        return {"to_pay": edit["quote"]["total"], "comes_back": nothing}
    return {
        "to_pay": difference if minor > 0 else nothing,
        "comes_back": {**nothing, "minor": -minor} if minor < 0 else nothing,
    }


def _nothing(amount: Json) -> Json:
    return {**amount, "minor": 0}
