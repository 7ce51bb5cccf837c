"""
Rates: what carrying a parcel costs, by whatever the merchant counts.

Each rate knows its currency and its amount for a parcel, None where it carries no such
parcel; ``beyond`` then says why not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from attrs import field, frozen

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.money import Money
from automate_store.domain.shipping.refusals import Unfit

Beyond = tuple[Unfit, str]
"""Why a parcel is not carried, for programs and for people."""


@frozen
class Parcel:
    """
    What has to be carried: all the lines that require shipping, gifts among them.

    ``weight_g`` is the whole parcel's in grams, ``quantity`` its pieces. ``value`` is the
    merchandise in it after all discounts on goods, in the basis that prices are entered in
    (net where tax is added, gross where prices contain it). Raises InvalidInput below
    zero, and for no piece at all.
    """

    weight_g: int
    quantity: int
    value: Money

    def __attrs_post_init__(self) -> None:
        if self.weight_g < 0 or self.quantity < 1 or self.value.minor < 0:
            raise InvalidInput.of("parcel", "has a piece, and a weight and a value of 0 or more")


def _not_negative(_: object, __: object, amount: Money) -> None:
    if amount.minor < 0:
        raise InvalidInput.of("rate", "is zero or more")


@frozen
class FlatRate:
    """One amount, whatever is in the parcel."""

    amount: Money = field(validator=_not_negative)

    @property
    def currency(self) -> str:
        """The currency of the amount."""
        return self.amount.currency

    def amount_for(self, _: Parcel) -> Money:
        """The one amount."""
        return self.amount

    def beyond(self, _: Parcel) -> Beyond:
        """Never: a flat rate carries anything."""
        raise AssertionError("a flat rate carries anything")


@frozen
class PieceRate:
    """An amount for the first piece, and one for each further piece."""

    first: Money = field(validator=_not_negative)
    further: Money = field(validator=_not_negative)

    def __attrs_post_init__(self) -> None:
        _one_currency(self.first, self.further)

    @property
    def currency(self) -> str:
        """The currency of both amounts."""
        return self.first.currency

    def amount_for(self, parcel: Parcel) -> Money:
        """4.90 and 1.00 for each further one: three pieces are 4.90 + 2 x 1.00 = 6.90."""
        return self.first + self.further * (parcel.quantity - 1)

    def beyond(self, _: Parcel) -> Beyond:
        """Never: pieces may be any number."""
        raise AssertionError("any number of pieces is carried")


@frozen
class WeightBand:
    """An amount for parcels up to a weight, that weight included; None has no end."""

    up_to_g: int | None
    amount: Money

    @property
    def end(self) -> int | None:
        """The last gram."""
        return self.up_to_g


@frozen
class AmountBand:
    """An amount for parcels up to a value, that value included; None has no end."""

    up_to: Money | None
    amount: Money

    @property
    def end(self) -> int | None:
        """The last minor unit; raises InvalidInput for a value in another currency."""
        if self.up_to is None:
            return None
        _one_currency(self.up_to, self.amount)
        return self.up_to.minor


@frozen
class QuantityBand:
    """An amount for parcels of up to so many pieces, that many included; None has no end."""

    up_to_quantity: int | None
    amount: Money

    @property
    def end(self) -> int | None:
        """The last piece."""
        return self.up_to_quantity


_Band = WeightBand | AmountBand | QuantityBand


def _climb(_: object, __: object, bands: Sequence[_Band]) -> None:
    ends = [band.end for band in bands]
    closed = [-1, *(end for end in ends if end is not None)]
    rising = all(lower < upper for lower, upper in pairwise(closed))
    if not bands or None in ends[:-1] or not rising:
        raise InvalidInput.of("rate", "has bands that rise, only the last without end")
    _one_currency(*(band.amount for band in bands))
    for band in bands:
        _not_negative(None, None, band.amount)


@frozen
class WeightRate:
    """Amounts by weight: the first band that still holds the parcel counts."""

    bands: tuple[WeightBand, ...] = field(validator=_climb)

    @property
    def currency(self) -> str:
        """The currency of every band."""
        return self.bands[0].amount.currency

    def amount_for(self, parcel: Parcel) -> Money | None:
        """The amount of the first band that holds the weight; None beyond the last."""
        return _first(self.bands, parcel.weight_g)

    def beyond(self, parcel: Parcel) -> Beyond:
        """That it is too heavy."""
        return too_heavy(self.bands[-1].up_to_g, parcel)


@frozen
class AmountRate:
    """Amounts by what the goods cost: the first band that still holds the value counts."""

    bands: tuple[AmountBand, ...] = field(validator=_climb)

    @property
    def currency(self) -> str:
        """The currency of every band."""
        return self.bands[0].amount.currency

    def amount_for(self, parcel: Parcel) -> Money | None:
        """The amount of the first band that holds the value; None beyond the last."""
        return _first(self.bands, parcel.value.minor)

    def beyond(self, parcel: Parcel) -> Beyond:
        """That the goods are worth too much."""
        return too_dear(self.bands[-1].up_to, parcel)


@frozen
class QuantityRate:
    """Amounts by pieces: the first band that still holds them counts."""

    bands: tuple[QuantityBand, ...] = field(validator=_climb)

    @property
    def currency(self) -> str:
        """The currency of every band."""
        return self.bands[0].amount.currency

    def amount_for(self, parcel: Parcel) -> Money | None:
        """The amount of the first band that holds the pieces; None beyond the last."""
        return _first(self.bands, parcel.quantity)

    def beyond(self, parcel: Parcel) -> Beyond:
        """That there are too many pieces."""
        return too_many(self.bands[-1].up_to_quantity, parcel)


LocalRate = FlatRate | PieceRate | WeightRate | AmountRate | QuantityRate
"""What the store knows by itself."""


@frozen
class ExternalRate:
    """
    What a carrier asks, told beforehand: a rate asks nobody.

    Where the carrier did not answer in time, ``fallback`` counts; without one the method
    is not offered then.
    """

    provider: str
    currency: str
    fallback: LocalRate | None = None

    def __attrs_post_init__(self) -> None:
        if self.fallback is not None and self.fallback.currency != self.currency:
            raise InvalidInput.of("rate", "is in one currency")

    def amount_for(self, parcel: Parcel) -> Money | None:
        """The fallback's amount."""
        return self.fallback.amount_for(parcel) if self.fallback else None

    def beyond(self, parcel: Parcel) -> Beyond:
        """Why the fallback does not do, or that there is none."""
        if self.fallback is None:
            return Unfit.NO_RATE, "its price can't be had right now"
        return self.fallback.beyond(parcel)


