"""The steps that the moves of a return share: opening it, saving it, telling of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from automate_store.application.access import Actor
from automate_store.application.auditing import note
from automate_store.application.expiry import making_room
from automate_store.application.idempotency import once
from automate_store.application.ports import Ports
from automate_store.application.ports.keys import Keyed
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.returns.reading import ReturnView
from automate_store.domain.kernel.ids import ReturnId
from automate_store.domain.orders import Order
from automate_store.domain.returns import Return

Move = Callable[[Work], Awaitable[ReturnView]]


async def moved_once(request: Keyed, move: Move, *, ports: Ports) -> ReturnView:
    """What the move gives, once for the request's key."""

    async def attempt() -> ReturnView:
        async with ports.unit_of_work() as work:
            return await once(work, request, ReturnView, lambda: move(work), ports.clock())

    return await making_room(attempt, ports=ports)


async def opened(return_id: ReturnId, work: Work) -> tuple[Return, Order]:
    """The return and its order, which is locked first; raises ReturnNotFound."""
    known = await work.returns.get(return_id)
    order = await work.orders.get(known.order_id, lock=True)
    # Read again: what was read before the lock may have moved on since.
    return await work.returns.get(return_id), order


async def save(returned: Return, order: Order, *, work: Work) -> tuple[Return, Order]:
    """Both as they are stored, the return's events with its order's own."""
    told = order.after(*returned.events, updated_at=returned.updated_at)
    await work.orders.save(told)
    await work.returns.save(returned)
    return returned.saved(), told.saved()


async def tell(
    work: Work, actor: Actor, action: str, before: Return | None, after: Return, *, ports: Ports
) -> None:
    """An entry in the trail, under the order's name."""
    earlier = None if before is None else _standing(before)
    subject, now = f"order:{after.order_id}", _standing(after)
    await note(work, actor, action, subject, before=earlier, after=now, ports=ports)


def _standing(returned: Return) -> Mapping[str, object]:
    """What a move changes of a return: nothing of its customer."""
    return {
        "return": returned.number,
        "state": returned.state,
        "accepted": {item.item_id: item.accepted for item in returned.items},
        "refund": returned.refund.total if returned.refund else None,
    }
