"""What the rules make of goods that go back: which may, and what becomes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from attrs import evolve

from automate_store.domain.kernel.ids import LineId, ReturnId, VariantId
from automate_store.domain.orders import OrderPaymentState
from automate_store.domain.returns import ReturnKind, ReturnState
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import Counts
from automate_store.entrypoints.properties.trading.losing import never_came
from automate_store.entrypoints.properties.trading.pieces import (
    Back,
    Line,
    Swap,
    Waiting,
)
from automate_store.entrypoints.properties.trading.worth import Terms, worth_of

_UNDECIDED = {ReturnState.REQUESTED}
_ON_ITS_WAY = {ReturnState.REQUESTED, ReturnState.APPROVED}


class Desk(Protocol):
    """What becomes of goods that go back hangs on besides their order."""

    @property
    def at(self) -> datetime:
        """The time."""

    @property
    def terms(self) -> Terms:
        """On what terms goods are taken back."""

    def fits(self, book: Book, wanted: Mapping[VariantId, int]) -> bool:
        """Whether so much more is to be had for the order."""


def kind_of(*, claim: bool) -> ReturnKind:
    """What is asked for."""
    return ReturnKind.CLAIM if claim else ReturnKind.RETURN


def returnable(book: Book, items: Counts, terms: Terms, at: datetime, *, claim: bool) -> bool:
    """Whether all of these may be asked back now."""
    free = all_returnable(book, terms, at, claim=claim)
    return all(many <= free.get(each, 0) for each, many in items.items())


def all_returnable(book: Book, terms: Terms, at: datetime, *, claim: bool) -> dict[LineId, int]:
    """How many of each item may be asked back now."""
    free = {each: _free(book, each, terms, at, claim=claim) for each in book.lines}
    return {each: many for each, many in free.items() if many > 0}


def asked_back(book: Book, return_id: ReturnId, asked: Back) -> Book:
    """With these asked back."""
    lines = _changed(book, asked.items, returning=1)
    lines = _changed(evolve(book, lines=lines), asked.missing, claimed=1)
    return evolve(book, lines=lines, backs={**book.backs, return_id: asked})


def approved(book: Book, return_id: ReturnId, desk: Desk) -> Book | None:
    """With that return approved, and what comes for it promised; None where that can't be."""
    moved = _moved(book, return_id, _UNDECIDED, ReturnState.APPROVED)
    return moved if desk.fits(book, book.backs[return_id].coming) else None


def rejected(book: Book, return_id: ReturnId) -> Book | None:
    """With nothing taken back; None where that can't be."""
    return _freed(_moved(book, return_id, _UNDECIDED, ReturnState.REJECTED), return_id)


def withdrawn(book: Book, return_id: ReturnId) -> Book | None:
    """With the goods kept after all; None where that can't be."""
    return _freed(_moved(book, return_id, _ON_ITS_WAY, ReturnState.WITHDRAWN), return_id)


def received(
    book: Book, return_id: ReturnId, accepted: Counts, desk: Desk, *, new: bool
) -> Book | None:
    """With so many taken back, on the shelf where they are new; None where that can't be."""
    back = book.backs[return_id]
    if back.state is not ReturnState.APPROVED or back.claim:
        return None
    if any(many > back.items[each] for each, many in accepted.items()):
        return None
    if not any(accepted.values()):
        moved = _moved(book, return_id, {ReturnState.APPROVED}, ReturnState.REJECTED)
        return _freed(moved, return_id)
    fresh = _comes(book, back, accepted)
    book = _gone(book, return_id, accepted, desk.terms)
    shelved = accepted if new else {}
    book = evolve(book, lines=_changed(book, shelved, restocked=1))
    if fresh:
        return _exchanged(book, return_id, fresh, desk)
    return book.paid_back(return_id) if desk.terms.policy.refund_on_receipt else book


def replaced(book: Book, return_id: ReturnId, desk: Desk) -> Book | None:
    """With what comes for a claim in it, or waiting to be paid for; None where that can't be."""
    back = book.backs[return_id]
    if back.state is not ReturnState.APPROVED or not back.claim:
        return None
    fresh = _comes(book, back, back.items)
    if not fresh:
        return None
    return _exchanged(_gone(book, return_id, back.items, desk.terms), return_id, fresh, desk)


