"""Asking to return: by whoever may open the order, seen before it is confirmed."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, field, frozen

from automate_store.application.access import Actor, Permission, open_order, order_caller
from automate_store.application.idempotency import keyed
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Reads, Work
from automate_store.application.returns.moving import moved_once, save, tell
from automate_store.application.returns.reading import ReturnView, show
from automate_store.application.returns.replacing import Wanted, with_replacements
from automate_store.application.stock import give_variants_up
from automate_store.domain.kernel.errors import FieldError, InvalidInput
from automate_store.domain.kernel.ids import OrderId, ReturnId
from automate_store.domain.orders import Order, ask_back, settle_return
from automate_store.domain.returns import (
    Return,
    ReturnItem,
    ReturnKind,
    ReturnNotFound,
    ReturnPolicy,
)


@frozen(kw_only=True)
class RequestReturn:
    """
    A wish to give units of some items back, each for a reason.

    For those that ``replacements`` name something comes: so many of that variant.
    """

    order_id: OrderId
    kind: ReturnKind
    items: tuple[ReturnItem, ...]
    comments: str | None = None
    replacements: Wanted = field(factory=dict)


async def preview_return(
    command: RequestReturn, *, token: str | None, actor: Actor, ports: Ports
) -> ReturnView:
    """The return as it would be asked for, and what would go back for it; nothing is kept."""
    async with ports.reading() as reads:
        order = await _open(command.order_id, token, actor, reads, lock=False)
        returned, asked = await _decide(command, order, actor, reads=reads, ports=ports)
        return await show(returned, asked, reads=reads, ports=ports)


async def request_return(
    command: RequestReturn, *, token: str | None, key: str | None, actor: Actor, ports: Ports
) -> ReturnView:
    """
    The return, asked for; once per key.

    Raises OrderNotFound, ReasonNotAccepted, NotReturnable, InvalidInput for items that the
    order does not have, and what ``with_replacements`` raises.
    """
    request = keyed(order_caller(command.order_id, token, actor), key, command)

    async def ask(work: Work) -> ReturnView:
        order = await _open(command.order_id, token, actor, work, lock=True)
        returned, asked = await _decide(command, order, actor, reads=work, ports=ports)
        await work.orders.save(asked)
        await work.returns.add(returned)
        if actor.can(Permission.HANDLE_RETURNS):
            await tell(work, actor, "request_return", None, returned, ports=ports)
        return await show(returned.saved(), asked.saved(), reads=work, ports=ports)

    return await moved_once(request, ask, ports=ports)


async def withdraw_return(
    order_id: OrderId,
    return_id: ReturnId,
    *,
    token: str | None,
    key: str | None,
    actor: Actor,
    ports: Ports,
) -> ReturnView:
    """
    The return that is not wanted any more; once per key.

    Raises OrderNotFound, ReturnNotFound for one of another order, IllegalReturnMove.
    """
    inputs = ("withdraw", return_id)
    request = keyed(order_caller(order_id, token, actor), key, inputs)

    async def withdraw(work: Work) -> ReturnView:
        order = await _open(order_id, token, actor, work, lock=True)
        known = await work.returns.get(return_id)
        if known.order_id != order.id:
            raise ReturnNotFound(str(return_id))
        gone = known.withdraw(actor=actor.name, at=ports.clock())
        if known.promises:
            await give_variants_up(order, known.replaced, work=work, ports=ports)
        freed = evolve(
            order, items=settle_return(order, known.asked, taken={}, missing=known.missing)
        )
        returned, order = await save(gone, freed, work=work)
        if actor.can(Permission.HANDLE_RETURNS):
            await tell(work, actor, "withdraw_return", known, returned, ports=ports)
        return await show(returned, order, reads=work, ports=ports)

    return await moved_once(request, withdraw, ports=ports)


async def _open(
    order_id: OrderId, token: str | None, actor: Actor, reads: Reads, *, lock: bool
) -> Order:
    staff = Permission.HANDLE_RETURNS
    return await open_order(order_id, token, actor=actor, staff=staff, reads=reads, lock=lock)


async def _decide(
    command: RequestReturn, order: Order, actor: Actor, *, reads: Reads, ports: Ports
) -> tuple[Return, Order]:
    """The return, and its order with those units asked back."""
    if faults := tuple(_faults(command, order)):
        raise InvalidInput(faults)
    at, policy = ports.clock(), ports.policy.returns
    policy.check((item.reason for item in command.items), command.kind)
    wanted = {item.item_id: item.quantity for item in command.items}
    policy.check_units(order, wanted, command.kind, at)
    asked = await with_replacements(
        _with_missing(command, order, policy), command.replacements, order, reads=reads, ports=ports
    )
    returned = Return.request(
        id=ReturnId(ports.ids.uuid()),
        number=f"R-{ports.ids.order_number()}",
        order_id=order.id,
        order_number=order.number,
        kind=command.kind,
        items=asked,
        comments=command.comments,
        actor=actor.name,
        at=at,
    )
    items = ask_back(order, returned.asked, missing=returned.missing)
    return returned, order.after(*returned.events, items=items, updated_at=at)


def _with_missing(
    command: RequestReturn, order: Order, policy: ReturnPolicy
) -> tuple[ReturnItem, ...]:
    """The items, with how many of them never arrived where they are claimed for that."""
    if command.kind is not ReturnKind.CLAIM:
        return command.items
    wanted = {item.item_id: item.quantity for item in command.items}
    away = policy.missing(order, wanted, {item.item_id: item.reason for item in command.items})
    return tuple(evolve(item, missing=away.get(item.item_id, 0)) for item in command.items)


def _faults(command: RequestReturn, order: Order) -> Iterator[FieldError]:
    if not command.items:
        yield FieldError("items", "names at least one item")
    known = {item.id for item in order.items}
    named = [item.item_id for item in command.items]
    for place, item in enumerate(command.items):
        if item.item_id not in known:
            yield FieldError(f"items[{place}].item_id", "is not an item of the order")
        elif item.quantity < 1:
            yield FieldError(f"items[{place}].quantity", "is one or more")
        elif named.count(item.item_id) > 1:
            yield FieldError(f"items[{place}].item_id", "is named once")
