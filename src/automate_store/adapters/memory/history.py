"""Orders as they were, in memory."""

from __future__ import annotations

from automate_store.adapters.memory.session import Session
from automate_store.application.ports.history import PastQuote
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import OrderNotFound


class MemoryOrderHistory:
    """Implements ``ports.history.OrderHistory``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def find(self, number: str) -> OrderId:
        """The order of that number, in any case; raises OrderNotFound."""
        await self._session.turn()
        found = self._tables.order_numbers.get(number.upper())
        if found is None:
            raise OrderNotFound(number)
        return found

    async def quotes(self, order_id: OrderId) -> tuple[PastQuote, ...]:
        """What the order cost before each change of what is in it, oldest first."""
        await self._session.turn()
        return self._tables.past_quotes.get(order_id) or ()
