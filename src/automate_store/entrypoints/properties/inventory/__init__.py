"""Stock for property tests: what is drawn, and a machine that moves it about."""

from automate_store.entrypoints.properties.inventory.machine import StockMachine
from automate_store.entrypoints.properties.inventory.strategies import (
    MOST,
    reservations,
    stock_items,
)

__all__ = ["MOST", "StockMachine", "reservations", "stock_items"]
