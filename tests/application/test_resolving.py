"""What staff decide of parked payments, and what they have heard again."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryMailer
from automate_store.application.access import Actor, Role
from automate_store.application.errors import NotAllowed
from automate_store.application.payments import (
    PaymentView,
    ResolvePayment,
    page_parked,
    page_refunds,
    page_told_events,
    replay_event,
    resolve_payment,
)
from automate_store.application.reactions import REACTIONS
from automate_store.application.refunding import send_refund
from automate_store.domain.kernel.money import CurrencyMismatch, Money
from automate_store.domain.orders import OrderDisputed, OrderStatus
from automate_store.domain.payments import (
    NotParked,
    Payment,
    PaymentParked,
    PaymentState,
    RefundState,
    Resolution,
    ToldEvent,
    ToldState,
)
from tests.application.telling import STAFF, Desk, returned

SUPPORT = Actor(Role.SUPPORT, "kim")
LESS = Money(4000, "USD")


async def parked(desk: Desk, amount: Money = LESS) -> tuple[Payment, ToldEvent]:
    payment = (await desk.intended()).payment
    told = await desk.tell(desk.captured(payment, amount=amount))
    return (await desk.now(payment))[0], told


async def resolve(
    desk: Desk, payment: Payment, resolution: Resolution, key: str = "one"
) -> PaymentView:
    command = ResolvePayment(payment_id=payment.id, resolution=resolution, reason="looked at it")
    return await resolve_payment(command, key=key, actor=STAFF, ports=desk.ports)


async def test_what_the_gateway_says_now_is_taken(desk: Desk) -> None:
    payment, told = await parked(desk)
    desk.gateway.captured(payment, amount=payment.amount)

    view = await resolve(desk, payment, Resolution.FETCH)
    again = await resolve(desk, payment, Resolution.FETCH)
    await desk.hear_what_waits()

    assert (view.payment.state, view.order.status) == (
        PaymentState.CAPTURED,
        OrderStatus.PROCESSING,
    )
    assert again == view
    assert (await desk.told(told.id)).state is ToldState.PROCESSED
    assert await desk.balanced()


async def test_a_gateway_that_says_the_same_again_changes_nothing(desk: Desk) -> None:
    payment, _ = await parked(desk)
    view = await resolve(desk, payment, Resolution.FETCH)
    assert view.payment == payment


async def test_less_that_is_accepted_is_kept_for_the_order(desk: Desk) -> None:
    payment, _ = await parked(desk)

    view = await resolve(desk, payment, Resolution.ACCEPT)

    assert (view.payment.captured, view.payment.amount) == (LESS, LESS)
    assert view.order.status is OrderStatus.PENDING
    assert await desk.balanced()


async def test_what_is_not_wanted_goes_back_whole(desk: Desk) -> None:
    payment, told = await parked(desk)

    await resolve(desk, payment, Resolution.GIVE_BACK)
    await desk.hear_what_waits()
    (refund,) = (await desk.now(payment))[2]
    await send_refund(refund.id, ports=desk.ports)

    given, order, (refund,) = await desk.now(payment)
    assert (given.refunded, refund.state, refund.amount) == (LESS, RefundState.SUCCEEDED, LESS)
    assert (order.status, order.worth) == (OrderStatus.PENDING, Money(0, "USD"))
    assert (await desk.told(told.id)).state is ToldState.PROCESSED
    assert await desk.balanced()


async def test_what_was_dealt_with_there_is_told_in_vain(desk: Desk) -> None:
    payment, told = await parked(desk, Money(4500, "EUR"))
    await resolve(desk, payment, Resolution.DISMISS)

    again = await desk.tell(desk.captured(payment, amount=Money(4500, "EUR")))

    now, order, _ = await desk.now(payment)
    assert (now.state, now.captured) == (PaymentState.CANCELLED, Money(0, "USD"))
    assert (again.state, (await desk.told(told.id)).state) == (
        ToldState.PROCESSED,
        ToldState.PROCESSED,
    )
    assert order.status is OrderStatus.PENDING


@pytest.mark.parametrize("resolution", [Resolution.ACCEPT, Resolution.GIVE_BACK])
async def test_another_currency_is_neither_taken_nor_given(
    desk: Desk, resolution: Resolution
) -> None:
    payment, _ = await parked(desk, Money(4500, "EUR"))
    with pytest.raises(CurrencyMismatch):
        await resolve(desk, payment, resolution)
    assert (await desk.now(payment))[0] == payment


@pytest.mark.parametrize("resolution", list(Resolution))
async def test_only_what_is_parked_is_decided_on(desk: Desk, resolution: Resolution) -> None:
    payment = await desk.paid()
    with pytest.raises(NotParked):
        await resolve(desk, payment, resolution)


async def test_of_two_decisions_at_once_one_holds(desk: Desk) -> None:
    payment, _ = await parked(desk)

    came_to = await asyncio.gather(
        resolve(desk, payment, Resolution.GIVE_BACK, "one"),
        resolve(desk, payment, Resolution.GIVE_BACK, "two"),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in came_to) == ["NotParked", "PaymentView"]
    given, _, refunds = await desk.now(payment)
    assert (given.refunded, len(refunds)) == (LESS, 1)


async def test_a_decision_is_in_the_trail_with_its_reason(desk: Desk) -> None:
    payment, _ = await parked(desk)
    await resolve(desk, payment, Resolution.DISMISS)
    async with desk.ports.reading() as reads:
        trail = await reads.trail.page(before=None, limit=9, subject=None, account_id=None)
    entry = trail[0]
    assert (entry.action, entry.actor) == ("resolve_payment", "sam")
    assert entry.after is not None
    assert entry.after["reason"] == "looked at it"


async def test_what_is_replayed_has_its_effect_once(desk: Desk) -> None:
    payment = await desk.paid()
    told = await desk.tell(desk.happened(payment, returned(Money(500, "USD"))))

    both = await asyncio.gather(
        *(replay_event(told.id, actor=STAFF, ports=desk.ports) for _ in range(2))
    )

    assert {each.state for each in both} <= {ToldState.PROCESSED}
    given, _, refunds = await desk.now(payment)
    assert (given.refunded, len(refunds)) == (Money(500, "USD"), 1)
    async with desk.ports.reading() as reads:
        trail = await reads.trail.page(before=None, limit=9, subject=None, account_id=None)
    assert "replay_event" in {entry.action for entry in trail}


async def test_support_looks_and_decides_nothing(desk: Desk) -> None:
    payment, told = await parked(desk)
    ports = desk.ports
    found = await page_parked(before=None, limit=9, actor=SUPPORT, ports=ports)
    events = await page_told_events(
        state=ToldState.PARKED, gateway=None, before=None, limit=9, actor=SUPPORT, ports=ports
    )
    refunds = await page_refunds(state=None, before=None, limit=9, actor=SUPPORT, ports=ports)
    assert (found, [each.id for each in events], refunds) == ((payment,), [told.id], ())
    command = ResolvePayment(payment_id=payment.id, resolution=Resolution.ACCEPT, reason="why not")
    with pytest.raises(NotAllowed):
        await resolve_payment(command, key="k", actor=SUPPORT, ports=ports)
    with pytest.raises(NotAllowed):
        await replay_event(told.id, actor=SUPPORT, ports=ports)


async def test_staff_are_mailed_of_what_needs_them(desk: Desk) -> None:
    payment = await desk.paid()
    order = (await desk.now(payment))[1]
    event = OrderDisputed(
        at=desk.ports.clock(),
        order_id=order.id,
        number=order.number,
        actor="memory",
        reason="fraudulent",
        dispute="dp_1",
        amount=payment.amount,
    )
    mailer = MemoryMailer()
    policy = evolve(desk.ports.policy, staff_email="staff@example.com")
    ports = evolve(desk.ports, mailer=mailer, policy=policy)
    for _ in range(2):
        await REACTIONS[OrderDisputed](event, UUID(int=7), ports)
    (mail,) = mailer.sent
    assert (mail.to, order.number in mail.text) == ("staff@example.com", True)


async def test_without_an_address_the_log_tells_of_it(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    payment, _ = await parked(desk)
    event = PaymentParked(
        at=desk.ports.clock(),
        payment_id=payment.id,
        order_id=payment.order_id,
        expected=payment.amount,
        reported=LESS,
    )
    await REACTIONS[PaymentParked](event, UUID(int=7), desk.ports)
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert "payment_parked" in record.getMessage()
