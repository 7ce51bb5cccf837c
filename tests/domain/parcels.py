"""Methods and parcels for the tests of shipping."""

from __future__ import annotations

from uuid import UUID

from automate_store.domain.kernel.ids import (
    ShippingMethodId,
)
from automate_store.domain.kernel.money import Money
from automate_store.domain.kernel.places import Destination, Zone
from automate_store.domain.shipping import (
    FlatRate,
    Parcel,
    ShippingMethod,
    ShippingRate,
    WeightBand,
    WeightRate,
)

GERMANY = Destination("DE", None, "10115")
BANDS = WeightRate(
    (
        WeightBand(1000, Money(490, "EUR")),
        WeightBand(5000, Money(690, "EUR")),
        WeightBand(20000, Money(1290, "EUR")),
    )
)
EUR_500, EUR_2000 = Money(500, "EUR"), Money(2000, "EUR")


def a_method(
    code: str = "standard",
    rate: ShippingRate = BANDS,
    *zones: Zone,
    active: bool = True,
    position: int = 0,
) -> ShippingMethod:
    return ShippingMethod(
        id=ShippingMethodId(UUID(int=sum(map(ord, code)))),
        code=code,
        name=code.title(),
        zones=zones,
        rate=rate,
        tax_class="standard",
        active=active,
        position=position,
    )


def weighing(weight_g: int) -> Parcel:
    return Parcel(weight_g, 1, Money(1000, "EUR"))


def flat(minor: int, currency: str = "EUR") -> FlatRate:
    return FlatRate(Money(minor, currency))


def a_parcel(weight_g: int = 1, quantity: int = 1, value: Money = EUR_2000) -> Parcel:
    return Parcel(weight_g, quantity, value)
