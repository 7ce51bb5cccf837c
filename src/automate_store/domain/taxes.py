"""
Taxes: dated rates by class and place, and how amounts bear them.

Units: a rate is an exact decimal (1 is 100 %) with at most six decimals and below
1000, as NUMERIC(9,6) holds it; amounts inside are whole minor units.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from attrs import field, frozen

from automate_store.domain.kernel.errors import InvalidInput, NotFound, RuleBroken
from automate_store.domain.kernel.ids import TaxRateId
from automate_store.domain.kernel.money import Money, Rounding, divided, split_minor
from automate_store.domain.kernel.periods import Period
from automate_store.domain.kernel.places import Destination, Zone

MILLION = 10**6
RATE_LIMIT = 1000
"""No rate reaches this: what NUMERIC(9,6) holds before its point."""
POSITION_LIMIT = 1000
"""No position reaches this."""
PLACES_REMEMBERED = 1000
"""For how many places a table keeps what is borne there."""


@frozen
class TaxRateNotFound(NotFound):
    """No rate has that code."""

    says = "There is no tax rate {tax_rate!r}."
    tax_rate: str


@frozen
class TaxRateCodeTaken(RuleBroken):
    """Another rate has that code already."""

    says = "There is a tax rate {tax_rate!r} already; choose another code or change that one."
    tax_rate: str


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
    """
    A rate on goods of one class that go to one zone during one period.

    A ``compound`` one is taken from the net and the taxes that stand before it together.
    ``position`` says what stands before: 0 to below POSITION_LIMIT, low ones first, and
    of equals the plain ones before the compound ones. Raises InvalidInput.
    """

    id: TaxRateId
    code: str
    name: str
    rate: Decimal = field()
    tax_class: str
    zone: Zone
    applies_to_shipping: bool
    period: Period
    compound: bool = False
    position: int = field(default=0)

    @rate.validator
    def _fits(self, _: object, rate: Decimal) -> None:
        if not rate.is_finite() or not 0 <= rate < RATE_LIMIT:
            raise InvalidInput.of("rate", "is a decimal from 0 to below 1000, where 1 is 100 %")
        if MILLION % rate.as_integer_ratio()[1]:
            raise InvalidInput.of("rate", "has six decimals at most")

    @position.validator
    def _is_in_line(self, _: object, position: int) -> None:
        if not 0 <= position < POSITION_LIMIT:
            raise InvalidInput.of("position", f"is 0 to {POSITION_LIMIT - 1}")

    @property
    def millionths(self) -> int:
        """The rate as whole millionths."""
        numerator, denominator = self.rate.as_integer_ratio()
        return numerator * (MILLION // denominator)


@frozen
class Levy:
    """
    The rates that one amount bears together.

    ``shares[i] / whole`` is what the i-th rate takes of the net, exactly: its rate where
    it is plain, and its rate times one plus the shares before it where it is compound.
    ``total`` is the sum of the shares.
    """

    rates: tuple[TaxRate, ...]
    shares: tuple[int, ...]
    total: int
    whole: int

    @classmethod
    def of(cls, rates: Iterable[TaxRate]) -> Levy:
        """The rates as they stand, so that nothing hangs on how they came."""
        ordered = in_order(rates)
        shares, whole = _stacked(ordered)
        return cls(ordered, shares, sum(shares), whole)


NO_LEVY = Levy((), (), 0, MILLION)
"""What is borne where no rate applies, and by customers who are exempt."""


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
    """The rates by position, plain before compound, then by code, rate and id."""
    return tuple(sorted(rates, key=_standing))


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

    Exclusive, each rate is rounded by itself, and a compound one is taken from the exact
    taxes before it. Inclusive, the contained tax is amount - amount / (1 + sum of the
    shares), rounded once and then split by share, so that no tax passes its amount.
    What is rounded over the order is then shared out by largest remainder, so that the
    items' taxes still sum to it.
    """
    if level is TaxRounding.ORDER:
        return _over_order(items, mode, rounding)
    if level is TaxRounding.UNIT:
        return [_over_units(item, mode, rounding) for item in items]
    return [taxes_borne(item.amount, item.levy, mode, rounding) for item in items]


def taxes_borne(amount: int, levy: Levy, mode: TaxMode, rounding: Rounding) -> tuple[int, ...]:
    """What each rate takes from one amount, rounded over the whole of it."""
    if not levy.rates:
        return ()
    if mode is TaxMode.EXCLUSIVE:
        return tuple([divided(amount * share, levy.whole, rounding) for share in levy.shares])
    tax = divided(amount * levy.total, levy.whole + levy.total, rounding)
    return (tax,) if len(levy.rates) == 1 else tuple(split_minor(tax, levy.shares))


def gross_of(net: Money, levy: Levy, rounding: Rounding) -> Money:
    """
    The net with its tax: what is shown for a price that was entered net.

    Each rate is rounded by itself, as on a line. ``net_of`` leads back to within one
    minor unit for each rate.
    """
    taxes = taxes_borne(net.minor, levy, TaxMode.EXCLUSIVE, rounding)
    return Money(net.minor + sum(taxes), net.currency)


def net_of(gross: Money, levy: Levy, rounding: Rounding) -> Money:
    """The gross without the tax that it contains, rounded once: gross less that tax."""
    taxes = taxes_borne(gross.minor, levy, TaxMode.INCLUSIVE, rounding)
    return Money(gross.minor - sum(taxes), gross.currency)


