"""Orders under any sequence of dealings, repeats and races included: a machine for stores."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from automate_store.application.refunding import send_refund
from automate_store.domain.kernel.ids import ReturnId
from automate_store.entrypoints.properties.trading.acts import (
    ACTS,
    CANCELLING,
    MONEY,
    PICK,
    REFUNDING,
    RETURNING,
    SHIPPING,
    Act,
    Approve,
    Deliver,
    Expire,
    Receive,
    Ship,
    outcomes,
    picked,
)
from automate_store.entrypoints.properties.trading.backs import asked_back, returnable
from automate_store.entrypoints.properties.trading.books import PAID, Book
from automate_store.entrypoints.properties.trading.dealings import (
    Refused,
)
from automate_store.entrypoints.properties.trading.desk import (
    Held,
    TradingDesk,
    all_together,
    said,
)
from automate_store.entrypoints.properties.trading.edits import (
    Wish,
    dearer,
    extended,
    open_to_edits,
    reduced,
    sendable,
)
from automate_store.entrypoints.properties.trading.shelf import PRICES
from automate_store.entrypoints.properties.trading.standing import (
    assert_money_adds_up,
    assert_nothing_ships_twice,
    assert_only_what_waits_has_a_deadline,
    assert_stock_is_what_never_left,
    foretold,
)

T = TypeVar("T")
OUT_OF_STOCK = "out_of_stock"
ORDERS = 4
"""So few that much happens to each."""

FAR = timedelta(days=365)
MOST_ORDERS = 100
_wants = st.tuples(*[st.sampled_from((0, 1, 2, 3))] * len(PRICES)).filter(any)

_THEN = st.sampled_from((None, (), (Ship(None), Deliver()), (Ship(None), Deliver())))
"""What an order goes through at once: nothing, being paid, or all of it."""

_AFTERWARDS = st.sampled_from(
    (
        (),
        (Approve(0),),
        (Approve(0), Receive(0, 0, True)),  # noqa: FBT003 - as new
        (Approve(0), Receive(0, 1, False)),  # noqa: FBT003 - used
    )
)


class TradingMachine(TradingDesk):
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

    held: Bundle[int] = Bundle("held")

    @initialize()
    def open_shop(self) -> None:
        """A shop with a few goods, one code, and a tax."""
        self._open()

    @precondition(lambda self: len(self._all) < ORDERS)
    @rule(target=held, wants=_wants, coded=st.booleans(), then=_THEN)
    def place(
        self,
        wants: tuple[int, ...],
        coded: bool,  # noqa: FBT001 - drawn by name
        then: tuple[Act, ...] | None,
    ) -> MultipleResults[int]:
        """An order, paid and sent perhaps, or the refusal of what is not there."""
        pairs = zip(self._shelf.variants, wants, strict=True)
        wanted = {variant_id: many for variant_id, many in pairs if many}
        books = [each.book for each in self._all]
        enough = self._fits(wanted, (book for book in books if not book.overdue(self.at)))
        ticket = self.run(said(self._place(wanted, self._shelf.code if coded else None)))
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

    @rule(one=held)
    def intend(self, one: int) -> None:
        """An attempt to pay begins, where the order waits for money."""
        self._intend(self._all[one])

    @rule(one=held, declines=st.booleans())
    def pay(self, one: int, declines: bool) -> None:  # noqa: FBT001 - drawn by name
        """A new attempt to pay is made, and carried out."""
        self._pay(self._all[one], declines=declines)

    @rule(one=held, act=MONEY)
    def settle(self, one: int, act: Act) -> None:
        """An attempt is carried out, or heard of: late, or not for the first time."""
        self._do(self._all[one], act)

    @rule(one=held, act=CANCELLING)
    def cancel(self, one: int, act: Act) -> None:
        """An order is called off, or some of it."""
        self._do(self._all[one], act)

    @rule(one=held, act=SHIPPING)
    def ship(self, one: int, act: Act) -> None:
        """A parcel leaves, or the last of them arrive."""
        self._do(self._all[one], act)

    @rule(one=held, act=REFUNDING)
    def refund(self, one: int, act: Act) -> None:
        """Money goes back as a courtesy."""
        self._do(self._all[one], act)

    @rule(one=held, wants=_wants)
    def edit(self, one: int, wants: tuple[int, ...]) -> None:
        """Its buyer wants other quantities; one that is paid is not made dearer here."""
        held = self._all[one]
        wanted = dict(zip(held.book.lines, wants, strict=False))
        wish = Wish.of(held.book, wanted, self._shelf.prices)
        left = reduced(held.book, wish)
        paid, parcels = held.book.payment in PAID, self._shelf.parcels
        if paid and left is not None and dearer(held.book, left, wish, parcels):
            return
        others = (
            each.book for each in self._all if each is not held and not each.book.overdue(self.at)
        )
        window = self._ports.policy.edit_window
        legal = (
            open_to_edits(held.book, window, self.at)
            and left is not None
            and sendable(held.book, wish, parcels)
            and self._fits(wish.shortage(held.book), (*others, held.book))
        )
        key = self._ports.ids.token()
        self._ask(lambda: self.dealings.edit(held.ticket, wanted, key=key), legal=legal)
        if legal and left is not None:
            order = self.run(self._standing(held.ticket)).order
            held.book = extended(left, wish, order)

    @rule(one=held, pick=PICK, unwanted=st.booleans(), then=_AFTERWARDS)
    def ask_back(
        self,
        one: int,
        pick: tuple[int, ...] | None,
        unwanted: bool,  # noqa: FBT001 - drawn by name
        then: tuple[Act, ...],
    ) -> None:
        """Units are to go back, where they came and are in time; perhaps they do at once."""
        held = self._all[one]
        items = picked(held.book, pick) or held.book.to_return
        if not items:
            return
        reason, key = self.terms.reason(unwanted=unwanted), self._ports.ids.token()
        legal = returnable(held.book, items, self.terms, self.at)
        made = self._ask(
            lambda: self.dealings.ask_back(held.ticket, items, reason, key=key), legal=legal
        )
        if isinstance(made, UUID):
            held.book = asked_back(held.book, ReturnId(made), items, unwanted=unwanted)
            for act in then:
                self._do(held, act)

    @rule(one=held, act=RETURNING)
    def take_back(self, one: int, act: Act) -> None:
        """A return is decided on, received or paid back."""
        self._do(self._all[one], act)

    @precondition(lambda self: self._all)
    @rule()
    def expire(self) -> None:
        """A worker ends what is overdue."""
        self._do(self._all[0], Expire())

    @rule(one=held, first=ACTS, second=ACTS)
    def two_at_once(self, one: int, first: Act, second: Act) -> None:
        """Two things are done to one order at the same time: as if one came after the other."""
        held = self._all[one]
        if any(each.book.overdue(self.at) for each in self._all if each is not held):
            # Their goods may or may not be free by the time that this one looks for some.
            return
        keys = [self._ports.ids.token() for _ in range(2)]
        works = [each.work(self, held.ticket, held.book) for each in (first, second)]
        if works[0] is None or works[1] is None:
            return
        done = self.run(all_together(works[0](keys[0]), works[1](keys[1])))
        ends = outcomes(held.book, first.stages(held.book), second.stages(held.book), self)
        books = [book for book, *were in ends if were == done]
        seen = self.run(self._standing(held.ticket)).seen
        fitting = [book for book in books if foretold(book) == seen]
        assert fitting, f"{done}, {seen}: not as if one came after the other: {books}"
        held.book = fitting[0]

    @rule(declines=st.booleans())
    def change_its_mind(self, declines: bool) -> None:  # noqa: FBT001 - drawn by name
        """The gateway takes or declines what it has not decided."""
        self._whim.declines = declines

    @rule(minutes=st.sampled_from((1, 5, 29, 31, 31, 40_000)))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.pass_time(minutes)

    @precondition(lambda self: self._asked)
    @rule(which=st.integers(0, 20))
    def ask_again(self, which: int) -> None:
        """A request comes once more: it is answered as before, and nothing else happens."""
        asked = self._asked[-1 - which % len(self._asked)]
        assert self.run(said(asked.again())) == asked.answer, "the same key gives the same answer"

    @rule()
    def send_refunds(self) -> None:
        """The gateway is asked for what goes back, twice: no money moves in our books."""

        async def sent() -> None:
            for held in self._all:
                for refund in (await self._standing(held.ticket)).refunds:
                    for _ in range(2):
                        await send_refund(refund.id, ports=self._ports)

        self.run(sent())

    @invariant()
    def every_order_is_what_the_rules_make_of_it(self) -> None:
        """Its lives, units, total and money; and the stock is what they leave of it."""
        standings, stock, pressed = self.run(self._everything())
        lifetime = self._ports.policy.reservation_lifetime
        for held, standing in zip(self._all, standings, strict=True):
            held.book = standing.adopt(held.book, self.at)
            assert standing.seen == foretold(held.book)
            assert_money_adds_up(standing)
            assert_nothing_ships_twice(standing.order)
            assert_only_what_waits_has_a_deadline(standing.order, lifetime, pressed)
        assert_stock_is_what_never_left(stock, (held.book for held in self._all))

    @invariant()
    def the_audit_finds_nothing(self) -> None:
        """The books of the whole store agree."""
        report = self.run(self._audited())
        assert report.clean, [each for each in report.checks if each.differences]
