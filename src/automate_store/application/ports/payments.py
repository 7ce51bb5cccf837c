"""
Gateways: where money is asked for, captured and given back.

What each promises, and a contract suite checks of all of them:

- Asked twice for one thing, it acts once and answers the same. The key is ours: the
  payment's id for its intent and its end, ``capture_key`` for a capture, the refund's id for
  a refund, the account's and the attempt's for what is saved.
- An answer that does not come in time, or says nothing of what happened, raises
  GatewayUnavailable: what happened is unknown, and the same is asked again, never another.
- What the provider refuses for good raises GatewayRefused, and nothing has moved. A payment
  or refund that it declines is no error: its report says so.
- Of an intent that it has not heard of it says nothing: asked to fetch it, to refund it, or
  for its refunds, it raises ``GatewayRefused.of_unknown``. Its books are others than those the
  intent was made in, or were lost; what became of the money there is not known.
- Amounts are the payment's, in the currency's own exponent; ours alone decides them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from automate_store.domain.kernel.ids import UserId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    GatewayEvent,
    GatewayReport,
    MethodReport,
    Payment,
    Refund,
    RefundNews,
    RefundReport,
    SetupReport,
)


class PaymentGateway(Protocol):
    """
    A provider that moves money; no call of it is made inside a database transaction.

    One that is offline is the exception: it acts on nothing outside, so that there is
    nothing to undo.
    """

    name: str
    offline: bool
    """Whether it answers without leaving the process, so that a transaction may wait for it."""

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """Ask to be paid the payment's amount, by its terms."""

    async def confirm(self, payment: Payment) -> GatewayReport:
        """Carry the payment out as far as it goes without the shopper."""

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        """
        Take that much more of what was authorised; no more can follow a ``final`` one.

        The same is asked for again by what was captured before, how much, and whether it is
        final; anything else is another capture, so that after a refusal less may be taken.
        Raises GatewayRefused where that is more than is left, or it can't be taken in parts.
        """

    async def cancel(self, payment: Payment) -> GatewayReport:
        """
        Give up what was not captured, so that the shopper is asked for no more of it.

        What was captured stays so: the payment is captured then, with that much and no more;
        it is cancelled where nothing was. Raises GatewayRefused where all was captured.
        """

    async def fetch(self, payment: Payment) -> GatewayReport:
        """
        What the provider knows of the payment's intent.

        It is found by our own id where the provider's was lost with its answer.
        """

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        """
        Give the refund's amount of the payment back; the refund's id is the idempotency key.

        Pending where the provider takes its time: it is asked again later.
        """

    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:
        """
        Each refund that the provider has in its books of the payment, in any order.

        Ours by our own id, its own desk's without one, those that failed as well; what it
        does not list, it has not made. Nothing where it keeps no books of its own.
        """

    def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:
        """All that happened there since then, the oldest first; nothing where it keeps no list."""


class SavingGateway(PaymentGateway, Protocol):
    """A provider that keeps ways to pay for the next time; we keep their tokens alone."""

    async def create_customer(self, user_id: UserId, email: str) -> str:
        """The provider's name for the account, the same however often it is asked."""

    async def begin_setup(self, setup_id: UUID, customer: str) -> SetupReport:
        """Ask for a way to pay to save, which the shopper's browser then hands over."""

    async def finish_setup(self, setup_id: UUID, customer: str, token: str) -> SetupReport:
        """
        Save what the browser handed over, named by the provider's token.

        Raises GatewayRefused for a token that is none, or another customer's.
        """

    async def methods(self, customer: str) -> tuple[MethodReport, ...]:
        """What it keeps for the customer."""

    async def detach_method(self, method_id: str) -> None:
        """Forget it; nothing happens where it is forgotten already."""

    async def delete_customer(self, customer: str) -> None:
        """
        Forget who it is and all that is kept for them; what they paid stays in its books.

        Nothing happens where they are forgotten already.
        """


class ToldGateway(PaymentGateway, Protocol):
    """A provider that tells us of itself what happened, over HTTP."""

    async def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> GatewayEvent:
        """
        What it tells, once it is sure that it is who tells it.

        ``headers`` have lower-case names. Raises WebhookRefused for what is not signed, or
        not by it, or not within 300 s of ``at``; nothing else is read of it then. Raises
        GatewayUnavailable where what it is checked by can't be had now: it is told again.
        """


class ChoosyGateway(Protocol):
    """A provider that does not take every amount in every currency."""

    def supports(self, amount: Money) -> bool:
        """Whether it can be asked for that amount, without asking it."""


class PublishedGateway(Protocol):
    """A provider that shoppers' browsers open by a key that anybody may know."""

    @property
    def publishable_key(self) -> str:
        """That key."""


class RestingGateway(Protocol):
    """A provider that is left alone for a while once it does not answer."""

    @property
    def available(self) -> bool:
        """Whether it is asked now."""
