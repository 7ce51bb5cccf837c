"""What gateways told of themselves, and disputes, in memory."""

from __future__ import annotations

from datetime import datetime

from automate_store.adapters.memory.session import Session
from automate_store.application.errors import VersionConflict
from automate_store.domain.kernel.ids import DisputeId, OrderId, PaymentId, ToldId
from automate_store.domain.payments import (
    Dispute,
    DisputeState,
    EventNotFound,
    ToldEvent,
    ToldState,
)

STRANGERS = 100


class MemoryToldEvents:
    """Implements ``ports.told.ToldEvents``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def get(self, told_id: ToldId, *, lock: bool = False) -> ToldEvent:
        """The event; raises EventNotFound."""
        await self._session.turn()
        if lock:
            await self._session.take("told event", told_id)
        found = self._tables.told.get(told_id)
        if found is None:
            raise EventNotFound(str(told_id))
        return found

    async def add(self, told: ToldEvent) -> bool:
        """Store the event; False, and nothing, where it was told before."""
        await self._session.turn()
        name = (told.gateway, told.event.id)
        await self._session.take("told event's name", *name)
        if name in self._tables.told_names:
            return False
        self._tables.told_names.put(name, told.id)
        self._tables.told.put(told.id, told.saved())
        self._session.record(*told.events)
        return True

    async def save(self, told: ToldEvent) -> None:
        """Store what became of the event; raises VersionConflict."""
        await self._session.turn()
        await self._session.take("told event", told.id)
        stored = self._tables.told.get(told.id)
        if stored is None or stored.version != told.version:
            raise VersionConflict("told event", str(told.id))
        self._tables.told.put(told.id, told.saved())

    async def page(
        self,
        *,
        state: ToldState | None,
        gateway: str | None,
        before: ToldId | None,
        limit: int,
    ) -> tuple[ToldEvent, ...]:
        """Events in that state and of that gateway, or of any, the last heard of first."""
        await self._session.turn()
        found = [
            each
            for each in self._tables.told.values()
            if state in {None, each.state}
            and gateway in {None, each.gateway}
            and (before is None or each.id < before)
        ]
        return tuple(sorted(found, key=lambda each: each.id, reverse=True)[:limit])

    async def parked_of(
        self, payment_id: PaymentId, gateway: str, intent_id: str | None
    ) -> tuple[ToldId, ...]:
        """What is parked that names the payment, or its intent there; the first heard of first."""
        await self._session.turn()
        found = [
            each.id
            for each in self._tables.told.values()
            if each.state is ToldState.PARKED
            and each.gateway == gateway
            and _names(each, payment_id, intent_id)
        ]
        return tuple(sorted(found))

    async def strangers(self, gateway: str, intent_id: str) -> tuple[ToldEvent, ...]:
        """What names that intent there and had no effect, the first heard of first."""
        await self._session.turn()
        found = [
            each
            for each in self._tables.told.values()
            if (each.gateway, each.event.intent_id) == (gateway, intent_id)
            and each.state is not ToldState.PROCESSED
        ]
        return tuple(sorted(found, key=lambda each: each.id)[:STRANGERS])

    async def purge(self, *, before: datetime, limit: int) -> int:
        """Forget what has ended and was heard of before then, at most so many; how many."""
        await self._session.turn()
        old = [
            each for each in self._tables.told.values() if each.ended and each.received_at < before
        ]
        for each in old[:limit]:
            await self._session.take("told event", each.id)
            self._tables.told.drop(each.id)
            self._tables.told_names.drop((each.gateway, each.event.id))
        return min(len(old), limit)


class MemoryDisputes:
    """Implements ``ports.told.Disputes``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables

    async def find(self, gateway: str, gateway_id: str) -> Dispute | None:
        """The dispute that the gateway knows by that name, if it was heard of."""
        await self._session.turn()
        found = [
            each
            for each in self._tables.disputes.values()
            if (each.gateway, each.gateway_id) == (gateway, gateway_id)
        ]
        return found[0] if found else None

    async def of_order(self, order_id: OrderId) -> tuple[Dispute, ...]:
        """Every dispute of the order's payments, the first opened first."""
        await self._session.turn()
        found = [each for each in self._tables.disputes.values() if each.order_id == order_id]
        return tuple(sorted(found, key=lambda each: each.id))

    async def add(self, dispute: Dispute) -> None:
        """Store a new dispute."""
        await self._session.turn()
        await self._session.take("dispute", dispute.id)
        self._tables.disputes.put(dispute.id, dispute.saved())

    async def save(self, dispute: Dispute) -> None:
        """Store the changed dispute; raises VersionConflict."""
        await self._session.turn()
        await self._session.take("dispute", dispute.id)
        stored = self._tables.disputes.get(dispute.id)
        if stored is None or stored.version != dispute.version:
            raise VersionConflict("dispute", str(dispute.id))
        self._tables.disputes.put(dispute.id, dispute.saved())

    async def page(
        self, *, state: DisputeState | None, before: DisputeId | None, limit: int
    ) -> tuple[Dispute, ...]:
        """Disputes in that state, or in any, the last opened first, after that one."""
        await self._session.turn()
        found = [
            each
            for each in self._tables.disputes.values()
            if state in {None, each.state} and (before is None or each.id < before)
        ]
        return tuple(sorted(found, key=lambda each: each.id, reverse=True)[:limit])


def _names(told: ToldEvent, payment_id: PaymentId, intent_id: str | None) -> bool:
    event = told.event
    return event.payment_id == payment_id or (
        intent_id is not None and event.intent_id == intent_id
    )
