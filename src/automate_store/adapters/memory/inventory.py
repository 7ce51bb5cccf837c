"""Stock, reservations and the ledger in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from attrs import evolve

from automate_store.adapters.memory.session import Session
from automate_store.application.errors import Contended
from automate_store.application.ports.inventory import LowStock
from automate_store.domain.inventory import (
    DEFAULT_LOCATION,
    Movement,
    Reservation,
    ReservationState,
    StockChange,
    StockItem,
)
from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import LocationId, MovementId, OrderId, VariantId


class MemoryStock:
    """Implements ``ports.inventory.Stock`` for the default location."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def of(self, variant_ids: Iterable[VariantId]) -> Mapping[VariantId, StockItem]:
        """The stock item of each variant that has one."""
        await self._session.turn()
        items = ((each, self._tables.stock.get((each, DEFAULT_LOCATION))) for each in variant_ids)
        return {variant_id: item for variant_id, item in items if item is not None}

    async def apply(self, changes: Sequence[StockChange]) -> tuple[StockItem, ...]:
        """Apply every change or none; raises Contended. The items after it, in id order."""
        await self._session.turn()
        places = sorted({(change.variant_id, change.location_id) for change in changes})
        for place in places:
            await self._session.take("stock", *place)
        after = {place: self._item(place) for place in places}
        for change in changes:
            place = (change.variant_id, change.location_id)
            after[place] = self._changed(after[place], change)
        for place, item in after.items():
            self._tables.stock.put(place, item)
        return tuple(after.values())

    async def put(self, items: Sequence[StockItem]) -> None:
        """Store new stock items; one that exists keeps its quantities and takes the rest."""
        await self._session.turn()
        for item in items:
            place = (item.variant_id, item.location_id)
            await self._session.take("stock", *place)
            known = self._tables.stock.get(place)
            kept = evolve(item, on_hand=known.on_hand, reserved=known.reserved) if known else item
            self._tables.stock.put(place, kept)

    async def hold(self, reservations: Sequence[Reservation]) -> None:
        """Store new reservations."""
        await self._session.turn()
        for one in reservations:
            await self._session.take("reservations", one.order_id)
            self._tables.reservations.put(one.order_id, (*self._of_order(one.order_id), one))

    async def held(self, order_id: OrderId) -> tuple[Reservation, ...]:
        """The order's live reservations, locked until the work ends, in id order."""
        await self._session.turn()
        await self._session.take("reservations", order_id)
        live = (one for one in self._of_order(order_id) if _live(one))
        return tuple(sorted(live, key=lambda one: one.id))

    async def close(self, reservations: Sequence[Reservation], state: ReservationState) -> None:
        """End live reservations, once; raises Contended where one has ended meanwhile."""
        await self._session.turn()
        for order_id in sorted({one.order_id for one in reservations}):
            await self._session.take("reservations", order_id)
        for one in reservations:
            live = {each.id for each in self._of_order(one.order_id) if _live(each)}
            if one.id not in live:
                raise Contended
            self._change(one, state=state)

    async def claim(self, order_id: OrderId) -> None:
        """Take the deadline off the order's live reservations."""
        for one in await self.held(order_id):
            self._change(one, expires_at=None)

    async def press(self, order_id: OrderId, until: datetime) -> None:
        """Put that deadline on the order's live reservations."""
        for one in await self.held(order_id):
            self._change(one, expires_at=until)

    async def record(self, movements: Sequence[Movement]) -> None:
        """Append to the ledger."""
        await self._session.turn()
        for movement in movements:
            assert movement.id not in self._tables.movements, "the ledger never changes"
            self._tables.movements.put(movement.id, movement)

    async def movements(
        self, variant_id: VariantId | None, *, before: MovementId | None, limit: int
    ) -> tuple[Movement, ...]:
        """The ledger, newest first, of one variant or of all."""
        await self._session.turn()
        older = list(reversed(self._tables.movements.values()))
        if before is not None:
            ids = [movement.id for movement in older]
            older = older[ids.index(before) + 1 :] if before in ids else []
        wanted = [one for one in older if variant_id in {None, one.variant_id}]
        return tuple(wanted[:limit])

    async def low(self, *, after: VariantId | None, limit: int) -> tuple[LowStock, ...]:
        """Tracked items at or below their threshold, in id order."""
        await self._session.turn()
        items = sorted(self._tables.stock.values(), key=lambda item: item.variant_id)
        found = (
            self._words(item)
            for item in items
            if item.tracked
            and item.available <= item.low_stock_threshold
            and (after is None or item.variant_id > after)
        )
        return tuple(low for low in found if low is not None)[:limit]

    async def committed_orders(self, variant_id: VariantId, *, limit: int) -> tuple[str, ...]:
        """The numbers of the orders that hold a reservation, oldest first."""
        await self._session.turn()
        holders = {one.order_id for one in self._live() if one.variant_id == variant_id}
        orders = [order for order in self._tables.orders.values() if order.id in holders]
        oldest = sorted(orders, key=lambda order: (order.placed_at, order.id))
        return tuple(order.number for order in oldest)[:limit]

    async def overdue(
        self, at: datetime, *, variant_ids: Sequence[VariantId] | None, limit: int
    ) -> tuple[OrderId, ...]:
        """Orders whose reservations are past their deadline, oldest first."""
        await self._session.turn()
        due = sorted(
            (one.expires_at, one.order_id)
            for one in self._live()
            if one.expires_at is not None
            and one.expires_at <= at
            and (variant_ids is None or one.variant_id in variant_ids)
        )
        return tuple(dict.fromkeys(order_id for _, order_id in due))[:limit]

    def _item(self, place: tuple[VariantId, LocationId]) -> StockItem:
        item = self._tables.stock.get(place)
        if item is None:
            raise Contended
        return item

    @staticmethod
    def _changed(item: StockItem, change: StockChange) -> StockItem:
        try:
            return item.changed(change)
        except RuleBroken as refused:
            raise Contended from refused

    def _of_order(self, order_id: OrderId) -> tuple[Reservation, ...]:
        return self._tables.reservations.get(order_id) or ()

    def _live(self) -> Iterable[Reservation]:
        return filter(_live, chain.from_iterable(self._tables.reservations.values()))

    def _change(self, changed: Reservation, **changes: Any) -> None:
        after = tuple(
            evolve(one, **changes) if one.id == changed.id else one
            for one in self._of_order(changed.order_id)
        )
        self._tables.reservations.put(changed.order_id, after)

    def _words(self, item: StockItem) -> LowStock | None:
        product_id = self._tables.variants.get(item.variant_id)
        product = self._tables.products.get(product_id) if product_id else None
        if product is None:
            return None
        sku = product.variant(item.variant_id).sku
        return LowStock(item=item, sku=sku, product_name=product.name)


def _live(one: Reservation) -> bool:
    return one.state is ReservationState.HELD
