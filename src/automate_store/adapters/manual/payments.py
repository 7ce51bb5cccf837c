"""The gateway without a provider: whoever confirms says that the money is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from attrs import evolve

from automate_store.application.errors import GatewayRefused
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
)

NAME = "manual"


class ManualGateway:
    """
    Keeps nothing: each report is derived from the payment it is asked about.

    It may be asked any number of times, by any number of processes, after any crash.
    """

    name = NAME
    offline = True

    async def create_intent(self, payment: Payment) -> GatewayReport:
        """An intent named after the payment, waiting for somebody to confirm it."""
        return _report(payment, PaymentState.PENDING)

    async def confirm(self, payment: Payment) -> GatewayReport:
        """The whole amount: captured, or promised where staff are to capture it."""
        manual = payment.terms.capture is CaptureMode.MANUAL
        return _report(payment, PaymentState.AUTHORISED if manual else PaymentState.CAPTURED)

    async def capture(self, payment: Payment, amount: Money, *, final: bool) -> GatewayReport:
        """That much more, captured."""
        if amount > payment.capturable:
            raise GatewayRefused(self.name, f"only {payment.capturable} is left to be captured")
        taken = payment.captured + amount
        done = final or taken == payment.authorised
        state = PaymentState.CAPTURED if done else PaymentState.AUTHORISED
        return evolve(_report(payment, state), authorised=payment.authorised, captured=taken)

    async def cancel(self, payment: Payment) -> GatewayReport:
        """Given up, as far as nothing came of it yet."""
        if payment.captured == payment.amount:
            raise GatewayRefused(self.name, "all of it was captured; refund it instead")
        ended = PaymentState.CAPTURED if payment.captured else PaymentState.CANCELLED
        report = _report(payment, ended)
        return evolve(report, authorised=payment.authorised, captured=payment.captured)

    async def fetch(self, payment: Payment) -> GatewayReport:
        """What was last said of the payment; one that staff must look at has its money or waits."""
        state = payment.state
        if state is PaymentState.PARKED:
            state = PaymentState.CAPTURED if payment.captured else PaymentState.PENDING
        report = _report(payment, state)
        return evolve(report, authorised=payment.authorised, captured=payment.captured)

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        """Given back, says whoever asks: the money is handed over by hand."""
        if refund.amount > payment.captured:
            return RefundReport(state=RefundState.FAILED, failure="less than that was captured")
        return RefundReport(state=RefundState.SUCCEEDED, gateway_id=f"{NAME}_{refund.id.hex}")

    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:  # noqa: ARG002 - as the port has it
        """None: it keeps no books, and what was handed over is in ours."""
        return ()

    async def events(self, since: datetime) -> AsyncIterator[GatewayEvent]:  # noqa: ARG002 - as the port has it
        """None: whatever happens here is said to us first."""
        nothing: tuple[GatewayEvent, ...] = ()
        for each in nothing:
            yield each


def _report(payment: Payment, state: PaymentState) -> GatewayReport:
    return GatewayReport(
        intent_id=f"{NAME}_{payment.id.hex}",
        state=state,
        amount=payment.amount,
        failure=payment.failure if state is PaymentState.FAILED else None,
    )
