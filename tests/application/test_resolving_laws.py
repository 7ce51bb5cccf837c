"""Whatever a gateway says and staff decide of it: the books agree, and nothing ships unpaid."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from automate_store.application.access import SYSTEM
from automate_store.application.orders import CancelOrder, cancel_order
from automate_store.application.payments import CreateIntent, ResolvePayment, create_intent
from automate_store.application.payments import resolve_payment as decide
from automate_store.application.refunding import send_refund
from automate_store.domain.kernel.errors import RuleBroken
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import MoneyKept, Order, OrderPaymentState, OrderState
from automate_store.domain.payments import LessThanCaptured, Payment, PaymentState, Resolution
from tests.application.telling import STAFF, Desk

TOTAL = 4500
AMOUNTS = st.sampled_from([1, 1999, 2000, 2001, 4499, 4501, 9000])
ORDERS = st.sampled_from(["waits", "has a part", "paid", "cancelled", "owes"])


async def begun(desk: Desk, order: str) -> Payment:
    """A payment of an order that stands so."""
    if order == "waits":
        return (await desk.intended()).payment
    if order == "has a part":
        first = (await desk.intended()).payment
        part = CreateIntent(
            order_id=first.order_id, gateway=desk.gateway.name, amount=Money(2000, "USD")
        )
        view = await create_intent(part, token=None, key="part", actor=SYSTEM, ports=desk.ports)
        return (await desk.confirm(view.payment)).payment
    payment = await desk.paid()
    if order in {"cancelled", "owes"}:
        desk.gateway.refuse("card closed" if order == "owes" else "")
        await cancel(desk, payment)
        await all_sent(desk, payment)
        desk.gateway.refuse("")
    return payment


async def cancel(desk: Desk, payment: Payment) -> Order:
    return await cancel_order(
        CancelOrder(order_id=payment.order_id, reason="called off"),
        token=None,
        versions=None,
        key=f"cancel-{payment.id}",
        actor=STAFF,
        ports=desk.ports,
    )


async def all_sent(desk: Desk, payment: Payment) -> None:
    for refund in (await desk.now(payment))[2]:
        await send_refund(refund.id, ports=desk.ports)


async def resolve(desk: Desk, payment: Payment, resolution: Resolution) -> None:
    command = ResolvePayment(payment_id=payment.id, resolution=resolution, reason="looked at it")
    await decide(command, key=f"{resolution}", actor=STAFF, ports=desk.ports)


async def parked(desk: Desk, payment: Payment, amount: int) -> Payment:
    wrong = Money(amount, "USD")
    await desk.tell(desk.captured(payment, amount=wrong, captured=wrong, authorised=wrong))
    now = (await desk.now(payment))[0]
    assert now.state is PaymentState.PARKED
    return now


async def in_order(desk: Desk, payment: Payment) -> None:
    now, order, _ = await desk.now(payment)
    assert now.refunded <= now.captured <= now.authorised <= now.amount
    assert await desk.balanced()
    if order.state is OrderState.CONFIRMED:
        assert order.payment is OrderPaymentState.PAID
        assert now.refundable >= order.total


@given(order=ORDERS, amount=AMOUNTS, resolution=st.sampled_from(Resolution), refuses=st.booleans())
@example(order="paid", amount=4501, resolution=Resolution.GIVE_BACK, refuses=True)
@example(order="paid", amount=4499, resolution=Resolution.ACCEPT, refuses=False)
@example(order="owes", amount=9000, resolution=Resolution.GIVE_BACK, refuses=False)
def test_whatever_is_decided_the_books_agree(
    order: str, amount: int, resolution: Resolution, *, refuses: bool
) -> None:
    async def run() -> None:
        desk = await Desk.in_memory()
        payment = await begun(desk, order)
        if amount == payment.amount.minor:
            return
        await parked(desk, payment, amount)

        with suppress(RuleBroken):
            await resolve(desk, payment, resolution)
        await in_order(desk, payment)

        desk.gateway.refuse("card closed" if refuses else "")
        await all_sent(desk, payment)
        await in_order(desk, payment)

    asyncio.run(run())


@pytest.mark.parametrize("amount", [4501, 4499])
async def test_what_pays_for_an_order_is_given_back_by_cancelling_it(
    desk: Desk, amount: int
) -> None:
    payment = await desk.paid()
    wrong = evolve(await desk.gateway.fetch(payment), amount=Money(amount, "USD"))
    await desk.tell(desk.happened(payment, wrong))
    payment = (await desk.now(payment))[0]

    with pytest.raises(MoneyKept):
        await resolve(desk, payment, Resolution.GIVE_BACK)
    assert (await desk.now(payment))[0] == payment
    await cancel(desk, payment)
    await all_sent(desk, payment)

    now, order, _ = await desk.now(payment)
    assert (now.refundable, order.worth) == (Money(0, "USD"), Money(0, "USD"))
    assert (now.state, order.state) == (PaymentState.PARKED, OrderState.CANCELLED)
    assert await desk.balanced()


async def test_what_came_beyond_a_cancelled_order_goes_back(desk: Desk) -> None:
    payment = await parked(desk, await begun(desk, "cancelled"), 5000)

    await resolve(desk, payment, Resolution.GIVE_BACK)

    now, order, refunds = await desk.now(payment)
    assert (now.captured, now.refunded) == (Money(5000, "USD"), Money(5000, "USD"))
    assert [each.amount.minor for each in refunds] == [TOTAL, 500]
    assert not order.worth
    assert await desk.balanced()


async def test_less_than_was_captured_is_not_accepted(desk: Desk) -> None:
    payment = await parked(desk, await desk.paid(), 4000)

    with pytest.raises(LessThanCaptured):
        await resolve(desk, payment, Resolution.ACCEPT)
    await resolve(desk, payment, Resolution.DISMISS)

    now, order, _ = await desk.now(payment)
    assert (now.state, now.amount, now.captured) == (
        PaymentState.CAPTURED,
        Money(TOTAL, "USD"),
        Money(TOTAL, "USD"),
    )
    assert order.payment is OrderPaymentState.PAID
    assert await desk.balanced()
