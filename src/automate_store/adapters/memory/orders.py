"""Orders in memory, each with its timeline."""

from __future__ import annotations

from datetime import datetime

from automate_store.adapters.memory.session import RecordedEvent, Session
from automate_store.application.errors import NumberTaken, VersionConflict
from automate_store.application.ports.history import PastQuote
from automate_store.application.ports.orders import TimelineEntry
from automate_store.domain.kernel.ids import LineId, OrderId, UserId
from automate_store.domain.orders import Order, OrderEvent, OrderNotFound, OrderState


class MemoryOrders:
    """Implements ``ports.orders.Orders``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def get(self, order_id: OrderId, *, lock: bool = False) -> Order:
        """The order, locked until the work ends where asked; raises OrderNotFound."""
        await self._session.turn()
        if lock:
            await self._session.take("order", order_id)
        order = self._tables.orders.get(order_id)
        if order is None:
            raise OrderNotFound(str(order_id))
        return order

    async def hold(self, order: Order) -> bool:
        """Lock the order until the work ends; whether it still is what was read."""
        await self._session.turn()
        await self._session.take("order", order.id)
        stored = self._tables.orders.get(order.id)
        return stored is not None and stored.version == order.version

    async def any_of(
        self,
        user_id: UserId | None,
        email: str | None,
        *,
        besides: OrderId | None = None,
        lock: bool = False,
    ) -> bool:
        """Whether the account or the e-mail has an order that was not cancelled."""
        await self._session.turn()
        for name in sorted({f"account {user_id}", f"email {email}"}) if lock else ():
            await self._session.take("customer", name)
        return any(
            order.state is not OrderState.CANCELLED
            and order.id != besides
            and (order.email == email or (user_id is not None and order.user_id == user_id))
            for order in self._tables.orders.values()
        )

    async def add(self, order: Order) -> None:
        """Store a new order and its events; raises NumberTaken."""
        await self._session.turn()
        await self._session.take("order number", order.number)
        if order.number in self._tables.order_numbers:
            raise NumberTaken(order.number)
        await self._session.take("order", order.id)
        self._tables.order_numbers.put(order.number, order.id)
        self._store(order)

    async def save(self, order: Order) -> None:
        """Store the changed order and its events; raises VersionConflict."""
        await self._session.turn()
        await self._session.take("order", order.id)
        stored = self._tables.orders.get(order.id)
        if stored is None or stored.version != order.version:
            raise VersionConflict("order", str(order.id))
        if order.restated:
            past = PastQuote(version=order.version, until=order.updated_at, quote=stored.quote)
            before = self._tables.past_quotes.get(order.id) or ()
            self._tables.past_quotes.put(order.id, (*before, past))
        self._store(order)

    async def edits_overdue(self, at: datetime, *, limit: int) -> tuple[OrderId, ...]:
        """The orders beside which an edit waits past its deadline, the longest overdue first."""
        await self._session.turn()
        due = sorted(
            (order.staged.expires_at, order.id)
            for order in self._tables.orders.values()
            if order.staged is not None and order.staged.expires_at <= at
        )
        return tuple(order_id for _, order_id in due[:limit])

    async def sold_by(self, vendor_id: UserId, order_id: OrderId) -> frozenset[LineId]:
        """The order's lines whose products are that account's today."""
        await self._session.turn()
        order = self._tables.orders.get(order_id)
        items = order.items if order else ()
        products = {item.id: self._tables.products.get(item.product_id) for item in items}
        return frozenset(
            line for line, product in products.items() if product and product.vendor_id == vendor_id
        )

    async def timeline(self, order_id: OrderId) -> tuple[TimelineEntry, ...]:
        """All that happened to the order, oldest first."""
        await self._session.turn()
        return self._tables.timelines.get(order_id) or ()

    def _store(self, order: Order) -> None:
        self._tables.orders.put(order.id, order.saved())
        fresh = tuple(_entry(one) for one in self._session.record(*order.events))
        before = self._tables.timelines.get(order.id) or ()
        self._tables.timelines.put(order.id, (*before, *fresh))


def _entry(recorded: RecordedEvent) -> TimelineEntry:
    assert isinstance(recorded.event, OrderEvent), "an order reports its own moves"
    return TimelineEntry.of(recorded.event, id=recorded.id)
