"""What an order was before: its number's order, and what it cost before each change of it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from attrs import frozen

from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.pricing import Quote


@frozen(kw_only=True)
class PastQuote:
    """What the order cost until then, in the version of it that ended then."""

    version: int
    until: datetime
    quote: Quote


class OrderHistory(Protocol):
    """Orders as they were; whatever restates one keeps what it was, in the same work."""

    async def find(self, number: str) -> OrderId:
        """The order of that number, in any case; raises OrderNotFound."""

    async def quotes(self, order_id: OrderId) -> tuple[PastQuote, ...]:
        """What the order cost before each change of what is in it, oldest first."""
