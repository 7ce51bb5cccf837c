"""Orders and payments as they are stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import fields, frozen

from automate_store.domain.kernel.ids import LineId, OrderId, PaymentId, RefundId, UserId
from automate_store.domain.orders import Order, OrderEvent
from automate_store.domain.payments import Payment, PaymentState, Refund, RefundState


@frozen(kw_only=True)
class TimelineEntry:
    """One fact of an order's life, as it is shown."""

    id: UUID
    at: datetime
    kind: str
    actor: str
    reason: str | None
    data: Mapping[str, str]

    @classmethod
    def of(cls, event: OrderEvent, *, id: UUID) -> TimelineEntry:
        """The entry of an event: its name in snake case, its data what this kind alone says."""
        shared = {each.name for each in fields(OrderEvent)}
        own = [each.name for each in fields(type(event)) if each.name not in shared]
        return cls(
            id=id,
            at=event.at,
            kind=event.code(),
            actor=event.actor,
            reason=event.reason,
            data={name: _said(getattr(event, name)) for name in own},
        )


def _said(value: object) -> str:
    """The value as customers read it: how many of which, and not how Python writes that."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {each}" for key, each in value.items())
    return str(value)


class Orders(Protocol):
    """Orders, each with its items and parcels; its events are kept as the timeline."""

    async def get(self, order_id: OrderId, *, lock: bool = False) -> Order:
        """The order, locked until the work ends where asked; raises OrderNotFound."""

    async def hold(self, order: Order) -> bool:
        """
        Lock the order until the work ends; whether it still is what was read.

        Whoever read it in an earlier work need not read it again where it is.
        """

    async def add(self, order: Order) -> None:
        """Store a new order and its events; raises NumberTaken where its number is not new."""

    async def save(self, order: Order) -> None:
        """Store the changed order and its events; raises VersionConflict."""

    async def any_of(
        self,
        user_id: UserId | None,
        email: str | None,
        *,
        besides: OrderId | None = None,
        lock: bool = False,
    ) -> bool:
        """
        Whether the account or the normalised e-mail has an order that was not cancelled.

        The one ``besides`` which others are asked for does not count.
        With ``lock``, whoever else asks so for the same account or e-mail waits until the
        work ends, and is told of the order that was placed in it.
        """

    async def edits_overdue(self, at: datetime, *, limit: int) -> tuple[OrderId, ...]:
        """The orders beside which an edit waits past its deadline, the longest overdue first."""

    async def sold_by(self, vendor_id: UserId, order_id: OrderId) -> frozenset[LineId]:
        """The order's lines whose products are that account's today; none of no order."""

    async def timeline(self, order_id: OrderId) -> tuple[TimelineEntry, ...]:
        """All that happened to the order, oldest first."""


class Payments(Protocol):
    """Attempts to be paid."""

    async def get(self, payment_id: PaymentId) -> Payment:
        """The payment; raises PaymentNotFound."""

    async def of_order(self, order_id: OrderId) -> tuple[Payment, ...]:
        """Every attempt for the order, oldest first."""

    async def by_intent(self, gateway: str, intent_id: str) -> Payment | None:
        """The payment that the gateway knows by that intent, if there is one."""

    async def page(
        self, *, state: PaymentState | None, before: PaymentId | None, limit: int
    ) -> tuple[Payment, ...]:
        """Attempts in that state, or in any, the last begun first, after that one."""

    async def unsettled(
        self, gateway: str, *, since: datetime, until: datetime, after: PaymentId | None, limit: int
    ) -> tuple[Payment, ...]:
        """
        Attempts there of which money may come yet, begun before ``until``, the first first.

        Those of the shopper's alone only if begun ``since`` then; what the gateway works on
        or holds money for, however old it is.
        """

    async def moved(
        self, gateway: str, *, since: datetime, after: PaymentId | None, limit: int
    ) -> tuple[Payment, ...]:
        """Attempts there that took money and changed ``since`` then, the first begun first."""

    async def elsewhere(self, gateways: Collection[str], *, since: datetime) -> Mapping[str, int]:
        """
        How many attempts there are at each other gateway, of which there is anything to ask.

        Those that took money and changed ``since`` then, that were begun since and may still
        be paid, and that the gateway works on or holds money for, however old they are.
        """

    async def add(self, payment: Payment) -> None:
        """Store a new attempt."""

    async def save(self, payment: Payment) -> None:
        """Store the changed attempt and its events; raises VersionConflict."""


class Refunds(Protocol):
    """Money on its way back; whoever adds one holds the lock of its order."""

    async def get(self, refund_id: RefundId) -> Refund:
        """The refund; raises RefundNotFound."""

    async def of_order(self, order_id: OrderId) -> tuple[Refund, ...]:
        """Every refund of the order, oldest first."""

    async def page(
        self, *, state: RefundState | None, before: RefundId | None, limit: int
    ) -> tuple[Refund, ...]:
        """Refunds in that state, or in any, the last begun first, after that one."""

    async def add(self, refund: Refund) -> None:
        """Store a new refund and its events."""

    async def save(self, refund: Refund) -> None:
        """Store the changed refund and its events; raises VersionConflict."""
