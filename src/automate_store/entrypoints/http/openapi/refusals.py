"""An example of every error: one of its kind, told exactly as it would be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
from msgspec import Struct

from automate_store.application.errors import RateLimited
from automate_store.application.orders import TotalChanged
from automate_store.application.ports.limits import Bucket
from automate_store.domain.coupons import CouponRefused
from automate_store.domain.kernel.errors import FieldError, InvalidInput, StoreError
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import EditBar, EditClosed
from automate_store.domain.pricing import Quote
from automate_store.domain.promotions import Reason
from automate_store.domain.returns import (
    IllegalReturnMove,
    NotReturnable,
    ReasonNotAccepted,
    WhyNot,
)
from automate_store.domain.shipping import ShippingNotAvailable, Unfit
from automate_store.entrypoints.http.openapi import examples
from automate_store.entrypoints.http.problems import problem

_TOLD: Mapping[type[StoreError], StoreError] = {
    CouponRefused: CouponRefused(
        "WELCOME", Reason.BELOW_MINIMUM, "2.01 USD more to spend", Money(201, "USD")
    ),
    EditClosed: EditClosed(
        "7KQ4-M2XD", EditBar.WINDOW_OVER, examples.AT + timedelta(hours=1), ("cancel",)
    ),
    InvalidInput: InvalidInput((FieldError("quantity", "is 1 or more"),)),
    IllegalReturnMove: IllegalReturnMove("return", "requested", "received", ("approved",)),
    NotReturnable: NotReturnable(
        examples.LINE_ID, 2, 0, WhyNot.TOO_LATE, examples.AT + timedelta(days=30)
    ),
    ReasonNotAccepted: ReasonNotAccepted("lost", "return", ("damaged", "defective")),
    RateLimited: RateLimited(Bucket.GENERAL, 100, 900, 37),
    ShippingNotAvailable: ShippingNotAvailable(
        "express", Unfit.DESTINATION, "it does not go to US, NY", ("standard",)
    ),
    TotalChanged: TotalChanged(Money(3998, "USD"), examples.a_quote().total, examples.a_quote()),
}
"""Those whose fields hang together."""

REQUEST_ID = str(examples.example_id(99))

_WORDS: Mapping[str, str] = {
    "allowed": "GET",
    "available": "standard",
    "cart": "cart",
    "category": "shirts",
    "brand": "plain-goods",
    "coupon": "WELCOME",
    "currency": "USD",
    "current": "shipped",
    "gateway": "stripe",
    "into": "EUR",
    "id": str(examples.example_id(13)),
    "kept_at": "paypal",
    "kind": "cart",
    "left": "USD",
    "life": "fulfilment",
    "method": "express",
    "number": "7KQ4-M2XD",
    "offered": "manual",
    "order": str(examples.ORDER_ID),
    "payment": str(examples.PAYMENT_ID),
    "permission": "ship_orders",
    "image": str(examples.example_id(14)),
    "name": "0f1e2d3c.jpg",
    "product": "blue-cotton-shirt",
    "promotion": "spring",
    "reason": "the host name is not one",
    "reasons": "the database does not answer",
    "return_id": str(examples.example_id(15)),
    "right": "EUR",
    "shipments": str(examples.example_id(16)),
    "shipping_method": "express",
    "sku": "SHIRT-S",
    "slug": "blue-cotton-shirt",
    "tax_rate": "us-ny",
    "role": "guest",
    "variant": str(examples.VARIANT_IDS[0]),
    "wanted": "cancelled",
}
_NUMBERS: Mapping[str, int] = {
    "available": 1,
    "limit": 999,
    "limit_bytes": 1_048_576,
    "limit_pixels": 40_000_000,
    "longest": 255,
    "retry_after_s": 1,
    "variants": 3,
    "wanted": 2,
}


def example_problem(error: type[StoreError], *, instance: str) -> Struct:
    """The document of one error of that class."""
    return problem(example_error(error), instance=instance, request_id=REQUEST_ID)


def example_error(error: type[StoreError]) -> StoreError:
    """One error of that class, its fields filled with something likely."""
    return _TOLD[error] if error in _TOLD else error(**_filled(error))


def _filled(kind: type[Any]) -> dict[str, object]:
    hints = get_type_hints(kind)
    return {each.name: _likely(hints[each.name], each.name) for each in attrs.fields(kind)}


def _likely(hint: Any, name: str) -> object:
    hint = getattr(hint, "__supertype__", hint)
    arguments = get_args(hint)
    if NoneType in arguments:
        return None
    if get_origin(hint) is tuple:
        return (_likely(arguments[0], name),)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    if isinstance(hint, type) and hint not in _MADE and attrs.has(hint):
        return hint(**_filled(hint))
    return _MADE[hint](name)


_MADE: Mapping[Any, Any] = {
    str: lambda name: _WORDS.get(name, name),
    int: lambda name: _NUMBERS.get(name, 1),
    bool: lambda _: True,
    UUID: lambda name: examples.LINE_ID if name == "line_id" else examples.VARIANT_IDS[0],
    datetime: lambda _: examples.AT,
    Decimal: lambda _: Decimal("0.08875"),
    Money: lambda _: examples.PRICE,
    Quote: lambda _: examples.a_quote(),
}
