"""What can be done to one order: each act is carried out in a store, and foretold by the rules."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol

from attrs import evolve, frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.domain.kernel.ids import LineId, PaymentId, ReturnId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import PaymentState
from automate_store.entrypoints.properties.trading import backs
from automate_store.entrypoints.properties.trading.backs import Terms
from automate_store.entrypoints.properties.trading.books import Attempt, Book
from automate_store.entrypoints.properties.trading.dealings import Counts, Dealings, Ticket

MOST_LINES = 3
"""Of one order, so that every one of them is named now and then."""

_SOME = 2
Answer = Coroutine[Any, Any, object]
Work = Callable[[str], Answer]
"""Takes the key, and gives the answer that the same key gives again."""
Stage = Callable[[Book, "World"], Book | None]
"""A step that happens at one moment; it gives None where the store has to refuse."""


class World(Protocol):
    """What an order depends on besides itself."""

    @property
    def at(self) -> datetime:
        """The time."""

    @property
    def terms(self) -> Terms:
        """On what terms goods are taken back."""

    def room(self, book: Book) -> bool:
        """Whether all that the order wants is to be had once more."""

    def says(self, payment_id: PaymentId) -> PaymentState:
        """What the gateway says of the attempt once it is asked to carry it out."""


class Till(Protocol):
    """The ways to reach a store that are none of its dealings."""

    @property
    def dealings(self) -> Dealings:
        """Those that are."""

    async def hear(self, payment_id: PaymentId) -> None:
        """The gateway reports of its own accord what became of an attempt."""

    async def sweep(self) -> None:
        """A worker ends what is overdue."""


class Act(Protocol):
    """Something that is done to an order."""

    keyed: ClassVar[bool]
    """Whether a key makes it the same request again."""

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:
        """The work; None where there is nothing to do it to."""

    def stages(self, book: Book) -> Sequence[Stage]:
        """What the rules make of it, step by step; others may come in between."""


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
        return (lambda now, world: now.payable(world.at), _told(attempt))


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
        return (lambda now, _: now.deliver(),)


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


@frozen
class Approve:
    """Goods may be sent back."""

    which: int
    keyed: ClassVar[bool] = True

    def work(self, till: Till, ticket: Ticket, book: Book) -> Work | None:  # noqa: ARG002 - as every act
        """Say so."""
        back = _back(book, self.which)
        return None if back is None else lambda key: till.dealings.approve(back, key=key)

    def stages(self, book: Book) -> Sequence[Stage]:
        """What waits for a word gets it."""
        back = _known(book, self.which)
        return (lambda now, _: backs.approved(now, back),)


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
    """Goods came back: all of them are accepted, or so many fewer of each; new or used."""

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
        return (lambda now, world: backs.received(now, back, accepted, world.terms, new=self.new),)

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
        return (lambda now, _: backs.paid_back(now, back),)


_WHICH = st.integers(0, 1)
PICK = st.none() | st.tuples(*[st.integers(0, _SOME)] * MOST_LINES)
MONEY: SearchStrategy[Act] = st.builds(Confirm, _WHICH) | st.builds(Hear, _WHICH)
CANCELLING: SearchStrategy[Act] = st.builds(Cancel, PICK)
SHIPPING: SearchStrategy[Act] = st.builds(Ship, PICK) | st.just(Deliver())
REFUNDING: SearchStrategy[Act] = st.builds(Refund, st.sampled_from((0, 30, 100, 101)))
RETURNING: SearchStrategy[Act] = st.one_of(
    st.builds(Approve, _WHICH),
    st.builds(Receive, _WHICH, st.sampled_from((0, 0, 1, 9)), st.booleans()),
    st.builds(Reject, _WHICH),
    st.builds(Withdraw, _WHICH),
    st.builds(PayBack, _WHICH),
)
ACTS: SearchStrategy[Act] = st.one_of(
    MONEY, CANCELLING, SHIPPING, REFUNDING, RETURNING, st.just(Expire())
)
"""All that may be done to an order."""


def outcomes(
    book: Book, first: Sequence[Stage], second: Sequence[Stage], world: World
) -> Iterator[tuple[Book, bool, bool]]:
    """Every way in which two acts at once can end: the order, and which of them was done."""
    if not first and not second:
        yield book, True, True
    for mine, others, turned in ((first, second, False), (second, first, True)):
        if not mine:
            continue
        after = mine[0](book, world)
        rest = mine[1:] if after is not None else ()
        pair = (others, rest) if turned else (rest, others)
        for end, one, two in outcomes(book if after is None else after, *pair, world):
            done = after is not None
            yield (end, one, two and done) if turned else (end, one and done, two)


def adopted(book: Book, payment_id: PaymentId, amount: Money) -> Book:
    """The order with a new attempt to pay it."""
    return evolve(book, attempts={**book.attempts, payment_id: Attempt(amount.minor)})


def _told(attempt: PaymentId) -> Stage:
    return lambda now, world: now.told(attempt, world.says(attempt), room=world.room(now))


def _chosen(book: Book, which: int) -> PaymentId | None:
    """The last attempt, or an earlier one."""
    attempts = list(book.attempts)
    return attempts[max(0, len(attempts) - 1 - which)] if attempts else None


def _back(book: Book, which: int) -> ReturnId | None:
    """The last return, or an earlier one."""
    known = list(book.backs)
    return known[max(0, len(known) - 1 - which)] if known else None


def _known(book: Book, which: int) -> ReturnId:
    back = _back(book, which)
    assert back is not None, "there is a return"
    return back


def picked(book: Book, pick: tuple[int, ...] | None) -> Counts | None:
    """So many of each line as were drawn; None is all there are."""
    if pick is None:
        return None
    lines: Mapping[LineId, int] = dict(zip(book.lines, pick, strict=False))
    return {each: many for each, many in lines.items() if many}
