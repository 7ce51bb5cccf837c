"""
Use cases of payments: money moves outside transactions, and every report ends here.

The intent is recorded first, then the gateway is asked with the payment's own id as
its idempotency key, then the outcome is recorded: whatever dies in between can be
asked again. A gateway that is ``offline`` moves nothing outside, so its answer is
recorded together with the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from automate_store.application.access import Actor, Permission, open_order, order_caller
from automate_store.application.errors import GatewayRefused
from automate_store.application.idempotency import keyed
from automate_store.application.payments.methods import customer_at, refuse_too_many
from automate_store.application.payments.offering import naming_the_others, saving
from automate_store.application.payments.recording import (
    keep_answer,
    kept_answer,
    record,
    record_refusal,
    tell,
)
from automate_store.application.payments.settling import PaymentView, payment_among, settle
from automate_store.application.ports import Ports
from automate_store.application.ports.keys import Begun, Keyed
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.retries import retrying
from automate_store.domain.kernel.ids import MethodId, OrderId, PaymentId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import (
    Order,
    await_difference,
    due,
    refuse_beyond,
    share_of,
)
from automate_store.domain.payments import (
    PLAIN,
    CaptureMode,
    Funds,
    GatewayReport,
    MethodElsewhere,
    Payment,
    PaymentState,
    PaymentTerms,
)

_Asked = tuple[Payment, Order | None]
"""What a gateway is asked about, and its order where that was read."""
GATEWAY_GRACE = timedelta(minutes=5)
"""
How long an order's stock is kept once its gateway is asked for the money.

However often it is asked, an order gains no more than this beyond its time to pay.
"""


@frozen(kw_only=True)
class CreateIntent:
    """
    A wish to pay an order through a gateway; without an amount, all that is still to be paid.

    By a saved method of one's own, or by another that is to be saved.
    """

    order_id: OrderId
    gateway: str
    amount: Money | None = None
    method_id: MethodId | None = None
    save_method: bool = False


@frozen(kw_only=True)
class ConfirmPayment:
    """A wish to carry a payment out."""

    order_id: OrderId
    payment_id: PaymentId


async def create_intent(
    command: CreateIntent, *, token: str | None, key: str | None, actor: Actor, ports: Ports
) -> PaymentView:
    """
    A payment at the gateway of what is still to be paid, or of a part of it; once per key.

    That is what the order costs, or what an edit waits for, less what was captured of it, is
    authorised, or is on its way. Raises OrderNotFound, OrderOverdue, EditOverdue, IllegalMove,
    NothingDue, MoreThanDue, PaidWholeOnly, InvalidInput, GatewayUnknown, GatewayUnavailable
    with the others that work, and GatewayRefused, which ends the attempt; for saved methods
    SignInNeeded, MethodNotFound, MethodElsewhere, MethodExpired, MethodsNotKept,
    TooManyMethods.
    """
    gateway = ports.offered_gateway(command.gateway)
    request = keyed(order_caller(command.order_id, token, actor), key, command)
    if command.save_method:
        async with naming_the_others(gateway.name, ports):
            await customer_at(saving(gateway.name, ports), actor.account(), ports)

    async def start() -> _Asked | PaymentView:
        async with ports.unit_of_work() as work:
            stored = await work.keys.claim(request, PaymentView)
            if isinstance(stored, PaymentView):
                return await kept_answer(stored, work=work)
            if isinstance(stored, Begun):
                return await _begun(PaymentId(stored.subject), work), None
            order = await open_order(
                command.order_id, token, actor=actor, staff=Permission.MOVE_MONEY, reads=work
            )
            intended = await _intend(command, order, work=work, actor=actor, ports=ports)
            if gateway.offline:
                return await _intend_offline(
                    intended, order, request, work, actor=actor, ports=ports
                )
            await work.payments.add(intended)
            await tell(work, actor, "create_intent", before=None, after=intended, ports=ports)
            await work.keys.begin(request, intended.id, intended.created_at)
            return intended.saved(), order

    begun = await retrying(start)
    if isinstance(begun, PaymentView):
        return begun
    payment, seen = begun
    report = await _created(payment, ports)
    return await record(payment, report, request, seen=seen, told=None, actor=actor, ports=ports)


async def _created(payment: Payment, ports: Ports) -> GatewayReport:
    """What its gateway says to an attempt; a refusal ends it, and is raised."""
    try:
        async with naming_the_others(payment.gateway, ports):
            return await ports.gateway(payment.gateway).create_intent(payment)
    except GatewayRefused as refused:
        await record_refusal(payment, refused, ports=ports)
        raise


async def confirm_payment(
    command: ConfirmPayment, *, token: str | None, key: str | None, actor: Actor, ports: Ports
) -> PaymentView:
    """
    The payment, carried out as far as the gateway can; its order, paid if it is; once per key.

    Raises OrderNotFound, PaymentNotFound, OrderOverdue, EditOverdue, EditGone, IllegalMove,
    GatewayUnavailable, GatewayRefused; and NothingDue or MoreThanDue where others pay what it
    was to.
    """
    request = keyed(order_caller(command.order_id, token, actor), key, command)

    async def start() -> _Asked | PaymentView:
        async with ports.unit_of_work() as work:
            stored = await work.keys.claim(request, PaymentView)
            if isinstance(stored, PaymentView):
                return await kept_answer(stored, work=work)
            order, payments, payment = await _locked(command, token, actor=actor, work=work)
            if stored is not None:
                return payment, order
            if payment.state is PaymentState.CAPTURED:
                return await _paid_already(payment, order, request, work, ports=ports)
            refuse_beyond(order, payment, payments)
            waiting = _await_gateway(order, payment, ports)
            if ports.gateway(payment.gateway).offline:
                return await _confirm_offline(
                    payment, order, payments, request, work, actor=actor, ports=ports
                )
            await work.keys.begin(request, payment.id, ports.clock())
            if waiting is order:
                return payment, order
            await work.orders.save(waiting)
            return payment, waiting.saved()

    begun = await retrying(start)
    if isinstance(begun, PaymentView):
        return begun
    asked, seen = begun
    async with naming_the_others(asked.gateway, ports):
        answer = await ports.gateway(asked.gateway).confirm(asked)
    report = evolve(answer, since=asked.version)
    return await record(
        asked, report, request, seen=seen, told="confirm_payment", actor=actor, ports=ports
    )


async def _begun(payment_id: PaymentId, work: Work) -> Payment:
    """The attempt, to be asked for again; raises GatewayRefused where it was refused for good."""
    payment = await work.payments.get(payment_id)
    if payment.turned_away:
        raise GatewayRefused(payment.gateway, payment.failure or "it was refused")
    return payment


async def _locked(
    command: ConfirmPayment, token: str | None, *, actor: Actor, work: Work
) -> tuple[Order, Sequence[Payment], Payment]:
    """The order, all its payments, and the one that is meant; nobody else moves them now."""
    staff = Permission.MOVE_MONEY
    order = await open_order(
        command.order_id, token, actor=actor, staff=staff, reads=work, lock=True
    )
    payments = await work.payments.of_order(order.id)
    return order, payments, payment_among(payments, command.payment_id)


async def _paid_already(
    payment: Payment, order: Order, request: Keyed, work: Work, *, ports: Ports
) -> PaymentView:
    """The payment as it stands: the gateway's own word was here before the shopper came back."""
    view = PaymentView(payment=payment, order=order)
    await keep_answer(view, request, work=work, ports=ports)
    return view


