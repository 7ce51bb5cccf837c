"""
Reconciling: the store and its gateways are made to agree, and what does not is told.

Nothing is repeated blindly: whatever has no end is asked about under the key it was asked
for, and what happened there is heard as if it had been told. A second run changes nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

from attrs import evolve, frozen

from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.application.payments.comparing import compare_refunds
from automate_store.application.payments.discrepancies import (
    Discrepancy,
    Reconciled,
    gathered,
    numbered,
    why,
)
from automate_store.application.payments.hearing import actor_of, hear_event, keep_event
from automate_store.application.payments.looking import OnlyLookedAt
from automate_store.application.payments.recording import record_refusal
from automate_store.application.payments.settling import settle_payment
from automate_store.application.payments.unasked import list_unasked
from automate_store.application.ports import Ports
from automate_store.application.ports.payments import PaymentGateway
from automate_store.application.refunding import send_refund
from automate_store.application.retries import retrying
from automate_store.domain.kernel.errors import Malformed, RuleBroken, StoreError
from automate_store.domain.kernel.ids import PaymentId, RefundId, ToldId
from automate_store.domain.payments import (
    GatewayEvent,
    GatewayReport,
    GatewayUnknown,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    ToldEvent,
    ToldState,
)

SINCE = timedelta(hours=24)
"""How far back the clock's own reconciling looks."""
BOOKS_SINCE = timedelta(hours=48)
"""The same, for what gateways have in their books: once a day, and a day to spare."""
LOST_AFTER = timedelta(minutes=1)
"""An answer that has not come by then is lost: whoever waited for it has given up."""
ASKED_AGAIN = "asked for again"
"""What comes of it where the gateway is only looked at."""
ITS_OWN = (GatewayUnavailable, GatewayRefused, RuleBroken, Malformed)
"""What is raised of one thing alone, be it odd or not answered; the rest is gone on with."""
PAGE = 100

About = Payment | Refund | str
Progress = Callable[[str, str, int], None]
"""Is told the gateway, what is being looked at, and how many of them by now."""


async def reconcile(
    *, since: timedelta, only: str | None, progress: Progress, ports: Ports
) -> Reconciled:
    """
    Every gateway that acts on anything outside, or only that one.

    Raises GatewayUnset for one whose settings are missing, GatewayUnknown for one that is none.
    """
    if only is not None and only not in {*ports.gateways, *ports.settings_of}:
        raise GatewayUnknown(only, tuple(sorted(ports.gateways)))
    done = await _reconcile(since, only, progress, ports, books=True, told=True)
    return await numbered(done, ports)


async def reconcile_lately(*, ports: Ports) -> int:
    """The same by the clock, for all gateways and but for their books; how much changed."""
    return (await _reconcile(SINCE, None, _silent, ports, books=False, told=False)).changed


async def compare_lately(*, ports: Ports) -> int:
    """The same with their books, which asks for every payment that took money; less often."""
    return (await _reconcile(BOOKS_SINCE, None, _silent, ports, books=True, told=False)).changed


def _silent(_gateway: str, _what: str, _many: int) -> None:
    pass


async def _reconcile(
    since: timedelta,
    only: str | None,
    progress: Progress,
    ports: Ports,
    *,
    books: bool,
    told: bool,
) -> Reconciled:
    names = sorted(ports.gateways) if only is None else [only]
    result = Reconciled()
    for name in names:
        gateway = ports.gateway(name)
        if not gateway.offline:
            one = _Reconciling(gateway, since, progress, ports, books, told)
            result = result.and_then(await one.run())
    if only is None and told:
        unasked = await list_unasked(ports.clock() - since, ports)
        result = result.and_then(Reconciled(left=unasked))
    return result


