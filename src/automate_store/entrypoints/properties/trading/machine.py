"""Orders under any sequence of dealings, repeats and races included: a machine for stores."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from automate_store.application.refunding import send_refund
from automate_store.domain.payments import RefundState
from automate_store.entrypoints.properties.trading.acts import ACTS, Expire
from automate_store.entrypoints.properties.trading.buying import Buying
from automate_store.entrypoints.properties.trading.changing import Changing
from automate_store.entrypoints.properties.trading.desk import HELD, all_together, said
from automate_store.entrypoints.properties.trading.standing import (
    assert_is_as_foretold,
    assert_money_adds_up,
    assert_nothing_ships_twice,
    assert_only_what_waits_has_a_deadline,
    assert_over_once_nothing_is_awaited,
    assert_refunds_end_as_was_said,
    assert_stock_is_what_never_left,
    foretold,
)
from automate_store.entrypoints.properties.trading.taking_back import TakingBack
from automate_store.entrypoints.properties.trading.world import Act, outcomes

_TERMS = st.fixed_dictionaries(
    {
        "restocking_rate": st.sampled_from((Decimal(0), Decimal("0.15"), Decimal(1))),
        "return_shipping": st.sampled_from((0, 499)),
        "original_shipping": st.booleans(),
        "digital": st.booleans(),
        "refund_on_receipt": st.booleans(),
        "clawback": st.booleans(),
    }
)
"""What a store keeps of what goes back unwanted, what it takes back, and when it pays."""


class TradingMachine(Buying, Changing, TakingBack):
    """
    The laws of trading, whatever is done to orders, in any order, at once, and again.

    The money that is kept is what the kept goods cost; a discount stays with the units that
    bore it; what is reserved is what has yet to leave, and what is on hand what never left;
    only legal moves are made, a refused one changes nothing, and a request that comes again
    is answered as before. Of two dealings at once, the order is as if one had come after
    the other. The audit finds nothing.

    Override ``open`` and ``auditor`` to hold a store of your own to it, ``reach`` where it is
    not reached by use cases, ``pass_time`` where its clock is not the machine's, and ``run``
    where it lives in a loop of its own. The store need not be empty.
    """

    @initialize(terms=_TERMS)
    def open_shop(self, terms: Mapping[str, Any]) -> None:
        """A shop with a few goods, one code, and a tax, that takes goods back on some terms."""
        self._open(terms)

    @precondition(lambda self: self._all)
    @rule()
    def expire(self) -> None:
        """A worker ends what is overdue."""
        self._do(self._all[0], Expire())

    @rule(one=HELD, first=ACTS, second=ACTS)
    def two_at_once(self, one: int, first: Act, second: Act) -> None:
        """Two things are done to one order at the same time: as if one came after the other."""
        held = self._all[one]
        if any(each.book.expire(self.at) != each.book for each in self._all if each is not held):
            # Their goods may or may not be free by the time that this one looks for some.
            return
        keys = [self._ports.ids.token() for _ in range(2)]
        works = [each.work(self, held.ticket, held.book) for each in (first, second)]
        if works[0] is None or works[1] is None:
            return
        done = self.run(all_together(works[0](keys[0]), works[1](keys[1])))
        ends = outcomes(held.book, first.stages(held.book), second.stages(held.book), self)
        books = [book for book, *were in ends if were == done]
        there = self.run(self._standing(held.ticket))
        # Whoever is short of stock ends what is overdue of this one too.
        ended = [there.adopt(book, self.at) for book in books]
        fitting = [book for book in ended if foretold(book) == there.seen]
        assert fitting, f"{done}, {there.seen}: not as if one came after the other: {books}"
        held.book = fitting[0]

    @rule(declines=st.booleans())
    def change_its_mind(self, declines: bool) -> None:  # noqa: FBT001 - drawn by name
        """The gateway takes or declines what it has not decided."""
        self._whim.declines = declines

    @rule(minutes=st.sampled_from((1, 5, 5, 29, 29, 31, 31, 40_000)))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.pass_time(minutes)

    @precondition(lambda self: self._asked)
    @rule(which=st.integers(0, 20))
    def ask_again(self, which: int) -> None:
        """A request comes once more: it is answered as before, and nothing else happens."""
        asked = self._asked[-1 - which % len(self._asked)]
        assert self.run(said(asked.again())) == asked.answer, "the same key gives the same answer"

    @rule(refuses=st.booleans())
    def send_refunds(self, refuses: bool) -> None:  # noqa: FBT001 - drawn by name
        """
        The gateway is asked for what goes back, twice, and gives it or refuses.

        What it refuses is with the shop again, which owes it.
        """
        self._whim.refuses = refuses
        end = RefundState.FAILED if refuses else RefundState.SUCCEEDED
        self.run(self._sent(end if self.whims else self.unasked))

    async def _sent(self, end: RefundState) -> None:
        """Ask for each refund, twice at once: one that had not ended ends so."""
        for held in self._all:
            for refund in (await self._standing(held.ticket)).refunds:
                works = [send_refund(refund.id, ports=self._ports) for _ in range(2)]
                told = {each.state for each in await asyncio.gather(*works)}
                if refund.id not in self._ends and end is RefundState.FAILED:
                    held.book = held.book.refused(refund.amount.minor)
                assert told == {self._ends.setdefault(refund.id, end)}, "a refund ends once"

    @invariant()
    def every_order_is_what_the_rules_make_of_it(self) -> None:
        """Its lives, units, total and money; and the stock is what they leave of it."""
        standings, stock, pressed = self.run(self._everything())
        policy = self._ports.policy
        for held, standing in zip(self._all, standings, strict=True):
            held.book = standing.adopt(held.book, self.at)
            assert_is_as_foretold(standing, held.book)
            assert_money_adds_up(standing)
            assert_nothing_ships_twice(standing.order)
            assert_over_once_nothing_is_awaited(standing.order)
            assert_refunds_end_as_was_said(standing, self._ends, self.unasked)
            assert_only_what_waits_has_a_deadline(standing.order, policy, pressed)
        assert_stock_is_what_never_left(stock, (held.book for held in self._all))

    @invariant()
    def the_audit_finds_nothing(self) -> None:
        """The books of the whole store agree."""
        report = self.run(self._audited())
        wrong = [each for each in report.checks if each.differences]
        assert report.clean, f"the books of the store agree: {wrong}"
