"""Payments through PayPal, as far as a test needs them."""

from __future__ import annotations

from uuid import UUID

from attrs import evolve

from automate_store.adapters.paypal import PayPalGateway
from automate_store.domain.kernel.ids import OrderId, PaymentId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    PLAIN,
    CaptureMode,
    GatewayReport,
    Payment,
    PaymentTerms,
    Refund,
)
from automate_store.entrypoints.properties.moments import NOON
from tests.adapters.paypal.server import PayPalFake

AMOUNT = Money(1999, "USD")
MANUAL = PaymentTerms(capture=CaptureMode.MANUAL)


def payment_of(amount: Money = AMOUNT, terms: PaymentTerms = PLAIN, number: int = 1) -> Payment:
    return Payment.intend(
        id=PaymentId(UUID(int=number)),
        order_id=OrderId(UUID(int=number)),
        gateway="paypal",
        amount=amount,
        terms=terms,
        at=NOON,
    )


def after(payment: Payment, report: GatewayReport) -> Payment:
    return payment.settle(evolve(report, since=payment.version), at=NOON).saved()


async def begun(gateway: PayPalGateway, payment: Payment) -> Payment:
    return after(payment, await gateway.create_intent(payment))


async def agreed(gateway: PayPalGateway, fake: PayPalFake, payment: Payment) -> Payment:
    """The payment, whose shopper agreed to it on PayPal's page."""
    waiting = await begun(gateway, payment)
    assert waiting.intent_id is not None
    fake.books.agree(waiting.intent_id)
    return waiting


async def paid(gateway: PayPalGateway, fake: PayPalFake, payment: Payment) -> Payment:
    waiting = await agreed(gateway, fake, payment)
    return after(waiting, await gateway.confirm(waiting))


async def captured(gateway: PayPalGateway, held: Payment, *parts: int) -> Payment:
    """The payment, of which these parts were captured, one after the other."""
    for part in parts:
        report = await gateway.capture(held, Money(part, held.amount.currency), final=False)
        held = after(held, report)
    return held


def refund_of(payment: Payment, minor: int, number: int = 7) -> Refund:
    return Refund(
        id=RefundId(UUID(int=number)),
        payment_id=payment.id,
        order_id=payment.order_id,
        amount=Money(minor, payment.amount.currency),
        reason="a stain",
        actor="sam",
        created_at=NOON,
        updated_at=NOON,
    )


def forgotten(payment: Payment) -> Payment:
    """The payment, as if no answer about it had ever come."""
    return evolve(payment, intent_id=None)