ShippingRate = LocalRate | ExternalRate


def too_heavy(limit_g: int | None, parcel: Parcel) -> Beyond:
    """The refusal of a weight."""
    said = f"it carries up to {limit_g} g, and the parcel weighs {parcel.weight_g} g"
    return Unfit.WEIGHT, said


def too_many(limit: int | None, parcel: Parcel) -> Beyond:
    """The refusal of so many pieces."""
    return Unfit.QUANTITY, f"it carries up to {limit} pieces, and there are {parcel.quantity}"


def too_dear(limit: Money | None, parcel: Parcel) -> Beyond:
    """The refusal of so high a value."""
    return Unfit.AMOUNT, f"it carries up to {limit}, and the goods are worth {parcel.value}"


def too_cheap(least: Money, parcel: Parcel) -> Beyond:
    """The refusal of so low a value, with what is missing."""
    missing = least - parcel.value
    return Unfit.AMOUNT, f"it is for goods worth {least} or more: {missing} more to spend"


def _first(bands: Iterable[_Band], measure: int) -> Money | None:
    for band in bands:
        end = band.end
        if end is None or measure <= end:
            return band.amount
    return None


def _one_currency(*amounts: Money) -> None:
    if len({amount.currency for amount in amounts}) > 1:
        raise InvalidInput.of("rate", "is in one currency")
