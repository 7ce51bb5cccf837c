"""Trading under any sequence of dealings: a machine to hold a store to."""

from automate_store.entrypoints.properties.trading.acts import (
    ACTS,
    Cancel,
    Confirm,
    Deliver,
    DeliverParcel,
    Expire,
    Hear,
    Refund,
    Ship,
)
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import (
    Dealings,
    Refused,
    Ticket,
    UseCases,
)
from automate_store.entrypoints.properties.trading.holding import HoldingMachine
from automate_store.entrypoints.properties.trading.machine import TradingMachine
from automate_store.entrypoints.properties.trading.over_http import OverHttp
from automate_store.entrypoints.properties.trading.pieces import Attempt, Line
from automate_store.entrypoints.properties.trading.shelf import Shelf
from automate_store.entrypoints.properties.trading.world import Act

__all__ = [
    "ACTS",
    "Act",
    "Attempt",
    "Book",
    "Cancel",
    "Confirm",
    "Dealings",
    "Deliver",
    "DeliverParcel",
    "Expire",
    "Hear",
    "HoldingMachine",
    "Line",
    "OverHttp",
    "Refund",
    "Refused",
    "Shelf",
    "Ship",
    "Ticket",
    "TradingMachine",
    "UseCases",
]
