"""Codes under any sequence of orders, payments and expiries: a machine to hold a store to."""

from __future__ import annotations

import asyncio
from asyncio import gather
from collections.abc import Coroutine, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from attrs import evolve, frozen
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from automate_store.application.expiry import expire_orders
from automate_store.application.orders import TotalChanged
from automate_store.application.ports import Ports
from automate_store.application.ports.coupons import CouponFigures
from automate_store.domain.coupons import Coupon, CouponRefused, CouponType
from automate_store.domain.kernel.errors import RuleBroken, Stale
from automate_store.domain.kernel.ids import CouponId
from automate_store.domain.orders import IllegalMove, Order, OrderOverdue, OrderState
from automate_store.entrypoints.properties.contracts.scene import price
from automate_store.entrypoints.properties.coupons.shopping import (
    PRODUCTS,
    Placed,
    Shopping,
    Whim,
)

T = TypeVar("T")
CUSTOMERS = ("ann@example.com", "bob@example.com")
"""So few that they meet their limits."""
SPELLINGS = ("{}", "  {}", "{}\n", "UPPER", "WIDE")
CODES = 2
"""So few that customers meet on them."""


@frozen
class Customer:
    """Somebody, and how they write their e-mail address this time."""

    email: str
    spelling: str

    @property
    def written(self) -> str:
        """The address as they write it."""
        if self.spelling == "UPPER":
            return self.email.upper()
        if self.spelling == "WIDE":
            # Full-width letters, as some keyboards give them.
            return "".join(chr(ord(each) + 0xFEE0) for each in self.email[:3]) + self.email[3:]
        return self.spelling.format(self.email)


@frozen
class Limits:
    """The terms of a coupon that count."""

    in_all: int | None
    per_customer: int | None
    stackable: bool


_customers = st.builds(Customer, st.sampled_from(CUSTOMERS), st.sampled_from(SPELLINGS))
_limits = st.builds(
    Limits, st.sampled_from((1, 2, 3, None)), st.sampled_from((1, 2, None)), st.booleans()
)
_written = st.sampled_from((str, str.lower, str.upper, " {} ".format))
_which = st.sampled_from(((0,), (1,), (0,), (0, 1), (1, 0), ()))
_codes = _which.flatmap(lambda which: st.tuples(*(st.tuples(st.just(i), _written) for i in which)))


