"""Trading under any sequence of dealings: a machine to hold a store to."""

from automate_store.entrypoints.properties.trading.acts import (
    ACTS,
    Act,
    Cancel,
    Confirm,
    Deliver,
    Expire,
    Hear,
    Refund,
    Ship,
)
from automate_store.entrypoints.properties.trading.books import Attempt, Book, Line
from automate_store.entrypoints.properties.trading.dealings import (
    Dealings,
    Refused,
    Ticket,
    UseCases,
)
from automate_store.entrypoints.properties.trading.machine import TradingMachine
from automate_store.entrypoints.properties.trading.over_http import OverHttp
from automate_store.entrypoints.properties.trading.shelf import Shelf

__all__ = [
    "ACTS",
    "Act",
    "Attempt",
    "Book",
    "Cancel",
    "Confirm",
    "Dealings",
    "Deliver",
    "Expire",
    "Hear",
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
