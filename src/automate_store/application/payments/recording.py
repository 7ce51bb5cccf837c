"""Recording what a gateway answered: the payment, its order, the answer to whoever asked."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from automate_store.application.access import Actor, Permission
from automate_store.application.auditing import note
from automate_store.application.errors import GatewayRefused
from automate_store.application.payments.settling import PaymentView, settle_payment
from automate_store.application.ports import Ports
from automate_store.application.ports.keys import Keyed
from automate_store.application.ports.unit_of_work import Work
from automate_store.application.retries import retrying
from automate_store.domain.orders import Order
from automate_store.domain.payments import GatewayReport, Payment


async def record(
    payment: Payment,
    report: GatewayReport,
    request: Keyed,
    *,
    seen: Order | None,
    told: str | None,
    actor: Actor,
    ports: Ports,
) -> PaymentView:
    """
    The outcome, stored with its answer; the trail hears of it as ``told``, if it is to.

    ``seen`` is the payment's order as it was when the gateway was asked.
    """

    async def attempt() -> PaymentView:
        async with ports.unit_of_work() as work:
            view = await settle_payment(
                payment, report, seen=seen, work=work, actor=actor, ports=ports
            )
            if told is not None:
                await tell(work, actor, told, before=payment, after=view.payment, ports=ports)
            await keep_answer(view, request, work=work, ports=ports)
            return view

    return await retrying(attempt)


async def keep_answer(view: PaymentView, request: Keyed, *, work: Work, ports: Ports) -> None:
    """Keep it under its key, without what opens the payment to a browser: that ends with it."""
    kept = evolve(view, payment=evolve(view.payment, client={}))
    await work.keys.keep(request, kept, ports.clock())


async def kept_answer(view: PaymentView, *, work: Work) -> PaymentView:
    """The same as it was kept, with what opens the payment where that is still open."""
    now = await work.payments.get(view.payment.id)
    return evolve(view, payment=evolve(view.payment, client=now.client))


async def record_refusal(payment: Payment, refused: GatewayRefused, *, ports: Ports) -> Payment:
    """The attempt that its gateway will not begin, over; as it is where it began after all."""

    async def attempt() -> Payment:
        async with ports.unit_of_work() as work:
            await work.orders.get(payment.order_id, lock=True)
            now = await work.payments.get(payment.id)
            if not now.unbegun:
                return now
            over = now.turn_away(refused.reason, at=ports.clock())
            await work.payments.save(over)
            return over.saved()

    return await retrying(attempt)


async def tell(
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
        earlier = None if before is None else money_of(before)
        subject, now = f"payment:{after.id}", money_of(after)
        await note(work, actor, action, subject, before=earlier, after=now, ports=ports)


def money_of(payment: Payment) -> Mapping[str, object]:
    """What moved: not what the gateway says to the shopper's browser, which may open something."""
    return {
        "order_id": payment.order_id,
        "gateway": payment.gateway,
        "amount": payment.amount,
        "state": payment.state,
        "captured": payment.captured,
        "refunded": payment.refunded,
    }
