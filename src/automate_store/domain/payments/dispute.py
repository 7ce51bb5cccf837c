"""
Disputes: payments that their holders contest at the bank.

They move nothing in the store's books: the bank holds the money, and what it takes or gives
back is between it and the merchant.
"""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from automate_store.domain.kernel.aggregate import Aggregate
from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.ids import DisputeId, OrderId, PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.payments.reports import DisputeReport, DisputeState


@frozen
class RefundDisputed(RuleBroken):
    """The bank holds that money, or took it: what went back as well would be lost twice."""

    says = (
        "{disputed} of it is contested at the bank, or was lost there; only {free} can go back."
        " Send despite_dispute to give it back all the same."
    )
    disputed: Money
    free: Money


@frozen(kw_only=True)
class Dispute(Aggregate):
    """One contest of one payment; its end is not taken back."""

    id: DisputeId
    payment_id: PaymentId
    order_id: OrderId
    gateway: str
    gateway_id: str
    """The gateway's own name for it."""
    amount: Money
    reason: str
    state: DisputeState
    opened_at: datetime
    updated_at: datetime

    @property
    def costs(self) -> bool:
        """Whether the bank has the money, for now or for good."""
        return self.state is not DisputeState.WON

    def settle(self, report: DisputeReport, *, at: datetime) -> Dispute:
        """The dispute after the bank's word; the same one where that is nothing new."""
        if self.state is not DisputeState.OPEN or report.state is DisputeState.OPEN:
            return self
        return evolve(self, state=report.state, updated_at=at)
