"""Rules of a machine: buyers want other goods, or want them elsewhere, and pay what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import rule

from automate_store.domain.kernel.ids import VariantId
from automate_store.entrypoints.properties.trading.beside import MISSING, THEN, Missing, Waiters
from automate_store.entrypoints.properties.trading.books import PAID
from automate_store.entrypoints.properties.trading.desk import HELD, WANTS, Held
from automate_store.entrypoints.properties.trading.edits import (
    Priced,
    Wish,
    extended,
    moved,
    open_to_edits,
    price_after,
    price_at,
    put_off,
    reduced,
    sendable,
    waits_for_money,
)
from automate_store.entrypoints.properties.trading.pieces import Change
from automate_store.entrypoints.properties.trading.shelf import PLACES, Place
from automate_store.entrypoints.properties.trading.world import Act


class Changing(Waiters):
    """What becomes of an order whose buyer wants it changed, and of a change that waits."""

    @rule(one=HELD, fit=st.booleans(), wants=WANTS, missing=MISSING, then=THEN)
    def edit(
        self,
        one: int,
        fit: bool,  # noqa: FBT001 - drawn by name
        wants: tuple[int, ...],
        missing: Missing,
        then: tuple[Act, ...],
    ) -> None:
        """Its buyer wants other quantities; what is missing is paid at once, perhaps."""
        held = self._chosen(one, fit=fit)
        wanted = dict(zip(held.book.lines, wants, strict=False))
        wish = Wish.of(held.book, wanted, self._shelf.prices)
        left, parcels = reduced(held.book, wish), self._shelf.parcels
        free = held.book.alone()
        legal = (
            self._editable(held)
            and left is not None
            and sendable(held.book, wish, parcels)
            and self._fits(wish.shortage(free), (*self._lasting(held), free))
        )
        key = self._ports.ids.token()
        self._ask(partial(self.dealings.edit, held.ticket, wanted, key=key), legal=legal)
        if legal and left is not None:
            held.book = free
            price, more = price_after(left, wish, parcels), wish.shortage(free)
            self._become(held, partial(extended, left, wish), price, more)
            self._go_on(held, missing, then)

    @rule(one=HELD, fit=st.booleans(), place=st.sampled_from(PLACES), missing=MISSING, then=THEN)
    def move(
        self,
        one: int,
        fit: bool,  # noqa: FBT001 - drawn by name
        place: Place,
        missing: Missing,
        then: tuple[Act, ...],
    ) -> None:
        """Its buyer wants it sent elsewhere; what is missing is paid at once, perhaps."""
        held = self._chosen(one, fit=fit)
        legal = self._editable(held) and place != held.book.place
        key = self._ports.ids.token()
        work = partial(self.dealings.move, held.ticket, place.address, key=key)
        self._ask(work, legal=legal)
        if legal:
            held.book = held.book.alone()
            price = price_at(held.book, place)
            self._become(held, partial(moved, held.book, place), price, {})
            self._go_on(held, missing, then)

    def _chosen(self, one: int, *, fit: bool) -> Held:
        """The order, or where it has to be ``fit`` one that is paid and can be changed, if any."""
        fitting = [each for each in self._all if self._editable(each) and each.book.payment in PAID]
        return fitting[one % len(fitting)] if fit and fitting else self._all[one]

    def _editable(self, held: Held) -> bool:
        return open_to_edits(held.book, self._ports.policy.edit_window, self.at)

    def _become(
        self,
        held: Held,
        told: Callable[[Priced], Change],
        price: int,
        more: Mapping[VariantId, int],
    ) -> None:
        """The change, as ``told`` of what the store has: made, or beside the order until paid."""
        order, book = self.run(self._standing(held.ticket)).order, held.book
        if not waits_for_money(book, price):
            held.book = book.became(told(order))
            assert held.book.total == price, "it costs what it was to cost"
            return
        staged = order.staged
        assert staged is not None, "what costs more waits for the money"
        difference, until = price - book.total, staged.expires_at
        held.book = put_off(book, told(staged.edit), more, difference, until)
