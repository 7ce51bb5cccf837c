"""Resolving: what staff see of money that needs them, and what they decide of it."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.errors import Contended
from automate_store.application.funding import book_refund
from automate_store.application.idempotency import keyed, once
from automate_store.application.payments.hearing import NOBODYS, hear_event, strangers_like
from automate_store.application.payments.recording import money_of
from automate_store.application.payments.settling import PaymentView, payment_among, settle, told_so
from automate_store.application.ports import Ports
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.refunding import hear_parked_again
from automate_store.application.retries import retrying
from automate_store.domain.kernel.ids import PaymentId, RefundId, ToldId
from automate_store.domain.orders import Order, counted
from automate_store.domain.payments import (
    WAITING,
    GatewayReport,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    Resolution,
    ToldEvent,
    ToldState,
    asking_for_reported,
    dismissed,
    reopened,
    what_parked,
)


@frozen(kw_only=True)
class DismissEvent:
    """That an event which had no effect is to have none, and why."""

    told_id: ToldId
    reason: str


@frozen(kw_only=True)
class ResolvePayment:
    """What staff decide of a parked payment, and why."""

    payment_id: PaymentId
    resolution: Resolution
    reason: str


async def page_told_events(
    *,
    state: ToldState | None,
    gateway: str | None,
    before: ToldId | None,
    limit: int,
    actor: Actor,
    ports: Ports,
) -> tuple[ToldEvent, ...]:
    """What gateways told, in that state and by that gateway, or all; the last heard of first."""
    actor.may(Permission.READ_ORDERS)
    async with ports.reading() as reads:
        return await reads.told.page(state=state, gateway=gateway, before=before, limit=limit)


async def page_parked(
    *, before: PaymentId | None, limit: int, actor: Actor, ports: Ports
) -> tuple[Payment, ...]:
    """Payments that wait for a decision, with what parked them; the last begun first."""
    actor.may(Permission.READ_ORDERS)
    async with ports.reading() as reads:
        return await reads.payments.page(state=PaymentState.PARKED, before=before, limit=limit)


async def page_refunds(
    *, state: RefundState | None, before: RefundId | None, limit: int, actor: Actor, ports: Ports
) -> tuple[Refund, ...]:
    """Refunds of every order in that state, or in any; the last begun first."""
    actor.may(Permission.READ_ORDERS)
    async with ports.reading() as reads:
        return await reads.refunds.page(state=state, before=before, limit=limit)


async def replay_event(told_id: ToldId, *, actor: Actor, ports: Ports) -> ToldEvent:
    """
    The event, heard once more, however it ended before; twice is as good as once.

    Raises EventNotFound, GatewayUnavailable.
    """
    actor.may(Permission.MOVE_MONEY)

    async def attempt() -> None:
        async with ports.unit_of_work() as work:
            told = await work.told.get(told_id, lock=True)
            again = told.again()
            await work.told.save(again)
            before, after = {"state": told.state, "why": told.why}, {"state": again.state}
            subject = f"webhook_event:{told.id}"
            await note(
                work, actor, "replay_event", subject, before=before, after=after, ports=ports
            )

    await retrying(attempt)
    return await hear_event(told_id, ports=ports)


async def dismiss_event(command: DismissEvent, *, actor: Actor, ports: Ports) -> ToldEvent:
    """
    The event, to have no effect; with all that is about money of nobody's, its intent's others.

    Those to come of that intent are dismissed as they come. Raises EventNotFound,
    NothingToDismiss.
    """
    actor.may(Permission.MOVE_MONEY)

    async def attempt() -> ToldEvent:
        async with ports.unit_of_work() as work:
            locked = await _locked_alike(command.told_id, work)
            told = locked.pop(command.told_id)
            over = told.dismissed(command.reason, at=ports.clock())
            await work.told.save(over)
            for each in locked.values():
                if each.state in WAITING:
                    await work.told.save(each.dismissed(command.reason, at=ports.clock()))
            before = {"state": told.state, "why": told.why, "intent_id": told.event.intent_id}
            after = {"state": over.state, "reason": command.reason}
            subject = f"webhook_event:{told.id}"
            await note(
                work, actor, "dismiss_event", subject, before=before, after=after, ports=ports
            )
            return over.saved()

    return await retrying(attempt)


async def _locked_alike(told_id: ToldId, work: Work) -> dict[ToldId, ToldEvent]:
    """
    The event, and those that wait and are about the same money, where it is nobody's here.

    All are locked by now, in the order of their ids, or two who dismiss two of them at once
    would wait for each other.
    """
    told = await work.told.get(told_id)
    alike = await strangers_like(told, work) if told.why == NOBODYS else ()
    wanted = {told_id, *(each.id for each in alike if each.state in WAITING)}
    return {each: await work.told.get(each, lock=True) for each in sorted(wanted)}


async def resolve_payment(
    command: ResolvePayment, *, key: str | None, actor: Actor, ports: Ports
) -> PaymentView:
    """
    The payment as staff decided, and its order as that leaves it; once per key.

    Raises PaymentNotFound, NotParked, CurrencyMismatch, LessThanCaptured, MoneyKept,
    RefundTooLarge, GatewayUnavailable, GatewayRefused.
    """
    actor.may(Permission.MOVE_MONEY)
    caller = f"{actor.role}:{actor.account_id or actor.name}:payments"
    request = keyed(caller, key, command)
    report = await _fetched(command, ports)

    async def attempt() -> PaymentView:
        async with ports.unit_of_work() as work:
            return await once(
                work,
                request,
                PaymentView,
                lambda: _resolve(command, report, work, actor=actor, ports=ports),
                ports.clock(),
            )

    return await retrying(attempt)


async def _fetched(command: ResolvePayment, ports: Ports) -> GatewayReport | None:
    """What the gateway says now, where that is to decide; no transaction is open."""
    if command.resolution is not Resolution.FETCH:
        return None
    async with ports.reading() as reads:
        payment = await reads.payments.get(command.payment_id)
    if payment.state is not PaymentState.PARKED:
        return None
    return await ports.gateway(payment.gateway).fetch(payment)


async def _resolve(
    command: ResolvePayment,
    report: GatewayReport | None,
    work: Work,
    *,
    actor: Actor,
    ports: Ports,
) -> PaymentView:
    known = await work.payments.get(command.payment_id)
    order = await work.orders.get(known.order_id, lock=True)
    payments, at = await work.payments.of_order(order.id), ports.clock()
    payment = payment_among(payments, known.id)
    reported = what_parked(payment)
    if command.resolution is Resolution.GIVE_BACK:
        view = await _give_back(order, payment, command.reason, work, actor=actor, ports=ports)
    elif command.resolution is Resolution.DISMISS:
        over = dismissed(payment, command.reason, at=at)
        await work.payments.save(over)
        view = PaymentView(payment=over.saved(), order=order)
    else:
        if command.resolution is Resolution.ACCEPT:
            before, news = asking_for_reported(payment, at=at), reported
        else:
            before, news = reopened(payment, at=at), _fresh(report)
        if evolve(news, client={}) == before.reported:
            return _for_staff(PaymentView(payment=payment, order=order))
        await work.payments.save(before)
        now = tuple(before.saved() if each.id == payment.id else each for each in payments)
        view = await settle(order, now, payment.id, news, work=work, actor=actor, ports=ports)
    await _tell(command, payment, view.payment, work, actor=actor, ports=ports)
    await hear_parked_again(payment, payment.intent_id, work=work, ports=ports)
    return _for_staff(view)


def _for_staff(view: PaymentView) -> PaymentView:
    """Without what opens the payment to the shopper's browser."""
    return evolve(view, payment=evolve(view.payment, client={}))


