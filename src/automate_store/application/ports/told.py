"""What gateways told of themselves, and the disputes that are among it, as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from automate_store.domain.kernel.ids import DisputeId, OrderId, PaymentId, ToldId
from automate_store.domain.payments import Dispute, DisputeState, ToldEvent, ToldState


class ToldEvents(Protocol):
    """Events of gateways, each kept once however often it is told."""

    async def get(self, told_id: ToldId, *, lock: bool = False) -> ToldEvent:
        """The event, locked until the work ends where asked; raises EventNotFound."""

    async def add(self, told: ToldEvent) -> bool:
        """Store the event and what it reports; False, and nothing, where it was told before."""

    async def save(self, told: ToldEvent) -> None:
        """Store what became of the event; raises VersionConflict."""

    async def page(
        self,
        *,
        state: ToldState | None,
        gateway: str | None,
        before: ToldId | None,
        limit: int,
    ) -> tuple[ToldEvent, ...]:
        """Events in that state and of that gateway, or of any, the last heard of first."""

    async def parked_of(
        self, payment_id: PaymentId, gateway: str, intent_id: str | None
    ) -> tuple[ToldId, ...]:
        """What is parked that names the payment, or its intent there; the first heard of first."""

    async def strangers(self, gateway: str, intent_id: str) -> tuple[ToldEvent, ...]:
        """
        What names that intent there and had no effect, the first heard of first.

        The first 100, however many there are.
        """

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Forget what has ended and was heard of before then, at most so many; how many."""


class Disputes(Protocol):
    """Contested payments; whoever adds or saves one holds the lock of its order."""

    async def find(self, gateway: str, gateway_id: str) -> Dispute | None:
        """The dispute that the gateway knows by that name, if it was heard of."""

    async def of_order(self, order_id: OrderId) -> tuple[Dispute, ...]:
        """Every dispute of the order's payments, the first opened first."""

    async def add(self, dispute: Dispute) -> None:
        """Store a new dispute."""

    async def save(self, dispute: Dispute) -> None:
        """Store the changed dispute; raises VersionConflict."""

    async def page(
        self, *, state: DisputeState | None, before: DisputeId | None, limit: int
    ) -> tuple[Dispute, ...]:
        """Disputes in that state, or in any, the last opened first, after that one."""
