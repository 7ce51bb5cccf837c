"""Shipping methods, and what each of them asks for a parcel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from attrs import frozen

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import ShippingMethodId
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.shipping.rates import (
    Beyond,
    ExternalRate,
    Parcel,
    ShippingRate,
    too_cheap,
    too_dear,
    too_heavy,
    too_many,
)
from automate_store.domain.shipping.refusals import (
    ShippingMethodUnknown,
    ShippingNotAvailable,
    Unfit,
)

CarrierRates = Mapping[str, Money | None]
"""
What carriers answered, by the method's code: a price, or None for a parcel not taken.

A method that is not in it has no answer.
"""
NO_ANSWERS: CarrierRates = MappingProxyType({})


@frozen(kw_only=True)
class Limits:
    """What a method carries at all, every bound included; None is no bound."""

    max_weight_g: int | None = None
    max_quantity: int | None = None
    min_value: Money | None = None
    max_value: Money | None = None

    def __attrs_post_init__(self) -> None:
        least, most = self.min_value, self.max_value
        if least is not None and most is not None and most < least:
            raise InvalidInput.of("limits", "leaves a value between its least and its most")

    def broken_by(self, parcel: Parcel) -> Beyond | None:
        """The bound that the parcel passes, if any."""
        if self.max_weight_g is not None and parcel.weight_g > self.max_weight_g:
            return too_heavy(self.max_weight_g, parcel)
        if self.max_quantity is not None and parcel.quantity > self.max_quantity:
            return too_many(self.max_quantity, parcel)
        if self.max_value is not None and parcel.value > self.max_value:
            return too_dear(self.max_value, parcel)
        if self.min_value is not None and parcel.value < self.min_value:
            return too_cheap(self.min_value, parcel)
        return None


UNLIMITED = Limits()


@frozen
class ZoneRate:
    """A rate for some zones of a method."""

    zones: tuple[Zone, ...]
    rate: ShippingRate


@frozen(kw_only=True)
class ShippingMethod:
    """
    A way to send a parcel; no zones is everywhere.

    The first of ``zone_rates`` that holds the place counts there, ``rate`` elsewhere.
    From a parcel worth ``free_from`` on it costs nothing. ``pickup``: customers fetch it,
    so that it has no zones and needs no destination to be priced; it is taxed like
    everything else, by the destination, once there is one. Raises InvalidInput for amounts
    in two currencies, and for a pickup with zones or with a carrier's rate.
    """

    id: ShippingMethodId
    code: str
    name: str
    zones: tuple[Zone, ...]
    rate: ShippingRate
    tax_class: str
    active: bool
    position: int
    zone_rates: tuple[ZoneRate, ...] = ()
    free_from: Money | None = None
    limits: Limits = UNLIMITED
    pickup: bool = False

    def __attrs_post_init__(self) -> None:
        values = (self.free_from, self.limits.min_value, self.limits.max_value)
        currencies = {each.currency for each in values if each is not None}
        currencies |= {each.rate.currency for each in self.zone_rates}
        if currencies - {self.currency}:
            raise InvalidInput.of("rate", "is in one currency")
        if any(each is not None and each.minor < 0 for each in values):
            raise InvalidInput.of("rate", "is zero or more")
        if not all(each.zones for each in self.zone_rates):
            raise InvalidInput.of("zone_rates", "have a zone each")
        carried = self.zones or self.zone_rates or isinstance(self.rate, ExternalRate)
        if self.pickup and carried:
            raise InvalidInput.of("pickup", "has no zones and no carrier")

    @property
    def currency(self) -> str:
        """The currency of every amount in it."""
        return self.rate.currency

    @property
    def asks_carriers(self) -> bool:
        """Whether a carrier tells its price, somewhere at least."""
        rates = (self.rate, *(each.rate for each in self.zone_rates))
        return any(isinstance(rate, ExternalRate) for rate in rates)

    def serves(self, destination: Destination | None) -> bool:
        """Whether one of its zones holds the place; without a place, whether it is a pickup."""
        if destination is None:
            return self.pickup
        return not self.zones or any(destination in zone for zone in self.zones)

    def rate_to(self, destination: Destination | None) -> ShippingRate:
        """The rate that counts there."""
        if destination is not None:
            for each in self.zone_rates:
                if any(destination in zone for zone in each.zones):
                    return each.rate
        return self.rate

    def is_free(self, parcel: Parcel) -> bool:
        """Whether the goods reach the amount from which it costs nothing."""
        return self.free_from is not None and parcel.value.minor >= self.free_from.minor


@frozen(kw_only=True)
class ShippingOffer:
    """What a method asks for one parcel to one place."""

    method_id: ShippingMethodId
    method: str
    """The method's code."""
    name: str
    amount: Money
    tax_class: str
    to_free: Money | None = None
    """How much more goods make it free: zero where it is, None where nothing does."""


