"""
A guard around any gateway: one deadline, a few tries, and a rest for the silent.

The deadline is that of a wait (``application.waiting``): a request or a job that asks twice has
it once, from its first call on, and what is over by then is not asked any more. Outside a wait,
as where all of a day's payments are looked up, each call has a deadline of its own.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import structlog
from attrs import frozen
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

from automate_store.adapters.guarding.breaker import Breaker, Resting, Stopwatch, Ticket
from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.application.ports.payments import PaymentGateway, SavingGateway
from automate_store.application.waiting import waiting_since
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.kernel.money import Money, UnknownCurrency
from automate_store.domain.payments import (
    GatewayEvent,
    GatewayReport,
    MethodReport,
    OddReport,
    Payment,
    Refund,
    RefundNews,
    RefundReport,
    SetupReport,
)

_Answer = TypeVar("_Answer")
Ask = Callable[[], Awaitable[_Answer]]
Sleep = Callable[[float], Awaitable[None]]


@frozen(kw_only=True)
class Guard:
    """How a gateway is guarded, and by which clock."""

    deadline_s: float
    """For all calls of one wait, with all their tries."""
    tries: int
    failures: int
    """In a row, after which it rests."""
    rest_s: float
    first_wait_s: float = 0.1
    longest_wait_s: float = 2.0
    """Between two tries, any time up to twice as long as before, and no longer than this."""
    stopwatch: Stopwatch
    """The same for all guards of a process: they share waits."""
    sleep: Sleep


@frozen
class _Span:
    """The time of one call with all its tries."""

    end_s: float
    """By the guard's stopwatch."""
    fair: bool
    """Whether it is long enough for who does not answer in it to be called silent."""

    @classmethod
    def of(cls, began_s: float, now_s: float, deadline_s: float) -> _Span:
        """What is left, now, of a wait that began then; fair if it is half the deadline."""
        end_s = began_s + deadline_s
        return cls(end_s, fair=2 * (end_s - now_s) >= deadline_s)


