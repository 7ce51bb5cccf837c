"""The OrderHistory port on Postgres: what an order cost is kept before it is restated."""

from __future__ import annotations

from attrs import frozen
from sqlalchemy import text

from automate_store.adapters.postgres.rows import from_json
from automate_store.adapters.postgres.session import Session
from automate_store.application.ports.history import PastQuote
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import OrderNotFound
from automate_store.domain.pricing import Quote

KEEP_QUOTE = text("""
    INSERT INTO order_quotes (order_id, version, until, quote)
    SELECT id, :loaded_version, :updated_at, details FROM orders WHERE id = :id
""")
"""Called behind the change of the version, and before the quote is another one."""

_FIND = text("SELECT id FROM orders WHERE order_number = upper(CAST(:number AS varchar))")

_QUOTES = text("""
    SELECT version, until, quote::text AS quote FROM order_quotes
    WHERE order_id = :order_id ORDER BY version
""")


@frozen
class PostgresOrderHistory:
    """Orders as they were."""

    session: Session

    async def find(self, number: str) -> OrderId:
        """The order of that number, in any case; raises OrderNotFound."""
        found = await self.session.fetch_value(_FIND, {"number": number})
        if found is None:
            raise OrderNotFound(number)
        return OrderId(found)

    async def quotes(self, order_id: OrderId) -> tuple[PastQuote, ...]:
        """What the order cost before each change of what is in it, oldest first."""
        rows = await self.session.fetch_all(_QUOTES, {"order_id": order_id})
        return tuple(
            PastQuote(version=row.version, until=row.until, quote=from_json(row.quote, Quote))
            for row in rows
        )