def offers(
    methods: Sequence[ShippingMethod],
    destination: Destination | None,
    parcel: Parcel,
    told: CarrierRates = NO_ANSWERS,
) -> tuple[ShippingOffer, ...]:
    """
    What can carry the parcel there, cheapest first, then by position and code.

    Without a destination pickups alone can. ``told`` is what carriers answered.
    """
    found = [
        ((amount.minor, method.position, method.code, method.id.int), method, amount)
        for method in methods
        if (amount := _amount(method, destination, parcel, told)) is not None
    ]
    found.sort(key=lambda each: each[0])
    return tuple(_offer(method, amount, parcel) for _, method, amount in found)


def offer_by(
    code: str,
    methods: Sequence[ShippingMethod],
    destination: Destination | None,
    parcel: Parcel,
    told: CarrierRates = NO_ANSWERS,
) -> ShippingOffer | ShippingMethodUnknown | ShippingNotAvailable:
    """
    The offer of the method of that code, or why there is none.

    The refusal names the methods that can; it is for the caller to raise, since a
    cart is still priced while its method can't be used.
    """
    named = [method for method in methods if method.code == code]
    if len(named) == 1 and (amount := _amount(named[0], destination, parcel, told)) is not None:
        return _offer(named[0], amount, parcel)
    if mine := offers(named, destination, parcel, told):
        return mine[0]
    available = tuple(each.method for each in offers(methods, destination, parcel, told))
    if not named:
        return ShippingMethodUnknown(code, available)
    why, reason = _unfit(named[0], destination, parcel, told)
    return ShippingNotAvailable(code, why, reason, available)


def carriers_to_ask(
    methods: Sequence[ShippingMethod], destination: Destination, parcel: Parcel
) -> Iterator[tuple[str, str]]:
    """The code of each method whose price only a carrier knows, with that carrier's name."""
    for method in methods:
        rate = method.rate_to(destination)
        if isinstance(rate, ExternalRate) and _fits(method, destination, parcel):
            yield method.code, rate.provider


def _fits(method: ShippingMethod, destination: Destination | None, parcel: Parcel) -> bool:
    return (
        method.active
        and method.rate.currency == parcel.value.currency
        and method.serves(destination)
        and (method.limits is UNLIMITED or method.limits.broken_by(parcel) is None)
    )


def _amount(
    method: ShippingMethod, destination: Destination | None, parcel: Parcel, told: CarrierRates
) -> Money | None:
    if not _fits(method, destination, parcel):
        return None
    rate = method.rate_to(destination) if method.zone_rates else method.rate
    if told and isinstance(rate, ExternalRate) and method.code in told:
        amount = told[method.code]
    else:
        amount = rate.amount_for(parcel)
    return Money(0, amount.currency) if amount and method.is_free(parcel) else amount


def _offer(method: ShippingMethod, amount: Money, parcel: Parcel) -> ShippingOffer:
    free_from = method.free_from
    return ShippingOffer(
        method_id=method.id,
        method=method.code,
        name=method.name,
        amount=amount,
        tax_class=method.tax_class,
        to_free=None
        if free_from is None
        else Money(max(0, free_from.minor - parcel.value.minor), amount.currency),
    )


def _unfit(
    method: ShippingMethod, destination: Destination | None, parcel: Parcel, told: CarrierRates
) -> Beyond:
    if not method.active:
        return Unfit.INACTIVE, "it is not offered any more"
    if method.currency != parcel.value.currency:
        return Unfit.CURRENCY, f"its price is in {method.currency}, not in {parcel.value.currency}"
    if not method.serves(destination):
        return Unfit.DESTINATION, f"it does not go to {_named(destination)}"
    if broken := method.limits.broken_by(parcel):
        return broken
    rate = method.rate_to(destination)
    if isinstance(rate, ExternalRate) and method.code in told:
        return Unfit.REFUSED, "the carrier does not take this parcel there"
    return rate.beyond(parcel)


def _named(place: Destination | None) -> str:
    if place is None:
        return "nowhere"
    # No further than the state: what is said here may be logged.
    return f"{place.country}, {place.state}" if place.state else place.country
