"""What an act on an order is, and every way in which two of them at once can end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol

from automate_store.domain.kernel.ids import PaymentId, VariantId
from automate_store.domain.payments import PaymentState
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import Dealings, Ticket
from automate_store.entrypoints.properties.trading.worth import Terms

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

    def fits(self, book: Book, wanted: Mapping[VariantId, int]) -> bool:
        """Whether so much more is to be had for the order."""

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
