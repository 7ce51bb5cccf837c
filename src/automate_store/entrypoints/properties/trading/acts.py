"""What can be done to one order: each act is carried out in a store, and foretold by the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from attrs import evolve, frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.kernel.ids import LineId, PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.entrypoints.properties.trading import parcels
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import Counts, Ticket
from automate_store.entrypoints.properties.trading.pieces import Attempt
from automate_store.entrypoints.properties.trading.returning import RETURNING
from automate_store.entrypoints.properties.trading.world import Act, Stage, Till, Work

MOST_LINES = 3
"""Of one order, so that every one of them is named now and then."""

_SOME = 2


@frozen
class Confirm:
    """An attempt to pay is carried out, perhaps not for the first time."""

    keyed: ClassVar[bool] = True
    which: int

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:
        """Ask for the money."""
        attempt = _chosen(book, self.which)
        if attempt is None:
            return None
        return lambda key: till.dealings.confirm(ticket, attempt, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """The gateway is asked where the order waits, and then it answers."""
        attempt = _chosen(book, self.which)
        assert attempt is not None, "there is an attempt"
        return (lambda now, world: now.payable(attempt, world.at), _told(attempt))


@frozen
class Hear:
    """The gateway says of its own accord what became of an attempt: late, or once more."""

    keyed: ClassVar[bool] = False
    which: int

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:  # noqa: ARG002 - as every act
        """Hear the gateway."""
        attempt = _chosen(book, self.which)
        return None if attempt is None else lambda _: till.hear(attempt)

    def stages(self, book: Book) -> Sequence[Stage]:
        """Money comes in whatever has become of the order."""
        attempt = _chosen(book, self.which)
        assert attempt is not None, "there is an attempt"
        return (_told(attempt),)


@frozen
class Cancel:
    """Units are called off: so many of each line, perhaps too many; None is all there are."""

    keyed: ClassVar[bool] = True
    pick: tuple[int, ...] | None

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:
        """Call them off."""
        items = picked(book, self.pick)
        return None if items == {} else lambda key: till.dealings.cancel(ticket, items, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """What has not left can be called off."""
        items = picked(book, self.pick)
        return (lambda now, _: now.cancel(items),)


@frozen
class Ship:
    """A parcel leaves with so many of each line, perhaps too many; None is all there are."""

    keyed: ClassVar[bool] = True
    pick: tuple[int, ...] | None

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:
        """Send it."""
        items = picked(book, self.pick)
        return None if items == {} else lambda key: till.dealings.ship(ticket, items, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """What is paid and has not left can leave."""
        items = picked(book, self.pick)
        return (lambda now, _: now.ship(items),)


@frozen
class Deliver:
    """Every parcel arrived."""

    keyed: ClassVar[bool] = True

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:  # noqa: ARG002 - as every act
        """Say so."""
        return lambda key: till.dealings.deliver(ticket, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:  # noqa: ARG002 - as every act
        """What left whole can arrive."""
        return (lambda now, _: parcels.deliver(now),)


@frozen
class DeliverParcel:
    """One parcel arrived, perhaps not for the first time, or one that was given up."""

    keyed: ClassVar[bool] = True
    which: int

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:
        """Say so."""
        if not book.parcels:
            return None
        return lambda key: till.dealings.deliver_parcel(ticket, nth(book, self.which), key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """A parcel arrives once, and the order with the last of them."""
        return (lambda now, _: parcels.deliver_parcel(now, nth(book, self.which)),)


@frozen
class LoseParcel:
    """One parcel is given up, perhaps one that came."""

    keyed: ClassVar[bool] = True
    which: int

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:
        """Say so."""
        if not book.parcels:
            return None
        return lambda key: till.dealings.lose_parcel(ticket, nth(book, self.which), key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """A parcel is given up once, unless it came; the order is over where nobody is owed."""
        return (lambda now, _: parcels.lose_parcel(now, nth(book, self.which)),)


@frozen
class Refund:
    """Some of the money goes back as a courtesy: so many hundredths of what is kept."""

    keyed: ClassVar[bool] = True
    percent: int
    currency: str = "USD"

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:
        """Give it back."""
        amount = Money(self._of(book), self.currency)
        return lambda key: till.dealings.refund(ticket, amount, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """No more than the order is worth."""
        amount = self._of(book)
        return (lambda now, _: now.refund(amount),)

    def _of(self, book: Book) -> int:
        return book.worth * self.percent // 100 or 1


@frozen
class Expire:
    """A worker looks for what was not paid in time."""

    keyed: ClassVar[bool] = False

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:  # noqa: ARG002 - as every act
        """Let it look."""
        return lambda _: till.sweep()

    def stages(self, book: Book) -> Sequence[Stage]:  # noqa: ARG002 - as every act
        """What is overdue ends."""
        return (lambda now, world: now.expire(world.at),)


_WHICH = st.integers(0, 1)
PICK = st.none() | st.tuples(*[st.integers(0, _SOME)] * MOST_LINES)
MONEY: SearchStrategy[Act] = st.builds(Confirm, _WHICH) | st.builds(Hear, _WHICH)
CANCELLING: SearchStrategy[Act] = st.builds(Cancel, PICK)
SHIPPING: SearchStrategy[Act] = st.one_of(
    st.builds(Ship, PICK),
    st.builds(DeliverParcel, _WHICH),
    st.builds(LoseParcel, _WHICH),
    st.just(Deliver()),
)
REFUNDING: SearchStrategy[Act] = st.builds(Refund, st.sampled_from((0, 30, 100, 101)))
ACTS: SearchStrategy[Act] = st.one_of(
    MONEY, CANCELLING, SHIPPING, REFUNDING, RETURNING, st.just(Expire())
)
"""All that may be done to an order."""


def adopted(book: Book, payment_id: PaymentId, amount: int) -> Book:
    """The order with a new attempt to pay it, or the change of it that waits."""
    change = book.waiting.nth if book.waiting else None
    attempt = Attempt(amount, change)
    return evolve(book, attempts={**book.attempts, payment_id: attempt})


def _told(attempt: PaymentId) -> Stage:
    return lambda now, world: now.told(attempt, world.says(attempt), room=world.room(now))


def _chosen(book: Book, which: int) -> PaymentId | None:
    """The last attempt, or an earlier one."""
    attempts = list(book.attempts)
    return attempts[max(0, len(attempts) - 1 - which)] if attempts else None


def nth(book: Book, which: int) -> int:
    """The last parcel, or an earlier one."""
    return max(0, len(book.parcels) - 1 - which)


def picked(book: Book, pick: tuple[int, ...] | None) -> Counts | None:
    """So many of each line as were drawn; None is all there are."""
    if pick is None:
        return None
    lines: Mapping[LineId, int] = dict(zip(book.lines, pick, strict=False))
    return {each: many for each, many in lines.items() if many}
