"""
Shipping: which methods carry a parcel somewhere, and for how much.

Units: weights are whole grams of the whole parcel; amounts are those of the store's
price lists, before tax is added or with it contained, as the tax mode says.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from attrs import field, frozen

from automate_store.domain.kernel.errors import InvalidInput, RuleBroken
from automate_store.domain.kernel.ids import ShippingMethodId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination, Zone


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


@frozen
class FlatRate:
    """One amount, whatever the parcel weighs."""

    amount: Money = field()

    @amount.validator
    def _not_negative(self, _: object, amount: Money) -> None:
        if amount.minor < 0:
            raise InvalidInput.of("rate", "is zero or more")

    @property
    def currency(self) -> str:
        """The currency of the amount."""
        return self.amount.currency

    def amount_for(self, weight_g: int) -> Money | None:  # noqa: ARG002 - flat is flat
        """The one amount."""
        return self.amount


@frozen
class WeightBand:
    """An amount for parcels up to a weight, that weight included; None has no end."""

    up_to_g: int | None
    amount: Money


@frozen
class WeightRate:
    """Amounts by weight: the first band that still holds the parcel counts."""

    bands: tuple[WeightBand, ...] = field()

    @bands.validator
    def _climb(self, _: object, bands: tuple[WeightBand, ...]) -> None:
        ends = [band.up_to_g for band in bands]
        closed = [-1, *(end for end in ends if end is not None)]
        rising = all(lower < upper for lower, upper in pairwise(closed))
        if not bands or None in ends[:-1] or not rising:
            raise InvalidInput.of("rate", "has bands of rising weight, only the last without end")
        if len({band.amount.currency for band in bands}) > 1:
            raise InvalidInput.of("rate", "is in one currency")
        if any(band.amount.minor < 0 for band in bands):
            raise InvalidInput.of("rate", "is zero or more")

    @property
    def currency(self) -> str:
        """The currency of every band."""
        return self.bands[0].amount.currency

    @property
    def limit_g(self) -> int | None:
        """The heaviest parcel that is carried; None is any."""
        return self.bands[-1].up_to_g

    def amount_for(self, weight_g: int) -> Money | None:
        """The amount of the first band that holds the weight; None beyond the last."""
        for band in self.bands:
            if band.up_to_g is None or weight_g <= band.up_to_g:
                return band.amount
        return None


ShippingRate = FlatRate | WeightRate
"""Each knows its currency and its amount for a weight; None where it carries no such parcel."""


@frozen(kw_only=True)
class ShippingMethod:
    """A way to send a parcel; no zones is everywhere."""

    id: ShippingMethodId
    code: str
    name: str
    zones: tuple[Zone, ...]
    rate: ShippingRate
    tax_class: str
    active: bool
    position: int

    def serves(self, destination: Destination) -> bool:
        """Whether one of its zones holds the place."""
        return not self.zones or any(destination in zone for zone in self.zones)


@frozen(kw_only=True)
class ShippingOffer:
    """What a method asks for one parcel to one place."""

    method_id: ShippingMethodId
    method: str
    """The method's code."""
    name: str
    amount: Money
    tax_class: str


def offers(
    methods: Sequence[ShippingMethod], destination: Destination, weight_g: int, currency: str
) -> tuple[ShippingOffer, ...]:
    """What can carry the parcel there, cheapest first, then by position and code."""
    found = [
        ((amount.minor, method.position, method.code, method.id.int), method, amount)
        for method in methods
        if (amount := _amount(method, destination, weight_g, currency)) is not None
    ]
    found.sort(key=lambda each: each[0])
    return tuple(_offer(method, amount) for _, method, amount in found)


def offer_by(
    code: str,
    methods: Sequence[ShippingMethod],
    destination: Destination,
    weight_g: int,
    currency: str,
) -> ShippingOffer | ShippingMethodUnknown | ShippingNotAvailable:
    """
    The offer of the method of that code, or why there is none.

    The refusal names the methods that can; it is for the caller to raise, since a
    cart is still priced while its method can't be used.
    """
    named = [method for method in methods if method.code == code]
    mine = offers(named, destination, weight_g, currency)
    if mine:
        return mine[0]
    available = tuple(each.method for each in offers(methods, destination, weight_g, currency))
    if not named:
        return ShippingMethodUnknown(code, available)
    why, reason = _unfit(named[0], destination, weight_g, currency)
    return ShippingNotAvailable(code, why, reason, available)


def _amount(
    method: ShippingMethod, destination: Destination, weight_g: int, currency: str
) -> Money | None:
    fits = method.active and method.rate.currency == currency and method.serves(destination)
    return method.rate.amount_for(weight_g) if fits else None


def _offer(method: ShippingMethod, amount: Money) -> ShippingOffer:
    return ShippingOffer(
        method_id=method.id,
        method=method.code,
        name=method.name,
        amount=amount,
        tax_class=method.tax_class,
    )


def _unfit(
    method: ShippingMethod, destination: Destination, weight_g: int, currency: str
) -> tuple[Unfit, str]:
    if not method.active:
        return Unfit.INACTIVE, "it is not offered any more"
    if method.rate.currency != currency:
        return Unfit.CURRENCY, f"its price is in {method.rate.currency}, not in {currency}"
    if not method.serves(destination):
        return Unfit.DESTINATION, f"it does not go to {_named(destination)}"
    limit = method.rate.limit_g if isinstance(method.rate, WeightRate) else None
    return Unfit.WEIGHT, f"it carries up to {limit} g, and the parcel weighs {weight_g} g"


def _named(place: Destination) -> str:
    # No further than the state: what is said here may be logged.
    return f"{place.country}, {place.state}" if place.state else place.country


def _instead(available: tuple[str, ...]) -> str:
    return f"what can be used: {', '.join(available)}" if available else "nothing goes there"
