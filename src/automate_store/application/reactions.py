"""Reactions: what follows an event, or the clock; the only place where subdomains meet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from automate_store.application.carts import purge_carts
from automate_store.application.idempotency import purge_keys
from automate_store.application.notifications import confirm_order_by_mail
from automate_store.application.orders import expire_orders
from automate_store.application.ports import Ports
from automate_store.domain.kernel.events import Event
from automate_store.domain.orders import OrderPaid

Reaction = Callable[[Event, UUID, Ports], Awaitable[None]]
"""Takes the event, its id and the ports; may come more than once for the same id."""


async def _confirm(event: Event, event_id: UUID, ports: Ports) -> None:
    assert isinstance(event, OrderPaid), "the table names the event"
    await confirm_order_by_mail(event.order_id, event_id=event_id, ports=ports)


REACTIONS: Mapping[type[Event], Reaction] = {OrderPaid: _confirm}
"""Which events leave a job behind, and what the job does."""


async def _expire(*, ports: Ports) -> int:
    """All that is overdue, a batch at a time, until a batch finds nothing to settle."""
    settled = 0
    while expired := await expire_orders(ports=ports):
        settled += expired
    return settled


PERIODIC: Mapping[str, tuple[str, Callable[..., Awaitable[int]]]] = {
    "expire_orders": ("* * * * *", _expire),
    "purge_carts": ("17 * * * *", purge_carts),
    "purge_keys": ("47 * * * *", purge_keys),
}
"""Name -> when (cron, UTC) and what; safe anywhere and twice; gives how many it settled."""