class CouponMachine(RuleBasedStateMachine):
    """
    The law of coupons, whatever orders are placed, fail, are paid or expire, and at once.

    A coupon's counter is the number of its live uses, which are those of the orders with
    its code that were not cancelled; no limit is ever passed, in all or for one customer,
    however the e-mail is spelt; and whoever may still use a code can.

    Override ``open`` to hold a store of your own to it, and ``run`` where that lives in a
    loop of its own. The store need not be empty; what others do in it is not looked at.
    """

    placed: Bundle[Placed] = Bundle("placed")

    def __init__(self) -> None:
        super().__init__()
        self._runner: asyncio.Runner | None = None

    def open(self) -> Ports:
        """The ports of the store; its gateway and its clock are replaced."""
        raise NotImplementedError("override open: it gives the ports of the store to be tested")

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work comes to."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner.run(work)

    def teardown(self) -> None:
        """Close the loop where it is the machine's."""
        if self._runner is not None:
            self._runner.close()

    @initialize(limits=st.lists(_limits, min_size=CODES, max_size=CODES))
    def open_shop(self, limits: list[Limits]) -> None:
        """A shop with a coupon for each of the limits."""
        ports = self.open()
        self._at: datetime = ports.clock()
        self._gateway = Whim()
        self._ports = evolve(
            ports, clock=lambda: self._at, gateways={self._gateway.name: self._gateway}
        )
        self._coupons = [self._coupon(each, number) for number, each in enumerate(limits)]
        self._shopping = self.run(Shopping.open(self._ports, *self._coupons))
        self._all: list[Placed] = []

    @rule(target=placed, who=_customers, codes=_codes)
    def place(self, who: Customer, codes: Sequence[Any]) -> MultipleResults[Placed]:
        """An order with these codes, or the refusal of one that can't be used."""
        usable = self._usable(who, codes)
        came_to = self.run(self._attempt(who, codes))
        if isinstance(came_to, Placed):
            assert usable, "no code is used that is used up, or beside one that it can't stand"
            return self._remember(came_to)
        assert isinstance(came_to, CouponRefused), f"only codes are refused: {came_to!r}"
        assert not usable, f"whoever may use a code can: {came_to}"
        return multiple()

    @rule(who=_customers, codes=_codes)
    def place_on_a_stale_total(self, who: Customer, codes: Sequence[Any]) -> None:
        """Nobody agreed to what it costs: nothing is placed and nothing used."""
        usable = self._usable(who, codes)
        came_to = self.run(self._attempt(who, codes, stale=True))
        assert isinstance(came_to, TotalChanged if usable else CouponRefused), repr(came_to)

    @rule(
        target=placed, customers=st.lists(_customers, min_size=2, max_size=PRODUCTS), codes=_codes
    )
    def place_at_once(
        self, customers: list[Customer], codes: Sequence[Any]
    ) -> MultipleResults[Placed]:
        """Several orders with the same codes; some get them, the others are told."""
        usable = any(self._usable(who, codes) for who in customers)

        async def all_together() -> list[Placed | RuleBroken | Stale]:
            attempts = (
                self._attempt(who, codes, product=number) for number, who in enumerate(customers)
            )
            return await gather(*attempts)

        came_to = self.run(all_together())
        made = [each for each in came_to if isinstance(each, Placed)]
        refused = [each for each in came_to if not isinstance(each, Placed)]
        assert all(isinstance(each, CouponRefused | Stale) for each in refused), refused
        assert usable or not made, "nobody gets what nobody may use"
        return self._remember(*made)

    @rule(one=placed)
    def ask_again(self, one: Placed) -> None:
        """The same request once more is answered by the same order."""
        assert self.run(self._shopping.place_again(one)).id == one.order.id

    @rule(one=placed)
    def pay(self, one: Placed) -> None:
        """The order is paid, unless it was already or its time is over."""
        self._gateway.declines = False
        before = self._now(one)
        legal = before.state is OrderState.PLACED and not before.overdue(self._at)
        assert self.run(_done(self._shopping.pay(one))) is legal

    @rule(one=placed)
    def fail_to_pay(self, one: Placed) -> None:
        """An attempt brings nothing; the order waits on, and keeps its codes."""
        self._gateway.declines = True
        before = self._now(one)
        self.run(_done(self._shopping.pay(one)))
        assert self._now(one).state is before.state

    @rule(minutes=st.sampled_from((31, 29, 1, 60)))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self._at += timedelta(minutes=minutes)

    @rule(workers=st.integers(1, 3))
    def expire(self, workers: int) -> None:
        """Workers end what is overdue, at the same time and more than once."""

        async def all_together() -> None:
            await gather(*(expire_orders(ports=self._ports) for _ in range(workers)))

        self.run(all_together())
        assert not any(each.overdue(self._at) for each in self._orders()), "nothing is left over"

    @rule(one=consumes(placed), minutes=st.sampled_from((0, 29, 30, 31)))
    def pay_while_it_expires(self, one: Placed, minutes: int) -> None:
        """A payment races with the end of its time: the order is paid or cancelled, not both."""
        self._gateway.declines = False
        self._at += timedelta(minutes=minutes)

        async def all_together() -> None:
            await gather(_done(self._shopping.pay(one)), expire_orders(ports=self._ports))

        self.run(all_together())
        assert self._now(one).state is not OrderState.PLACED

    @invariant()
    def the_counter_is_the_number_of_live_uses(self) -> None:
        """Counter, rows and orders that were not cancelled say the same of each coupon."""
        orders = self._standing()
        for coupon in self._coupons:
            figures = self.run(self._figures(coupon))
            live = _with(coupon, orders)
            assert (figures.coupon.used_count, figures.uses) == (len(live), len(live))
            assert coupon.usage_limit is None or figures.uses <= coupon.usage_limit

    @invariant()
    def no_customer_passes_a_limit(self) -> None:
        """A customer has as many uses as orders that stand, and no more than one may have."""
        orders = self._standing()
        for email in CUSTOMERS:
            for coupon, used in zip(self._coupons, self.run(self._used_by(email)), strict=True):
                assert used == sum(each.email == email for each in _with(coupon, orders))
                limit = coupon.usage_limit_per_customer
                assert limit is None or used <= limit

    async def _attempt(
        self, who: Customer, codes: Sequence[Any], *, product: int = 0, stale: bool = False
    ) -> Placed | RuleBroken | Stale:
        coupons = [self._coupons[number] for number, _ in codes]
        written = [write(self._coupons[number].code) for number, write in codes]
        expected = price(self._ports, 1_000_000) if stale else None
        try:
            token = await self._shopping.fill(written, product=product)
            return await self._shopping.place(token, who.written, coupons, expected_total=expected)
        except (RuleBroken, Stale) as refused:
            return refused

    def _usable(self, who: Customer, codes: Sequence[Any]) -> bool:
        """Whether an order with these codes can be placed, once what is overdue is given back."""
        orders = [(each, now) for each, now in self._standing() if not now.overdue(self._at)]
        coupons = [self._coupons[number] for number, _ in codes]
        return (len(coupons) < CODES or all(each.stackable for each in coupons)) and all(
            _leaves_one(coupon, who, _with(coupon, orders)) for coupon in coupons
        )

    def _coupon(self, limits: Limits, number: int) -> Coupon:
        return Coupon(
            id=CouponId(self._ports.ids.uuid()),
            code=f"Spring-{self._ports.ids.order_number()}",
            name="Spring",
            type=CouponType.PERCENTAGE,
            value=Decimal(10 * (number + 1)),
            currency=self._ports.policy.currency,
            usage_limit=limits.in_all,
            usage_limit_per_customer=limits.per_customer,
            stackable=limits.stackable,
        )

    def _remember(self, *made: Placed) -> MultipleResults[Placed]:
        self._all += made
        return multiple(*made)

    def _orders(self) -> list[Order]:
        async def read() -> list[Order]:
            async with self._ports.reading() as reads:
                return [await reads.orders.get(each.order.id) for each in self._all]

        return self.run(read())

    def _standing(self) -> list[tuple[Placed, Order]]:
        """The orders that were not cancelled."""
        both = zip(self._all, self._orders(), strict=True)
        return [(each, now) for each, now in both if now.state is not OrderState.CANCELLED]

    def _now(self, one: Placed) -> Order:
        return self._orders()[self._all.index(one)]

    async def _figures(self, coupon: Coupon) -> CouponFigures:
        async with self._ports.reading() as reads:
            return await reads.coupons.get(coupon.code)

    async def _used_by(self, email: str) -> list[int]:
        codes = [coupon.code for coupon in self._coupons]
        async with self._ports.reading() as reads:
            told = await reads.coupons.presented(codes, user_id=None, email=email)
        return [each.used_by_you for each in told]


async def _done(payment: Coroutine[Any, Any, object]) -> bool:
    """Whether it was made; an order that waits for no money refuses it."""
    try:
        await payment
    except (IllegalMove, OrderOverdue, Stale):
        return False
    return True


def _with(coupon: Coupon, orders: Iterable[tuple[Placed, Order]]) -> list[Placed]:
    return [each for each, _ in orders if coupon in each.coupons]


def _leaves_one(coupon: Coupon, who: Customer, live: Sequence[Placed]) -> bool:
    mine = sum(each.email == who.email for each in live)
    limit, own = coupon.usage_limit, coupon.usage_limit_per_customer
    return (limit is None or len(live) < limit) and (own is None or mine < own)
