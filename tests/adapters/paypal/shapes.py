"""The shapes of what a fake PayPal says, and what it takes for an amount."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
WHOLE = {"HUF", "JPY", "TWD"}
CURRENCIES = re.findall(
    "[A-Z]{3}",
    "AUD BRL CAD CNY CZK DKK EUR HKD HUF ILS JPY MYR MXN TWD NZD NOK PHP PLN GBP SGD SEK CHF THB"
    " USD",
)


class Problem(Exception):  # noqa: N818 - PayPal's word for it
    """An answer that is none: a status, and PayPal's word for why."""

    def __init__(self, status: int, issue: str, *, links: list[Json] | None = None) -> None:
        super().__init__(issue)
        self.status = status
        self.issue = issue
        self.links = links or []


def unprocessable(issue: str, *, links: list[Json] | None = None) -> Problem:
    return Problem(422, issue, links=links)


def check_amount(amount: Json) -> None:
    currency, value = amount["currency_code"], Decimal(amount["value"])
    if currency not in CURRENCIES:
        raise unprocessable("CURRENCY_NOT_SUPPORTED")
    exponent = value.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    if decimals > (0 if currency in WHOLE else 2):
        raise unprocessable("DECIMALS_NOT_SUPPORTED" if currency in WHOLE else "DECIMAL_PRECISION")
    if value <= 0:
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE")


def value_of(part: Json) -> Decimal:
    return Decimal(part["amount"]["value"])


def order_of(part: Json) -> str:
    return str(part["supplementary_data"]["related_ids"]["order_id"])


def copied(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: copied(each) for name, each in tree.items()}
    return [copied(each) for each in tree] if isinstance(tree, list) else tree
