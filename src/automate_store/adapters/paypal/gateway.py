"""
The gateway to PayPal, over its REST API: orders v2, payments v2, vault v3, webhooks v1.

An order of PayPal's is the payment's intent; the shopper agrees to it on PayPal's page or in
its buttons, and confirming it authorises or captures it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from uuid import UUID

from attrs import evolve

from automate_store.adapters.paypal import refunds, vault
from automate_store.adapters.paypal.amounts import NAME, amount_of, takes
from automate_store.adapters.paypal.events import event_of, listed
from automate_store.adapters.paypal.line import PayPalLine, PayPalSays
from automate_store.adapters.paypal.orders import (
    Order,
    Part,
    asked_for,
    for_browser,
    report_of,
)
from automate_store.adapters.paypal.signatures import PayPalSignatures
from automate_store.application.errors import GatewayRefused, GatewayUnavailable
from automate_store.application.ports.sources import Clock
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    CaptureMode,
    GatewayEvent,
    GatewayReport,
    MethodReport,
    Payment,
    PaymentState,
    Refund,
    RefundNews,
    RefundReport,
    SetupReport,
    capture_key,
)

WAITS = frozenset({"ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED"})
"""What PayPal says of an order that its shopper has not agreed to."""
DONE = frozenset({"ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_AUTHORIZED"})
DECLINES = frozenset(
    {
        "CARD_EXPIRED",
        "INSTRUMENT_DECLINED",
        "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
        "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
        "PAYER_ACCOUNT_RESTRICTED",
        "PAYER_CANNOT_PAY",
        "PAYMENT_DENIED",
        "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING",
        "TRANSACTION_BLOCKED_BY_PAYEE",
        "TRANSACTION_LIMIT_EXCEEDED",
        "TRANSACTION_RECEIVING_LIMIT_EXCEEDED",
        "TRANSACTION_REFUSED",
    }
)
"""What it says of a shopper who can't pay this way, and may try another."""
GIVEN_UP = frozenset({"AUTHORIZATION_VOIDED", "PREVIOUSLY_VOIDED"})
_WAITING = frozenset({PaymentState.PENDING, PaymentState.REQUIRES_ACTION})
_UNPAID = frozenset({PaymentState.PENDING, PaymentState.REQUIRES_ACTION, PaymentState.FAILED})


