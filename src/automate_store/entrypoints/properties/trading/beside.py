"""What becomes of a change that waits beside its order for what it costs more."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from automate_store.entrypoints.properties.trading.acts import Cancel, Hear, Ship
from automate_store.entrypoints.properties.trading.desk import Held, TradingDesk
from automate_store.entrypoints.properties.trading.world import Act


class Missing(StrEnum):
    """What is done at once about the money that a change waits for."""

    NOTHING = "nothing"
    BEGUN = "begun"
    DECLINED = "declined"
    PAID = "paid"


MISSING = st.sampled_from(Missing)
THEN: SearchStrategy[tuple[Act, ...]] = st.sampled_from(
    ((), (), (Hear(0),), (Ship(None), Hear(0)), (Cancel((1, 0, 0)), Hear(0)))
)
"""What else becomes of a change that waits: its money, or that of one before, comes too late."""


class Waiters(TradingDesk):
    """What is done about changes that wait."""

    def _go_on(self, held: Held, missing: Missing, then: Iterable[Act]) -> None:
        """What becomes of a change that waits at once."""
        if held.book.waiting is None:
            return
        if missing is Missing.BEGUN:
            self._intend(held)
        elif missing is not Missing.NOTHING:
            self._pay(held, declines=missing is Missing.DECLINED)
        for act in then:
            self._do(held, act)
