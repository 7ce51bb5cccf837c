"""Payments in memory, and a gateway that does what a test tells it to."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime

from attrs import evolve

from automate_store.adapters.memory.session import Session
from automate_store.application.errors import GatewayRefused, GatewayUnavailable, VersionConflict
from automate_store.domain.kernel.ids import OrderId, PaymentId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    CaptureMode,
    GatewayEvent,
    GatewayReport,
    Payment,
    PaymentNotFound,
    PaymentState,
    Refund,
    RefundNews,
    RefundNotFound,
    RefundReport,
    RefundState,
    capture_key,
)

_THEIRS = frozenset({PaymentState.PROCESSING, PaymentState.AUTHORISED})
"""The gateway works on it, or holds money for it."""
_ENDED = frozenset({PaymentState.CAPTURED, PaymentState.CANCELLED, PaymentState.PARKED})


class MemoryPayments:
    """Implements ``ports.orders.Payments``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def get(self, payment_id: PaymentId) -> Payment:
        """The payment; raises PaymentNotFound."""
        await self._session.turn()
        payment = self._tables.payments.get(payment_id)
        if payment is None:
            raise PaymentNotFound(str(payment_id))
        return payment

    async def of_order(self, order_id: OrderId) -> tuple[Payment, ...]:
        """Every attempt for the order, oldest first."""
        await self._session.turn()
        attempts = [each for each in self._tables.payments.values() if each.order_id == order_id]
        return tuple(sorted(attempts, key=lambda payment: (payment.created_at, payment.id)))

    async def by_intent(self, gateway: str, intent_id: str) -> Payment | None:
        """The payment that the gateway knows by that intent, if there is one."""
        await self._session.turn()
        for each in self._tables.payments.values():
            if (each.gateway, each.intent_id) == (gateway, intent_id):
                return each
        return None

    async def page(
        self, *, state: PaymentState | None, before: PaymentId | None, limit: int
    ) -> tuple[Payment, ...]:
        """Attempts in that state, or in any, the last begun first, after that one."""
        await self._session.turn()
        found = [
            each
            for each in self._tables.payments.values()
            if state in {None, each.state} and (before is None or each.id < before)
        ]
        return tuple(sorted(found, key=lambda each: each.id, reverse=True)[:limit])

    async def unsettled(
        self, gateway: str, *, since: datetime, until: datetime, after: PaymentId | None, limit: int
    ) -> tuple[Payment, ...]:
        """Attempts there of which money may come yet, the first begun first."""
        await self._session.turn()
        found = [
            each
            for each in self._tables.payments.values()
            if each.gateway == gateway
            and each.state not in _ENDED
            and each.created_at < until
            and (each.created_at >= since or each.state in _THEIRS)
            and (after is None or each.id > after)
        ]
        return tuple(sorted(found, key=lambda each: each.id)[:limit])

    async def moved(
        self, gateway: str, *, since: datetime, after: PaymentId | None, limit: int
    ) -> tuple[Payment, ...]:
        """Attempts there that took money and changed since then, the first begun first."""
        await self._session.turn()
        found = [
            each
            for each in self._tables.payments.values()
            if each.gateway == gateway
            and each.captured.minor > 0
            and each.updated_at >= since
            and (after is None or each.id > after)
        ]
        return tuple(sorted(found, key=lambda each: each.id)[:limit])

    async def elsewhere(self, gateways: Collection[str], *, since: datetime) -> Mapping[str, int]:
        """How many there are at each other gateway, of which there is anything to ask."""
        await self._session.turn()
        return Counter(
            each.gateway
            for each in self._tables.payments.values()
            if each.gateway not in gateways
            and (
                (each.captured.minor > 0 and each.updated_at >= since)
                or each.state in _THEIRS
                or (each.state not in _ENDED and each.created_at >= since)
            )
        )

    async def add(self, payment: Payment) -> None:
        """Store a new attempt."""
        await self._session.turn()
        await self._session.take("payment", payment.id)
        assert payment.id not in self._tables.payments, "an attempt is added once"
        self._store(payment)

    async def save(self, payment: Payment) -> None:
        """Store the changed attempt and its events; raises VersionConflict."""
        await self._session.turn()
        await self._session.take("payment", payment.id)
        stored = self._tables.payments.get(payment.id)
        if stored is None or stored.version != payment.version:
            raise VersionConflict("payment", str(payment.id))
        self._store(payment)

    def _store(self, payment: Payment) -> None:
        self._tables.payments.put(payment.id, payment.saved())
        self._session.record(*payment.events)


