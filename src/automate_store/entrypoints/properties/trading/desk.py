"""How a machine reaches a store: what it opens, asks, foretells and remembers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from attrs import define, evolve, frozen
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine

from automate_store.application.access import SYSTEM
from automate_store.application.expiry import expire_orders
from automate_store.application.payments import PaymentView, settle_payment
from automate_store.application.ports import Ports
from automate_store.application.ports.audit import Auditor, AuditReport
from automate_store.application.retries import retrying
from automate_store.domain.inventory import StockItem
from automate_store.domain.kernel.ids import OrderId, PaymentId, RefundId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import OrderState
from automate_store.domain.payments import PaymentState, RefundState
from automate_store.entrypoints.properties.coupons import Whim
from automate_store.entrypoints.properties.trading.acts import Confirm, Expire, adopted
from automate_store.entrypoints.properties.trading.books import Book
from automate_store.entrypoints.properties.trading.dealings import (
    Dealings,
    Refused,
    Ticket,
    UseCases,
)
from automate_store.entrypoints.properties.trading.shelf import ON_HAND, PRICES, Shelf
from automate_store.entrypoints.properties.trading.standing import Standing
from automate_store.entrypoints.properties.trading.world import Act, Answer
from automate_store.entrypoints.properties.trading.worth import Terms

T = TypeVar("T")
FAR = timedelta(days=365)
MOST_ORDERS = 100
HELD: Bundle[int] = Bundle("held")
"""The orders that were placed, each by its place among them."""

WANTS = st.tuples(*[st.sampled_from((0, 1, 2, 3))] * len(PRICES)).filter(any)
"""So many of each of what is on sale."""


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


class TradingDesk(RuleBasedStateMachine):
    """A store, the orders that were placed in it, and what the rules make of them."""

    whims: ClassVar[bool] = True
    """
    Whether the machine puts in a clock, a gateway that declines, and terms of returns.

    Without them ``pass_time`` has to be overridden too, and ends what is overdue; and the
    gateway has to be one that is ``offline``.
    """

    def __init__(self) -> None:
        super().__init__()
        self._runner: asyncio.Runner | None = None

    def open(self) -> Ports:
        """The ports of the store; its clock and its gateway are replaced where there are whims."""
        raise NotImplementedError("override open: it gives the ports of the store to be tested")

    def auditor(self) -> Auditor:
        """Who reads the books of the store that was opened last."""
        raise NotImplementedError("override auditor: it reads the books of the store of open")

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

    def _open(self, terms: Mapping[str, Any]) -> None:
        """A shop with a few goods, one code, and a tax, that takes goods back on these terms."""
        self._ports = self.open()
        self._at: datetime = self._ports.clock()
        self._whim = Whim()
        if self.whims:
            policy = self._ports.policy
            shipping = Money(terms["return_shipping"], policy.currency)
            returns = evolve(policy.returns, **{**terms, "return_shipping": shipping})
            self._ports = evolve(
                self._ports,
                clock=lambda: self._at,
                gateways={self._whim.name: self._whim},
                policy=evolve(policy, returns=returns),
            )
        self.dealings = self.reach(self._ports)
        self._shelf = self.run(Shelf.open(self._ports))
        self._all: list[Held] = []
        self._asked: list[Asked] = []
        self._ends: dict[RefundId, RefundState] = {}

    def reached(self) -> Counter[str]:
        """Where the orders are by now: how many in each of the places that they can be."""
        books = (held.book for held in self._all)
        return Counter(f"{book.state}, {book.payment}, {book.fulfilment}" for book in books)

    @property
    def unasked(self) -> RefundState:
        """What a refund is that was not sent yet; who is offline is asked before that."""
        return RefundState.PENDING if self.whims else RefundState.SUCCEEDED

    @property
    def at(self) -> datetime:
        """The time in the store."""
        return self._ports.clock()

    @property
    def terms(self) -> Terms:
        """On what terms goods are taken back."""
        policy = self._ports.policy
        return Terms(policy=policy.returns, currency=policy.currency, prices=self._shelf.prices)

    def room(self, book: Book) -> bool:
        """Whether all that the order wants is to be had once more."""
        return self._fits(evolve(book, state=OrderState.PLACED).held(), (book, *self._others(book)))

    def fits(self, book: Book, wanted: Mapping[VariantId, int]) -> bool:
        """Whether so much more is to be had for the order, once what is overdue is over."""
        books = (book, *self._others(book))
        return self._fits(wanted, [each.expire(self.at) for each in books])

    def _others(self, book: Book) -> list[Book]:
        """The orders that have none of its lines."""
        return [e.book for e in self._all if e.book.lines.keys().isdisjoint(book.lines)]

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
                each.book = each.book.expire(self.at)

    def _pay(self, held: Held, *, declines: bool) -> None:
        self._whim.declines = declines
        self._intend(held)
        self._do(held, Confirm(0))

    def _intend(self, held: Held) -> None:
        due = held.book.due(self.at)
        self._attempt(held, None, legal=due is not None, of=due or 0)

    def _intend_part(self, held: Held, percent: int) -> None:
        """So many hundredths of what is due: what a change costs is paid whole."""
        due = held.book.due(self.at) or 0
        part = max(1, due * percent // 100)
        legal = part == due if held.book.waiting else part <= due
        self._attempt(held, Money(part, self._ports.policy.currency), legal=legal, of=part)

    def _attempt(self, held: Held, amount: Money | None, *, legal: bool, of: int) -> None:
        key = self._ports.ids.token()
        work = partial(self.dealings.intend, held.ticket, amount, key=key)
        made = self._ask(work, legal=legal)
        if legal:
            assert isinstance(made, UUID), "an attempt has an id"
            held.book = adopted(held.book, PaymentId(made), of)

    def _ask(self, work: Callable[[], Answer], *, legal: bool, keyed: bool = True) -> object:
        """The answer, where it is legal; a refusal, and None, where it is not."""
        answer = self.run(said(work()))
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

    def _lasting(self, besides: Held | None) -> list[Book]:
        """The other orders once what is overdue of them is over: whoever is short ends it."""
        return [each.book.expire(self.at) for each in self._all if each is not besides]

    def _fits(self, wanted: Mapping[VariantId, int], books: Iterable[Book]) -> bool:
        taken: Counter[VariantId] = Counter()
        for book in books:
            taken.update(book.held())
            taken.update(book.left())
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
                    self.at + FAR, variant_ids=self._shelf.variants, limit=MOST_ORDERS
                ),
            )

    async def _audited(self) -> AuditReport:
        return await self.auditor().audit(shown=1)


async def all_together(*works: Answer) -> list[bool]:
    """Which of the works was done, all begun at once; the others were refused."""
    came_to = await asyncio.gather(*map(said, works))
    return [not isinstance(each, Refused) for each in came_to]


async def said(work: Coroutine[Any, Any, T]) -> T | Refused:
    """What the work gives, or why it was refused."""
    try:
        return await work
    except Refused as refused:
        return refused
