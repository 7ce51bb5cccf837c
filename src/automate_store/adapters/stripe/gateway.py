"""The gateway over Stripe's PaymentIntents, refunds and events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

import msgspec
from attrs import evolve
from stripe import RequestOptions
from stripe.params import (
    EventListParams,
    EventListParamsCreated,
    PaymentIntentCaptureParams,
    PaymentIntentCreateParams,
)

from automate_store.adapters.stripe.amounts import NAME, Unreadable, takes, to_stripe
from automate_store.adapters.stripe.events import LISTED, Happened
from automate_store.adapters.stripe.line import Declined, StripeLine, in_our_words
from automate_store.adapters.stripe.reading import Intent, MadeRefund, uuid_in
from automate_store.adapters.stripe.saving import PAGE, StripeSaving
from automate_store.adapters.stripe.signing import HEADER, check_signature
from automate_store.application.errors import GatewayRefused, GatewayUnavailable, WebhookRefused
from automate_store.application.ports.sources import Clock
from automate_store.domain.kernel.ids import RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    CaptureMode,
    GatewayEvent,
    GatewayReport,
    Payment,
    PaymentState,
    Refund,
    RefundNews,
    RefundReport,
    RefundState,
    capture_key,
)

KEPT = timedelta(days=30)
"""How long Stripe lists events."""
SECOND = timedelta(seconds=1)
"""The shortest span that events can be asked for by."""
NARROWER = 4
"""By how much a span is cut of which there is more than a page."""
_OPEN = {PaymentState.PENDING, PaymentState.REQUIRES_ACTION, PaymentState.FAILED}


class StripeGateway(StripeSaving):
    """
    Implements ``PaymentGateway``, ``SavingGateway`` and ``ToldGateway``.

    ``parts`` is for accounts that Stripe lets capture more than once.
    """

    name = NAME
    offline = False

    def __init__(self, line: StripeLine, *, clock: Clock, parts: bool) -> None:
        super().__init__(line)
        self._clock = clock
        self._parts = parts

    @property
    def publishable_key(self) -> str:
        """The key that the shopper's browser opens Stripe by."""
        return self._line.keys.publishable

    def supports(self, amount: Money) -> bool:
        """Whether Stripe has the currency, and counts that finely in it."""
        return takes(amount)

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """An intent that the browser confirms, or that we do where it pays by what was saved."""
        if payment.intent_id is not None:
            return await self.fetch(payment)
        return self._report(await self._made(payment))

    async def confirm(self, payment: Payment) -> GatewayReport:
        """Confirmed, where a way to pay is there; else what the browser has made of it so far."""
        intent = await self._current(payment)
        if intent.status != "requires_confirmation":
            return self._report(intent)
        # The key names what it is confirmed from: after a decline it is another confirmation.
        key = ":".join(filter(None, (str(payment.id), "confirm", intent.attempt)))
        asked = self._line.v1.payment_intents.confirm_async(
            intent.id, {"use_stripe_sdk": True}, {"idempotency_key": key}
        )
        try:
            return self._report(await self._line.ask(asked, Intent))
        except Declined as declined:
            return await self._declined(intent.id, declined)

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        """Taken; in parts where Stripe lets the account, else it refuses."""
        intent_id = await self._id(payment)
        wanted: PaymentIntentCaptureParams = {"amount_to_capture": to_stripe(amount)}
        if not final and amount != payment.capturable:
            # Without it a capture is the last one; most accounts may not say it at all.
            wanted["final_capture"] = False
        key = capture_key(payment.id, before=payment.captured, amount=amount, final=final)
        options: RequestOptions = {"idempotency_key": key}
        asked = self._line.v1.payment_intents.capture_async(intent_id, wanted, options)
        try:
            return self._report(await self._line.ask(asked, Intent))
        except GatewayRefused:
            # Keys are forgotten after a day: it may have been captured by a call before.
            found = await self.fetch(payment)
            if found.taken < payment.captured + amount:
                raise
            return found

    async def cancel(self, payment: Payment) -> GatewayReport:
        """Cancelled; what is left of one that was captured in part is released."""
        intent = await self._current(payment)
        if intent.status == "canceled" or intent.released:
            return self._report(intent)
        # A key is answered for ever as it was, and refused for anything else.
        stands = f"{intent.status}:{intent.amount_received or 0}"
        options: RequestOptions = {"idempotency_key": f"{payment.id}:cancel:{stands}"}
        if intent.amount_received and intent.status == "requires_capture":
            asked = self._line.v1.payment_intents.capture_async(
                intent.id, {"amount_to_capture": 0, "final_capture": True}, options
            )
        else:
            asked = self._line.v1.payment_intents.cancel_async(intent.id, {}, options)
        return self._report(await self._line.ask(asked, Intent))

    async def fetch(self, payment: Payment) -> GatewayReport:
        """The intent as it is now; made first where no answer ever said that it was."""
        return self._report(await self._current(payment))

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        """Given back, once: what Stripe lists for the payment is looked through first."""
        if payment.intent_id is None:
            return RefundReport(state=RefundState.FAILED, failure="nothing was captured")
        try:
            made = await self._refund_of(payment.intent_id, refund.id)
        except GatewayRefused as refused:
            if refused.unknown:
                raise
            # A call before may have made it: what is not looked at has not failed.
            raise GatewayUnavailable(NAME) from refused
        try:
            made = made or await self._given(payment.intent_id, payment, refund)
        except GatewayRefused as refused:
            if refused.unknown:
                raise
            return RefundReport(state=RefundState.FAILED, failure=refused.reason)
        with in_our_words():
            return made.report()

    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:
        """All that Stripe lists for the payment, whoever made it."""
        intent_id = await self._id(payment)
        listed = await self._refunds_of(intent_id)
        if not listed and payment.refunded:
            # An empty list of an intent that is not there would say that none was made.
            await self._retrieved(intent_id)
        with in_our_words():
            return tuple(each.news() for each in listed)

    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        """
        All that Stripe lists since then, which is 30 days back at most; the oldest first.

        It lists the newest first: what does not fit on one page is asked for in shorter spans.
        """
        now = self._clock()
        start = max(since, now - KEPT).replace(microsecond=0)
        span = KEPT + SECOND
        while start <= now:
            found, more = await self._happened(start, start + span, now)
            if more and span > SECOND:
                span = max(timedelta(seconds=span.total_seconds() // NARROWER), SECOND)
                continue
            for happened in reversed(found):
                with in_our_words():
                    told = happened.told()
                yield told
            start, span = start + span, span * 2

    async def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> GatewayEvent:
        """The event, once one of our secrets is seen to have signed it."""
        keys = self._line.keys
        check_signature(headers.get(HEADER, ""), body, keys.webhooks, at=at)
        try:
            happened = msgspec.json.decode(body, type=Happened)
            told = happened.told()
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, Unreadable) as wrong:
            raise WebhookRefused(NAME, "it is no event") from wrong
        if happened.livemode is not keys.live:
            raise WebhookRefused(NAME, "live and test mode are mixed up")
        return told

    async def _made(self, payment: Payment) -> Intent:
        asked = self._line.v1.payment_intents.create_async(
            self._wanted(payment), {"idempotency_key": str(payment.id)}
        )
        return await self._line.ask(asked, Intent)

    def _wanted(self, payment: Payment) -> PaymentIntentCreateParams:
        """The same for the same payment, however often: Stripe compares what a key came with."""
        terms, manual = payment.terms, payment.terms.capture is CaptureMode.MANUAL
        wanted: PaymentIntentCreateParams = {
            "amount": to_stripe(payment.amount),
            "currency": payment.amount.currency.lower(),
            "capture_method": "manual" if manual else "automatic_async",
            "automatic_payment_methods": {
                "enabled": True,
                # We confirm what is paid by a saved method, and have no page to come back to.
                "allow_redirects": "never" if terms.method else "always",
            },
            "metadata": {"payment_id": str(payment.id), "order_id": str(payment.order_id)},
        }
        if terms.customer is not None:
            wanted["customer"] = terms.customer
        if terms.method is not None:
            wanted["payment_method"] = terms.method
        if terms.keep_method:
            wanted["setup_future_usage"] = "on_session"
        if manual and self._parts:
            wanted["payment_method_options"] = {"card": {"request_multicapture": "if_available"}}
        return wanted

    async def _id(self, payment: Payment) -> str:
        return payment.intent_id or (await self._made(payment)).id

    async def _current(self, payment: Payment) -> Intent:
        # A key's answer is the first one's: what happened since is asked for by id.
        return await self._retrieved(await self._id(payment))

    async def _retrieved(self, intent_id: str) -> Intent:
        return await self._line.ask(self._line.v1.payment_intents.retrieve_async(intent_id), Intent)

    async def _declined(self, intent_id: str, declined: Declined) -> GatewayReport:
        report = self._report(await self._retrieved(intent_id))
        if report.state not in {PaymentState.PENDING, PaymentState.FAILED}:
            return report
        return evolve(report, state=PaymentState.FAILED, failure=declined.words)

    async def _refund_of(self, intent_id: str, refund_id: RefundId) -> MadeRefund | None:
        listed = await self._refunds_of(intent_id)
        ours = (each for each in listed if uuid_in(each.metadata, "refund_id") == refund_id)
        return next(ours, None)

    async def _refunds_of(self, intent_id: str) -> list[MadeRefund]:
        listing = self._line.v1.refunds.list_async({"payment_intent": intent_id, "limit": PAGE})
        return await self._line.all_of(listing, MadeRefund)

    async def _given(self, intent_id: str, payment: Payment, refund: Refund) -> MadeRefund:
        asked = self._line.v1.refunds.create_async(
            {
                "payment_intent": intent_id,
                "amount": to_stripe(refund.amount),
                "metadata": {"refund_id": str(refund.id), "payment_id": str(payment.id)},
            },
            {"idempotency_key": str(refund.id)},
        )
        return await self._line.ask(asked, MadeRefund)

    async def _happened(
        self, start: datetime, end: datetime, now: datetime
    ) -> tuple[list[Happened], bool]:
        """What happened from then till then, and whether there is more than a page of it."""
        created: EventListParamsCreated = {"gte": int(start.timestamp())}
        if end <= now:
            # The last span has no end, for Stripe's clock may be before ours.
            created["lt"] = int(end.timestamp())
        wanted: EventListParams = {"limit": PAGE, "types": list(LISTED), "created": created}
        asked = self._line.v1.events.list_async(wanted)
        if end - start > SECOND:
            return await self._line.page_of(asked, Happened)
        return await self._line.all_of(asked, Happened), False

    def _report(self, intent: Intent) -> GatewayReport:
        with in_our_words():
            report = intent.report(self._opening(intent.client_secret))
        return report if report.state in _OPEN else evolve(report, client={})