async def _intend(
    command: CreateIntent, order: Order, *, work: Work, actor: Actor, ports: Ports
) -> Payment:
    """A fresh attempt at what is missing; of a change, at all of it."""
    at = ports.clock()
    wanted = due(order, at)
    others = await work.payments.of_order(order.id)
    alike = (each for each in others if each.edit_id == wanted.edit_id)
    funds = Funds.of(alike, wanted.amount.currency)
    # What a change of a paid order costs is taken at once: its goods are on their way.
    by_hand = wanted.edit_id is None and ports.policy.capture is CaptureMode.MANUAL
    terms = await _means(command, work=work, actor=actor, at=at)
    return Payment.intend(
        id=PaymentId(ports.ids.uuid()),
        order_id=order.id,
        gateway=command.gateway,
        amount=share_of(order, wanted, funds, command.amount),
        edit_id=wanted.edit_id,
        terms=evolve(terms, capture=CaptureMode.MANUAL if by_hand else CaptureMode.AUTOMATIC),
        at=at,
    )


async def _means(command: CreateIntent, *, work: Work, actor: Actor, at: datetime) -> PaymentTerms:
    """By what it is paid: a saved method of the actor's own, or one that is to be saved."""
    if command.method_id is None and not command.save_method:
        return PLAIN
    user_id = actor.account()
    customer = await work.methods.customer(user_id, command.gateway)
    if command.method_id is None:
        refuse_too_many(await work.methods.of(user_id))
        return PaymentTerms(customer=customer, keep_method=True)
    method = await work.methods.get(command.method_id, user_id)
    if method.gateway != command.gateway:
        raise MethodElsewhere(command.gateway, method.gateway)
    return PaymentTerms(customer=customer, method=method.usable(at).token)


async def _intend_offline(
    intended: Payment, order: Order, request: Keyed, work: Work, *, actor: Actor, ports: Ports
) -> PaymentView:
    report = await ports.gateway(intended.gateway).create_intent(intended)
    payment = intended.settle(report, at=intended.created_at)
    assert payment.state is PaymentState.PENDING, "nothing is paid before it is confirmed"
    await work.payments.add(payment)
    await tell(work, actor, "create_intent", before=None, after=payment, ports=ports)
    view = PaymentView(payment=payment.saved(), order=order)
    await keep_answer(view, request, work=work, ports=ports)
    return view


async def _confirm_offline(
    payment: Payment,
    order: Order,
    payments: Sequence[Payment],
    request: Keyed,
    work: Work,
    *,
    actor: Actor,
    ports: Ports,
) -> PaymentView:
    report = await ports.gateway(payment.gateway).confirm(payment)
    view = await settle(order, payments, payment.id, report, work=work, actor=actor, ports=ports)
    after = view.payment
    await tell(work, actor, "confirm_payment", before=payment, after=after, ports=ports)
    await keep_answer(view, request, work=work, ports=ports)
    return view


def _await_gateway(order: Order, payment: Payment, ports: Ports) -> Order:
    at = ports.clock()
    until, lifetime = at + GATEWAY_GRACE, ports.policy.reservation_lifetime
    if payment.edit_id is not None:
        exchanged = order.staged is not None and order.staged.return_id is not None
        waits = ports.policy.returns.exchange_lifetime if exchanged else lifetime
        longest = waits + GATEWAY_GRACE
        return await_difference(order, payment.edit_id, until, longest=longest, at=at)
    return order.await_payment(until, latest=order.placed_at + lifetime + GATEWAY_GRACE, at=at)
