"""Stock, reservations and the ledger as they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from automate_store.domain.inventory import (
    Movement,
    Reservation,
    ReservationState,
    StockChange,
    StockItem,
)
from automate_store.domain.kernel.ids import MovementId, OrderId, VariantId


@frozen(kw_only=True)
class LowStock:
    """A stock item at or below its threshold, with the words to find it by."""

    item: StockItem
    sku: str
    product_name: str


class Stock(Protocol):
    """The stock of one location; every write holds its condition inside the statement."""

    async def of(self, variant_ids: Iterable[VariantId]) -> Mapping[VariantId, StockItem]:
        """The stock item of each variant that has one."""

    async def apply(self, changes: Sequence[StockChange]) -> tuple[StockItem, ...]:
        """
        Apply every change or none, taking the rows in id order; the items after it.

        A change that reserves is applied only where that much may still be promised,
        and none leaves less than nothing reserved; else Contended, and the caller
        loads and decides again.
        """

    async def put(self, items: Sequence[StockItem]) -> None:
        """Store new stock items; one that exists keeps its quantities and takes the rest."""

    async def hold(self, reservations: Sequence[Reservation]) -> None:
        """Store new reservations."""

    async def held(self, order_id: OrderId) -> tuple[Reservation, ...]:
        """The order's live reservations, locked until the work ends, in id order."""

    async def close(self, reservations: Sequence[Reservation], state: ReservationState) -> None:
        """End live reservations, once; raises Contended where one has ended meanwhile."""

    async def claim(self, order_id: OrderId) -> None:
        """Take the deadline off the order's live reservations: they are paid for."""

    async def press(self, order_id: OrderId, until: datetime) -> None:
        """Put that deadline on the order's live reservations: they are to be paid for again."""

    async def record(self, movements: Sequence[Movement]) -> None:
        """Append to the ledger, which never changes afterwards."""

    async def movements(
        self, variant_id: VariantId | None, *, before: MovementId | None, limit: int
    ) -> tuple[Movement, ...]:
        """The ledger, newest first, of one variant or of all; nothing after an unknown entry."""

    async def low(self, *, after: VariantId | None, limit: int) -> tuple[LowStock, ...]:
        """Tracked items of variants there still are, at or below their threshold, in id order."""

    async def committed_orders(self, variant_id: VariantId, *, limit: int) -> tuple[str, ...]:
        """The numbers of the orders that hold a reservation, oldest first."""

    async def overdue(
        self, at: datetime, *, variant_ids: Sequence[VariantId] | None, limit: int
    ) -> tuple[OrderId, ...]:
        """Orders whose reservations are past their deadline, oldest first."""