@frozen
class Levies:
    """What goods and parcels bear at one place and time, by tax class."""

    goods: Mapping[str, Levy]
    parcels: Mapping[str, Levy]

    @classmethod
    def of(cls, rates: Iterable[TaxRate]) -> Levies:
        """What the rates come to together, for each class that any of them is on."""
        rates = tuple(rates)
        classes = {rate.tax_class for rate in rates}
        return cls(
            {each: levy_on(rates, each, shipping=False) for each in classes},
            {each: levy_on(rates, each, shipping=True) for each in classes},
        )

    def on_goods(self, tax_class: str) -> Levy:
        """What goods of that class bear."""
        return self.goods.get(tax_class, NO_LEVY)

    def on_parcel(self, tax_class: str) -> Levy:
        """What shipping of that class bears."""
        return self.parcels.get(tax_class, NO_LEVY)


@frozen
class TaxTable:
    """
    Rates, sorted for looking up; keep one as long as the rates last.

    It remembers what is borne at the last places asked for, apart for each stretch of
    time in which no rate begins or ends.
    """

    rates: tuple[TaxRate, ...]
    _remembered: dict[tuple[Destination, int], Levies] = field(
        factory=dict, init=False, eq=False, repr=False
    )

    def levies(self, destination: Destination, at: datetime) -> Levies:
        """What is borne there and then."""
        asked = destination, bisect_right(self._turns, at)
        found = self._remembered.get(asked)
        if found is None:
            near = self._near(destination)
            found = Levies.of(rates_in_force(near, destination=destination, at=at))
            if len(self._remembered) >= PLACES_REMEMBERED:
                self._remembered.clear()
            self._remembered[asked] = found
        return found

    @cached_property
    def _turns(self) -> list[datetime]:
        """When a rate begins or ends: between two of these, the same ones are in force."""
        ends = (end for rate in self.rates for end in (rate.period.starts_at, rate.period.ends_at))
        return sorted({end for end in ends if end is not None})

    @cached_property
    def _by_place(self) -> Mapping[tuple[str | None, str | None], Sequence[TaxRate]]:
        by_place: dict[tuple[str | None, str | None], list[TaxRate]] = defaultdict(list)
        for rate in self.rates:
            by_place[rate.zone.country, rate.zone.state].append(rate)
        return by_place

    def _near(self, place: Destination) -> Iterator[TaxRate]:
        """The rates of the place's state, of its whole country, and of everywhere."""
        for where in {(place.country, place.state), (place.country, None), (None, None)}:
            yield from self._by_place.get(where, ())


def _standing(rate: TaxRate) -> tuple[int, bool, str, Decimal, int]:
    return rate.position, rate.compound, rate.code, rate.rate, rate.id.int


def _stacked(rates: Iterable[TaxRate]) -> tuple[tuple[int, ...], int]:
    """Each rate's share of the net, and what the shares are parts of."""
    shares: list[int] = []
    whole = MILLION
    for rate in rates:
        if rate.compound and shares:
            share = rate.millionths * (whole + sum(shares))
            shares, whole = [each * MILLION for each in shares], whole * MILLION
        else:
            share = rate.millionths * (whole // MILLION)
        shares.append(share)
    return tuple(shares), whole


def _over_units(item: Taxable, mode: TaxMode, rounding: Rounding) -> tuple[int, ...]:
    taxes = [0] * len(item.levy.rates)
    for count, amount in item.pieces:
        for i, tax in enumerate(taxes_borne(amount, item.levy, mode, rounding)):
            taxes[i] += count * tax
    return tuple(taxes)


def _over_order(
    items: Sequence[Taxable], mode: TaxMode, rounding: Rounding
) -> list[tuple[int, ...]]:
    return _added(items, rounding) if mode is TaxMode.EXCLUSIVE else _contained(items, rounding)


def _added(items: Sequence[Taxable], rounding: Rounding) -> list[tuple[int, ...]]:
    """One rounding for each rate, shared out by what it takes from each item exactly."""
    whole = max((item.levy.whole for item in items), default=MILLION)
    taxes = [[0] * len(item.levy.rates) for item in items]
    for places in _by_rate(items, whole).values():
        exact = [each for _, _, each in places]
        parts = split_minor(divided(sum(exact), whole, rounding), exact)
        for (item, column, _), part in zip(places, parts, strict=True):
            taxes[item][column] = part
    return [tuple(row) for row in taxes]


def _by_rate(
    items: Sequence[Taxable], whole: int
) -> Mapping[TaxRateId, Sequence[tuple[int, int, int]]]:
    """Where each rate is borne, as item and column, with its tax as so many parts of the whole."""
    places: dict[TaxRateId, list[tuple[int, int, int]]] = defaultdict(list)
    for i, item in enumerate(items):
        # Wholes are powers of a million, so each divides every larger one.
        scaled = item.amount * (whole // item.levy.whole)
        for column, rate in enumerate(item.levy.rates):
            places[rate.id].append((i, column, scaled * item.levy.shares[column]))
    return places


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
        tax = divided(sum(amounts) * levy.total, levy.whole + levy.total, rounding)
        shares = _table(split_minor(tax, levy.shares), split_minor(tax, amounts))
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
