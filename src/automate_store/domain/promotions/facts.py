"""Facts: what a condition found, what it wants, and the reason that tells the two apart."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination

Fact = Money | int | bool | str | datetime | tuple[str, ...] | tuple[Destination, ...] | None
"""What a condition measures; what it requires is of the same kind, and would pass."""


class Reason(StrEnum):
    """Why a promotion or a code does nothing; conditions from outside may add their own."""

    UNKNOWN = "unknown"
    INACTIVE = "inactive"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    BELOW_MINIMUM = "below_minimum"
    TOO_FEW = "too_few"
    USED_UP = "used_up"
    USED_BY_YOU = "used_by_you"
    NOTHING_ELIGIBLE = "nothing_eligible"
    NOT_COMBINABLE = "not_combinable"
    DISPLACED = "displaced"
    WRONG_CURRENCY = "wrong_currency"
    SIGN_IN_NEEDED = "sign_in_needed"
    OTHER_GROUP = "other_group"
    NOT_FIRST_ORDER = "not_first_order"
    OTHER_DESTINATION = "other_destination"
    GIFT_OUT_OF_STOCK = "gift_out_of_stock"


@frozen(kw_only=True)
class Unmet:
    """
    A refusal: which condition, what it found, what it requires, and that for people.

    ``missing`` is how much or how many more would do, where that can be said.
    """

    condition: str
    reason: str
    actual: Fact
    required: Fact
    missing: Money | int | None = None
    detail: str