@frozen
class _Reconciling:
    """One gateway's turn."""

    gateway: PaymentGateway
    since: timedelta
    progress: Progress
    ports: Ports
    books: bool
    """Whether what it has in its books is looked through as well."""
    told: bool
    """Whether anybody is told what is left."""

    async def run(self) -> Reconciled:
        """Payments first, then refunds, then what happened there, then what its books say."""
        result = Reconciled()
        books = (self._given_up, self._compared) if self.books else ()
        for part in (self._payments, self._refunds, self._events, *books, self._waiting):
            result = result.and_then(await part())
        result = result.and_then(Reconciled(left=await self._left() if self.told else ()))
        return evolve(result, left=gathered(result.left))

    async def _payments(self) -> Reconciled:
        done = Reconciled()
        async for payment in self._unsettled():
            try:
                after, report = await self._settle(payment)
            except OnlyLookedAt:
                asked = self._mended("payment", payment, _said(payment), ASKED_AGAIN)
                done = done.and_then(Reconciled(payments=1)).and_then(asked)
                continue
            except ITS_OWN as failed:
                left = self._odd("payment not settled", payment, payment.state, why(failed))
                done = done.and_then(Reconciled(payments=1, left=(left,)))
                continue
            odd = self._differing(after, report)
            mended = self._mended("payment", payment, _said(payment), _said(after))
            done = done.and_then(Reconciled(payments=1, left=odd)).and_then(mended)
            self.progress(self.gateway.name, "payments", done.payments)
        return done

    async def _given_up(self) -> Reconciled:
        """What is held there for payments that were given up before that came, to be let go."""
        done = Reconciled()
        async for payment in self._in_state(PaymentState.CANCELLED):
            if payment.created_at < self.ports.clock() - self.since:
                return done
            if payment.intent_id is None:
                continue
            try:
                _, report = await self._settle(payment)
            except GatewayRefused:
                # It knows nothing of it any more, so nothing is held.
                continue
            except ITS_OWN as failed:
                left = self._odd("payment not looked up", payment, payment.state, why(failed))
                done = done.and_then(Reconciled(payments=1, left=(left,)))
                continue
            done = done.and_then(Reconciled(payments=1))
            if report is not None and payment.held_in_vain(report):
                done = done.and_then(self._mended("hold", payment, payment.state, report.state))
            self.progress(self.gateway.name, "payments", done.payments)
        return done

    async def _settle(self, payment: Payment) -> tuple[Payment, GatewayReport | None]:
        """The payment after its gateway's word; no word where that will not begin it."""
        # What was never answered is asked for again: the payment's own id keeps it one.
        unknown = payment.intent_id is None
        ask = self.gateway.create_intent if unknown else self.gateway.fetch
        try:
            report = evolve(await ask(payment), since=payment.version)
        except GatewayRefused as refused:
            if not unknown:
                raise
            return await record_refusal(payment, refused, ports=self.ports), None
        actor = actor_of(self.gateway.name)

        async def attempt() -> Payment:
            async with self.ports.unit_of_work() as work:
                view = await settle_payment(
                    payment, report, work=work, actor=actor, ports=self.ports
                )
                return view.payment

        return await retrying(attempt), report

    def _differing(self, payment: Payment, report: GatewayReport | None) -> tuple[Discrepancy, ...]:
        if report is None or payment.state is PaymentState.PARKED:
            return ()
        if payment.captured == report.taken:
            return ()
        return (self._odd("captured", payment, payment.captured, report.taken),)

    async def _unsettled(self) -> AsyncIterator[Payment]:
        until = self.ports.clock() - LOST_AFTER
        since, after = self.ports.clock() - self.since, None
        while True:
            page = await self._unsettled_after(after, since=since, until=until)
            for payment in page:
                yield payment
            if len(page) < PAGE:
                return
            after = page[-1].id

    async def _unsettled_after(
        self, after: PaymentId | None, **span: object
    ) -> tuple[Payment, ...]:
        async with self.ports.reading() as reads:
            return await reads.payments.unsettled(
                self.gateway.name,
                after=after,
                limit=PAGE,
                **span,  # type: ignore[arg-type]  # since and until
            )

    async def _refunds(self) -> Reconciled:
        done = Reconciled()
        async for refund in self._refunds_in(RefundState.PENDING):
            if refund.made_there or refund.created_at > self.ports.clock() - LOST_AFTER:
                continue
            try:
                after = await send_refund(refund.id, ports=self.ports)
            except OnlyLookedAt:
                asked = self._mended("refund", refund, _went(refund), ASKED_AGAIN)
                done = done.and_then(Reconciled(refunds=1)).and_then(asked)
                continue
            except ITS_OWN as failed:
                left = self._odd("refund not given", refund, refund.amount, why(failed))
                done = done.and_then(Reconciled(refunds=1, left=(left,)))
                continue
            mended = self._mended("refund", refund, _went(refund), _went(after))
            done = done.and_then(Reconciled(refunds=1)).and_then(mended)
            self.progress(self.gateway.name, "refunds", done.refunds)
        return done

    async def _refunds_in(self, state: RefundState) -> AsyncIterator[Refund]:
        before: RefundId | None = None
        while True:
            async with self.ports.reading() as reads:
                page = await reads.refunds.page(state=state, before=before, limit=PAGE)
                payments = {each.payment_id: None for each in page}
                found = {own: await reads.payments.get(own) for own in payments}
            for refund in page:
                if found[refund.payment_id].gateway == self.gateway.name:
                    yield refund
            if len(page) < PAGE:
                return
            before = page[-1].id

    async def _events(self) -> Reconciled:
        done, name = Reconciled(), self.gateway.name
        try:
            async for event in self.gateway.events(self.ports.clock() - self.since):
                told_id = await keep_event(name, event, ports=self.ports)
                done = done.and_then(Reconciled(events=1))
                if told_id is not None:
                    await self._hear(told_id)
                    done = done.and_then(self._mended("event", _about(event), "", event.kind))
                self.progress(name, "events", done.events)
        except ITS_OWN as failed:
            left = self._odd("events not read", name, "", why(failed))
            return done.and_then(Reconciled(left=(left,)))
        return done

    async def _compared(self) -> Reconciled:
        done, since = Reconciled(), self.ports.clock() - self.since
        async for payment in self._moved(since):
            try:
                one = await compare_refunds(payment, gateway=self.gateway, ports=self.ports)
            except ITS_OWN as failed:
                left = self._odd("refunds not read", payment, payment.refunded, why(failed))
                one = Reconciled(compared=1, left=(left,))
            done = done.and_then(one)
            self.progress(self.gateway.name, "payments for their refunds", done.compared)
        return done

    async def _moved(self, since: datetime) -> AsyncIterator[Payment]:
        after: PaymentId | None = None
        while True:
            async with self.ports.reading() as reads:
                page = await reads.payments.moved(
                    self.gateway.name, since=since, after=after, limit=PAGE
                )
            for payment in page:
                yield payment
            if len(page) < PAGE:
                return
            after = page[-1].id

    async def _waiting(self) -> Reconciled:
        """What was told and had no effect yet is heard again: what it waited for may be there."""
        done = Reconciled()
        for state in (ToldState.RECEIVED, ToldState.FAILED, ToldState.PARKED):
            async for told in self._told_in(state):
                after = await self._hear(told.id)
                if after is not None and after.ended:
                    what = self._mended("event", _about(told.event), told.state, after.state)
                    done = done.and_then(what)
        return done

    async def _hear(self, told_id: ToldId) -> ToldEvent | None:
        try:
            return await hear_event(told_id, ports=self.ports)
        except StoreError:
            # It says so in the list of events, from where it is reported.
            return None

    async def _told_in(self, state: ToldState) -> AsyncIterator[ToldEvent]:
        before: ToldId | None = None
        while True:
            async with self.ports.reading() as reads:
                page = await reads.told.page(
                    state=state, gateway=self.gateway.name, before=before, limit=PAGE
                )
            for told in page:
                yield told
            if len(page) < PAGE:
                return
            before = page[-1].id

    async def _left(self) -> tuple[Discrepancy, ...]:
        """What waits for staff, of this gateway."""
        left = [each async for each in self._parked()]
        for state in (ToldState.FAILED, ToldState.PARKED):
            async for told in self._told_in(state):
                about, why = _about(told.event), told.why or ""
                left.append(self._odd(f"event {state}", about, why, told.event.kind))
        async for refund in self._refunds_in(RefundState.FAILED):
            async with self.ports.reading() as reads:
                order = await reads.orders.get(refund.order_id)
            if order.owed:
                failure = refund.failure or "refused"
                left.append(self._odd("refund failed", refund, refund.amount, failure))
        return tuple(left)

    async def _parked(self) -> AsyncIterator[Discrepancy]:
        async for each in self._in_state(PaymentState.PARKED):
            if each.reported is not None:
                yield self._odd("payment parked", each, each.amount, each.reported.amount)

    async def _in_state(self, state: PaymentState) -> AsyncIterator[Payment]:
        """This gateway's, the last begun first."""
        before: PaymentId | None = None
        while True:
            async with self.ports.reading() as reads:
                page = await reads.payments.page(state=state, before=before, limit=PAGE)
            for each in page:
                if each.gateway == self.gateway.name:
                    yield each
            if len(page) < PAGE:
                return
            before = page[-1].id

    def _mended(self, what: str, about: About, before: object, after: object) -> Reconciled:
        """The change, where it is one."""
        changed = before != after
        return Reconciled.mending(self._odd(what, about, before, after) if changed else None)

    def _odd(self, what: str, about: About, ours: object, theirs: object) -> Discrepancy:
        return Discrepancy(
            gateway=self.gateway.name,
            what=what,
            subject=about if isinstance(about, str) else str(about.id),
            ours=str(ours),
            theirs=str(theirs),
            order_id=None if isinstance(about, str) else about.order_id,
        )


def _said(payment: Payment) -> str:
    """What of a payment is told to have changed; by its intent it is known from now on."""
    known = "" if payment.intent_id else ", no intent"
    return f"{payment.state}, {payment.captured} captured{known}"


def _went(refund: Refund) -> str:
    return f"{refund.amount} {refund.state}"


def _about(event: GatewayEvent) -> str:
    return str(event.intent_id or event.payment_id or event.id)