class GuardedGateway:
    """
    Implements ``PaymentGateway`` by another one, and has all else that that one has.

    Only GatewayUnavailable is tried again: every call has a key, so that asked twice it is
    done once. Who is cut off with less than half the deadline left, because the wait was spent on
    other calls, is not held to be silent. How a webhook is read is passed on as it is: nobody
    is asked.
    """

    def __init__(self, gateway: PaymentGateway, guard: Guard) -> None:
        self._gateway, self._guard = gateway, guard
        self._breaker = Breaker(guard.stopwatch, failures=guard.failures, rest_s=guard.rest_s)
        self.name = gateway.name
        self.offline = gateway.offline

    def __getattr__(self, name: str) -> Any:
        """What the gateway has besides, such as its way to read webhooks."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._gateway, name)

    @property
    def available(self) -> bool:
        """Whether it is asked now, or refused at once because it does not answer."""
        return self._breaker.available

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """Ask to be paid the payment's amount, by its terms."""
        return await self._insist(lambda: self._gateway.create_intent(payment))

    async def confirm(self, payment: Payment) -> GatewayReport:
        """Carry the payment out as far as it goes without the shopper."""
        return await self._insist(lambda: self._gateway.confirm(payment))

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        """Take that much more of what was authorised."""
        return await self._insist(lambda: self._gateway.capture(payment, amount, final=final))

    async def cancel(self, payment: Payment) -> GatewayReport:
        """Give up what was not captured."""
        return await self._insist(lambda: self._gateway.cancel(payment))

    async def fetch(self, payment: Payment) -> GatewayReport:
        """What the provider knows of the payment's intent."""
        return await self._insist(lambda: self._gateway.fetch(payment))

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        """Give the refund's amount of the payment back."""
        return await self._insist(lambda: self._gateway.refund(payment, refund))

    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:
        """Each refund that the provider has in its books of the payment."""
        return await self._insist(lambda: self._gateway.refunds(payment))

    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        """
        All that happened there since then.

        Each one is waited for as long as a call outside any wait; none is asked for again,
        for a list that broke off can't be gone on with.
        """
        told = self._gateway.events(since)
        try:
            while (event := await self._once(lambda: anext(told, None), self._own())) is not None:
                yield event
        finally:
            if isinstance(told, AsyncGenerator):
                await told.aclose()

    async def _insist(self, ask: Ask[_Answer]) -> _Answer:
        """The answer, asked for as often as may be in what is left of the wait."""
        guard, now_s = self._guard, self._guard.stopwatch()
        span = _Span.of(waiting_since(now_s), now_s, guard.deadline_s)

        def enough(state: RetryCallState) -> bool:
            next_s = guard.stopwatch() + state.upcoming_sleep
            return state.attempt_number >= guard.tries or next_s >= span.end_s

        retrying = AsyncRetrying(
            retry=retry_if_exception(self._may_answer_yet),
            wait=wait_random_exponential(guard.first_wait_s, guard.longest_wait_s),
            stop=enough,
            sleep=guard.sleep,
            reraise=True,
        )
        answer: _Answer = await retrying(self._once, ask, span)
        return answer

    def _may_answer_yet(self, wrong: BaseException) -> bool:
        return isinstance(wrong, GatewayUnavailable) and self.available

    async def _once(self, ask: Ask[_Answer], span: _Span) -> _Answer:
        """The answer of one try, within that time; raises GatewayUnavailable."""
        left_s = span.end_s - self._guard.stopwatch()
        if left_s <= 0:
            raise GatewayUnavailable(self.name)
        ticket = self._enter()
        answered: bool | None = None
        try:
            async with asyncio.timeout(left_s):
                answer = await ask()
        except GatewayRefused:
            answered = True
            raise
        except GatewayUnavailable:
            answered = False
            raise
        except (OddReport, UnknownCurrency) as odd:
            # It answered, and nobody knows what: no report can be made of its words.
            answered = True
            raise GatewayUnavailable(self.name) from odd
        except TimeoutError as late:
            answered = False if span.fair else None
            raise GatewayUnavailable(self.name) from late
        else:
            answered = True
            return answer
        finally:
            self._leave(ticket, answered=answered)

    def _enter(self) -> Ticket:
        try:
            return self._breaker.enter()
        except Resting as rest:
            raise GatewayUnavailable(self.name, max(1, math.ceil(rest.left_s))) from rest

    def _leave(self, ticket: Ticket, *, answered: bool | None) -> None:
        before = self.available
        self._breaker.leave(ticket, answered=answered)
        if ticket.trial and answered:
            structlog.get_logger().info("gateway_back", gateway=self.name)
        elif before and not self.available:
            rest_s = self._guard.rest_s
            structlog.get_logger().warning("gateway_rests", gateway=self.name, rest_s=rest_s)

    def _own(self) -> _Span:
        now_s = self._guard.stopwatch()
        return _Span.of(now_s, now_s, self._guard.deadline_s)


class GuardedSavingGateway(GuardedGateway):
    """Implements ``SavingGateway`` by another one."""

    _gateway: SavingGateway

    async def create_customer(self, user_id: UserId, email: str) -> str:
        """The provider's name for the account."""
        return await self._insist(lambda: self._gateway.create_customer(user_id, email))

    async def begin_setup(self, setup_id: UUID, customer: str) -> SetupReport:
        """Ask for a way to pay to save."""
        return await self._insist(lambda: self._gateway.begin_setup(setup_id, customer))

    async def finish_setup(self, setup_id: UUID, customer: str, token: str) -> SetupReport:
        """Save what the browser handed over."""
        return await self._insist(lambda: self._gateway.finish_setup(setup_id, customer, token))

    async def methods(self, customer: str) -> tuple[MethodReport, ...]:
        """What it keeps for the customer."""
        return await self._insist(lambda: self._gateway.methods(customer))

    async def detach_method(self, method_id: str) -> None:
        """Forget it."""
        await self._insist(lambda: self._gateway.detach_method(method_id))

    async def delete_customer(self, customer: str) -> None:
        """Forget who it is and all that is kept for them."""
        await self._insist(lambda: self._gateway.delete_customer(customer))


def guarded(gateway: PaymentGateway, guard: Guard) -> PaymentGateway:
    """The gateway behind a guard, able to do all that it can; one that is offline needs none."""
    if gateway.offline:
        return gateway
    kind = GuardedSavingGateway if hasattr(gateway, "create_customer") else GuardedGateway
    return kind(gateway, guard)
