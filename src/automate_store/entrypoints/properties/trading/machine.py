"""Orders under any sequence of dealings, repeats and races included: a machine for stores."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from attrs import define, evolve, frozen
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from automate_store.application.access import SYSTEM
from automate_store.application.expiry import expire_orders
from automate_store.application.payments import PaymentView, settle_payment
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor, AuditReport
from automate_store.application.refunding import send_refund
from automate_store.application.retries import retrying
from automate_store.domain.inventory import StockItem
from automate_store.domain.kernel.ids import OrderId, PaymentId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import OrderState
from automate_store.domain.payments import PaymentState
from automate_store.entrypoints.properties.coupons import Whim
from automate_store.entrypoints.properties.trading.acts import (
    ACTS,
    CANCELLING,
    MONEY,
    REFUNDING,
    SHIPPING,
    Act,
    Answer,
    Confirm,
    Expire,
    adopted,
    outcomes,
)
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import (
    Dealings,
    Refused,
    Ticket,
    UseCases,
)
from automate_store.entrypoints.properties.trading.shelf import ON_HAND, PRICES, Shelf
from automate_store.entrypoints.properties.trading.standing import (
    Standing,
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


@define
class Held:
    """An order that was placed, and what the rules make of it by now."""

    ticket: Ticket
    book: Book


@frozen
class Asked:
    """A request that was done, and its answer, which the same key gives again."""

    again: Callable[[], Answer]
    answer: object


class TradingMachine(RuleBasedStateMachine):
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

    whims: ClassVar[bool] = True
    """Whether a gateway is put in that declines, and that is heard of late."""

    held: Bundle[int] = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self._runner: asyncio.Runner | None = None

    def open(self) -> Ports:
        """The ports of the store; its clock is replaced, and its gateway where there are whims."""
        raise NotImplementedError

    def auditor(self) -> Auditor:
        """Who reads the books of the store that was opened last."""
        raise NotImplementedError

    def reach(self, ports: Ports) -> Dealings:
        """The way into the store."""
        return UseCases(ports)

    def pass_time(self, minutes: int) -> None:
        """Let it be that much later in the store."""
        self._at += timedelta(minutes=minutes)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work comes to."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner.run(work)

    def teardown(self) -> None:
        """Close the loop where it is the machine's."""
        if self._runner is not None:
            self._runner.close()

    @initialize()
    def open_shop(self) -> None:
        """A shop with a few goods, one code, and a tax."""
        ports = self.open()
        self._at: datetime = ports.clock()
        self._whim = Whim()
        self._ports = evolve(ports, clock=lambda: self._at)
        if self.whims:
            self._ports = evolve(self._ports, gateways={self._whim.name: self._whim})
        self.dealings = self.reach(self._ports)
        self._shelf = self.run(Shelf.open(self._ports))
        self._all: list[Held] = []
        self._asked: list[Asked] = []

    @precondition(lambda self: len(self._all) < ORDERS)
    @rule(target=held, wants=_wants, coded=st.booleans(), paid=st.booleans())
    def place(self, wants: tuple[int, ...], coded: bool, paid: bool) -> MultipleResults[int]:  # noqa: FBT001 - drawn by name
        """An order, paid or not, or the refusal of what is not there."""
        pairs = zip(self._shelf.variants, wants, strict=True)
        wanted = {variant_id: many for variant_id, many in pairs if many}
        books = [each.book for each in self._all]
        enough = self._fits(wanted, (book for book in books if not book.overdue(self._at)))
        ticket = self.run(_said(self._place(wanted, self._shelf.code if coded else None)))
        if isinstance(ticket, Refused):
            assert ticket.code == OUT_OF_STOCK, f"nothing else is refused: {ticket.code}"
            assert not enough, "what is there can be had"
            return multiple()
        assert enough, "what is not there is not sold"
        self._all.append(Held(ticket, Book.opened(self.run(self._standing(ticket)).order)))
        if paid:
            self._pay(self._all[-1], declines=False)
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

    @precondition(lambda self: self._all)
    @rule()
    def expire(self) -> None:
        """A worker ends what is overdue."""
        self._do(self._all[0], Expire())

    @rule(one=held, first=ACTS, second=ACTS)
    def two_at_once(self, one: int, first: Act, second: Act) -> None:
        """Two things are done to one order at the same time: as if one came after the other."""
        held = self._all[one]
        if any(each.book.overdue(self._at) for each in self._all if each is not held):
            # Their goods may or may not be free by the time that this one looks for some.
            return
        keys = [self._ports.ids.token() for _ in range(2)]
        works = [each.work(self, held.ticket, held.book) for each in (first, second)]
        if works[0] is None or works[1] is None:
            return
        done = self.run(_all_together(works[0](keys[0]), works[1](keys[1])))
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

    @rule(minutes=st.sampled_from((1, 5, 29, 31)))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.pass_time(minutes)

    @precondition(lambda self: self._asked)
    @rule(which=st.integers(0, 20))
    def ask_again(self, which: int) -> None:
        """A request comes once more: it is answered as before, and nothing else happens."""
        asked = self._asked[-1 - which % len(self._asked)]
        assert self.run(_said(asked.again())) == asked.answer, "the same key gives the same answer"

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
            held.book = standing.adopt(held.book, self._at)
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

    @property
    def at(self) -> datetime:
        """The time in the store."""
        return self._at

    def room(self, book: Book) -> bool:
        """Whether all that the order wants is to be had once more."""
        others = (each.book for each in self._all if each.book.lines.keys() != book.lines.keys())
        return self._fits(evolve(book, state=OrderState.PLACED).held(), others)

    def says(self, payment_id: PaymentId) -> PaymentState:
        """What the gateway says of the attempt once it is asked to carry it out."""
        return self._whim.says(payment_id) if self.whims else PaymentState.CAPTURED

    async def hear(self, payment_id: PaymentId) -> None:
        """The gateway reports of its own accord what became of an attempt."""
        async with self._ports.reading() as reads:
            known = await reads.payments.get(payment_id)
        report = await self._ports.gateway(known.gateway).confirm(known)

        async def attempt() -> PaymentView:
            async with self._ports.unit_of_work() as work:
                return await settle_payment(
                    known, report, work=work, actor=SYSTEM, ports=self._ports
                )

        await retrying(attempt)

    async def sweep(self) -> None:
        """A worker ends what is overdue."""
        await expire_orders(ports=self._ports)

    def _do(self, held: Held, act: Act) -> None:
        work = act.work(self, held.ticket, held.book)
        if work is None:
            return
        expected: Book | None = held.book
        for stage in act.stages(held.book):
            expected = stage(expected, self) if expected is not None else None
        key = self._ports.ids.token()
        self._ask(lambda: work(key), legal=expected is not None, keyed=act.keyed)
        held.book = held.book if expected is None else expected
        if isinstance(act, Expire):
            for each in self._all:
                each.book = each.book.expire(self._at)

    def _pay(self, held: Held, *, declines: bool) -> None:
        self._whim.declines = declines
        self._intend(held)
        self._do(held, Confirm(0))

    def _intend(self, held: Held) -> None:
        key = self._ports.ids.token()
        legal = held.book.payable(self._at) is not None
        made = self._ask(lambda: self.dealings.intend(held.ticket, key=key), legal=legal)
        if isinstance(made, UUID):
            amount = Money(held.book.total, self._ports.policy.currency)
            held.book = adopted(held.book, PaymentId(made), amount)

    def _ask(self, work: Callable[[], Answer], *, legal: bool, keyed: bool = True) -> object:
        """The answer, where it is legal; a refusal, and None, where it is not."""
        answer = self.run(_said(work()))
        if isinstance(answer, Refused):
            assert not legal, f"a legal move is made: {answer.code}"
            return None
        assert legal, "an illegal move is refused"
        if keyed:
            self._asked.append(Asked(work, answer))
        return answer

    async def _place(self, wanted: Mapping[VariantId, int], code: str | None) -> Ticket:
        cart, key = await self.dealings.fill(wanted, code), self._ports.ids.token()
        ticket = await self.dealings.place(cart, key=key)
        self._asked.append(Asked(lambda: self.dealings.place(cart, key=key), ticket))
        return ticket

    def _fits(self, wanted: Mapping[VariantId, int], books: Iterable[Book]) -> bool:
        taken: Counter[VariantId] = Counter()
        for book in books:
            taken.update(book.held())
        for each in self._all:
            taken.update(each.book.left())
        return all(many <= ON_HAND - taken[each] for each, many in wanted.items())

    async def _standing(self, ticket: Ticket) -> Standing:
        return await Standing.of(ticket, self._ports)

    async def _everything(
        self,
    ) -> tuple[list[Standing], Mapping[VariantId, StockItem], Collection[OrderId]]:
        """The orders, the stock, and the orders whose stock will not be kept for ever."""
        standings = [await self._standing(held.ticket) for held in self._all]
        async with self._ports.reading() as reads:
            stock = await reads.stock.of(self._shelf.variants)
            return (
                standings,
                stock,
                await reads.stock.overdue(
                    self._at + FAR, variant_ids=self._shelf.variants, limit=MOST_ORDERS
                ),
            )

    async def _audited(self) -> AuditReport:
        return await self.auditor().audit(shown=1)


async def _all_together(*works: Answer) -> list[bool]:
    """Which of the works was done, all begun at once; the others were refused."""
    came_to = await asyncio.gather(*map(_said, works))
    return [not isinstance(each, Refused) for each in came_to]


async def _said(work: Coroutine[Any, Any, T]) -> T | Refused:
    try:
        return await work
    except Refused as refused:
        return refused
