"""Editing: an order's items and where it goes, changed at once or once the rest is paid."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial

from attrs import frozen

from automate_store.application.access import Actor, Permission, open_order, order_caller
from automate_store.application.auditing import note
from automate_store.application.carriers import Told, with_carriers
from automate_store.application.expiry import making_room
from automate_store.application.funding import claim_paid, keep_no_more, weigh
from automate_store.application.idempotency import keyed, once
from automate_store.application.orders.repricing import (
    ChangeAddress,
    ModifyItems,
    Pricing,
    load_pricing,
    price_address,
    price_items,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Reads, Work
from automate_store.application.staging import abandon_edit
from automate_store.application.stock import give_variants_up, promise, sell_new
from automate_store.application.versions import Versions, based_on
from automate_store.domain.inventory import StockItem, reserve
from automate_store.domain.kernel.ids import EditId, VariantId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    SUPERSEDED,
    Edit,
    EditKind,
    Order,
    OrderState,
    apply_edit,
    checked,
    open_to_edits,
    stage_edit,
    stock_moves,
)
from automate_store.domain.payments import Funds, Payment
from automate_store.domain.pricing import Quote

ASKED_FOR = "changed by the customer"
BY_STAFF = "changed by the shop"

Change = ModifyItems | ChangeAddress


class EditOutcome(StrEnum):
    """What became of a wish to change an order."""

    PREVIEWED = "previewed"
    APPLIED = "applied"
    STAGED = "staged"


@frozen(kw_only=True)
class EditView:
    """
    An order, and what a change of it came to, or would come to.

    ``difference`` is what the order costs more than before, or less where it is below zero.
    What is to pay is that only where all before was paid.
    """

    order: Order
    outcome: EditOutcome
    quote: Quote
    difference: Money
    to_pay: Money
    """What neither was paid nor is authorised or on its way."""
    comes_back: Money
    """What was paid beyond what it costs now."""


async def edit_order(
    command: Change,
    *,
    token: str | None,
    versions: Versions | None,
    key: str | None,
    actor: Actor,
    ports: Ports,
) -> EditView:
    """
    The order as it was changed, or with the change beside it until the rest is paid.

    Once per key. What it costs less goes back; an earlier change that waits is given up.
    Raises OrderNotFound, VersionConflict, EditClosed, OrderOverdue, OutOfStock, NothingChanges,
    NothingLeft, OrderFull, and what pricing raises; then nothing has changed.
    """
    request = keyed(order_caller(command.order_id, token, actor), key, command)

    async def attempt(told: Told) -> EditView:
        async with ports.unit_of_work() as work:

            async def edit() -> EditView:
                order = await _opened(
                    command, token, versions, actor=actor, reads=work, ports=ports, lock=True
                )
                return await _edit(order, command, told, work=work, actor=actor, ports=ports)

            return await once(work, request, EditView, edit, ports.clock())

    return await _informed(attempt, ports)


async def preview_edit(
    command: Change,
    *,
    token: str | None,
    versions: Versions | None,
    actor: Actor,
    ports: Ports,
) -> EditView:
    """What the change would come to now; nothing is stored. Raises what the change would."""

    async def attempt(told: Told) -> EditView:
        async with ports.reading() as reads:
            order = await _opened(
                command, token, versions, actor=actor, reads=reads, ports=ports, lock=False
            )
            pricing = await _pricing(order, command, reads)
            edit = _decide(command, pricing, told, ports, ports.clock())
            payments = () if order.paid else await reads.payments.of_order(order.id)
            return _previewed(order, edit, pricing, payments)

    return await _informed(attempt, ports)


async def _informed(attempt: Callable[[Told], Awaitable[EditView]], ports: Ports) -> EditView:
    async def roomy(told: Told) -> EditView:
        return await making_room(partial(attempt, told), ports=ports)

    return await with_carriers(roomy, ports=ports)


async def _opened(
    command: Change,
    token: str | None,
    versions: Versions | None,
    *,
    actor: Actor,
    reads: Reads,
    ports: Ports,
    lock: bool,
) -> Order:
    """The order, where it may be changed now from one of those versions."""
    staff = Permission.MOVE_MONEY
    order = await open_order(
        command.order_id, token, actor=actor, staff=staff, reads=reads, lock=lock
    )
    based_on(versions, order.version, kind="order", id=order.id)
    window, unlimited = ports.policy.edit_window, actor.can(staff)
    return open_to_edits(order, window=window, unlimited=unlimited, at=ports.clock())


async def _pricing(order: Order, command: Change, reads: Reads) -> Pricing:
    if isinstance(command, ChangeAddress):
        return await load_pricing(order, (), reads, rerun=False)
    return await load_pricing(order, command.added, reads, rerun=command.rerun_promotions)


def _decide(command: Change, pricing: Pricing, told: Told, ports: Ports, at: datetime) -> Edit:
    if isinstance(command, ChangeAddress):
        edit = price_address(command, pricing, told, at=at)
    else:
        edit = price_items(command, pricing, told, ports=ports, at=at)
    return checked(pricing.order, edit, max_lines=ports.policy.cart.max_lines)


async def _edit(
    order: Order, command: Change, told: Told, *, work: Work, actor: Actor, ports: Ports
) -> EditView:
    at = ports.clock()
    free = await abandon_edit(order, SUPERSEDED, work=work, actor=actor, ports=ports)
    pricing = await _pricing(free, command, work)
    edit = _decide(command, pricing, told, ports, at)
    reason = command.reason or (BY_STAFF if actor.can(Permission.MOVE_MONEY) else ASKED_FOR)
    payments: Sequence[Payment] = ()
    if free.paid and edit.quote.total > free.total:
        outcome, make = EditOutcome.STAGED, _stage
    else:
        payments = await work.payments.of_order(order.id)
        outcome, make = EditOutcome.APPLIED, partial(_apply, payments=payments)
    changed = await make(free, edit, pricing, reason=reason, work=work, actor=actor, ports=ports)
    await work.orders.save(changed)
    if actor.can(Permission.MOVE_MONEY):
        before, after = _standing(order), _told_of(changed, edit)
        subject = f"order:{order.id}"
        await note(work, actor, "edit_order", subject, before=before, after=after, ports=ports)
    return _view(order, changed.saved(), edit, outcome, payments)


async def _stage(
    order: Order,
    edit: Edit,
    pricing: Pricing,
    *,
    reason: str,
    work: Work,
    actor: Actor,
    ports: Ports,
) -> Order:
    """The order with the edit beside it, what it wants more of promised as long as it waits."""
    at = ports.clock()
    until = at + ports.policy.reservation_lifetime
    more = stock_moves(order, edit).more
    await promise(order, more, _stock(pricing), until=until, work=work, ports=ports, at=at)
    return stage_edit(
        order,
        edit,
        id=EditId(ports.ids.uuid()),
        until=until,
        reason=reason,
        actor=actor.name,
        at=at,
    )


async def _apply(
    order: Order,
    edit: Edit,
    pricing: Pricing,
    *,
    payments: Sequence[Payment],
    reason: str,
    work: Work,
    actor: Actor,
    ports: Ports,
) -> Order:
    """The order as edited, its stock moved by the difference, and what is over on its way back."""
    at = ports.clock()
    moves, stock = stock_moves(order, edit), _stock(pricing)
    await give_variants_up(order, moves.fewer, work=work, ports=ports)
    until = order.expires_at
    await promise(order, moves.more, stock, until=until, work=work, ports=ports, at=at)
    edited = apply_edit(order, edit, reason=reason, actor=actor.name, at=at)
    if order.paid:
        await sell_new(order, edited, work=work, actor=actor, ports=ports)
    elif edited.paid:
        await claim_paid(edited, payments, work=work, actor=actor, ports=ports)
    if edited.state is OrderState.PLACED:
        edited = await weigh(edited, payments, work=work, actor=actor, ports=ports)
    return await keep_no_more(edited, payments, reason, work=work, actor=actor, ports=ports)


def _previewed(order: Order, edit: Edit, pricing: Pricing, payments: Sequence[Payment]) -> EditView:
    """What the edit would come to; raises OutOfStock. What an earlier one holds is free."""
    held = order.staged.additions if order.staged else {}
    more = stock_moves(order, edit).more
    wanted = {each: many - held.get(each, 0) for each, many in more.items()}
    taken = reserve(_stock(pricing), {each: many for each, many in wanted.items() if many > 0})
    assert all(change.reserved for change in taken), "a preview would take what it asks for"
    return _view(order, order, edit, EditOutcome.PREVIEWED, payments)


def _stock(pricing: Pricing) -> Mapping[VariantId, StockItem]:
    return {variant_id: variant.stock for variant_id, variant in pricing.shelf.items()}


def _view(
    before: Order, after: Order, edit: Edit, outcome: EditOutcome, payments: Sequence[Payment]
) -> EditView:
    """The change; ``payments`` are those of an order that waited to be paid, as they were then."""
    total = edit.quote.total
    nothing, difference = Money.zero(total.currency), total - before.total
    funds = Funds.of(payments, total.currency)
    return EditView(
        order=after,
        outcome=outcome,
        quote=edit.quote,
        difference=difference,
        to_pay=max(difference, nothing) if before.paid else funds.missing(total),
        comes_back=max(-difference if before.paid else funds.kept - total, nothing),
    )


def _standing(order: Order) -> Mapping[str, object]:
    """What an edit changes of an order: nothing of its customer, who may want to be forgotten."""
    return {
        "number": order.number,
        "total": order.total,
        "items": {item.id: item.quantity for item in order.items if item.quantity},
        "waits_for": order.staged.difference if order.staged else None,
        "address": "as it was",
    }


def _told_of(order: Order, edit: Edit) -> Mapping[str, object]:
    moved = edit.kind is EditKind.ADDRESS
    return {**_standing(order), "address": "another one" if moved else "as it was"}
