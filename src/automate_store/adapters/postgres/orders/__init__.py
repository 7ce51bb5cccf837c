"""
Orders in Postgres: one row an order, rows for its items, parcels and timeline.

The quote is kept whole in ``orders.details``; the amounts in the owner's columns are
drawn from it, so that SQL can read what Python decides.
"""

from automate_store.adapters.postgres.orders.history import PostgresOrderHistory
from automate_store.adapters.postgres.orders.listing import PostgresOrderLists
from automate_store.adapters.postgres.orders.repository import PostgresOrders

__all__ = ["PostgresOrderHistory", "PostgresOrderLists", "PostgresOrders"]
