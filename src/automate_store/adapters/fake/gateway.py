"""The fake gateway, asked over HTTP as any provider is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from automate_store.adapters.asking import Asker, NoAnswer
from automate_store.adapters.fake.reading import (
    NOT_READABLE,
    Customer,
    Event,
    Intent,
    Method,
    Page,
    Returned,
    Setup,
)
from automate_store.adapters.fake.signing import SIGNATURE, fault_of
from automate_store.application.errors import GatewayRefused, GatewayUnavailable, WebhookRefused
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
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

NAME = "fake"
JSON = {"content-type": "application/json"}
NO_HEADERS: Mapping[str, str] = {}
LONGEST_ANSWER = 4_194_304
"""Bytes that are read of an answer."""
PAGE = 100
MOST_PAGES = 10_000
"""Pages of events that are read, at most."""

_Words = TypeVar("_Words")
_UNKNOWN = frozenset({408, 425, 429})
"""Refusals after which the same may be asked again."""
_OF_A_PAYMENT = ("/intents/", "/payments/")
"""What has such an address is about a payment, or is not there."""
_ENDED = frozenset({PaymentState.CAPTURED, PaymentState.AUTHORISED, PaymentState.CANCELLED})


class FakeGateway:
    """Implements ``SavingGateway`` and ``ToldGateway``."""

    name = NAME
    offline = False

    def __init__(self, url: str, asker: Asker, *, secret: str) -> None:
        self._url, self._asker, self._secret = url.rstrip("/"), asker, secret

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """Ask to be paid the payment's amount, by its terms."""
        terms = payment.terms
        wanted = {
            "payment_id": str(payment.id),
            "amount": payment.amount.minor,
            "currency": payment.amount.currency,
            "capture": terms.capture.value,
            "customer": terms.customer,
            "method": terms.method,
            "keep_method": terms.keep_method,
        }
        return (await self._post("/intents", f"{payment.id}", Intent, wanted)).report()

    async def confirm(self, payment: Payment) -> GatewayReport:
        """
        Pay with the saved method of its terms; else what came of the shopper's own doing.

        A key gives one answer for ever, so that what is not at its end yet is asked for anew.
        """
        if payment.terms.method is None:
            return await self.fetch(payment)
        path = f"/intents/{await self._intent(payment)}/confirm"
        report = (await self._post(path, f"{payment.id}:confirm", Intent)).report()
        return report if report.state in _ENDED else await self.fetch(payment)

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        """Take that much more of what was authorised; asked again for the same, nothing more."""
        path = f"/intents/{await self._intent(payment)}/capture"
        key = capture_key(payment.id, before=payment.captured, amount=amount, final=final)
        wanted = {"amount": amount.minor, "final": final}
        return (await self._post(path, key, Intent, wanted)).report()

    async def cancel(self, payment: Payment) -> GatewayReport:
        """Give up what was not captured."""
        found = await self.fetch(payment)
        # What is refused while the bank works on it may be asked for again after that.
        key = f"{payment.id}:cancel:{found.state}"
        return (await self._post(f"/intents/{found.intent_id}/cancel", key, Intent)).report()

    async def fetch(self, payment: Payment) -> GatewayReport:
        """What the provider knows of the payment's intent."""
        path = (
            f"/payments/{payment.id}"
            if payment.intent_id is None
            else f"/intents/{payment.intent_id}"
        )
        return (await self._get(path, Intent)).report()

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        """Give the refund's amount back, once however often it is asked."""
        path = f"/intents/{await self._intent(payment)}/refunds"
        wanted = {"refund_id": str(refund.id), "amount": refund.amount.minor}
        return (await self._post(path, f"{refund.id}", Returned, wanted)).report()

    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:
        """All that went back of the payment's intent."""
        path = f"/intents/{await self._intent(payment)}/refunds"
        return tuple(self._news(each) for each in await self._get(path, list[Returned]))

    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        """All that happened since then, the oldest first."""
        asked: dict[str, str | int] = {"since": since.isoformat(), "limit": PAGE}
        for _ in range(MOST_PAGES):
            page = await self._get("/events", Page, asked)
            for each in page.items:
                yield self._event(each)
            if not page.more:
                return
            asked["after"] = page.items[-1].id

    async def create_customer(self, user_id: UserId, email: str) -> str:
        """Its name for the account, the same however often it is asked."""
        wanted = {"user_id": str(user_id), "email": email}
        return (await self._post("/customers", f"{user_id}:customer", Customer, wanted)).id

    async def begin_setup(self, setup_id: UUID, customer: str) -> SetupReport:
        """Ask for a way to pay to save."""
        wanted = {"setup_id": str(setup_id), "customer": customer}
        return (await self._post("/setups", f"{setup_id}", Setup, wanted)).report()

    async def finish_setup(self, setup_id: UUID, customer: str, token: str) -> SetupReport:
        """Save what the browser handed over; raises GatewayRefused."""
        wanted = {"setup_id": str(setup_id), "customer": customer, "token": token}
        return (await self._post("/setups/finish", f"{setup_id}:finish", Setup, wanted)).report()

    async def methods(self, customer: str) -> tuple[MethodReport, ...]:
        """What it keeps for the customer, the oldest first."""
        found = await self._get(f"/customers/{customer}/methods", list[Method])
        return tuple(each.report() for each in found)

    async def detach_method(self, method_id: str) -> None:
        """Forget it."""
        await self._ask("DELETE", f"/methods/{method_id}", object)

    async def delete_customer(self, customer: str) -> None:
        """Forget who it is and all that is kept for them."""
        await self._ask("DELETE", f"/customers/{customer}", object)

    async def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> GatewayEvent:
        """What it tells; raises WebhookRefused for what is not signed by it, or not now."""
        fault = fault_of(headers.get(SIGNATURE, ""), body, self._secret, at=at)
        if fault is not None:
            raise WebhookRefused(self.name, fault)
        try:
            return msgspec.json.decode(body, type=Event).event()
        except NOT_READABLE as wrong:
            raise WebhookRefused(self.name, "it is no event") from wrong

    def _news(self, refund: Returned) -> RefundNews:
        try:
            return refund.news()
        except NOT_READABLE as wrong:
            raise GatewayUnavailable(self.name) from wrong

    def _event(self, told: Event) -> GatewayEvent:
        try:
            return told.event()
        except NOT_READABLE as wrong:
            raise GatewayUnavailable(self.name) from wrong

    async def _intent(self, payment: Payment) -> str:
        """Its name for the payment's intent, looked for where the answer was lost."""
        return payment.intent_id or (await self.fetch(payment)).intent_id

    async def _get(
        self, path: str, words: type[_Words], asked: Mapping[str, str | int] | None = None
    ) -> _Words:
        return await self._ask(
            "GET", path if asked is None else f"{path}?{urlencode(asked)}", words
        )

    async def _post(
        self, path: str, key: str, words: type[_Words], wanted: Mapping[str, Any] | None = None
    ) -> _Words:
        body = b"" if wanted is None else msgspec.json.encode(wanted)
        headers = {"idempotency-key": key, **JSON}
        return await self._ask("POST", path, words, headers, body)

    async def _ask(
        self,
        method: str,
        path: str,
        words: type[_Words],
        headers: Mapping[str, str] = NO_HEADERS,
        body: bytes = b"",
    ) -> _Words:
        """
        The answer in those words.

        Raises GatewayRefused where the gateway will not, GatewayUnavailable where it does
        not say so.
        """
        try:
            answer = await self._asker.ask(
                method, self._url + path, longest=LONGEST_ANSWER, headers=headers, body=body
            )
        except NoAnswer as wrong:
            raise GatewayUnavailable(self.name) from wrong
        if answer.status == HTTPStatus.NOT_FOUND and path.startswith(_OF_A_PAYMENT):
            raise GatewayRefused.of_unknown(self.name)
        if answer.refused and answer.status not in _UNKNOWN:
            raise GatewayRefused(self.name, _reason(answer.body))
        if not answer.done:
            raise GatewayUnavailable(self.name)
        try:
            return msgspec.json.decode(answer.body, type=words)
        except NOT_READABLE as wrong:
            raise GatewayUnavailable(self.name) from wrong


class _Problem(msgspec.Struct, frozen=True):
    message: str


def _reason(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Problem).message
    except NOT_READABLE:
        return "it gives no reason"
