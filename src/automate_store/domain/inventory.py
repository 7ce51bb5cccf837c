"""
Inventory: what is on hand, what is promised, and the ledger of every change.

Units: whole pieces of one variant at one stock location. The laws: ``available``
never falls below what the item allows; every change of the on-hand quantity is a
movement, and the chain of ``quantity_after`` never breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from attrs import evolve, field, frozen

from automate_store.domain.kernel.errors import NotFound, RuleBroken
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import (
    LocationId,
    MovementId,
    OrderId,
    ReservationId,
    VariantId,
)

STOCK_LIMIT = 10**9
"""No quantity on hand or reserved passes this, so that the ledger fits its columns."""

DEFAULT_LOCATION = LocationId(UUID("00000000-0000-7000-8000-000000000001"))
"""The location that a shop with one warehouse uses without naming it."""


@frozen
class Shortage:
    """A variant of which more was wanted than there is."""

    variant_id: VariantId
    wanted: int
    available: int


@frozen
class OutOfStock(RuleBroken):
    """There is less than was asked for; each shortage says how many are left."""

    says = "There is not enough in stock; see how many are left of each."
    shortages: tuple[Shortage, ...]


@frozen
class StockNotFound(NotFound):
    """No stock is kept of that variant."""

    says = "No stock is kept of variant {variant_id}."
    variant_id: VariantId


@frozen
class ImpossibleStock(RuleBroken):
    """The change would leave a quantity that no warehouse can have."""

    says = "{variant_id} can't go to {on_hand} on hand with {reserved} reserved."
    variant_id: VariantId
    on_hand: int
    reserved: int


@frozen
class NotReserved(RuleBroken):
    """More would leave the warehouse, or be given up, than is reserved for the order."""

    says = "{quantity} more of {variant_id} would go than is reserved."
    variant_id: VariantId
    quantity: int


@frozen(kw_only=True)
class StockRanLow(Event):
    """What is available fell to or below the threshold; once per crossing."""

    variant_id: VariantId
    available: int
    threshold: int


@frozen(kw_only=True)
class StockOvercommitted(Event):
    """A count fell below what is reserved: some of those orders can't be met."""

    variant_id: VariantId
    on_hand: int
    reserved: int


class MovementType(StrEnum):
    """Why the on-hand quantity changed."""

    SALE = "sale"
    RETURN = "return"
    ADJUSTMENT = "adjustment"
    RESTOCK = "restock"


@frozen(kw_only=True)
class StockItem:
    """One variant at one location; ``reserved`` is the sum of its live reservations."""

    variant_id: VariantId
    location_id: LocationId
    on_hand: int
    reserved: int
    tracked: bool
    allow_backorder: bool
    backorder_limit: int | None
    low_stock_threshold: int

    @property
    def available(self) -> int:
        """On hand less reserved; meaningless where the item is not tracked."""
        return self.on_hand - self.reserved

    @property
    def promisable(self) -> int:
        """The most that may be reserved now, backorders included."""
        if not self.tracked or (self.allow_backorder and self.backorder_limit is None):
            return STOCK_LIMIT - self.reserved
        below_zero = self.backorder_limit or 0 if self.allow_backorder else 0
        return max(0, self.available + below_zero)

    def changed(self, change: StockChange) -> StockItem:
        """The item after the change; raises OutOfStock or ImpossibleStock."""
        if change.reserved > 0 and change.on_hand == 0 and change.reserved > self.promisable:
            short = Shortage(self.variant_id, change.reserved, self.promisable)
            raise OutOfStock((short,))
        on_hand, reserved = (
            self.on_hand + change.on_hand,
            self.reserved + change.reserved,
        )
        if reserved < 0 or abs(on_hand) > STOCK_LIMIT:
            raise ImpossibleStock(self.variant_id, on_hand, reserved)
        return evolve(self, on_hand=on_hand, reserved=reserved)


@frozen(kw_only=True)
class StockChange:
    """What one decision adds to a stock item; the store applies it where it still may."""

    variant_id: VariantId
    location_id: LocationId = DEFAULT_LOCATION
    on_hand: int = 0
    reserved: int = 0


class ReservationState(StrEnum):
    """A reservation is held, then sold or released, once."""

    HELD = "held"
    SOLD = "sold"
    RELEASED = "released"


@frozen(kw_only=True)
class Reservation:
    """Pieces promised to an order; ``expires_at`` is None once it is paid."""

    id: ReservationId
    order_id: OrderId
    variant_id: VariantId
    location_id: LocationId
    quantity: int = field()
    state: ReservationState
    expires_at: datetime | None

    @quantity.validator
    def _holds_something(self, _: object, quantity: int) -> None:
        assert quantity > 0, "a reservation holds at least one piece"


@frozen(kw_only=True)
class Movement:
    """One entry of the ledger: who changed the on-hand quantity, why, and to what."""

    id: MovementId
    variant_id: VariantId
    location_id: LocationId
    type: MovementType
    quantity_change: int
    quantity_after: int
    reference_type: str | None
    reference_id: UUID | None
    notes: str | None
    actor: str
    at: datetime


