"""
Amounts as PayPal writes them: decimal text in the currencies that it moves.

Its list of currencies, and of those that it takes in whole units only, is that of its
manual (developer.paypal.com/api/rest/reference/currency-codes).
"""

from __future__ import annotations

import msgspec

from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.money import Money

NAME = "paypal"
CURRENCIES = frozenset(
    [
        "AUD",
        "BRL",
        "CAD",
        "CNY",
        "CZK",
        "DKK",
        "EUR",
        "HKD",
        "HUF",
        "ILS",
        "JPY",
        "MYR",
        "MXN",
        "TWD",
        "NZD",
        "NOK",
        "PHP",
        "PLN",
        "GBP",
        "SGD",
        "SEK",
        "CHF",
        "THB",
        "USD",
    ]
)
WHOLE = frozenset({"HUF", "JPY", "TWD"})
"""Currencies of which it takes no decimals, two of them against ISO 4217."""


class Amount(msgspec.Struct, frozen=True):
    """An amount on the wire."""

    currency_code: str
    value: str

    @property
    def money(self) -> Money:
        """The amount in our terms; raises BadAmount, UnknownCurrency."""
        return Money.parse(self.value, self.currency_code)


def amount_of(money: Money) -> Amount:
    """The amount in PayPal's terms; raises GatewayRefused for one that it can't move."""
    if money.currency not in CURRENCIES:
        raise GatewayRefused(NAME, f"it does not take {money.currency}")
    value = money.decimal()
    if money.currency not in WHOLE:
        return Amount(money.currency, f"{value:f}")
    if value != value.to_integral_value():
        raise GatewayRefused(NAME, f"it takes {money.currency} in whole units, not {money}")
    return Amount(money.currency, f"{value:.0f}")


def takes(money: Money) -> bool:
    """Whether PayPal would move the amount, as far as its currency and decimals go."""
    try:
        amount_of(money)
    except GatewayRefused:
        return False
    return money.minor > 0
