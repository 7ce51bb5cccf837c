"""Deciding on returns: staff let goods be sent, or say why not."""

from __future__ import annotations

from attrs import evolve

from automate_store.application.access import Actor, Permission
from automate_store.application.exchanging import promise_replacements
from automate_store.application.idempotency import keyed
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.returns.moving import moved_once, opened, save, tell
from automate_store.application.returns.reading import ReturnView, show
from automate_store.domain.kernel.ids import ReturnId
from automate_store.domain.orders import settle_return


async def approve_return(
    return_id: ReturnId, *, key: str | None, actor: Actor, ports: Ports
) -> ReturnView:
    """
    The return, which may be sent, and what comes for it kept; once per key.

    Raises ReturnNotFound, IllegalReturnMove, OutOfStock.
    """
    actor.may(Permission.HANDLE_RETURNS)
    request = keyed(f"{actor.role}:{actor.name}", key, ("approve", return_id))

    async def approve(work: Work) -> ReturnView:
        known, order = await opened(return_id, work)
        approved = known.approve(actor=actor.name, at=ports.clock())
        await promise_replacements(approved, order, work=work, ports=ports)
        returned, order = await save(approved, order, work=work)
        await tell(work, actor, "approve_return", known, returned, ports=ports)
        return await show(returned, order, reads=work, ports=ports)

    return await moved_once(request, approve, ports=ports)


async def reject_return(
    return_id: ReturnId, reason: str, *, key: str | None, actor: Actor, ports: Ports
) -> ReturnView:
    """The return, refused for that reason; once per key. Raises as ``approve_return``."""
    actor.may(Permission.HANDLE_RETURNS)
    request = keyed(f"{actor.role}:{actor.name}", key, ("reject", return_id, reason))

    async def reject(work: Work) -> ReturnView:
        known, order = await opened(return_id, work)
        rejected = known.reject(reason, actor=actor.name, at=ports.clock())
        freed = evolve(
            order, items=settle_return(order, known.asked, taken={}, missing=known.missing)
        )
        returned, order = await save(rejected, freed, work=work)
        await tell(work, actor, "reject_return", known, returned, ports=ports)
        return await show(returned, order, reads=work, ports=ports)

    return await moved_once(request, reject, ports=ports)
