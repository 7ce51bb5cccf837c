"""Why shipping is refused: nothing is chosen, nothing is known, or it can't be used here."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from automate_store.domain.kernel.errors import NotFound, RuleBroken


@frozen
class ShippingMethodNotFound(NotFound):
    """No method has that code."""

    says = "There is no shipping method {shipping_method!r}."
    shipping_method: str


@frozen
class ShippingMethodCodeTaken(RuleBroken):
    """Another method has that code already."""

    says = (
        "There is a shipping method {shipping_method!r} already; choose another code or"
        " change that one."
    )
    shipping_method: str


@frozen
class ShippingRequired(RuleBroken):
    """The basket has goods to carry, and no address or no method to carry them by."""

    says = "Choose an address and a shipping method first."


@frozen
class ShippingMethodUnknown(RuleBroken):
    """The store has no shipping method of that code."""

    says = "There is no shipping method {method!r}; {instead}."
    method: str
    available: tuple[str, ...]

    def __str__(self) -> str:
        return self.says.format(method=self.method, instead=_instead(self.available))


class Unfit(StrEnum):
    """Why a method can't carry a parcel."""

    INACTIVE = "inactive"
    CURRENCY = "currency"
    DESTINATION = "destination"
    WEIGHT = "weight"
    QUANTITY = "quantity"
    AMOUNT = "amount"
    NO_RATE = "no_rate"
    """The carrier did not tell its price in time, and the merchant set none instead."""
    REFUSED = "refused"
    """The carrier was asked, and does not take this parcel there."""


@frozen
class ShippingNotAvailable(RuleBroken):
    """The method is there but can't carry this parcel to that place."""

    says = "Shipping method {method!r} can't be used: {reason}; {instead}."
    method: str
    why: Unfit
    reason: str
    available: tuple[str, ...]
    """Codes of the methods that can, cheapest first."""

    def __str__(self) -> str:
        instead = _instead(self.available)
        return self.says.format(method=self.method, reason=self.reason, instead=instead)


def _instead(available: tuple[str, ...]) -> str:
    return f"what can be used: {', '.join(available)}" if available else "nothing goes there"
