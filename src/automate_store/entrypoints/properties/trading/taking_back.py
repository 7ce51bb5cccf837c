"""Rules of a machine: goods are asked back or claimed, for their money or for other goods."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from automate_store.domain.kernel.ids import ReturnId
from automate_store.entrypoints.properties.trading.acts import MOST_LINES, PICK, picked
from automate_store.entrypoints.properties.trading.backs import (
    all_returnable,
    asked_back,
    kind_of,
    returnable,
)
from automate_store.entrypoints.properties.trading.beside import MISSING, THEN, Missing, Waiters
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import Counts, Swaps
from automate_store.entrypoints.properties.trading.desk import HELD, Held
from automate_store.entrypoints.properties.trading.losing import missing
from automate_store.entrypoints.properties.trading.pieces import Back
from automate_store.entrypoints.properties.trading.returning import (
    RETURNING,
    Approve,
    PayBack,
    Receive,
    Replace,
    Withdraw,
)
from automate_store.entrypoints.properties.trading.shelf import PRICES
from automate_store.entrypoints.properties.trading.swapping import agreed, swappable
from automate_store.entrypoints.properties.trading.world import Act

_AFTERWARDS = st.sampled_from(
    (
        (),
        (Approve(0),),
        (Approve(0), Receive(0, 0, True), PayBack(0)),  # noqa: FBT003 - as new
        (Approve(0), Receive(0, 1, False), PayBack(0)),  # noqa: FBT003 - used
    )
)
"""What becomes of it at once; a claim is not received, and what is paid back is not again."""

_NTH = st.none() | st.integers(0, len(PRICES) - 1)
_SWAPS = st.tuples(*[_NTH] * MOST_LINES).filter(any)
"""Which of what is on sale comes for the units of each line."""

_ARRIVED = st.sampled_from(
    (
        (Approve(0), Receive(0, 0, True), Replace(0)),  # noqa: FBT003 - as new
        (Approve(0), Receive(0, 1, False), Replace(0)),  # noqa: FBT003 - used
        (Approve(0), Withdraw(0)),
        (Approve(0),),
        (),
    )
)
"""How far goods that are to be exchanged get at once: a claim is replaced, all else received."""


class TakingBack(Waiters):
    """What becomes of goods that go back, or that never came."""

    @rule(
        one=HELD,
        fit=st.booleans(),
        pick=PICK,
        claim=st.booleans(),
        unwanted=st.booleans(),
        then=_AFTERWARDS,
    )
    def ask_back(
        self,
        *,
        one: int,
        fit: bool,
        pick: tuple[int, ...] | None,
        claim: bool,
        unwanted: bool,
        then: tuple[Act, ...],
    ) -> None:
        """Units are to go back or are claimed, where they may be; perhaps they do at once."""
        held = self._sent_to(one, fit=fit, claim=claim)
        items = picked(held.book, pick) or self._returnable(held, claim=claim)
        if items and self._ask_back(held, items, {}, claim=claim, unwanted=unwanted):
            for act in then:
                self._do(held, act)

    @rule(
        one=HELD,
        fit=st.booleans(),
        pick=PICK,
        swaps=_SWAPS,
        claim=st.booleans(),
        unwanted=st.booleans(),
        arrived=_ARRIVED,
        missing=MISSING,
        then=THEN,
    )
    def exchange(
        self,
        *,
        one: int,
        fit: bool,
        pick: tuple[int, ...] | None,
        swaps: tuple[int | None, ...],
        claim: bool,
        unwanted: bool,
        arrived: tuple[Act, ...],
        missing: Missing,
        then: tuple[Act, ...],
    ) -> None:
        """Other goods are to come for some of them; what those cost more is paid, perhaps."""
        held = self._sent_to(one, fit=fit, claim=claim)
        items = picked(held.book, pick) or self._returnable(held, claim=claim)
        wanted = self._swapped(held.book, items, swaps)
        if not (items and self._ask_back(held, items, wanted, claim=claim, unwanted=unwanted)):
            return
        for act in arrived:
            self._do(held, act)
        self._go_on(held, missing, then)

    @rule(one=HELD, act=RETURNING)
    def take_back(self, one: int, act: Act) -> None:
        """A return is decided on, received, paid back or replaced."""
        self._do(self._all[one], act)

    def _sent_to(self, one: int, *, fit: bool, claim: bool) -> Held:
        """The order, or where it has to be ``fit`` one of which something may be asked back."""
        fitting = [each for each in self._all if self._returnable(each, claim=claim)]
        return fitting[one % len(fitting)] if fit and fitting else self._all[one]

    def _returnable(self, held: Held, *, claim: bool) -> Counts:
        return all_returnable(held.book, self.terms, self.at, claim=claim)

    def _swapped(self, book: Book, items: Counts, swaps: tuple[int | None, ...]) -> Swaps:
        """Of these items those for which something is to come, and what."""
        pairs = zip(book.lines, swaps, strict=False)
        variants = self._shelf.variants
        return {each: variants[n] for each, n in pairs if n is not None and each in items}

    def _ask_back(
        self, held: Held, items: Counts, swaps: Swaps, *, claim: bool, unwanted: bool
    ) -> bool:
        """Whether these were asked back, for some of which others are to come."""
        reason = self.terms.reason(unwanted=unwanted, claim=claim)
        key, kind = self._ports.ids.token(), kind_of(claim=claim)
        work = partial(self.dealings.ask_back, held.ticket, kind, items, reason, swaps, key=key)
        legal = returnable(held.book, items, self.terms, self.at, claim=claim)
        legal = legal and swappable(held.book, items, swaps, self)
        made = self._ask(work, legal=legal)
        if legal:
            assert isinstance(made, UUID), "a return has an id"
            back = ReturnId(made)
            told = self.run(self._standing(held.ticket)).returned(back)
            comes = agreed(held.book, told, swaps, self)
            blamed = unwanted and not claim
            lost = claim and reason in self.terms.policy.losses
            away = missing(items, held.book.lines, held.book.parcels) if lost else {}
            asked = Back(items=dict(items), claim=claim, unwanted=blamed, missing=away, comes=comes)
            held.book = asked_back(held.book, back, asked)
        return legal
