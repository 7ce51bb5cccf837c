"""Returns as they are stored."""

from __future__ import annotations

from typing import Protocol

from automate_store.domain.kernel.ids import OrderId, ReturnId
from automate_store.domain.returns import Return, ReturnState


class Returns(Protocol):
    """
    Returns, each with its items; whoever adds or saves one holds the lock of its order.

    Their events are saved with their order, of whose life they are.
    """

    async def get(self, return_id: ReturnId) -> Return:
        """The return; raises ReturnNotFound."""

    async def of_order(self, order_id: OrderId) -> tuple[Return, ...]:
        """Every return of the order, oldest first."""

    async def page(
        self, *, state: ReturnState | None, before: ReturnId | None, limit: int
    ) -> tuple[Return, ...]:
        """Returns in that state, or in any, the last asked for first, after that one."""

    async def add(self, returned: Return) -> None:
        """Store a new return; raises NumberTaken where its number is not new."""

    async def save(self, returned: Return) -> None:
        """Store the changed return; raises VersionConflict."""
