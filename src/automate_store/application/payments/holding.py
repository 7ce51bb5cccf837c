"""
Money that is held: staff capture what was authorised, or give it up.

What they want is recorded first, then the gateway is asked, then its answer is recorded:
whatever dies in between is asked again with the same key, and of the gateway the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve, frozen

from automate_store.application.access import SYSTEM, Actor, Permission
from automate_store.application.errors import GatewayRefused
from automate_store.application.idempotency import keyed
from automate_store.application.payments.recording import keep_answer, kept_answer, record, tell
from automate_store.application.payments.settling import (
    PaymentView,
    payment_among,
    settle,
    settle_payment,
)
from automate_store.application.ports import Ports
from automate_store.application.ports.keys import Keyed
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.retries import retrying
from automate_store.domain.kernel.ids import PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order, OrderState
from automate_store.domain.payments import (
    OPEN,
    CaptureOvertaken,
    Funds,
    GatewayReport,
    Payment,
    instruct_capture,
    instruct_void,
    uninstructed,
)


@frozen(kw_only=True)
class CapturePayment:
    """
    A wish to take so much of what was authorised; None is all that the order waits for.

    Where ``final`` is not said, no more follows once all was captured.
    """

    payment_id: PaymentId
    amount: Money | None = None
    final: bool | None = None


@frozen(kw_only=True)
class VoidPayment:
    """A wish to give up what was not captured."""

    payment_id: PaymentId


Instruct = Callable[[Payment, Order, Sequence[Payment]], Payment]
"""The payment with what the gateway is to do; of its locked order and all of whose payments."""


async def capture_payment(
    command: CapturePayment, *, key: str | None, actor: Actor, ports: Ports
) -> PaymentView:
    """
    The payment with so much of it captured; its order, paid where that is enough; once per key.

    Raises PaymentNotFound, PaymentMoveRefused, CaptureTooLarge, CaptureOvertaken, InvalidInput,
    StillAsked, GatewayUnavailable, GatewayRefused.
    """

    def instruct(payment: Payment, order: Order, payments: Sequence[Payment]) -> Payment:
        return instruct_capture(
            payment,
            command.amount,
            final=command.final,
            most=_awaited(payment, order, payments),
            at=ports.clock(),
        )

    return await _instructed(
        command, instruct, "capture_payment", key=key, actor=actor, ports=ports
    )


async def void_payment(
    command: VoidPayment, *, key: str | None, actor: Actor, ports: Ports
) -> PaymentView:
    """
    The payment, given up; its order waits for other money; once per key.

    Raises PaymentNotFound, PaymentMoveRefused, StillAsked, GatewayUnavailable, GatewayRefused.
    """

    def instruct(payment: Payment, _order: Order, _payments: Sequence[Payment]) -> Payment:
        return instruct_void(payment, at=ports.clock())

    return await _instructed(command, instruct, "void_payment", key=key, actor=actor, ports=ports)


async def give_payment_up(payment_id: PaymentId, *, ports: Ports) -> None:
    """
    Have the gateway give up an attempt that nobody wants; nothing where it has ended.

    One without an intent yet is asked to be given up again once it has one. Where the
    gateway will not do it, what comes of the attempt is settled, and its money goes back.
    What came to be held since it was given up is let go too; raises GatewayRefused where the
    gateway keeps that.
    """
    async with ports.reading() as reads:
        payment = await reads.payments.get(payment_id)
    if payment.intent_id is None or not (payment.state in OPEN or payment.given_up_late):
        return
    gateway = ports.gateway(payment.gateway)
    try:
        report = await gateway.cancel(payment)
    except GatewayRefused:
        report = evolve(await gateway.fetch(payment), since=payment.version)
        # Settling that would ask for the same at once, and again and again.
        if payment.held_in_vain(report):
            raise

    async def attempt() -> None:
        async with ports.unit_of_work() as work:
            await settle_payment(payment, report, work=work, actor=SYSTEM, ports=ports)

    await retrying(attempt)


async def _instructed(
    command: CapturePayment | VoidPayment,
    instruct: Instruct,
    told: str,
    *,
    key: str | None,
    actor: Actor,
    ports: Ports,
) -> PaymentView:
    actor.may(Permission.MOVE_MONEY)
    request = keyed(f"{actor.role}:{actor.account_id or actor.name}:{told}", key, command)

    async def start() -> Payment | PaymentView:
        async with ports.unit_of_work() as work:
            stored = await work.keys.claim(request, PaymentView)
            if isinstance(stored, PaymentView):
                return await kept_answer(stored, work=work)
            known = await work.payments.get(command.payment_id)
            order = await work.orders.get(known.order_id, lock=True)
            payments = await work.payments.of_order(order.id)
            payment = payment_among(payments, known.id)
            if stored is not None:
                return payment
            wanted = instruct(payment, order, payments)
            if ports.gateway(payment.gateway).offline:
                return await _follow_offline(
                    wanted, order, payments, request, told, work=work, actor=actor, ports=ports
                )
            await work.payments.save(wanted)
            await work.keys.begin(request, wanted.id, ports.clock())
            return wanted.saved()

    begun = await retrying(start)
    if isinstance(begun, PaymentView):
        return begun
    report = await _answer(begun, ports)
    return await record(begun, report, request, seen=None, told=told, actor=actor, ports=ports)


def _awaited(payment: Payment, order: Order, payments: Sequence[Payment]) -> Money:
    """How much more the order waits for; of the change of one, the payment's own is all of it."""
    nothing = Money.zero(payment.amount.currency)
    if payment.edit_id is not None:
        return payment.capturable
    if order.state is not OrderState.PLACED:
        return nothing
    return max(order.total - Funds.of(payments, nothing.currency).kept, nothing)


async def _answer(begun: Payment, ports: Ports) -> GatewayReport:
    """The same as ``_said``; what the gateway refuses is not waited for."""
    try:
        return await _said(begun, ports)
    except (GatewayRefused, CaptureOvertaken):
        await _let_go(begun, ports)
        raise


async def _said(payment: Payment, ports: Ports) -> GatewayReport:
    """What the gateway says to what it was told; how the payment stands, where that is known."""
    gateway, told = ports.gateway(payment.gateway), payment.instruction
    if told is None:
        return evolve(await gateway.fetch(payment), since=payment.version)
    if told.capture is None:
        return await gateway.cancel(payment)
    # What is asked again is asked for as it was, whatever was heard of it since.
    as_it_was = evolve(payment, captured=told.before)
    found = await gateway.fetch(as_it_was)
    if told.made(found.taken):
        return found
    return await gateway.capture(as_it_was, told.capture, final=told.final)


async def _follow_offline(
    wanted: Payment,
    order: Order,
    payments: Sequence[Payment],
    request: Keyed,
    told: str,
    *,
    work: Work,
    actor: Actor,
    ports: Ports,
) -> PaymentView:
    report = await _said(wanted, ports)
    before = payment_among(payments, wanted.id)
    view = await settle(order, payments, wanted.id, report, work=work, actor=actor, ports=ports)
    await tell(work, actor, told, before=before, after=view.payment, ports=ports)
    await keep_answer(view, request, work=work, ports=ports)
    return view


async def _let_go(begun: Payment, ports: Ports) -> None:
    """Nothing of what the gateway refused is waited for any more."""

    async def attempt() -> None:
        async with ports.unit_of_work() as work:
            await work.orders.get(begun.order_id, lock=True)
            payment = await work.payments.get(begun.id)
            if payment.instruction is not None and payment.instruction == begun.instruction:
                await work.payments.save(uninstructed(payment, at=ports.clock()))

    await retrying(attempt)
