"""What an order is made of, as the rules see it: lines, attempts to pay, parcels, returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import evolve, field, frozen

from automate_store.domain.kernel.ids import LineId, ReturnId, VariantId
from automate_store.domain.orders import OrderItem
from automate_store.domain.payments import PaymentState
from automate_store.domain.pricing import Quote, QuotedLine
from automate_store.domain.returns import ReturnState
from automate_store.domain.taxes import TaxMode
from automate_store.entrypoints.properties.trading.dealings import Counts
from automate_store.entrypoints.properties.trading.shelf import Place


@frozen(kw_only=True)
class Line:
    """An item: what each of its units costs, those that leave it first in front."""

    variant_id: VariantId
    units: tuple[int, ...]
    nets: tuple[int, ...]
    """The same without tax, which alone depends on where the order goes."""
    parcel: bool
    """Whether it has to be sent."""
    cancelled: int = 0
    shipped: int = 0
    returning: int = 0
    returned: int = 0
    """Still among the units; they left before those that may be called off."""
    claimed: int = 0
    """Of those that are asked back, how many never came."""
    lost: int = 0
    """Of those that are back, how many never came."""
    since: datetime | None = None
    """When it was handed over, where it needs no parcel."""
    restocked: int = 0

    @property
    def to_ship(self) -> int:
        """How many have not left."""
        return len(self.units) - self.shipped

    def without(self, many: int) -> Line:
        """The line without the next so many units to leave it."""
        first, last = self.returned, self.returned + many
        return evolve(
            self,
            units=self.units[:first] + self.units[last:],
            nets=self.nets[:first] + self.nets[last:],
            cancelled=self.cancelled + many,
        )

    def handed_over(self) -> Line:
        """The line once it is paid: what needs no parcel is the customer's."""
        return self if self.parcel else evolve(self, shipped=len(self.units))


@frozen
class Attempt:
    """An attempt to pay: for how much, and what its gateway last said to the store."""

    amount: int
    change: int | None = None
    """Which of the changes that waited it pays; None where it pays the order."""
    heard: PaymentState = PaymentState.PENDING


@frozen
class Parcel:
    """So many of each item, on their way, there since when, or lost."""

    items: Counts
    arrived: bool = False
    at: datetime | None = None
    lost: bool = False


@frozen(kw_only=True)
class Coming:
    """An item that is to come for units of another, one for each that is taken back."""

    id: LineId
    line: Line
    """As it would be, were all of them taken back."""
    even: bool
    """Whether it costs what was paid for just the units that go back, whichever those are."""

    def instead_of(self, gone: Line, many: int) -> Line:
        """So many of it, for the next units to leave that line."""
        of, first = (gone, gone.returned) if self.even else (self.line, 0)
        units, nets = of.units[first : first + many], of.nets[first : first + many]
        return evolve(self.line, units=units, nets=nets)


@frozen(kw_only=True)
class Sum:
    """What a return comes to, less what is kept of it."""

    worth: int
    clawed: int = 0
    """What of it is discounts that were taken back; below zero where some are given again."""


@frozen(kw_only=True)
class Back:
    """Goods that were asked back, and what became of them."""

    items: Counts
    claim: bool
    """Whether nothing is sent back, for it is lost or came damaged."""
    unwanted: bool
    """Whether it is the customer who bears what that costs."""
    missing: Counts = field(factory=dict)
    """How many of its items never came, and are claimed for that."""
    comes: Mapping[LineId, Coming] = field(factory=dict)
    """What comes for which of its items."""
    state: ReturnState = ReturnState.REQUESTED
    accepted: Counts = field(factory=dict)
    sum: Sum = Sum(worth=0)
    in_money: Sum | None = None
    """What it would come to, if nothing came for it."""

    @property
    def coming(self) -> dict[VariantId, int]:
        """How many of each variant come for it, if all of it is taken back."""
        found: Counter[VariantId] = Counter()
        for gone, each in self.comes.items():
            found[each.line.variant_id] += self.items[gone]
        return dict(found)

    @property
    def for_money(self) -> Back:
        """The same, where nothing comes for it but its money."""
        return evolve(self, comes={}, sum=self.in_money or self.sum, in_money=None)


@frozen(kw_only=True)
class Change:
    """What an order is to hold, where it is to go, and what sending it is to cost."""

    lines: Mapping[LineId, Line]
    postage: int
    place: Place


@frozen(kw_only=True)
class Swap:
    """What comes for the goods of a return, whatever else the order holds by then."""

    back: ReturnId
    lines: Mapping[LineId, Line]
    at_once: bool
    """Whether the money of those goods goes back by itself, if it is not paid for."""


@frozen(kw_only=True)
class Waiting:
    """The nth change of an order that waits to be paid for, with goods promised to it."""

    nth: int
    change: Change | Swap
    difference: int
    more: Mapping[VariantId, int]
    until: datetime


def opened_lines(quote: Quote, items: Iterable[OrderItem]) -> dict[LineId, Line]:
    """The lines of an order of these items, as if it had just been placed."""
    known, mode = {item.id: item for item in items}, quote.tax_mode
    return {
        each.id: line_of(each, mode, parcel=known[each.id].requires_shipping)
        for each in quote.lines
    }


def line_of(line: QuotedLine, mode: TaxMode, *, parcel: bool) -> Line:
    """A line that was quoted, unit by unit."""
    units = [line.gross_between(n, n + 1, mode).minor for n in range(line.quantity)]
    return Line(
        variant_id=line.variant_id,
        units=tuple(units),
        nets=tuple(gross - line.tax_shares.between(n, n + 1) for n, gross in enumerate(units)),
        parcel=parcel,
    )
