"""
Amounts as Stripe writes them: whole units of the smallest that it counts a currency in.

The source is https://docs.stripe.com/currencies: its zero- and three-decimal lists, and its
special cases. HUF and TWD are whole for payouts alone; payments of them have two decimals.
"""

from __future__ import annotations

from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.money import Money, UnknownCurrency, exponent

NAME = "stripe"
WHOLE = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"}
    | {"PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
"""Stripe's zero-decimal currencies."""
WHOLE_AS_HUNDREDTHS = frozenset({"ISK", "UGX"})
"""Have no decimals any more, and are written with two that are always 00."""
THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Stripe's three-decimal currencies, of which it takes tens alone."""
_TEN = 10


class Unreadable(ValueError):  # noqa: N818 - named for the fact
    """What Stripe wrote is nothing that we know to read."""


def to_stripe(money: Money) -> int:
    """The amount in Stripe's units; raises GatewayRefused for what it would not take."""
    units, left_over = _scaled(money.minor, _shift(money.currency))
    if left_over:
        raise GatewayRefused(NAME, f"{money} is not a whole number of {money.currency}")
    if money.currency in THOUSANDTHS and units % _TEN:
        raise GatewayRefused(NAME, f"{money} does not end in 0, as it must in {money.currency}")
    return units


def from_stripe(units: int, currency: str) -> Money:
    """The amount of Stripe's units and lower-case currency; raises Unreadable."""
    currency = currency.upper()
    try:
        minor, left_over = _scaled(units, -_shift(currency))
    except (GatewayRefused, UnknownCurrency) as unknown:
        raise Unreadable(f"no amount in {currency[:3]}") from unknown
    if left_over:
        raise Unreadable(f"a part of a unit of {currency}")
    return Money(minor, currency)


def takes(money: Money) -> bool:
    """Whether Stripe would take the amount, as far as its decimals go."""
    try:
        return to_stripe(money) > 0
    except (GatewayRefused, UnknownCurrency):
        return False


def _shift(currency: str) -> int:
    """How many decimals Stripe writes beyond those that we have."""
    decimals = exponent(currency)
    if currency in WHOLE:
        return -decimals
    if currency in WHOLE_AS_HUNDREDTHS:
        return 2 - decimals
    if currency in THOUSANDTHS:
        return 3 - decimals
    if decimals != 2:  # noqa: PLR2004 - as all others of Stripe's currencies have
        raise GatewayRefused(NAME, f"it takes no {currency}")
    return 0


def _scaled(number: int, shift: int) -> tuple[int, int]:
    """The number with so many more decimals, and what is lost where they are fewer."""
    scale: int = _TEN ** abs(shift)
    return (number * scale, 0) if shift >= 0 else divmod(number, scale)
