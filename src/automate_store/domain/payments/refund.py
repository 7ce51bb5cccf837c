"""
Refunds: money that was captured, on its way back.

The law: a refund takes its amount from what its payment can still give before any gateway
is asked, and gives it back only where the gateway says that nothing moved. So refunds
that run at once never add up to more than was captured.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve, frozen

from automate_store.domain.kernel.aggregate import Aggregate
from automate_store.domain.kernel.errors import NotFound
from automate_store.domain.kernel.events import Event
from automate_store.domain.kernel.ids import OrderId, PaymentId, RefundId, ReturnId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments.reports import RefundReport, RefundState


@frozen
class RefundNotFound(NotFound):
    """There is no such refund, or none that the caller may see."""

    says = "There is no refund {refund!r}."
    refund: str


REFUND_MOVES: Mapping[RefundState, frozenset[RefundState]] = {
    RefundState.PENDING: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
    RefundState.SUCCEEDED: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset(),
}
"""Each leads further, so that reports end in the same state whatever order they come in."""


@frozen(kw_only=True)
class RefundAsked(Event):
    """The gateway has to be asked to give money back."""

    refund_id: RefundId
    order_id: OrderId
    amount: Money


@frozen(kw_only=True)
class RefundSucceeded(Event):
    """The gateway gave the money back."""

    refund_id: RefundId
    order_id: OrderId
    amount: Money


@frozen(kw_only=True)
class RefundFailed(Event):
    """The gateway did not give the money back, and staff have to."""

    refund_id: RefundId
    order_id: OrderId
    amount: Money
    reason: str


@frozen(kw_only=True)
class Refund(Aggregate):
    """One part of one payment that goes back; its id is the gateway's idempotency key."""

    id: RefundId
    payment_id: PaymentId
    order_id: OrderId
    return_id: ReturnId | None = None
    amount: Money
    reason: str
    state: RefundState = RefundState.PENDING
    gateway_id: str | None = None
    made_there: bool = False
    """Whether it was made at the gateway's own desk, which is never asked for it."""
    failure: str | None = None
    actor: str
    created_at: datetime
    updated_at: datetime

    def asked(self) -> Refund:
        """The refund, of which a gateway is to be asked."""
        event = RefundAsked(
            at=self.created_at, refund_id=self.id, order_id=self.order_id, amount=self.amount
        )
        return self.after(event)

    def settle(self, report: RefundReport, *, at: datetime) -> Refund:
        """
        The refund after the gateway's word; the same one where that is nothing new.

        Banks send money back that was given already: what succeeded can fail, and no more.
        """
        gateway_id = report.gateway_id or self.gateway_id
        if report.state is RefundState.PENDING and self.state is RefundState.PENDING:
            new = gateway_id != self.gateway_id
            return evolve(self, gateway_id=gateway_id, updated_at=at) if new else self
        if report.state not in REFUND_MOVES[self.state]:
            return self
        ended = evolve(
            self,
            state=report.state,
            gateway_id=gateway_id,
            failure=report.failure,
            updated_at=at,
        )
        if report.state is RefundState.SUCCEEDED:
            return ended.after(
                RefundSucceeded(
                    at=at, refund_id=self.id, order_id=self.order_id, amount=self.amount
                )
            )
        return ended.after(
            RefundFailed(
                at=at,
                refund_id=self.id,
                order_id=self.order_id,
                amount=self.amount,
                reason=report.failure or "refused",
            )
        )