class MemoryRefunds:
    """Implements ``ports.orders.Refunds``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def get(self, refund_id: RefundId) -> Refund:
        """The refund; raises RefundNotFound."""
        await self._session.turn()
        refund = self._tables.refunds.get(refund_id)
        if refund is None:
            raise RefundNotFound(str(refund_id))
        return refund

    async def of_order(self, order_id: OrderId) -> tuple[Refund, ...]:
        """Every refund of the order, oldest first."""
        await self._session.turn()
        found = [each for each in self._tables.refunds.values() if each.order_id == order_id]
        return tuple(sorted(found, key=lambda refund: (refund.created_at, refund.id)))

    async def page(
        self, *, state: RefundState | None, before: RefundId | None, limit: int
    ) -> tuple[Refund, ...]:
        """Refunds in that state, or in any, the last begun first, after that one."""
        await self._session.turn()
        found = [
            each
            for each in self._tables.refunds.values()
            if state in {None, each.state} and (before is None or each.id < before)
        ]
        return tuple(sorted(found, key=lambda each: each.id, reverse=True)[:limit])

    async def add(self, refund: Refund) -> None:
        """Store a new refund and its events."""
        await self._session.turn()
        await self._session.take("refund", refund.id)
        assert refund.id not in self._tables.refunds, "a refund is added once"
        self._store(refund)

    async def save(self, refund: Refund) -> None:
        """Store the changed refund and its events; raises VersionConflict."""
        await self._session.turn()
        await self._session.take("refund", refund.id)
        stored = self._tables.refunds.get(refund.id)
        if stored is None or stored.version != refund.version:
            raise VersionConflict("refund", str(refund.id))
        self._store(refund)

    def _store(self, refund: Refund) -> None:
        self._tables.refunds.put(refund.id, refund.saved())
        self._session.record(*refund.events)


class MemoryGateway:
    """
    A provider with a memory: intents by payment, acted on once however often it is asked.

    ``decline``, ``delay`` and ``hide`` make the next confirmations fail, or take their time,
    or their answers get lost; ``decide`` ends one that took its time. ``refuse`` keeps money.
    """

    offline = False

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self.captures: list[PaymentId] = []
        self.given: dict[RefundId, Money] = {}
        self.books: dict[PaymentId, list[RefundNews]] = {}
        """What it says went back of each payment, the oldest first."""
        self._reports: dict[PaymentId, GatewayReport] = {}
        self._taken: set[str] = set()
        self._given: dict[PaymentId, Money] = {}
        self._declines = ""
        self._refuses = ""
        self._slow = False
        self._hidden = False

    def decline(self, reason: str) -> None:
        """Decline what is confirmed from now on, for that reason; none accepts again."""
        self._declines = reason

    def refuse(self, reason: str) -> None:
        """Give back nothing from now on, for that reason; none gives again."""
        self._refuses = reason

    def delay(self, *, slow: bool) -> None:
        """Take time over what is confirmed from now on."""
        self._slow = slow

    def decide(self, payment: Payment, state: PaymentState) -> GatewayReport:
        """What it says once that became of a payment over which it took its time."""
        assert self._known(payment).state is PaymentState.PROCESSING, "it takes its time"
        failure = "no cover" if state is PaymentState.FAILED else None
        report = evolve(self._reports[payment.id], state=state, failure=failure)
        self._reports[payment.id] = report
        return report

    def forget(self) -> None:
        """Have heard of no payment any more, as after its books were lost."""
        self._reports.clear()
        self.books.clear()

    def hide(self, *, hidden: bool) -> None:
        """Act, but lose every answer on its way back."""
        self._hidden = hidden

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """Ask to be paid the payment's amount."""
        self._known(payment)
        return self._answer(payment)

    async def confirm(self, payment: Payment) -> GatewayReport:
        """Capture the whole amount, or decline it."""
        report = self._known(payment)
        if report.state is PaymentState.PENDING:
            self._reports[payment.id] = self._carried_out(payment, report)
        return self._answer(payment)

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        """Take that much more of what was authorised; asked again for the same, nothing more."""
        key = capture_key(payment.id, before=payment.captured, amount=amount, final=final)
        if key not in self._taken:
            self._reports[payment.id] = self._captured(payment, amount, final=final)
            self._taken.add(key)
            self.captures.append(payment.id)
        return self._answer(payment)

    async def cancel(self, payment: Payment) -> GatewayReport:
        """Give up what was not captured."""
        report = self._known(payment)
        if report.taken == report.amount:
            raise GatewayRefused(self.name, "all of it was captured")
        if report.state is PaymentState.PROCESSING:
            raise GatewayRefused(self.name, "it is being carried out")
        ended = PaymentState.CAPTURED if report.taken else PaymentState.CANCELLED
        self._reports[payment.id] = evolve(report, state=ended)
        return self._answer(payment)

    async def fetch(self, payment: Payment) -> GatewayReport:
        """What became of the payment's intent."""
        self._known(payment)
        return self._answer(payment)

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        """Give it back, once however often it is asked, or refuse what was never captured."""
        given = self._given.get(payment.id, Money.zero(refund.amount.currency))
        left = self._known(payment).taken - given
        if refund.id not in self.given and refund.amount <= left and not self._refuses:
            self.given[refund.id] = refund.amount
            self._given[payment.id] = given + refund.amount
            self._written(payment, refund.amount, refund.id)
        if self._hidden:
            raise GatewayUnavailable(self.name)
        if refund.id not in self.given:
            failure = self._refuses or "less than that was captured"
            return RefundReport(state=RefundState.FAILED, failure=failure)
        return self._done(refund.id)

    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:
        """What it has in its books of the payment."""
        self._known(payment)
        if self._hidden:
            raise GatewayUnavailable(self.name)
        return tuple(self.books.get(payment.id, ()))

    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:  # noqa: ARG002 - as the port has it
        """None: it keeps no list of what happened."""
        nothing: tuple[GatewayEvent, ...] = ()
        for each in nothing:
            yield each

    def _written(self, payment: Payment, amount: Money, refund_id: RefundId) -> None:
        news = RefundNews(refund_id=refund_id, amount=amount, report=self._done(refund_id))
        self.books.setdefault(payment.id, []).append(news)

    def _done(self, refund_id: RefundId) -> RefundReport:
        gateway_id = f"{self.name}_{refund_id.hex}"
        return RefundReport(state=RefundState.SUCCEEDED, gateway_id=gateway_id)

    def _carried_out(self, payment: Payment, report: GatewayReport) -> GatewayReport:
        if self._declines:
            return evolve(report, state=PaymentState.FAILED, failure=self._declines)
        if self._slow:
            return evolve(report, state=PaymentState.PROCESSING)
        if payment.terms.capture is CaptureMode.MANUAL:
            return evolve(report, state=PaymentState.AUTHORISED)
        self.captures.append(payment.id)
        return evolve(report, state=PaymentState.CAPTURED)

    def _captured(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        report = self._known(payment)
        taken = report.taken + amount
        if report.state is not PaymentState.AUTHORISED or taken > report.promised:
            raise GatewayRefused(self.name, f"only {report.promised} is authorised")
        done = final or taken == report.promised
        state = PaymentState.CAPTURED if done else PaymentState.AUTHORISED
        return evolve(report, state=state, authorised=report.promised, captured=taken)

    def _known(self, payment: Payment) -> GatewayReport:
        if payment.intent_id is not None and payment.id not in self._reports:
            raise GatewayRefused.of_unknown(self.name)
        fresh = GatewayReport(
            intent_id=f"{self.name}_{payment.id.hex}",
            state=PaymentState.PENDING,
            amount=payment.amount,
        )
        return self._reports.setdefault(payment.id, fresh)

    def _answer(self, payment: Payment) -> GatewayReport:
        if self._hidden:
            raise GatewayUnavailable(self.name)
        return self._reports[payment.id]
