"""What conditions and actions are made of: selections, percentages, tiers, dates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from msgspec import Meta, field

from automate_store.application.promotions import TEXT_LENGTH
from automate_store.application.taxes import FIRST_YEAR, LAST_YEAR
from automate_store.domain.kernel.periods import Period
from automate_store.domain.promotions import Off, Selection, Tier
from automate_store.domain.promotions.selection import MOST_NAMED
from automate_store.entrypoints.http.wire.inputs import WORDS, FaultyFields, Input
from automate_store.entrypoints.http.wire.money import Amount
from automate_store.entrypoints.http.wire.taxes import Moment

MOST_PIECES = 1_000_000
Percent = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$",
        max_length=8,
        description="An exact decimal, at most 100, with at most 4 decimals: 12.5 is 12.5 %.",
        examples=["12.5"],
        extra={WORDS: "is a decimal number as text, such as 12.5"},
    ),
]
Pieces = Annotated[int, Meta(ge=1, le=MOST_PIECES, description="Whole pieces.")]
AtMost = Annotated[
    int, Meta(ge=1, le=MOST_PIECES, description="How often at most; null is any number.")
]
Word = Annotated[str, Meta(min_length=1, max_length=TEXT_LENGTH)]
Words = Annotated[list[Word], Meta(max_length=MOST_NAMED)]
Ids = Annotated[list[UUID], Meta(max_length=MOST_NAMED)]


class Dated(Input, frozen=True, kw_only=True):
    """From starts_at (in) until ends_at (out); null leaves that side open."""

    starts_at: Moment | None = None
    ends_at: Moment | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_far("starts_at", self.starts_at)
        refuse_far("ends_at", self.ends_at)
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise FaultyFields(("ends_at", "is later than starts_at"))

    def period(self) -> Period:
        """The period, in UTC as it is stored."""
        return Period(utc(self.starts_at), utc(self.ends_at))


class Made(Input, frozen=True, kw_only=True):
    """What stands for a part of the domain, field by field."""

    makes: ClassVar[type]
    """The class of the domain, whose fields have the same names."""
    own_name: ClassVar[str] = ""
    """How its refusals call it, where they do not begin with one of its fields."""


class PlugIn(Input, frozen=True, kw_only=True, tag_field="kind", tag="plug_in"):
    """A part of a kind that is not the store's own: its name, and the fields of its class."""

    name: Word
    fields: dict[str, Any] = field(default_factory=dict)


class ItemSelection(Made, frozen=True, kw_only=True):
    """
    Which items count: what is left out says nothing, and all that is said must hold.

    In one list any of the named will do. A category holds what stands under it. Tags have
    no case. on_sale is having a compare price above the price.
    """

    makes = Selection
    own_name = "of"
    products: Ids = field(default_factory=list)
    variants: Ids = field(default_factory=list)
    categories: Ids = field(default_factory=list)
    brands: Ids = field(default_factory=list)
    tags: Words = field(default_factory=list)
    on_sale: bool | None = None
    excluding: ItemSelection | None = None


class PercentOrAmount(Made, frozen=True, kw_only=True):
    """Either a percentage or an amount."""

    makes = Off
    own_name = "off"
    percent: Percent | None = None
    amount: Amount | None = None


class DiscountTier(Made, frozen=True, kw_only=True):
    """What is off from either so much or so many on."""

    makes = Tier
    own_name = "tiers"
    off: PercentOrAmount
    amount: Amount | None = None
    quantity: Annotated[int, Meta(ge=0, le=MOST_PIECES)] | None = None


EVERYTHING = ItemSelection()
FREE = PercentOrAmount(percent="100")


def refuse_far(name: str, moment: datetime | None) -> None:
    """Nothing, for a time that every time zone and the database know; raises FaultyFields."""
    if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise FaultyFields((name, f"is in a year from {FIRST_YEAR} to {LAST_YEAR}"))


def utc(moment: datetime | None) -> datetime | None:
    """The same time, as it is stored."""
    return None if moment is None else moment.astimezone(UTC)
