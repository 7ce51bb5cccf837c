"""Tax rates on the wire; for staff only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from automate_store.application.catalog import PAGE_SIZE
from automate_store.application.taxes import TEXT_LENGTH, PutTaxRate
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Zone
from automate_store.domain.taxes import POSITION_LIMIT, TaxRate
from automate_store.entrypoints.http.wire.inputs import (
    WORDS,
    Country,
    FaultyFields,
    Input,
    Text20,
    Text100,
)
from automate_store.entrypoints.http.wire.paging import Cursor, Limit

Code = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=TEXT_LENGTH,
        description="Small letters, digits and single hyphens.",
        examples=["us-ny"],
    ),
]
Name = Annotated[str, Meta(min_length=1, max_length=TEXT_LENGTH)]
Rate = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,3}(\.[0-9]{1,6})?$",
        max_length=10,
        description="An exact decimal, where 1 is 100 %: 0.08875 is 8.875 %.",
        examples=["0.08875"],
        extra={WORDS: "is a decimal number as text, such as 0.08875"},
    ),
]
Moment = Annotated[datetime, Meta(tz=True)]
Position = Annotated[
    int, Meta(ge=0, le=POSITION_LIMIT - 1, description="Among the rates of a line; low ones first.")
]


class ZoneInput(Input, frozen=True, kw_only=True):
    """Everywhere, a country, one of its states, or postal codes that begin alike."""

    country: Country | None = None
    state: Text100 | None = None
    postal_prefix: Text20 | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.country is None and (self.state is not None or self.postal_prefix is not None):
            raise FaultyFields(("country", "is required beside state and postal_prefix"))
        zone = self.zone()
        for name in ("state", "postal_prefix"):
            if getattr(self, name) is not None and getattr(zone, name) is None:
                raise FaultyFields((name, "has letters or digits; null is any"))

    def zone(self) -> Zone:
        """The zone in the words of the trade."""
        return Zone(self.country, self.state, self.postal_prefix)


class ChangeTaxRate(Input, frozen=True, kw_only=True):
    """
    A rate as it is from now on: what is left out goes back to what is usual.

    A compound rate is taken from the net and the taxes that stand before it.
    """

    name: Name
    rate: Rate
    tax_class: Name = "standard"
    zone: ZoneInput = ZoneInput()
    applies_to_shipping: bool
    compound: bool = False
    position: Position = 0
    starts_at: Moment | None = None
    ends_at: Moment | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise FaultyFields(("ends_at", "is later than starts_at"))

    def command(self, code: str) -> PutTaxRate:
        """The wish in the words of the trade, for the rate of that code."""
        return PutTaxRate(
            code=code,
            name=self.name,
            rate=Decimal(self.rate),
            zone=self.zone.zone(),
            tax_class=self.tax_class,
            applies_to_shipping=self.applies_to_shipping,
            period=Period(self.starts_at, self.ends_at),
            compound=self.compound,
            position=self.position,
        )


class AddTaxRate(ChangeTaxRate, frozen=True, kw_only=True):
    """
    A rate, and the code that it is known by.

    A compound rate is taken from the net and the taxes that stand before it. It is in
    force from starts_at (in) until ends_at (out), or always.
    """

    code: Code


class TaxRateQuery(Input, frozen=True, kw_only=True):
    """How many, from where on."""

    limit: Limit = PAGE_SIZE
    cursor: Cursor | None = None


class ZoneAnswer(Struct, frozen=True):
    """Everywhere, a country, one of its states, or postal codes that begin alike; null is any."""

    country: str | None
    state: str | None
    postal_prefix: str | None


class TaxRateAnswer(Struct, frozen=True):
    """A rate that the store collects, or will, or did."""

    id: UUID
    code: str
    name: str
    rate: Decimal
    tax_class: str
    zone: ZoneAnswer
    applies_to_shipping: bool
    compound: bool
    position: int
    starts_at: datetime | None
    ends_at: datetime | None


class TaxRateList(Struct, frozen=True):
    """Rates in the order of their codes."""

    items: list[TaxRateAnswer]
    next_cursor: str | None


def tax_rate_answer(rate: TaxRate) -> TaxRateAnswer:
    """The rate."""
    return TaxRateAnswer(
        rate.id,
        rate.code,
        rate.name,
        rate.rate,
        rate.tax_class,
        zone_answer(rate.zone),
        rate.applies_to_shipping,
        rate.compound,
        rate.position,
        rate.period.starts_at,
        rate.period.ends_at,
    )


def zone_answer(zone: Zone) -> ZoneAnswer:
    """The zone."""
    return ZoneAnswer(zone.country, zone.state, zone.postal_prefix)


def tax_rate_list(rates: Sequence[TaxRate], next_cursor: str | None) -> TaxRateList:
    """A page of them."""
    return TaxRateList([tax_rate_answer(each) for each in rates], next_cursor)
