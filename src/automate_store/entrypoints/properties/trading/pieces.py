"""What an order is made of, as the rules see it: lines, attempts to pay, parcels, returns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve, field, frozen

from automate_store.domain.kernel.ids import LineId, VariantId
from automate_store.domain.payments import PaymentState
from automate_store.domain.returns import ReturnState
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
    """So many of each item, on their way or there, since when."""

    items: Counts
    arrived: bool = False
    at: datetime | None = None


@frozen(kw_only=True)
class Back:
    """Goods that were asked back, and what became of them."""

    items: Counts
    claim: bool
    """Whether nothing is sent back, for it is lost or came damaged."""
    unwanted: bool
    """Whether it is the customer who bears what that costs."""
    state: ReturnState = ReturnState.REQUESTED
    accepted: Counts = field(factory=dict)
    worth: int = 0


@frozen(kw_only=True)
class Change:
    """What an order is to hold, where it is to go, and what sending it is to cost."""

    lines: Mapping[LineId, Line]
    postage: int
    place: Place


@frozen(kw_only=True)
class Waiting:
    """The nth change of an order that waits to be paid for, with goods promised to it."""

    nth: int
    change: Change
    difference: int
    more: Mapping[VariantId, int]
    until: datetime
