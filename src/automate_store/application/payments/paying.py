"""
Use cases of payments: money moves outside transactions, and every report ends here.

The intent is recorded first, then the gateway is asked with the payment's own id as
its idempotency key, then the outcome is recorded: whatever dies in between can be
asked again. A gateway that is ``offline`` moves nothing outside, so its answer is
recorded together with the question.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from attrs import frozen

from automate_store.application.access import Actor, Permission, open_order, order_caller
from automate_store.application.auditing import note
from automate_store.application.idempotency import keyed
from automate_store.application.ports import Ports
from automate_store.application.ports.keys import Begun, Keyed
from automate_store.application.ports.payments import PaymentGateway
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.refunding import Grant, give_back, overpaid
from automate_store.application.retries import retrying
from automate_store.application.staging import settle_edit
from automate_store.application.stock import claim_stock, reserve_stock
from automate_store.domain.inventory import OutOfStock
from automate_store.domain.kernel.ids import OrderId, PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Due, Order, OrderState, await_difference, due
from automate_store.domain.payments import (
    GatewayReport,
    Payment,
    PaymentNotFound,
    PaymentState,
)

GATEWAY_GRACE = timedelta(minutes=5)
"""
How long an order's stock is kept once its gateway is asked for the money.

However often it is asked, an order gains no more than this beyond its time to pay.
"""


NOT_WANTED = "paid too late, or twice"


@frozen(kw_only=True)
class CreateIntent:
    """A wish to pay an order through a gateway."""

    order_id: OrderId
    gateway: str


@frozen(kw_only=True)
class ConfirmPayment:
    """A wish to carry a payment out."""

    order_id: OrderId
    payment_id: PaymentId


@frozen(kw_only=True)
class PaymentView:
    """A payment, and what its order looks like after it."""

    payment: Payment
    order: Order


async def create_intent(
    command: CreateIntent, *, token: str | None, key: str | None, actor: Actor, ports: Ports
) -> PaymentView:
    """
    A payment of the order's whole total at the gateway, or of what an edit waits for.

    Once per key. Raises OrderNotFound, OrderOverdue, EditOverdue, IllegalMove, GatewayUnknown,
    GatewayUnavailable.
    """
    gateway = ports.offered_gateway(command.gateway)
    request = keyed(order_caller(command.order_id, token, actor), key, command)

    async def start() -> Payment | PaymentView:
        async with ports.unit_of_work() as work:
            stored = await work.keys.claim(request, PaymentView)
            if isinstance(stored, PaymentView):
                return stored
            if isinstance(stored, Begun):
                return await work.payments.get(PaymentId(stored.subject))
            order = await open_order(
                command.order_id, token, actor=actor, staff=Permission.MOVE_MONEY, reads=work
            )
            intended = _intend(order, due(order, ports.clock()), gateway, ports)
            if gateway.offline:
                return await _intend_offline(
                    intended, order, request, work, actor=actor, ports=ports
                )
            await work.payments.add(intended)
            await _tell(work, actor, "create_intent", before=None, after=intended, ports=ports)
            await work.keys.begin(request, intended.id, intended.created_at)
            return intended.saved()

    begun = await retrying(start)
    if isinstance(begun, PaymentView):
        return begun
    report = await gateway.create_intent(begun)
    return await _record(begun, report, request, told=None, actor=actor, ports=ports)


async def confirm_payment(
    command: ConfirmPayment, *, token: str | None, key: str | None, actor: Actor, ports: Ports
) -> PaymentView:
    """
    The payment, carried out as far as the gateway can; its order, paid if it is; once per key.

    Raises OrderNotFound, PaymentNotFound, OrderOverdue, EditOverdue, EditGone, IllegalMove,
    GatewayUnavailable.
    """
    request = keyed(order_caller(command.order_id, token, actor), key, command)

    async def start() -> Payment | PaymentView:
        async with ports.unit_of_work() as work:
            stored = await work.keys.claim(request, PaymentView)
            if isinstance(stored, PaymentView):
                return stored
            order = await open_order(
                command.order_id,
                token,
                actor=actor,
                staff=Permission.MOVE_MONEY,
                reads=work,
                lock=True,
            )
            payment = await _payment_of(order, command.payment_id, work)
            if stored is not None:
                return payment
            waiting = _await_gateway(order, payment, ports)
            if ports.gateway(payment.gateway).offline:
                return await _confirm_offline(
                    payment, order, request, work, actor=actor, ports=ports
                )
            if waiting is not order:
                await work.orders.save(waiting)
            await work.keys.begin(request, payment.id, ports.clock())
            return payment

    begun = await retrying(start)
    if isinstance(begun, PaymentView):
        return begun
    report = await ports.gateway(begun.gateway).confirm(begun)
    return await _record(begun, report, request, told="confirm_payment", actor=actor, ports=ports)


async def settle_payment(
    known: Payment, report: GatewayReport, *, work: Work, actor: Actor, ports: Ports
) -> PaymentView:
    """
    The one place where a gateway's report meets its order, however it came and how often.

    A captured payment of a waiting order confirms it and takes the deadline off its stock,
    and revives an order that expired where its stock can be had again; that of an edit makes
    it. Money that no order waits for goes back.
    """
    order = await work.orders.get(known.order_id, lock=True)
    payment = await work.payments.get(known.id)
    return await _settle(order, payment, report, work=work, actor=actor, ports=ports)


async def _settle(
    order: Order,
    payment: Payment,
    report: GatewayReport,
    *,
    work: Work,
    actor: Actor,
    ports: Ports,
) -> PaymentView:
    at = ports.clock()
    settled = payment.settle(report, at=at)
    if settled is payment:
        return PaymentView(payment=payment, order=order)
    await work.payments.save(settled)
    after = await _follow(order, settled, work, actor=actor, ports=ports, at=at)
    return PaymentView(payment=settled.saved(), order=after)


async def _follow(
    order: Order, payment: Payment, work: Work, *, actor: Actor, ports: Ports, at: datetime
) -> Order:
    if payment.state is PaymentState.CAPTURED:
        after = await _paid(order, payment, work, actor=actor, ports=ports, at=at)
        # What an order waited for has just made it paid: nothing else can have come before.
        if after is order and (due := await overpaid(order, work=work)):
            grant = Grant(amount=due, credit=Money.zero(due.currency), reason=NOT_WANTED)
            after = await give_back(after, grant, work=work, actor=actor, ports=ports)
    elif payment.state is PaymentState.FAILED and order.state is OrderState.PLACED:
        after = order.payment_failed(payment.failure or "declined", actor=actor.name, at=at)
    else:
        return order
    await work.orders.save(after)
    return after.saved()


async def _paid(
    order: Order, payment: Payment, work: Work, *, actor: Actor, ports: Ports, at: datetime
) -> Order:
    """The order, where the money is what it waits for; money that is not goes back."""
    if payment.edit_id is not None:
        return await settle_edit(order, payment, work=work, actor=actor, ports=ports)
    if payment.captured != order.total:
        return order
    if order.state is OrderState.PLACED:
        await claim_stock(order, work=work, actor=actor, ports=ports)
        return order.pay(payment.captured, actor=actor.name, at=at)
    if order.expired and not order.quote.codes:
        return await _revived(order, payment, work, actor=actor, ports=ports, at=at)
    return order


async def _revived(
    order: Order, payment: Payment, work: Work, *, actor: Actor, ports: Ports, at: datetime
) -> Order:
    """The order that was paid too late, where its stock can be had again."""
    stock = await work.stock.of(order.wanted)
    try:
        await reserve_stock(order, stock, work=work, ports=ports, at=at)
    except OutOfStock:
        return order
    await claim_stock(order, work=work, actor=actor, ports=ports)
    return order.revive(payment.captured, actor=actor.name, at=at)


def _intend(order: Order, wanted: Due, gateway: PaymentGateway, ports: Ports) -> Payment:
    return Payment.intend(
        id=PaymentId(ports.ids.uuid()),
        order_id=order.id,
        gateway=gateway.name,
        amount=wanted.amount,
        edit_id=wanted.edit_id,
        at=ports.clock(),
    )


async def _intend_offline(
    intended: Payment, order: Order, request: Keyed, work: Work, *, actor: Actor, ports: Ports
) -> PaymentView:
    report = await ports.gateway(intended.gateway).create_intent(intended)
    payment = intended.settle(report, at=intended.created_at)
    assert payment.state is PaymentState.PENDING, "nothing is paid before it is confirmed"
    await work.payments.add(payment)
    await _tell(work, actor, "create_intent", before=None, after=payment, ports=ports)
    view = PaymentView(payment=payment.saved(), order=order)
    await work.keys.keep(request, view, intended.created_at)
    return view


async def _confirm_offline(
    payment: Payment, order: Order, request: Keyed, work: Work, *, actor: Actor, ports: Ports
) -> PaymentView:
    report = await ports.gateway(payment.gateway).confirm(payment)
    view = await _settle(order, payment, report, work=work, actor=actor, ports=ports)
    after = view.payment
    await _tell(work, actor, "confirm_payment", before=payment, after=after, ports=ports)
    await work.keys.keep(request, view, ports.clock())
    return view


def _await_gateway(order: Order, payment: Payment, ports: Ports) -> Order:
    at = ports.clock()
    until, longest = at + GATEWAY_GRACE, ports.policy.reservation_lifetime + GATEWAY_GRACE
    if payment.edit_id is not None:
        return await_difference(order, payment.edit_id, until, longest=longest, at=at)
    return order.await_payment(until, latest=order.placed_at + longest, at=at)


async def _payment_of(order: Order, payment_id: PaymentId, work: Work) -> Payment:
    payment = await work.payments.get(payment_id)
    if payment.order_id != order.id:
        raise PaymentNotFound(str(payment_id))
    return payment


async def _record(
    payment: Payment,
    report: GatewayReport,
    request: Keyed,
    *,
    told: str | None,
    actor: Actor,
    ports: Ports,
) -> PaymentView:
    """The outcome, stored with its answer; the trail hears of it as ``told``, if it is to."""

    async def attempt() -> PaymentView:
        async with ports.unit_of_work() as work:
            view = await settle_payment(payment, report, work=work, actor=actor, ports=ports)
            if told is not None:
                await _tell(work, actor, told, before=payment, after=view.payment, ports=ports)
            await work.keys.keep(request, view, ports.clock())
            return view

    return await retrying(attempt)


async def _tell(
    work: Work,
    actor: Actor,
    action: str,
    *,
    before: Payment | None,
    after: Payment,
    ports: Ports,
) -> None:
    """An entry in the trail, where it is not the customer who pays."""
    if actor.can(Permission.MOVE_MONEY):
        earlier = None if before is None else _money_of(before)
        subject, now = f"payment:{after.id}", _money_of(after)
        await note(work, actor, action, subject, before=earlier, after=now, ports=ports)


def _money_of(payment: Payment) -> Mapping[str, object]:
    """What moved: not what the gateway says to the shopper's browser, which may open something."""
    return {
        "order_id": payment.order_id,
        "gateway": payment.gateway,
        "amount": payment.amount,
        "state": payment.state,
        "captured": payment.captured,
        "refunded": payment.refunded,
    }
