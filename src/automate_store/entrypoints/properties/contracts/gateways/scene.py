"""Payments to ask gateways about, and what a shopper does meanwhile."""

from __future__ import annotations

from uuid import UUID, uuid4  # noqa: TID251 - see ``fresh_id``

from attrs import evolve

from automate_store.application.errors import GatewayRefused
from automate_store.application.ports.payments import PaymentGateway
from automate_store.domain.kernel.ids import OrderId, PaymentId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments import (
    PLAIN,
    CaptureMode,
    GatewayReport,
    Payment,
    PaymentTerms,
    Refund,
    RefundState,
)
from automate_store.entrypoints.properties.contracts.payments import new_refund
from automate_store.entrypoints.properties.moments import NOON

MANUAL = PaymentTerms(capture=CaptureMode.MANUAL)
AMOUNT = Money(1999, "USD")
NOTHING = Money(0, "USD")


def dollars(minor: int) -> Money:
    """So many cents."""
    return Money(minor, "USD")


def fresh_id() -> UUID:
    """An id that no provider has heard of: its memory may go back to runs before this one."""
    return uuid4()


class GatewaySuite:
    """
    What the suites of gateways share: override it where a gateway needs a shopper.

    ``terms`` gives what the suite's payments are asked by, such as a test card's token;
    ``shopper_pays`` is called between asking for a payment and carrying it out, and does in
    the shopper's place what the gateway waits for.
    """

    def terms(self, wanted: PaymentTerms) -> PaymentTerms:
        """The wanted terms, with what the gateway needs besides."""
        return wanted

    async def shopper_pays(self, gateway: PaymentGateway, payment: Payment) -> None:
        """Nothing: most gateways that are made for tests wait for nobody."""

    def payment(self, gateway: PaymentGateway, wanted: PaymentTerms = PLAIN) -> Payment:
        """A payment that the gateway has not heard of."""
        return Payment.intend(
            id=PaymentId(fresh_id()),
            order_id=OrderId(fresh_id()),
            gateway=gateway.name,
            amount=AMOUNT,
            terms=self.terms(wanted),
            at=NOON,
        )

    async def begun(self, gateway: PaymentGateway, wanted: PaymentTerms = PLAIN) -> Payment:
        """A payment that it was asked for."""
        payment = self.payment(gateway, wanted)
        return after(payment, await gateway.create_intent(payment))

    async def confirmed(self, gateway: PaymentGateway, wanted: PaymentTerms = PLAIN) -> Payment:
        """A payment that was carried out as far as it goes."""
        begun = await self.begun(gateway, wanted)
        await self.shopper_pays(gateway, begun)
        return after(begun, await gateway.confirm(begun))


def after(payment: Payment, report: GatewayReport) -> Payment:
    """The payment, as the store keeps it once it was told that, having asked."""
    return payment.settle(evolve(report, since=payment.version), at=NOON).saved()


def refund_of(payment: Payment, minor: int) -> Refund:
    """So many cents of the payment, on their way back."""
    amount = Money(minor, payment.amount.currency)
    return evolve(new_refund(payment, RefundId(fresh_id())), amount=amount)


async def gives_back(gateway: PaymentGateway, payment: Payment, refund: Refund) -> bool:
    """Whether the refund is on its way, however the gateway says that it is not."""
    try:
        report = await gateway.refund(payment, refund)
    except GatewayRefused:
        return False
    return report.state is not RefundState.FAILED
