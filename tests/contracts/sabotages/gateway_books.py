"""Gateways whose books of refunds are broken on purpose."""

from __future__ import annotations

from itertools import chain

from automate_store.adapters.memory import MemoryGateway
from automate_store.domain.payments import Payment, Refund, RefundNews, RefundReport


class KeepsNoBooks(MemoryGateway):
    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:
        return (await super().refunds(payment))[:0]


class WritesDownWhatIsAsked(MemoryGateway):
    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        self._written(payment, refund.amount, refund.id)
        return await super().refund(payment, refund)


class KeepsOneBook(MemoryGateway):
    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:
        return tuple(await super().refunds(payment) or chain(*self.books.values()))
