"""Amounts on the wire: decimal text in major units, never a number."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import BadAmount, Money, UnknownCurrency, exponent
from automate_store.entrypoints.http.wire.inputs import WORDS

Decimals = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$",
        max_length=21,
        description="A decimal number in major units, with the decimals that the currency has.",
        examples=["19.99"],
        extra={WORDS: "is an amount as text, such as 19.99"},
    ),
]
Currency = Annotated[
    str,
    Meta(
        pattern="^[A-Z]{3}$",
        description="ISO 4217.",
        examples=["USD"],
        extra={WORDS: "is three capital letters, such as USD"},
    ),
]


class Amount(Struct, frozen=True, forbid_unknown_fields=True):
    """An amount of money."""

    amount: Decimals
    currency: Currency


def amount(money: Money) -> Amount:
    """The amount as text: 1999 minor units of USD are 19.99."""
    decimals = exponent(money.currency)
    minor = money.minor
    sign = "-" if minor < 0 else ""
    if decimals == 2:  # noqa: PLR2004 - nearly every currency, and the quickest way to write it
        return Amount(f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}", money.currency)
    if not decimals:
        return Amount(str(minor), money.currency)
    whole, part = divmod(abs(minor), 10**decimals)
    return Amount(f"{sign}{whole}.{part:0{decimals}d}", money.currency)


def maybe_amount(money: Money | None) -> Amount | None:
    """The amount, where there is one."""
    return None if money is None else amount(money)


def money(given: Amount, *, field: str) -> Money:
    """The amount that was sent; raises InvalidInput, naming the field."""
    try:
        return Money.parse(given.amount, given.currency)
    except UnknownCurrency as wrong:
        raise InvalidInput.of(f"{field}.currency", "is not an ISO 4217 currency") from wrong
    except BadAmount as wrong:
        reason = f"is not an amount in {given.currency}"
        raise InvalidInput.of(f"{field}.amount", reason) from wrong
