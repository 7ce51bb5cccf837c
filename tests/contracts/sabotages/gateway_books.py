"""Gateways that give back what they should not, or keep their books of it wrong."""

from __future__ import annotations

from itertools import chain
from uuid import UUID

from attrs import evolve

from automate_store.adapters.memory import MemoryGateway
from automate_store.application.errors import GatewayRefused
from automate_store.domain.kernel.ids import RefundId
from automate_store.domain.payments import (
    GatewayReport,
    Payment,
    Refund,
    RefundNews,
    RefundReport,
    RefundState,
)


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


class FetchesAnything(MemoryGateway):
    async def fetch(self, payment: Payment) -> GatewayReport:
        return await super().fetch(evolve(payment, intent_id=None))


class FailsWhatItDoesNotKnow(MemoryGateway):
    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        try:
            return await super().refund(payment, refund)
        except GatewayRefused as refused:
            return RefundReport(state=RefundState.FAILED, failure=refused.reason)


class ListsNothingOfWhatItDoesNotKnow(MemoryGateway):
    async def refunds(self, payment: Payment) -> tuple[RefundNews, ...]:
        try:
            return await super().refunds(payment)
        except GatewayRefused:
            return ()


class RefusesWhatItDoesNotKnow(MemoryGateway):
    def _known(self, payment: Payment) -> GatewayReport:
        try:
            return super()._known(payment)
        except GatewayRefused:
            raise GatewayRefused(self.name, "not found") from None


class GivesBackWhateverIsAsked(MemoryGateway):
    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        return RefundReport(state=RefundState.SUCCEEDED, gateway_id=f"{payment.id}{refund.id}")


class GivesBackWhatWasNeverMore(MemoryGateway):
    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        self._given.clear()
        return await super().refund(payment, refund)


class GivesBackAnew(MemoryGateway):
    async def refund(self, payment: Payment, refund: Refund) -> RefundReport:
        fresh = RefundId(UUID(int=len(self.given)))
        return await super().refund(payment, evolve(refund, id=fresh))
