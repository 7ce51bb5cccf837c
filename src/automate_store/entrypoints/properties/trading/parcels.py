"""What the rules make of parcels that left: each comes, or is given up."""

from __future__ import annotations

from attrs import evolve

from automate_store.domain.orders import FulfilmentState, OrderPaymentState
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.losing import is_owed


def deliver_parcel(book: Book, nth: int) -> Book | None:
    """With that parcel there, and all of it with the last; None where that can't be."""
    if book.parcels[nth].arrived:
        return None
    there = evolve(book.parcels[nth], arrived=True, lost=False)
    parcels = tuple(there if n == nth else each for n, each in enumerate(book.parcels))
    book = evolve(book, parcels=parcels)
    if book.gone:
        return evolve(book, gone=False, delivered=True)
    return book if book.awaits else book.arrived()


def lose_parcel(book: Book, nth: int) -> Book | None:
    """Without hope of that parcel; None where it is there, or was given up before."""
    if book.parcels[nth].arrived or book.parcels[nth].lost:
        return None
    gone = evolve(book.parcels[nth], lost=True)
    parcels = tuple(gone if n == nth else each for n, each in enumerate(book.parcels))
    return evolve(book, parcels=parcels).closed()


def deliver(book: Book) -> Book | None:
    """With every parcel there; None where that can't be."""
    whole = book.fulfilment is FulfilmentState.SHIPPED and not book.to_ship
    owed = any(is_owed(each, book.lines, book.parcels) for each in book.parcels)
    owed = owed and book.payment is not OrderPaymentState.REFUNDED
    return book.arrived() if whole and not owed else None
