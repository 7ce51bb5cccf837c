"""Rules of a machine: orders are placed, paid, called off, sent, and given money back for."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults, multiple, precondition, rule

from automate_store.entrypoints.properties.trading.acts import (
    CANCELLING,
    MONEY,
    REFUNDING,
    SHIPPING,
    Deliver,
    DeliverParcel,
    LoseParcel,
    Ship,
)
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import Refused
from automate_store.entrypoints.properties.trading.desk import (
    HELD,
    WANTS,
    Held,
    TradingDesk,
    said,
)
from automate_store.entrypoints.properties.trading.world import Act

OUT_OF_STOCK = "out_of_stock"
ORDERS = 3
"""So few that much happens to each."""

_THEN = st.sampled_from(
    (
        None,
        (),
        (),
        (),
        (Ship((1, 0, 0)), DeliverParcel(0)),
        (Ship((1, 0, 0)), Ship(None), DeliverParcel(1)),
        (Ship((1, 0, 0)), Ship(None), LoseParcel(0)),
        (Ship(None), Deliver()),
        (Ship(None), Deliver()),
    )
)
"""What an order goes through at once: nothing, being paid, some of it or all."""


class Buying(TradingDesk):
    """What is done with an order by everybody."""

    @precondition(lambda self: len(self._all) < ORDERS)
    @rule(target=HELD, wants=WANTS, coded=st.booleans(), then=_THEN)
    def place(
        self,
        wants: tuple[int, ...],
        coded: bool,  # noqa: FBT001 - drawn by name
        then: tuple[Act, ...] | None,
    ) -> MultipleResults[int]:
        """An order, paid and sent perhaps, or the refusal of what is not there."""
        pairs = zip(self._shelf.variants, wants, strict=True)
        wanted = {variant_id: many for variant_id, many in pairs if many}
        enough = self._fits(wanted, self._lasting(None))
        code = self._shelf.code_for(wanted) if coded else None
        ticket = self.run(said(self._place(wanted, code)))
        if isinstance(ticket, Refused):
            assert ticket.code == OUT_OF_STOCK, f"nothing else is refused: {ticket.code}"
            assert not enough, "what is there can be had"
            return multiple()
        assert enough, "what is not there is not sold"
        self._all.append(Held(ticket, Book.opened(self.run(self._standing(ticket)).order)))
        if then is not None:
            self._pay(self._all[-1], declines=False)
        for act in then or ():
            self._do(self._all[-1], act)
        return multiple(len(self._all) - 1)

    @rule(one=HELD)
    def intend(self, one: int) -> None:
        """An attempt to pay begins, where the order waits for money."""
        self._intend(self._all[one])

    @rule(one=HELD, percent=st.sampled_from((1, 30, 70, 100, 101)))
    def intend_part(self, one: int, percent: int) -> None:
        """An attempt to pay a part of it begins, or of more than is due."""
        self._intend_part(self._all[one], percent)

    @rule(one=HELD, declines=st.booleans())
    def pay(self, one: int, declines: bool) -> None:  # noqa: FBT001 - drawn by name
        """A new attempt to pay is made, and carried out."""
        self._pay(self._all[one], declines=declines)

    @rule(one=HELD, act=MONEY)
    def settle(self, one: int, act: Act) -> None:
        """An attempt is carried out, or heard of: late, or not for the first time."""
        self._do(self._all[one], act)

    @rule(one=HELD, act=CANCELLING)
    def cancel(self, one: int, act: Act) -> None:
        """An order is called off, or some of it."""
        self._do(self._all[one], act)

    @rule(one=HELD, act=SHIPPING)
    def ship(self, one: int, act: Act) -> None:
        """A parcel leaves, or the last of them arrive."""
        self._do(self._all[one], act)

    @rule(one=HELD, act=REFUNDING)
    def refund(self, one: int, act: Act) -> None:
        """Money goes back as a courtesy."""
        self._do(self._all[one], act)
