"""Returns in memory."""

from __future__ import annotations

from automate_store.adapters.memory.session import Session
from automate_store.application.errors import NumberTaken, VersionConflict
from automate_store.domain.kernel.ids import OrderId, ReturnId
from automate_store.domain.returns import Return, ReturnNotFound, ReturnState


class MemoryReturns:
    """Implements ``ports.returns.Returns``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def get(self, return_id: ReturnId) -> Return:
        """The return; raises ReturnNotFound."""
        await self._session.turn()
        found = self._tables.returns.get(return_id)
        if found is None:
            raise ReturnNotFound(str(return_id))
        return found

    async def of_order(self, order_id: OrderId) -> tuple[Return, ...]:
        """Every return of the order, oldest first."""
        await self._session.turn()
        found = [each for each in self._tables.returns.values() if each.order_id == order_id]
        return tuple(sorted(found, key=lambda each: each.id))

    async def page(
        self, *, state: ReturnState | None, before: ReturnId | None, limit: int
    ) -> tuple[Return, ...]:
        """Returns in that state, or in any, the last asked for first, after that one."""
        await self._session.turn()
        found = [
            each
            for each in self._tables.returns.values()
            if state in {None, each.state} and (before is None or each.id < before)
        ]
        return tuple(sorted(found, key=lambda each: each.id, reverse=True)[:limit])

    async def add(self, returned: Return) -> None:
        """Store a new return; raises NumberTaken."""
        await self._session.turn()
        await self._session.take("return number", returned.number)
        if returned.number in self._tables.return_numbers:
            raise NumberTaken(returned.number)
        await self._session.take("return", returned.id)
        self._tables.return_numbers.put(returned.number, returned.id)
        self._tables.returns.put(returned.id, returned.saved())

    async def save(self, returned: Return) -> None:
        """Store the changed return; raises VersionConflict."""
        await self._session.turn()
        await self._session.take("return", returned.id)
        stored = self._tables.returns.get(returned.id)
        if stored is None or stored.version != returned.version:
            raise VersionConflict("return", str(returned.id))
        self._tables.returns.put(returned.id, returned.saved())
