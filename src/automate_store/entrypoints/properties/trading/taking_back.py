"""Rules of a machine: goods are asked back or claimed, looked at, and paid back."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from automate_store.domain.kernel.ids import ReturnId
from automate_store.entrypoints.properties.trading.acts import PICK, picked
from automate_store.entrypoints.properties.trading.backs import asked_back, kind_of, returnable
from automate_store.entrypoints.properties.trading.desk import HELD, TradingDesk
from automate_store.entrypoints.properties.trading.returning import (
    RETURNING,
    Approve,
    PayBack,
    Receive,
)
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


class TakingBack(TradingDesk):
    """What becomes of goods that go back, or that never came."""

    @rule(one=HELD, pick=PICK, claim=st.booleans(), unwanted=st.booleans(), then=_AFTERWARDS)
    def ask_back(
        self,
        one: int,
        pick: tuple[int, ...] | None,
        claim: bool,  # noqa: FBT001 - drawn by name
        unwanted: bool,  # noqa: FBT001 - drawn by name
        then: tuple[Act, ...],
    ) -> None:
        """Units are to go back or are claimed, where they may be; perhaps they do at once."""
        held = self._all[one]
        items = picked(held.book, pick) or held.book.to_return
        if not items:
            return
        reason = self.terms.reason(unwanted=unwanted, claim=claim)
        key, kind = self._ports.ids.token(), kind_of(claim=claim)
        work = partial(self.dealings.ask_back, held.ticket, kind, items, reason, key=key)
        legal = returnable(held.book, items, self.terms, self.at, claim=claim)
        made = self._ask(work, legal=legal)
        if legal:
            assert isinstance(made, UUID), "a return has an id"
            back = ReturnId(made)
            held.book = asked_back(held.book, back, items, unwanted=unwanted, claim=claim)
            for act in then:
                self._do(held, act)

    @rule(one=HELD, act=RETURNING)
    def take_back(self, one: int, act: Act) -> None:
        """A return is decided on, received or paid back."""
        self._do(self._all[one], act)
