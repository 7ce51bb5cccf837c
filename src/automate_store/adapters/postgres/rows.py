"""Between rows and values: money, JSON, and the little that every repository needs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from automate_store.domain.kernel.money import Money, exponent

T = TypeVar("T")
Row = Any
"""A named tuple with the columns of its statement."""

Record = Callable[..., None]
"""Takes the events of what was saved; reactions follow once they are committed."""

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def to_money(amount: Decimal, currency: str) -> Money:
    """The stored NUMERIC(19,4) as money; what is stored fits its currency exactly."""
    return Money(int(amount.scaleb(exponent(currency))), currency)


def maybe_money(amount: Decimal | None, currency: str) -> Money | None:
    """The stored amount as money, None as None."""
    return None if amount is None else to_money(amount, currency)


def maybe_decimal(amount: Money | None) -> Decimal | None:
    """The amount in major units as it is stored, None as None."""
    return None if amount is None else amount.decimal()


def json_text(value: object) -> str:
    """The value as JSON text; attrs classes become objects."""
    return msgspec.json.encode(value).decode()


def json_bytes(value: object) -> bytes:
    """The value as JSON in UTF-8; attrs classes become objects."""
    return msgspec.json.encode(value)


def from_json(stored: str | bytes, kind: type[T]) -> T:
    """The value that ``json_text`` made the text of."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    value: T = decoder.decode(stored)
    return value
