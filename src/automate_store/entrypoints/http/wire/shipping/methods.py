"""Shipping methods on the wire; for staff only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, field

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.shipping import POSITION_LIMIT, PutShippingMethod
from automate_store.domain.kernel.places import Zone
from automate_store.domain.shipping import Limits, ShippingMethod, ZoneRate
from automate_store.entrypoints.http.wire.inputs import Input
from automate_store.entrypoints.http.wire.money import Amount, maybe_amount
from automate_store.entrypoints.http.wire.paging import Cursor, Limit
from automate_store.entrypoints.http.wire.shipping.rates import (
    Grams,
    Pieces,
    Price,
    RateInput,
    maybe_worth,
    price_of,
    rate_of,
)
from automate_store.entrypoints.http.wire.taxes import (
    Code,
    Name,
    ZoneAnswer,
    ZoneInput,
    zone_answer,
)

Position = Annotated[
    int, Meta(ge=0, le=POSITION_LIMIT - 1, description="Among methods of one price.")
]
Zones = Annotated[list[ZoneInput], Meta(max_length=300)]


class ZoneRateInput(Input, frozen=True, kw_only=True):
    """A rate for some zones."""

    zones: Annotated[list[ZoneInput], Meta(min_length=1, max_length=300)]
    rate: RateInput


class LimitsInput(Input, frozen=True, kw_only=True):
    """What is carried at all, every bound included."""

    max_weight_g: Grams | None = None
    max_quantity: Pieces | None = None
    min_value: Amount | None = None
    max_value: Amount | None = None

    def limits(self) -> Limits:
        """The bounds in the words of the trade."""
        return Limits(
            max_weight_g=self.max_weight_g,
            max_quantity=self.max_quantity,
            min_value=maybe_worth(self.min_value, "limits.min_value"),
            max_value=maybe_worth(self.max_value, "limits.max_value"),
        )


class ChangeShippingMethod(Input, frozen=True, kw_only=True):
    """
    A method as it is from now on: what is left out goes back to what is usual.

    No zones is everywhere. The first of zone_rates that holds the place counts there, and
    rate elsewhere. From goods worth free_from on it costs nothing. A pickup has no zones.
    """

    name: Name
    rate: RateInput
    zones: Zones = field(default_factory=list)
    zone_rates: Annotated[list[ZoneRateInput], Meta(max_length=100)] = field(default_factory=list)
    free_from: Amount | None = None
    limits: LimitsInput = LimitsInput()
    pickup: bool = False
    tax_class: Name = "standard"
    active: bool = True
    position: Position = 0

    def command(self, code: str, currency: str) -> PutShippingMethod:
        """The wish in the words of the trade; raises InvalidInput, by field."""
        return PutShippingMethod(
            code=code,
            name=self.name,
            rate=rate_of(self.rate, "rate", currency),
            zones=tuple(each.zone() for each in self.zones),
            zone_rates=tuple(
                ZoneRate(
                    tuple(zone.zone() for zone in each.zones),
                    rate_of(each.rate, f"zone_rates[{i}].rate", currency),
                )
                for i, each in enumerate(self.zone_rates)
            ),
            free_from=maybe_worth(self.free_from, "free_from"),
            limits=self.limits.limits(),
            pickup=self.pickup,
            tax_class=self.tax_class,
            active=self.active,
            position=self.position,
        )


class AddShippingMethod(ChangeShippingMethod, frozen=True, kw_only=True):
    """
    A method, and the code that carts name it by.

    No zones is everywhere. The first of zone_rates that holds the place counts there, and
    rate elsewhere. From goods worth free_from on it costs nothing. A pickup has no zones.
    """

    code: Code


class ShippingMethodQuery(Input, frozen=True, kw_only=True):
    """How many, from where on."""

    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class ZonePrice(Struct, frozen=True):
    """A rate for some zones."""

    zones: list[ZoneAnswer]
    rate: Price


class ShippingLimits(Struct, frozen=True):
    """What is carried at all; null is no bound."""

    max_weight_g: int | None
    max_quantity: int | None
    min_value: Amount | None
    max_value: Amount | None


class ShippingMethodAnswer(Struct, frozen=True):
    """A way to send a parcel, and what it costs."""

    id: UUID
    code: str
    name: str
    rate: Price
    zones: list[ZoneAnswer]
    zone_rates: list[ZonePrice]
    free_from: Amount | None
    limits: ShippingLimits
    pickup: bool
    tax_class: str
    active: bool
    position: int


class ShippingMethodList(Struct, frozen=True):
    """Methods, in the order of their codes."""

    items: list[ShippingMethodAnswer]
    next_cursor: str | None


def shipping_method_answer(method: ShippingMethod) -> ShippingMethodAnswer:
    """The method as staff see it."""
    limits = method.limits
    return ShippingMethodAnswer(
        method.id,
        method.code,
        method.name,
        price_of(method.rate),
        _zones(method.zones),
        [ZonePrice(_zones(each.zones), price_of(each.rate)) for each in method.zone_rates],
        maybe_amount(method.free_from),
        ShippingLimits(
            limits.max_weight_g,
            limits.max_quantity,
            maybe_amount(limits.min_value),
            maybe_amount(limits.max_value),
        ),
        method.pickup,
        method.tax_class,
        method.active,
        method.position,
    )


def shipping_method_list(
    methods: Sequence[ShippingMethod], next_cursor: str | None
) -> ShippingMethodList:
    """A page of methods."""
    return ShippingMethodList([shipping_method_answer(each) for each in methods], next_cursor)


def _zones(zones: Sequence[Zone]) -> list[ZoneAnswer]:
    return [zone_answer(zone) for zone in zones]
