"""Rates on the wire: each names its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from automate_store.application.shipping import TEXT_LENGTH
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.shipping import (
    AmountBand,
    AmountRate,
    ExternalRate,
    FlatRate,
    LocalRate,
    PieceRate,
    QuantityBand,
    QuantityRate,
    ShippingRate,
    WeightBand,
    WeightRate,
)
from automate_store.entrypoints.http.wire.inputs import Input
from automate_store.entrypoints.http.wire.money import Amount, amount, maybe_amount, money

T = TypeVar("T")
LARGEST = 1_000_000_000
Grams = Annotated[int, Meta(ge=0, le=LARGEST, description="Of the whole parcel.")]
Pieces = Annotated[int, Meta(ge=1, le=LARGEST)]
Provider = Annotated[
    str, Meta(min_length=1, max_length=TEXT_LENGTH, description="The carrier that is asked.")
]


class FlatRateInput(Input, frozen=True, kw_only=True, tag_field="kind", tag="flat"):
    """One price."""

    amount: Amount

    def rate(self, at: str) -> FlatRate:
        """The rate in the words of the trade."""
        return FlatRate(worth(self.amount, f"{at}.amount"))


class PieceRateInput(Input, frozen=True, kw_only=True, tag_field="kind", tag="pieces"):
    """A price for the first piece, and one for each further piece."""

    first: Amount
    further: Amount

    def rate(self, at: str) -> PieceRate:
        """The rate in the words of the trade."""
        return PieceRate(worth(self.first, f"{at}.first"), worth(self.further, f"{at}.further"))


class WeightBandInput(Input, frozen=True, kw_only=True):
    """Up to that weight, included; without one, any."""

    up_to_g: Grams | None = None
    amount: Amount


class WeightRateInput(Input, frozen=True, kw_only=True, tag_field="kind", tag="weight"):
    """Prices by weight: the first band that still holds the parcel."""

    bands: Annotated[list[WeightBandInput], Meta(min_length=1, max_length=100)]

    def rate(self, at: str) -> WeightRate:
        """The rate in the words of the trade."""
        return WeightRate(
            tuple(
                WeightBand(each.up_to_g, worth(each.amount, f"{at}.bands[{i}].amount"))
                for i, each in enumerate(self.bands)
            )
        )


class AmountBandInput(Input, frozen=True, kw_only=True):
    """Up to that value of the goods, included; without one, any."""

    up_to: Amount | None = None
    amount: Amount


class AmountRateInput(Input, frozen=True, kw_only=True, tag_field="kind", tag="amount"):
    """Prices by what the goods cost: the first band that still holds them."""

    bands: Annotated[list[AmountBandInput], Meta(min_length=1, max_length=100)]

    def rate(self, at: str) -> AmountRate:
        """The rate in the words of the trade."""
        return AmountRate(
            tuple(
                AmountBand(
                    maybe_worth(each.up_to, f"{at}.bands[{i}].up_to"),
                    worth(each.amount, f"{at}.bands[{i}].amount"),
                )
                for i, each in enumerate(self.bands)
            )
        )


class QuantityBandInput(Input, frozen=True, kw_only=True):
    """Up to so many pieces, included; without a number, any."""

    up_to_quantity: Pieces | None = None
    amount: Amount


class QuantityRateInput(Input, frozen=True, kw_only=True, tag_field="kind", tag="quantity"):
    """Prices by pieces: the first band that still holds them."""

    bands: Annotated[list[QuantityBandInput], Meta(min_length=1, max_length=100)]

    def rate(self, at: str) -> QuantityRate:
        """The rate in the words of the trade."""
        return QuantityRate(
            tuple(
                QuantityBand(each.up_to_quantity, worth(each.amount, f"{at}.bands[{i}].amount"))
                for i, each in enumerate(self.bands)
            )
        )


LocalRateInput = (
    FlatRateInput | PieceRateInput | WeightRateInput | AmountRateInput | QuantityRateInput
)


class ExternalRateInput(Input, frozen=True, kw_only=True, tag_field="kind", tag="external"):
    """What a carrier asks; the fallback counts while it does not answer."""

    provider: Provider
    fallback: LocalRateInput | None = None


RateInput = LocalRateInput | ExternalRateInput


class ShippingBand(Struct, frozen=True, omit_defaults=True):
    """A price up to an end, included: of weight, value or pieces; null is without end."""

    amount: Amount
    up_to_g: int | UnsetType | None = UNSET
    up_to: Amount | UnsetType | None = UNSET
    up_to_quantity: int | UnsetType | None = UNSET


class FlatPrice(Struct, frozen=True, tag_field="kind", tag="flat"):
    """One price."""

    amount: Amount


class PiecePrice(Struct, frozen=True, tag_field="kind", tag="pieces"):
    """A price for the first piece, and one for each further piece."""

    first: Amount
    further: Amount


class WeightPrice(Struct, frozen=True, tag_field="kind", tag="weight"):
    """Prices by weight."""

    bands: list[ShippingBand]


class AmountPrice(Struct, frozen=True, tag_field="kind", tag="amount"):
    """Prices by what the goods cost."""

    bands: list[ShippingBand]


class QuantityPrice(Struct, frozen=True, tag_field="kind", tag="quantity"):
    """Prices by pieces."""

    bands: list[ShippingBand]


LocalPrice = FlatPrice | PiecePrice | WeightPrice | AmountPrice | QuantityPrice


class ExternalPrice(Struct, frozen=True, tag_field="kind", tag="external"):
    """What a carrier asks, and what counts while it does not answer."""

    provider: str
    fallback: LocalPrice | None


Price = LocalPrice | ExternalPrice


def rate_of(given: RateInput, at: str, currency: str) -> ShippingRate:
    """The rate in the words of the trade; ``at`` is where it stood. Raises InvalidInput."""
    if not isinstance(given, ExternalRateInput):
        return _at(at, lambda: given.rate(at))
    fallback: LocalRate | None = None
    if (instead := given.fallback) is not None:
        fallback = _at(f"{at}.fallback", lambda: instead.rate(f"{at}.fallback"))
    return _at(at, lambda: ExternalRate(given.provider, currency, fallback))


def _at(at: str, make: Callable[[], T]) -> T:
    """What is made; a refusal that names the rate as such names its place instead."""
    try:
        return make()
    except InvalidInput as wrong:
        moved = (FieldError(at if e.field == "rate" else e.field, e.reason) for e in wrong.errors)
        raise InvalidInput(tuple(moved)) from wrong


def worth(given: Amount, at: str) -> Money:
    """The amount that was sent, none below zero; raises InvalidInput, naming the field."""
    found = money(given, field=at)
    if found.minor < 0:
        raise InvalidInput.of(f"{at}.amount", "is zero or more")
    return found


def maybe_worth(given: Amount | None, at: str) -> Money | None:
    """The same, where one was sent."""
    return None if given is None else worth(given, at)


def price_of(rate: ShippingRate) -> Price:
    """The rate as staff see it."""
    if not isinstance(rate, ExternalRate):
        return _local_price(rate)
    fallback = None if rate.fallback is None else _local_price(rate.fallback)
    return ExternalPrice(rate.provider, fallback)


def _local_price(rate: LocalRate) -> LocalPrice:
    match rate:
        case FlatRate(flat):
            return FlatPrice(amount(flat))
        case PieceRate(first, further):
            return PiecePrice(amount(first), amount(further))
        case WeightRate(bands):
            return WeightPrice([ShippingBand(amount(b.amount), up_to_g=b.up_to_g) for b in bands])
        case AmountRate(bands):
            by_value = [ShippingBand(amount(b.amount), up_to=maybe_amount(b.up_to)) for b in bands]
            return AmountPrice(by_value)
        case QuantityRate(bands):
            by_piece = [
                ShippingBand(amount(b.amount), up_to_quantity=b.up_to_quantity) for b in bands
            ]
            return QuantityPrice(by_piece)