def demand(wants: Iterable[tuple[VariantId, int]]) -> dict[VariantId, int]:
    """How many of each variant are wanted in all, in id order, so that locks meet in order."""
    summed: dict[VariantId, int] = {}
    for variant_id, quantity in wants:
        summed[variant_id] = summed.get(variant_id, 0) + quantity
    return dict(sorted(summed.items()))


def reserve(
    stock: Mapping[VariantId, StockItem], wanted: Mapping[VariantId, int]
) -> tuple[StockChange, ...]:
    """The changes that promise all that is wanted; raises OutOfStock naming every shortage."""
    shortages = [
        Shortage(variant_id, quantity, promisable)
        for variant_id, quantity in wanted.items()
        if quantity > (promisable := _promisable(stock.get(variant_id)))
    ]
    if shortages:
        raise OutOfStock(tuple(shortages))
    return tuple(
        StockChange(
            variant_id=variant_id,
            location_id=stock[variant_id].location_id,
            reserved=quantity,
        )
        for variant_id, quantity in wanted.items()
    )


def release(held: Iterable[Reservation]) -> tuple[StockChange, ...]:
    """The changes that give back what the held reservations keep."""
    return _merged((one, 0, -one.quantity) for one in held)


@frozen(kw_only=True)
class Part:
    """What of an order's reservations ends: the changes, what is closed, what stays promised."""

    changes: tuple[StockChange, ...]
    closed: tuple[Reservation, ...]
    rest: tuple[Reservation, ...]


def sell(
    held: Iterable[Reservation], wanted: Mapping[VariantId, int], *, new_id: Callable[[], UUID]
) -> Part:
    """
    Take that many of each variant out of what is held; raises NotReserved for more.

    A reservation that is sold in part is closed, and one for the rest takes its place.
    """
    closed, rest = _taken(held, wanted, new_id)
    leaving = [(one, -one.quantity, -one.quantity) for one in closed]
    staying = [(one, one.quantity, one.quantity) for one in rest]
    return Part(changes=_merged([*leaving, *staying]), closed=closed, rest=rest)


def give_up(
    held: Iterable[Reservation], wanted: Mapping[VariantId, int], *, new_id: Callable[[], UUID]
) -> Part:
    """
    Promise that many of each variant no longer; raises NotReserved for more than is held.

    A reservation that is given up in part is closed, and one for the rest takes its place.
    """
    closed, rest = _taken(held, wanted, new_id)
    leaving = [(one, 0, -one.quantity) for one in closed]
    staying = [(one, 0, one.quantity) for one in rest]
    return Part(changes=_merged([*leaving, *staying]), closed=closed, rest=rest)


def _taken(
    held: Iterable[Reservation], wanted: Mapping[VariantId, int], new_id: Callable[[], UUID]
) -> tuple[tuple[Reservation, ...], tuple[Reservation, ...]]:
    """The reservations that end for so many of each variant, and those for what is over."""
    left = {variant_id: quantity for variant_id, quantity in wanted.items() if quantity}
    ending: list[Reservation] = []
    rest: list[Reservation] = []
    # What has a deadline is promised to what may never come: that is left to the last.
    for one in sorted(held, key=lambda one: one.expires_at is not None):
        taken = min(one.quantity, left.get(one.variant_id, 0))
        if not taken:
            continue
        left[one.variant_id] -= taken
        ending.append(one)
        if taken < one.quantity:
            kept = one.quantity - taken
            rest.append(evolve(one, id=ReservationId(new_id()), quantity=kept))
    if short := {variant_id: quantity for variant_id, quantity in left.items() if quantity}:
        raise NotReserved(next(iter(short)), sum(short.values()))
    return tuple(ending), tuple(rest)


def crossed_threshold(item: StockItem, change: StockChange, at: datetime) -> StockRanLow | None:
    """The one event of the change that took what is available down to its threshold."""
    before = item.available - change.on_hand + change.reserved
    if not item.tracked or not item.available <= item.low_stock_threshold < before:
        return None
    return StockRanLow(
        at=at,
        variant_id=item.variant_id,
        available=item.available,
        threshold=item.low_stock_threshold,
    )


def overcommitted(item: StockItem, at: datetime) -> StockOvercommitted | None:
    """The event of a count below what is reserved, where backorders are not meant."""
    if not item.tracked or item.allow_backorder or item.on_hand >= item.reserved:
        return None
    return StockOvercommitted(
        at=at, variant_id=item.variant_id, on_hand=item.on_hand, reserved=item.reserved
    )


def _promisable(item: StockItem | None) -> int:
    return item.promisable if item else 0


def _merged(moves: Iterable[tuple[Reservation, int, int]]) -> tuple[StockChange, ...]:
    summed: dict[tuple[VariantId, LocationId], tuple[int, int]] = {}
    for one, on_hand, reserved in moves:
        assert one.state is ReservationState.HELD, "only what is held can leave"
        place = (one.variant_id, one.location_id)
        before = summed.get(place, (0, 0))
        summed[place] = (before[0] + on_hand, before[1] + reserved)
    return tuple(
        StockChange(variant_id=variant, location_id=location, on_hand=on_hand, reserved=reserved)
        for (variant, location), (on_hand, reserved) in sorted(summed.items())
    )