def _fresh(report: GatewayReport | None) -> GatewayReport:
    """What the gateway said; raises Contended where the payment was parked since it was asked."""
    if report is None:
        raise Contended
    return report


async def _give_back(
    order: Order, payment: Payment, reason: str, work: Work, *, actor: Actor, ports: Ports
) -> PaymentView:
    """What was captured goes back whole, unless it pays for an order that goes on."""
    at, reported, credit = ports.clock(), what_parked(payment), counted(order, payment)
    asking = asking_for_reported(payment, at=at)
    taken = await told_so(asking, reported, work=work, ports=ports)
    await work.payments.save(taken)
    refund = Refund(
        id=RefundId(ports.ids.uuid()),
        payment_id=payment.id,
        order_id=order.id,
        amount=taken.refundable,
        reason=reason,
        actor=actor.name,
        created_at=at,
        updated_at=at,
    )
    after = await book_refund(
        order,
        taken.saved(),
        refund.asked(),
        credit=credit,
        work=work,
        actor=actor,
        ports=ports,
    )
    return PaymentView(payment=await work.payments.get(payment.id), order=after)


async def _tell(
    command: ResolvePayment,
    before: Payment,
    after: Payment,
    work: Work,
    *,
    actor: Actor,
    ports: Ports,
) -> None:
    decided = {"resolution": command.resolution, "reason": command.reason}
    subject = f"payment:{after.id}"
    await note(
        work,
        actor,
        "resolve_payment",
        subject,
        before=_seen(before),
        after={**_seen(after), **decided},
        ports=ports,
    )


def _seen(payment: Payment) -> Mapping[str, object]:
    reported = payment.reported
    return {**money_of(payment), "reported": None if reported is None else reported.amount}
