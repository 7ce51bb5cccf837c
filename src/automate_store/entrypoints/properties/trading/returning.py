"""What can be done to goods that go back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.kernel.ids import ReturnId
from automate_store.entrypoints.properties.trading import backs
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import Counts, Ticket
from automate_store.entrypoints.properties.trading.world import Act, Stage, Till, Work


@frozen
class Approve:
    """Goods may be sent back, and what comes for them is kept."""

    which: int
    keyed: ClassVar[bool] = True

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:  # noqa: ARG002 - as every act
        """Say so."""
        back = _back(book, self.which)
        return None if back is None else lambda key: till.dealings.approve(back, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """What waits for a word gets it."""
        back = _known(book, self.which)
        return (lambda now, world: backs.approved(now, back, world),)


@frozen
class Reject:
    """Nothing is taken back."""

    which: int
    keyed: ClassVar[bool] = True

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:  # noqa: ARG002 - as every act
        """Say so."""
        back = _back(book, self.which)
        return None if back is None else lambda key: till.dealings.reject(back, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """What waits for a word gets it."""
        back = _known(book, self.which)
        return (lambda now, _: backs.rejected(now, back),)


@frozen
class Withdraw:
    """The goods are kept after all."""

    which: int
    keyed: ClassVar[bool] = True

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:
        """Say so."""
        back = _back(book, self.which)
        return None if back is None else lambda key: till.dealings.withdraw(ticket, back, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """What did not come can be kept."""
        back = _known(book, self.which)
        return (lambda now, _: backs.withdrawn(now, back),)


@frozen
class Receive:
    """Goods came: all are accepted, or so many fewer of each, or one too many; new or used."""

    which: int
    fewer: int
    new: bool
    keyed: ClassVar[bool] = True

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:  # noqa: ARG002 - as every act
        """Look at them."""
        back = _back(book, self.which)
        if back is None:
            return None
        accepted = self._accepted(book, back)
        return lambda key: till.dealings.receive(back, accepted, new=self.new, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """What was approved can come, once."""
        back = _known(book, self.which)
        accepted = self._accepted(book, back)
        return (lambda now, world: backs.received(now, back, accepted, world, new=self.new),)

    def _accepted(self, book: Book, back: ReturnId) -> Counts:
        asked = book.backs[back].items
        return {each: max(0, many - self.fewer) for each, many in asked.items()}


@frozen
class PayBack:
    """What was received is paid back."""

    which: int
    keyed: ClassVar[bool] = True

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:  # noqa: ARG002 - as every act
        """Do so."""
        back = _back(book, self.which)
        return None if back is None else lambda key: till.dealings.pay_back(back, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """What came is paid back, once."""
        back = _known(book, self.which)
        return (lambda now, world: backs.paid_back(now, back, world.terms),)


@frozen
class Replace:
    """What was asked for comes for the goods of a claim."""

    which: int
    keyed: ClassVar[bool] = True

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:  # noqa: ARG002 - as every act
        """Send it."""
        back = _back(book, self.which)
        return None if back is None else lambda key: till.dealings.replace(back, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """Where it costs more, that is to be paid before."""
        back = _known(book, self.which)
        return (lambda now, world: backs.replaced(now, back, world),)


_WHICH = st.integers(0, 1)
RETURNING: SearchStrategy[Act] = st.one_of(
    st.builds(Approve, _WHICH),
    st.builds(Receive, _WHICH, st.sampled_from((0, 0, 1, 9, -1)), st.booleans()),
    st.builds(Reject, _WHICH),
    st.builds(Withdraw, _WHICH),
    st.builds(PayBack, _WHICH),
    st.builds(Replace, _WHICH),
)


def _back(book: Book, which: int) -> ReturnId | None:
    """The last return, or an earlier one."""
    known = list(book.backs)
    return known[max(0, len(known) - 1 - which)] if known else None


def _known(book: Book, which: int) -> ReturnId:
    back = _back(book, which)
    assert back is not None, "there is a return"
    return back
