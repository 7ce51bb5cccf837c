"""
Taxes: dated rates by class and place, and how amounts bear them.

Units: a rate is an exact decimal (1 is 100 %) with at most six decimals and below
1000, as NUMERIC(9,6) holds it; amounts inside are whole minor units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

from automate_store.domain.kernel.errors import InvalidInput
from automate_store.domain.kernel.ids import TaxRateId
from automate_store.domain.kernel.money import Rounding, divided, split_minor
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone

MILLION = 10**6
RATE_LIMIT = 1000
"""No rate reaches this: what NUMERIC(9,6) holds before its point."""


class TaxMode(StrEnum):
    """Whether tax is added to the prices or contained in them."""

    EXCLUSIVE = "exclusive"
    INCLUSIVE = "inclusive"


class TaxRounding(StrEnum):
    """Over what a tax is rounded: each line, each unit, or the whole order."""

    LINE = "line"
    UNIT = "unit"
    ORDER = "order"


@frozen(kw_only=True)
class TaxRate:
    """A rate on goods of one class that go to one zone during one period."""

    id: TaxRateId
    code: str
    name: str
    rate: Decimal = field()
    tax_class: str
    zone: Zone
    applies_to_shipping: bool
    period: Period

    @rate.validator
    def _fits(self, _: object, rate: Decimal) -> None:
        if not rate.is_finite() or not 0 <= rate < RATE_LIMIT:
            raise InvalidInput.of("rate", "is a decimal from 0 to below 1000, where 1 is 100 %")
        if MILLION % rate.as_integer_ratio()[1]:
            raise InvalidInput.of("rate", "has six decimals at most")

    @property
    def millionths(self) -> int:
        """The rate as whole millionths."""
        numerator, denominator = self.rate.as_integer_ratio()
        return numerator * (MILLION // denominator)


@frozen
class Levy:
    """The rates that one amount bears together, and their sum, in millionths."""

    rates: tuple[TaxRate, ...]
    millionths: tuple[int, ...]
    total: int

    @classmethod
    def of(cls, rates: Iterable[TaxRate]) -> Levy:
        """The rates in the order of their codes, so that nothing hangs on how they came."""
        ordered = in_order(rates)
        millionths = tuple(rate.millionths for rate in ordered)
        return cls(ordered, millionths, sum(millionths))


@frozen
class Taxable:
    """An amount and what it bears: a unit price times a quantity less a discount."""

    levy: Levy
    unit: int
    quantity: int
    discount: int

    @property
    def amount(self) -> int:
        """What is taxed, with the tax contained where prices contain it."""
        return self.unit * self.quantity - self.discount

    @property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        """How many units are left at which amount; the first ones bear the odd discount."""
        base, extra = divmod(self.discount, self.quantity)
        most = (self.quantity - extra, self.unit - base)
        return ((extra, self.unit - base - 1), most) if extra else (most,)


def in_order(rates: Iterable[TaxRate]) -> tuple[TaxRate, ...]:
    """The rates by code, then by rate and id, however they came."""
    return tuple(sorted(rates, key=lambda rate: (rate.code, rate.rate, rate.id.int)))


def rates_in_force(
    rates: Iterable[TaxRate], *, destination: Destination, at: datetime
) -> tuple[TaxRate, ...]:
    """The rates whose zone holds the place and whose period holds the time."""
    return tuple(rate for rate in rates if destination in rate.zone and at in rate.period)


def levy_on(rates: Iterable[TaxRate], tax_class: str, *, shipping: bool) -> Levy:
    """What goods of that class bear, or what a parcel does: the rates that say so."""
    return Levy.of(
        rate
        for rate in rates
        if rate.tax_class == tax_class and (rate.applies_to_shipping or not shipping)
    )


def taxes_on(
    items: Sequence[Taxable], *, mode: TaxMode, level: TaxRounding, rounding: Rounding
) -> list[tuple[int, ...]]:
    """
    The tax of each item under each rate of its levy, in their order.

    Exclusive, each rate is rounded by itself. Inclusive, the contained tax is
    amount - amount / (1 + sum of the rates), rounded once and then split by rate, so
    that no tax passes its amount. What is rounded over the order is then shared out
    by largest remainder, so that the items' taxes still sum to it.
    """
    if level is TaxRounding.ORDER:
        return _over_order(items, mode, rounding)
    if level is TaxRounding.UNIT:
        return [_over_units(item, mode, rounding) for item in items]
    return [_borne(item.amount, item.levy, mode, rounding) for item in items]


def _borne(amount: int, levy: Levy, mode: TaxMode, rounding: Rounding) -> tuple[int, ...]:
    if mode is TaxMode.EXCLUSIVE:
        return tuple([divided(amount * rate, MILLION, rounding) for rate in levy.millionths])
    tax = divided(amount * levy.total, MILLION + levy.total, rounding)
    return (tax,) if len(levy.rates) == 1 else tuple(split_minor(tax, levy.millionths))


def _over_units(item: Taxable, mode: TaxMode, rounding: Rounding) -> tuple[int, ...]:
    taxes = [0] * len(item.levy.rates)
    for count, amount in item.pieces:
        for i, tax in enumerate(_borne(amount, item.levy, mode, rounding)):
            taxes[i] += count * tax
    return tuple(taxes)


def _over_order(
    items: Sequence[Taxable], mode: TaxMode, rounding: Rounding
) -> list[tuple[int, ...]]:
    return _added(items, rounding) if mode is TaxMode.EXCLUSIVE else _contained(items, rounding)


def _added(items: Sequence[Taxable], rounding: Rounding) -> list[tuple[int, ...]]:
    """One rounding for each rate, shared out by amount."""
    parts: list[dict[TaxRateId, int]] = [{} for _ in items]
    for rate in {rate.id: rate for item in items for rate in item.levy.rates}.values():
        bearing = [i for i, item in enumerate(items) if rate in item.levy.rates]
        amounts = [items[i].amount for i in bearing]
        tax = divided(sum(amounts) * rate.millionths, MILLION, rounding)
        for i, part in zip(bearing, split_minor(tax, amounts), strict=True):
            parts[i][rate.id] = part
    return [
        tuple(mine[rate.id] for rate in item.levy.rates)
        for item, mine in zip(items, parts, strict=True)
    ]


def _contained(items: Sequence[Taxable], rounding: Rounding) -> list[tuple[int, ...]]:
    """
    One rounding for each set of rates, shared out by amount and by rate.

    Contained rates are rounded together: each by itself could take more than the
    whole price.
    """
    parts: list[tuple[int, ...]] = [()] * len(items)
    for levy in {tuple(rate.id for rate in item.levy.rates): item.levy for item in items}.values():
        bearing = [i for i, item in enumerate(items) if item.levy.rates == levy.rates]
        amounts = [items[i].amount for i in bearing]
        tax = divided(sum(amounts) * levy.total, MILLION + levy.total, rounding)
        shares = _table(split_minor(tax, levy.millionths), split_minor(tax, amounts))
        for i, share in zip(bearing, shares, strict=True):
            parts[i] = share
    return parts


def _table(columns: Sequence[int], rows: Sequence[int]) -> list[tuple[int, ...]]:
    """Whole numbers, none negative, that sum to the columns and to the rows alike."""
    left = list(rows)
    table: list[list[int]] = [[] for _ in rows]
    for column in columns:
        shares = split_minor(column, left)
        for row, share in enumerate(shares):
            table[row].append(share)
            left[row] -= share
    return [tuple(row) for row in table]
