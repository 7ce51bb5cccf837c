"""Money that is held under any sequence of captures, in parts or whole, and of giving up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from attrs import define, evolve, field
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from automate_store.application.payments import give_payment_up
from automate_store.domain.kernel.ids import PaymentId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderPaymentState, OrderState
from automate_store.domain.payments import CaptureMode, Payment, PaymentState
from automate_store.entrypoints.properties.trading.dealings import Ticket
from automate_store.entrypoints.properties.trading.desk import TradingDesk, all_together, said
from automate_store.entrypoints.properties.trading.standing import Standing

ORDERS = 3
"""So few that there are always goods for the next one, and much happens to each."""
_TERMS: Mapping[str, object] = {
    "restocking_rate": Decimal(0),
    "return_shipping": 0,
    "original_shipping": False,
    "digital": False,
    "refund_on_receipt": False,
    "clawback": False,
}
"""Nothing goes back here."""
_ONE = st.integers(0, ORDERS - 1)
_LAST = 3
_WHICH = st.integers(0, _LAST)
_SHARES = st.sampled_from((30, 60, 60, 100, 100, 101))
_LEADS_ON = {PaymentState.PENDING, PaymentState.FAILED}
_GIVEN_UP = _LEADS_ON | {PaymentState.AUTHORISED}


@define
class Part:
    """One attempt to pay, as the rules have it; amounts in minor units."""

    amount: int
    state: PaymentState = PaymentState.PENDING
    captured: int = 0

    @property
    def held(self) -> int:
        """What is authorised of it and was not captured."""
        return self.amount - self.captured if self.state is PaymentState.AUTHORISED else 0

    def end(self) -> None:
        """No more follows: what was captured stays so."""
        self.state = PaymentState.CAPTURED if self.captured else PaymentState.CANCELLED


@define
class Bill:
    """An order and its attempts, as the rules have them."""

    ticket: Ticket
    total: int
    wanted: Mapping[VariantId, int]
    state: OrderState = OrderState.PLACED
    parts: dict[PaymentId, Part] = field(factory=dict)

    @property
    def kept(self) -> int:
        """What was captured of it, where it is not over."""
        over = self.state is OrderState.CANCELLED
        return 0 if over else sum(each.captured for each in self.parts.values())

    @property
    def held(self) -> int:
        """What is authorised beyond that."""
        return sum(each.held for each in self.parts.values())

    @property
    def missing(self) -> int:
        """What nobody promised yet."""
        return max(self.total - self.kept - self.held, 0)

    @property
    def payment(self) -> OrderPaymentState:
        """What is seen of its money while it waits."""
        if not self.missing:
            return OrderPaymentState.AUTHORISED
        failed = any(each.state is PaymentState.FAILED for each in self.parts.values())
        return OrderPaymentState.FAILED if failed else OrderPaymentState.PENDING

    def weigh(self) -> None:
        """It is paid once what was captured reaches its total."""
        if self.state is OrderState.PLACED and self.kept >= self.total:
            self.state = OrderState.CONFIRMED


class HoldingMachine(TradingDesk):
    """
    The laws of held money, whatever staff capture of it or give up, at once and again.

    No more is captured of a payment than was authorised, nor of an order than it costs; what
    was captured stays so where the rest is given up; an order has no deadline just while its
    whole money is captured or held. Only legal moves are made, and the audit finds nothing.

    Override ``open`` and ``auditor`` as for ``TradingMachine``, ``reach`` and ``run`` too.
    """

    @initialize(percent=_SHARES)
    def open_shop(self, percent: int) -> None:
        """A shop whose staff capture what shoppers agreed to, and an order with some held."""
        self._open(_TERMS)
        policy = evolve(self._ports.policy, capture=CaptureMode.MANUAL)
        self._ports = evolve(self._ports, policy=policy)
        self.dealings = self.reach(self._ports)
        self._bills: list[Bill] = []
        self._buy((2, 1))
        self._hold(self._bills[0], percent, declines=False)

    @precondition(lambda self: len(self._bills) < ORDERS)
    @rule(wants=st.tuples(st.integers(1, 2), st.integers(0, 2)))
    def place(self, wants: tuple[int, int]) -> None:
        """An order of what has to be sent, so that all of it can be called off."""
        self._buy(wants)

    def _buy(self, wants: tuple[int, int]) -> None:
        wanted = dict(zip(self._shelf.variants, wants, strict=False))
        wanted = {each: many for each, many in wanted.items() if many}
        ticket = self.run(self._place(wanted, None))
        total = self._stands(ticket).order.total.minor
        self._bills.append(Bill(ticket, total, wanted))

    @rule(one=_ONE, percent=_SHARES)
    def intend(self, one: int, percent: int) -> None:
        """An attempt to pay so many hundredths of what is missing begins, or of too much."""
        self._intend_share(self._bill(one), percent)

    @rule(one=_ONE, percent=_SHARES, declines=st.booleans())
    def hold(self, one: int, percent: int, declines: bool) -> None:  # noqa: FBT001 - drawn by name
        """Another attempt begins, and is carried out."""
        self._hold(self._bill(one), percent, declines=declines)

    def _hold(self, bill: Bill, percent: int, *, declines: bool) -> None:
        if self._intend_share(bill, percent):
            *_, last = bill.parts
            self._carry_out(bill, last, declines=declines)

    def _intend_share(self, bill: Bill, percent: int) -> bool:
        part = max(1, bill.missing * percent // 100)
        legal = self._waits(bill) and part <= bill.missing
        key, amount = self._ports.ids.token(), self._money(part)
        made = self._ask(lambda: self.dealings.intend(bill.ticket, amount, key=key), legal=legal)
        if legal:
            bill.parts[PaymentId(made)] = Part(part)  # type: ignore[arg-type] # what was made is told by its id
        return legal

    @rule(one=_ONE, which=_WHICH, declines=st.booleans())
    def confirm(self, one: int, which: int, declines: bool) -> None:  # noqa: FBT001 - drawn by name
        """An attempt is carried out, where others leave so much to be paid."""
        bill = self._bill(one)
        open_ = [each for each, part in bill.parts.items() if part.state in _LEADS_ON]
        if not open_:
            return
        self._carry_out(bill, open_[which % len(open_)], declines=declines)

    def _carry_out(self, bill: Bill, payment_id: PaymentId, *, declines: bool) -> None:
        part, self._whim.declines = bill.parts[payment_id], declines
        legal = self._waits(bill) and part.amount <= bill.missing
        said, key = self._whim.says(payment_id), self._ports.ids.token()
        work = self.dealings.confirm
        self._ask(lambda: work(bill.ticket, payment_id, key=key), legal=legal)
        if legal:
            taken = said is PaymentState.CAPTURED
            part.state = PaymentState.AUTHORISED if taken else said

    @rule(
        one=_ONE,
        which=_WHICH,
        percent=st.sampled_from((30, 60, 100, 101)),
        final=st.booleans(),
    )
    def capture(self, one: int, which: int, percent: int, final: bool) -> None:  # noqa: FBT001 - drawn by name
        """Staff take so many hundredths of what is held, or of too much, perhaps the last."""
        bill = self._bill(one)
        if bill.missing and not bill.held:
            self._hold(bill, 60, declines=False)
        found = self._part(bill, which)
        if found is None:
            return
        payment_id, part = found
        amount = max(1, part.held * percent // 100)
        legal = self._capturable(bill, part, amount)
        key, money = self._ports.ids.token(), self._money(amount)
        work = self.dealings.capture
        self._ask(lambda: work(payment_id, money, final=final, key=key), legal=legal)
        if legal:
            _take(bill, part, amount, final=final)

    @rule(one=_ONE, which=_WHICH, percent=st.sampled_from((40, 60, 100)))
    def capture_twice_at_once(self, one: int, which: int, percent: int) -> None:
        """Staff take a part of it, twice at the same time: once, or each of them, if it fits."""
        bill = self._bill(one)
        found = self._part(bill, which)
        if found is None or not found[1].held:
            return
        payment_id, part = found
        money = self._money(max(1, part.held * percent // 100))
        keys = [self._ports.ids.token() for _ in range(2)]
        work = self.dealings.capture
        works = (work(payment_id, money, final=False, key=key) for key in keys)
        done = sum(self.run(all_together(*works)))
        times = (self._captured(bill, payment_id) - part.captured) // money.minor
        # Who asks for what is being asked for already is answered by the same capture.
        assert bool(done) <= times <= done, "what was answered was done, and nothing else"
        for _ in range(times):
            assert self._capturable(bill, part, money.minor), "no more is taken than may be"
            _take(bill, part, money.minor, final=False)

    @rule(one=_ONE, which=_WHICH)
    def void(self, one: int, which: int) -> None:
        """Staff give up what was not captured."""
        bill = self._bill(one)
        found = self._part(bill, which)
        if found is None:
            return
        (payment_id, part), key = found, self._ports.ids.token()
        legal = part.state in _GIVEN_UP
        self._ask(lambda: self.dealings.void(payment_id, key=key), legal=legal)
        if legal:
            part.end()

    @rule()
    def give_up_what_nobody_wants(self) -> None:
        """A worker gives up what is held for orders that are over, or paid by others."""
        for bill in self._bills:
            if bill.state is OrderState.PLACED:
                continue
            for payment_id, part in bill.parts.items():
                if part.state in _GIVEN_UP:
                    self.run(give_payment_up(payment_id, ports=self._ports))
                    part.end()

    @rule(one=_ONE, sure=st.integers(0, 4))
    def call_off(self, one: int, sure: int) -> None:
        """The order is called off now and then, and what was captured goes back."""
        if sure:
            return
        bill, key = self._bill(one), self._ports.ids.token()
        legal = bill.state is not OrderState.CANCELLED
        self._ask(lambda: self.dealings.cancel(bill.ticket, None, key=key), legal=legal)
        bill.state = OrderState.CANCELLED

    @rule(minutes=st.sampled_from((1, 5, 5, 5, 31)))
    def wait(self, minutes: int) -> None:
        """Time passes, and a worker ends what is overdue."""
        self.pass_time(minutes)
        for bill in self._bills:
            if bill.state is OrderState.PLACED and not self._waits(bill):
                bill.state = OrderState.CANCELLED
        self.run(self.sweep())

    @precondition(lambda self: self._asked)
    @rule(which=st.integers(0, 20))
    def ask_again(self, which: int) -> None:
        """A request comes once more: it is answered as before, and nothing else happens."""
        asked = self._asked[-1 - which % len(self._asked)]
        assert self.run(said(asked.again())) == asked.answer, "the same key gives the same answer"

    @invariant()
    def what_is_held_is_what_the_rules_make_of_it(self) -> None:
        """Each payment, each order and its deadline, and the stock that is kept for it."""
        reserved: Counter[VariantId] = Counter()
        for bill in self._bills:
            standing = self._stands(bill.ticket)
            for payment in standing.payments:
                _assert_within(payment, bill.parts[payment.id])
            _assert_waits_rightly(standing.order, bill)
            kept = standing.seen.captured - standing.seen.refunded
            assert kept == bill.kept <= bill.total, "no more is kept than the order costs"
            if bill.state is not OrderState.CANCELLED:
                reserved.update(bill.wanted)
        _, stock, _ = self.run(self._everything())
        for variant_id, item in stock.items():
            assert item.reserved == reserved[variant_id], "what waits or is paid keeps its goods"

    @invariant()
    def the_audit_finds_nothing(self) -> None:
        """The books of the whole store agree."""
        report = self.run(self._audited())
        assert report.clean, f"the books agree: {[e for e in report.checks if e.differences]}"

    def _bill(self, one: int) -> Bill:
        return self._bills[one % len(self._bills)]

    def _part(self, bill: Bill, which: int) -> tuple[PaymentId, Part] | None:
        """One of its attempts, if it has any: of which something is held, but for the last."""
        every = list(bill.parts.items())
        held = [each for each in every if each[1].held]
        found = held if held and which < _LAST else every
        return found[which % len(found)] if found else None

    def _captured(self, bill: Bill, payment_id: PaymentId) -> int:
        """How much of it was captured by now."""
        found = (each for each in self._stands(bill.ticket).payments if each.id == payment_id)
        return next(found).captured.minor

    def _waits(self, bill: Bill) -> bool:
        """Whether it may still be paid."""
        until = self._stands(bill.ticket).order.expires_at
        return bill.state is OrderState.PLACED and (until is None or until > self.at)

    def _capturable(self, bill: Bill, part: Part, amount: int) -> bool:
        waits = bill.state is OrderState.PLACED
        return waits and 0 < amount <= min(part.held, bill.total - bill.kept)

    def _stands(self, ticket: Ticket) -> Standing:
        return self.run(self._standing(ticket))

    def _money(self, minor: int) -> Money:
        return Money(minor, self._ports.policy.currency)


def _take(bill: Bill, part: Part, amount: int, *, final: bool) -> None:
    part.captured += amount
    if final or part.captured == part.amount:
        part.state = PaymentState.CAPTURED
    bill.weigh()


def _assert_within(payment: Payment, part: Part) -> None:
    """It is what the rules make of it, and no amount passes its bound."""
    seen = (payment.state, payment.captured.minor, payment.capturable.minor)
    assert seen == (part.state, part.captured, part.held), f"{seen} is not {part}"
    within = payment.refunded <= payment.captured <= payment.authorised <= payment.amount
    assert within, "no more is captured than was authorised, nor given back than captured"
    assert payment.instruction is None, "what was answered is not asked any more"


def _assert_waits_rightly(order: Order, bill: Bill) -> None:
    """It is where the rules have it, and hurried just while some of its money is missing."""
    assert order.state is bill.state, f"{order.state} is not {bill.state}"
    if bill.state is not OrderState.PLACED:
        return
    assert (order.expires_at is None) == (not bill.missing), "the whole stops the clock"
    assert order.payment is bill.payment, f"{order.payment} is not {bill.payment}"