class PayPalGateway:
    """
    Implements ``SavingGateway``, ``ToldGateway`` and ``ChoosyGateway``.

    The line's owner closes it.
    """

    name = NAME
    offline = False

    def __init__(self, line: PayPalLine, signatures: PayPalSignatures, *, clock: Clock) -> None:
        self._line = line
        self._signatures = signatures
        self._clock = clock

    def supports(self, amount: Money) -> bool:
        """Whether PayPal has the currency, and moves that little of it."""
        return takes(amount)

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """An order of the payment's amount, and where the shopper agrees to it."""
        body = asked_for(payment, self._line.account)
        try:
            order = await self._line.post("/v2/checkout/orders", body, Order, key=str(payment.id))
        except PayPalSays as refused:
            raise refused.refused() from None
        return _report(order, payment)

    async def confirm(self, payment: Payment) -> GatewayReport:
        """The order, authorised or captured, where its shopper agreed to it."""
        if payment.state is PaymentState.CANCELLED:
            raise GatewayRefused(self.name, "it was given up")
        intent_id = await self._intent_id(payment)
        method = payment.terms.method
        source = {} if method is None else {"payment_source": {"paypal": {"vault_id": method}}}
        verb = "authorize" if payment.terms.capture is CaptureMode.MANUAL else "capture"
        try:
            order = await self._line.post(
                f"/v2/checkout/orders/{intent_id}/{verb}",
                source,
                Order,
                key=self._attempt(payment, "confirm"),
            )
        except PayPalSays as refused:
            return await self._unconfirmed(payment, intent_id, refused)
        return _report(order, payment)

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        """That much more of what was authorised."""
        order = await self._order(payment)
        authorization = order.authorization
        if authorization is None:
            raise GatewayRefused(self.name, "nothing was authorised")
        left = authorization.money - payment.captured
        if not Money.zero(left.currency) < amount <= left:
            raise GatewayRefused(self.name, f"only {left} is left to be captured")
        try:
            captured = await self._line.post(
                f"/v2/payments/authorizations/{authorization.id}/capture",
                {"amount": amount_of(amount), "final_capture": final},
                Part,
                key=capture_key(payment.id, before=payment.captured, amount=amount, final=final),
            )
        except PayPalSays as refused:
            raise refused.refused() from None
        return _report((await self._order(payment)).showing(captured), payment)

    async def cancel(self, payment: Payment) -> GatewayReport:
        """
        Its authorisation, voided; an order that nobody agreed to is left to run out.

        PayPal has no way to take such an order back: it moves nothing unless it is confirmed,
        which a payment that was given up is not.
        """
        order = await self._order(payment)
        report = _report(order, payment)
        if report.state is PaymentState.PROCESSING or report.taken == report.amount:
            raise GatewayRefused(self.name, "all of it was captured, or is being captured")
        authorization = order.authorization
        if authorization is not None and report.state is PaymentState.AUTHORISED:
            await self._void(authorization, payment)
        ended = PaymentState.CAPTURED if report.taken else PaymentState.CANCELLED
        return evolve(report, state=ended, failure=None, client={})

    async def fetch(self, payment: Payment) -> GatewayReport:
        """What became of the order; one whose answer was lost is asked for again."""
        if payment.intent_id is None:
            return await self.create_intent(payment)
        try:
            order = await self._line.get(f"/v2/checkout/orders/{payment.intent_id}", Order)
        except PayPalSays as refused:
            return _gone(payment, payment.intent_id, refused)
        report = _report(order, payment)
        if payment.state is PaymentState.FAILED and report.state in _WAITING:
            # PayPal keeps no word of a decline: its order waits as it did before.
            return evolve(report, state=PaymentState.FAILED, failure=payment.failure)
        return report

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        """Given back, of the oldest captures first; unknown while its order can't be seen."""
        try:
            order = await self._order(payment)
        except GatewayRefused as refused:
            if refused.unknown:
                raise
            # A call before may have made it: what is not looked at has not failed.
            raise GatewayUnavailable(self.name) from refused
        return await refunds.give_back(payment, refund, order, self._line)

    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:
        """What the order shows of them, the parts of one refund of ours together."""
        return refunds.made(await self._order(payment))

    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        """All that PayPal would have told; it remembers about a month."""
        try:
            async for event in listed(self._line, since=since, until=self._clock()):
                yield event
        except PayPalSays as refused:
            raise refused.refused() from None

    async def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> GatewayEvent:
        """What it tells, once its signature was checked."""
        await self._signatures.check(headers, body, at=at)
        return event_of(body)

    async def create_customer(self, user_id: UserId, email: str) -> str:  # noqa: ARG002 - as the port has it
        """The account's name at PayPal, which hears of it with the first method."""
        return vault.customer_of(user_id)

    async def begin_setup(self, setup_id: UUID, customer: str) -> SetupReport:
        """A setup token, and the page where the shopper agrees to it."""
        try:
            return await vault.begin_setup(setup_id, customer, self._line)
        except PayPalSays as refused:
            raise refused.refused() from None

    async def finish_setup(self, setup_id: UUID, customer: str, token: str) -> SetupReport:
        """The method that the setup token is exchanged for."""
        try:
            return await vault.finish_setup(setup_id, customer, token, self._line)
        except PayPalSays as refused:
            raise refused.refused() from None

    async def methods(self, customer: str) -> tuple[MethodReport, ...]:
        """What PayPal keeps for the customer."""
        try:
            return await vault.kept_methods(customer, self._line)
        except PayPalSays as refused:
            raise refused.refused() from None

    async def detach_method(self, method_id: str) -> None:
        """Forgotten there."""
        try:
            await vault.forget_method(method_id, self._line)
        except PayPalSays as refused:
            raise refused.refused() from None

    async def delete_customer(self, customer: str) -> None:
        """All that PayPal keeps for them, forgotten; of them it knows no more than that."""
        try:
            for method in await vault.kept_methods(customer, self._line):
                await vault.forget_method(method.method_id, self._line)
        except PayPalSays as refused:
            raise refused.refused() from None

    def _attempt(self, payment: Payment, verb: str) -> str:
        """
        The key of what may be refused now and done later: it names the moment as well.

        PayPal may answer a key for hours as it did first, and shows no difference between the
        shopper's attempts. Nothing is done twice by it: an order is carried out once and an
        authorisation voided once, whoever asks, and PayPal says that it was.
        """
        return f"{payment.id}:{verb}:{self._clock():%Y%m%dT%H%M%S.%f}"

    async def _intent_id(self, payment: Payment) -> str:
        """The order's id, asked for again where the answer that named it was lost."""
        return payment.intent_id or (await self.create_intent(payment)).intent_id

    async def _order(self, payment: Payment) -> Order:
        intent_id = await self._intent_id(payment)
        try:
            return await self._line.get(f"/v2/checkout/orders/{intent_id}", Order)
        except PayPalSays as refused:
            raise _not_shown(refused) from None

    async def _void(self, authorization: Part, payment: Payment) -> None:
        path = f"/v2/payments/authorizations/{authorization.id}/void"
        try:
            await self._line.do("POST", path, key=self._attempt(payment, "cancel"))
        except PayPalSays as refused:
            if refused.issue not in GIVEN_UP:
                raise refused.refused() from None

    async def _unconfirmed(
        self, payment: Payment, intent_id: str, refused: PayPalSays
    ) -> GatewayReport:
        """What it means for the payment that its order could not be carried out."""
        known = evolve(payment, intent_id=intent_id)
        ways_on = for_browser(intent_id, refused.links)
        if refused.issue in DONE:
            return await self.fetch(known)
        if refused.issue in WAITS:
            report = await self.fetch(known)
            if report.state is PaymentState.PENDING:
                report = evolve(report, state=PaymentState.REQUIRES_ACTION)
            return evolve(report, client={**report.client, **ways_on})
        if refused.issue in DECLINES:
            return GatewayReport(
                intent_id=intent_id,
                state=PaymentState.FAILED,
                amount=payment.amount,
                failure=refused.reason,
                client={**payment.client, **ways_on},
            )
        return _gone(payment, intent_id, refused)


def _report(order: Order, payment: Payment) -> GatewayReport:
    return report_of(order, alone=payment.terms.method is not None)


def _not_shown(refused: PayPalSays) -> GatewayRefused:
    return GatewayRefused.of_unknown(NAME) if refused.missing else refused.refused()


def _gone(payment: Payment, intent_id: str, refused: PayPalSays) -> GatewayReport:
    """The end of an order that ran out before anybody agreed; else the refusal."""
    if not refused.missing or payment.state not in _UNPAID:
        raise _not_shown(refused) from None
    return GatewayReport(intent_id=intent_id, state=PaymentState.CANCELLED, amount=payment.amount)