def paid_back(book: Book, return_id: ReturnId, terms: Terms) -> Book | None:
    """With its money on the way back; None where that can't be."""
    back = book.backs[return_id]
    claimed = back.claim and back.state is ReturnState.APPROVED
    if not claimed and back.state is not ReturnState.RECEIVED:
        return None
    waits = book.waiting is not None and book.waiting.change
    if isinstance(waits, Swap) and waits.back == return_id:
        book = evolve(book, waiting=None)
    backs = {**book.backs, return_id: back.for_money}
    book = evolve(book, backs=backs)
    if claimed:
        book = _gone(book, return_id, back.items, terms)
    return book.paid_back(return_id)


def _comes(book: Book, back: Back, accepted: Counts) -> dict[LineId, Line]:
    """What comes for so many of its items; nothing of an order whose money all went back."""
    if book.payment is OrderPaymentState.REFUNDED:
        return {}
    return {
        each.id: each.instead_of(book.lines[gone], accepted[gone])
        for gone, each in back.comes.items()
        if accepted.get(gone)
    }


def _gone(book: Book, return_id: ReturnId, accepted: Counts, terms: Terms) -> Book:
    """With so many of it gone for good, and what that comes to."""
    back, fresh = book.backs[return_id], _comes(book, book.backs[return_id], accepted)
    earlier = [each for other, each in book.backs.items() if other != return_id and each.accepted]
    back = evolve(back, state=ReturnState.RECEIVED, accepted=dict(accepted))
    in_money = worth_of(book, back.for_money, {}, earlier, terms)
    if fresh:
        back = evolve(back, sum=worth_of(book, back, fresh, earlier, terms), in_money=in_money)
    else:
        back = evolve(back.for_money, sum=in_money)
    lines = _changed(book, back.items, returning=-1)
    lines = _changed(evolve(book, lines=lines), accepted, returned=1)
    lines = _changed(evolve(book, lines=lines), back.missing, claimed=-1, lost=1)
    return evolve(book, lines=lines, backs={**book.backs, return_id: back})


def _exchanged(book: Book, return_id: ReturnId, fresh: Mapping[LineId, Line], desk: Desk) -> Book:
    """With what comes for it: in it at once, or beside it until what it costs more is paid."""
    policy, worth = desk.terms.policy, book.backs[return_id].sum.worth
    difference = sum(sum(line.units) for line in fresh.values()) - worth
    swap = Swap(back=return_id, lines=fresh, at_once=policy.refund_on_receipt)
    if difference <= 0:
        return book.in_passing().exchanged(swap)
    book, more = book.alone(), Counter[VariantId]()
    for line in fresh.values():
        more[line.variant_id] += len(line.units)
    waiting = Waiting(
        nth=book.changes + 1,
        change=swap,
        difference=difference,
        more=more,
        until=desk.at + policy.exchange_lifetime,
    )
    return evolve(book, waiting=waiting, changes=waiting.nth)


def _free(book: Book, each: LineId, terms: Terms, at: datetime, *, claim: bool) -> int:
    """How many of the line may be asked back: those that came, or are claimed, and are in time."""
    line, since = book.lines[each], list(_came(book, each, terms, claim=claim))
    taken = line.returning + line.returned
    # What never came is none of what did.
    taken -= 0 if claim or not line.parcel else never_came(each, line, book.parcels)
    fresh = sum(many for many, came in since if came is None or at < came + terms.policy.window)
    return min(fresh, sum(many for many, _ in since) - taken)


def _came(
    book: Book, each: LineId, terms: Terms, *, claim: bool
) -> Iterator[tuple[int, datetime | None]]:
    """How many came when; None is on its way."""
    line = book.lines[each]
    if not line.parcel:
        yield (line.shipped if terms.policy.digital else 0), line.since
    for parcel in book.parcels:
        if parcel.arrived or claim:
            yield parcel.items.get(each, 0), parcel.at


def _moved(
    book: Book, return_id: ReturnId, where: set[ReturnState], wanted: ReturnState
) -> Book | None:
    back = book.backs[return_id]
    if back.state not in where:
        return None
    return evolve(book, backs={**book.backs, return_id: evolve(back, state=wanted)})


def _freed(book: Book | None, return_id: ReturnId) -> Book | None:
    if book is None:
        return None
    back = book.backs[return_id]
    lines = _changed(book, back.items, returning=-1)
    lines = _changed(evolve(book, lines=lines), back.missing, claimed=-1)
    return evolve(book, lines=lines)


def _changed(book: Book, items: Counts, **by: int) -> dict[LineId, Line]:
    """The lines, each with so many more (or fewer) of its units in those places."""
    return {
        each: evolve(
            line,
            **{name: getattr(line, name) + sign * items.get(each, 0) for name, sign in by.items()},
        )
        for each, line in book.lines.items()
    }
