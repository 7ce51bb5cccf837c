"""A Stripe that answers what a test wrote down, and the payments that it is asked about."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import define, evolve, field

from automate_store.adapters.stripe import StripeKeys
from automate_store.domain.kernel.ids import OrderId, PaymentId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import Payment, PaymentState, Refund
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.stripe import shapes
from tests.adapters.stripe.local import Asked, read_request

SECRET = "sk_test_that_nobody_may_see"
KEYS = StripeKeys(secret=SECRET, publishable="pk_test_x", webhooks=())
ID = UUID("0193a4b2-0000-7000-8000-0000000000aa")


@define
class Script:
    """Answers in their order what a test wrote down, and keeps what it was asked."""

    answers: list[tuple[int, object]] = field(factory=list)
    asked: list[Asked] = field(factory=list)
    hangs: bool = False
    url: str = ""

    def says(self, *answers: object) -> None:
        """Each with 200, unless it is a pair with its own status."""
        self.answers += [each if isinstance(each, tuple) else (200, each) for each in answers]

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(await read_request(request))
        if self.hangs:
            await asyncio.sleep(30)
        status, answer = self.answers.pop(0)
        if isinstance(answer, str):
            return web.Response(status=status, text=answer)
        return web.json_response(answer, status=status)


def payment(**said: Any) -> Payment:
    fresh = Payment.intend(
        id=PaymentId(ID),
        order_id=OrderId(UUID(int=2)),
        gateway="stripe",
        amount=Money(1999, "USD"),
        at=NOON,
    )
    return evolve(fresh, **said)


def known(**said: Any) -> Payment:
    return payment(intent_id=shapes.INTENT_ID, **said)


def held() -> Payment:
    amount = Money(1999, "USD")
    return known(state=PaymentState.AUTHORISED, authorised=amount)


def refund(minor: int = 1000, currency: str = "USD") -> Refund:
    return Refund(
        id=RefundId(UUID(int=7)),
        payment_id=PaymentId(ID),
        order_id=OrderId(UUID(int=2)),
        amount=Money(minor, currency),
        reason="a stain",
        actor="sam",
        created_at=NOON,
        updated_at=NOON,
    )
