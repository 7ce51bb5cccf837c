"""Use cases of notifications: what customers are told, once an event is committed."""

from __future__ import annotations

from uuid import UUID

from automate_store.application.ports import Ports
from automate_store.application.posting import post
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.notifications import order_confirmation


async def confirm_order_by_mail(order_id: OrderId, *, event_id: UUID, ports: Ports) -> None:
    """Send the customer what was bought; the event's id makes a repeat the same mail."""
    async with ports.reading() as reads:
        order = await reads.orders.get(order_id)
    await post(order_confirmation(order), order.email, mail_id=event_id, ports=ports)
