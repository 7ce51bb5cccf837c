"""The gateway without a provider: whoever confirms says that the money is there."""

from __future__ import annotations

from automate_store.domain.payments import (
    GatewayReport,
    Payment,
    PaymentState,
    Refund,
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
        """The whole amount, captured."""
        return _report(payment, PaymentState.CAPTURED)

    async def fetch(self, payment: Payment) -> GatewayReport:
        """What was last said of the payment; one that staff must look at has its money or waits."""
        if payment.state is not PaymentState.PARKED:
            return _report(payment, payment.state)
        return _report(payment, PaymentState.CAPTURED if payment.captured else PaymentState.PENDING)

    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:  # noqa: ARG002
        """Given back, says whoever asks: the money is handed over by hand."""
        return RefundReport(state=RefundState.SUCCEEDED, gateway_id=f"{NAME}_{refund.id.hex}")


def _report(payment: Payment, state: PaymentState) -> GatewayReport:
    return GatewayReport(
        intent_id=f"{NAME}_{payment.id.hex}",
        state=state,
        amount=payment.amount,
        failure=payment.failure if state is PaymentState.FAILED else None,
    )
