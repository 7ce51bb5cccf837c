"""Several cards on one intent: the store hears of them in any order, and ends where they did."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import permutations

import pytest
from attrs import evolve

from automate_store.application.errors import GatewayUnavailable
from automate_store.application.orders import expire_orders
from automate_store.application.payments import hear_event, reconcile
from automate_store.application.payments.reconciling import LOST_AFTER, SINCE
from automate_store.domain.kernel.ids import ToldId
from automate_store.domain.orders import OrderPaymentState
from automate_store.domain.payments import GatewayEvent, Payment, PaymentState, ToldState
from tests.application.telling import Desk

ACTION, SLOW, FAILED = (
    PaymentState.REQUIRES_ACTION,
    PaymentState.PROCESSING,
    PaymentState.FAILED,
)
Try = tuple[PaymentState, str | None]
TRIES: Sequence[Try] = (
    (FAILED, "card declined"),
    (ACTION, None),
    (FAILED, "not you"),
    (SLOW, None),
)


def happened(desk: Desk, payment: Payment, tries: Sequence[Try]) -> list[GatewayEvent]:
    """What is told of each of the tries; all of them are over there."""
    return [
        desk.happened(payment, desk.gateway.stands(payment, state, failure=failure))
        for state, failure in tries
    ]


async def stands(desk: Desk, payment: Payment) -> tuple[PaymentState, str | None]:
    known, _, _ = await desk.now(payment)
    return known.state, known.failure


async def put_by(desk: Desk, events: Sequence[GatewayEvent]) -> list[ToldId]:
    """The events, told and not heard yet."""
    told = [await desk.deliver(each) for each in events]
    return [each for each in told if each is not None]


async def test_another_try_is_seen_as_it_goes(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    seen = []
    for each in TRIES:
        await desk.tell(*happened(desk, payment, [each]))
        _, order, _ = await desk.now(payment)
        seen.append((await stands(desk, payment), order.payment))

    assert seen == [
        (TRIES[0], OrderPaymentState.FAILED),
        (TRIES[1], OrderPaymentState.PENDING),
        (TRIES[2], OrderPaymentState.FAILED),
        (TRIES[3], OrderPaymentState.PROCESSING),
    ]
    assert (await desk.timeline(payment))[-4:] == [
        "order_payment_failed",
        "order_payment_tried_again",
        "order_payment_failed",
        "order_payment_promised",
    ]


async def test_what_is_on_its_way_after_a_decline_keeps_the_goods(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    for each in TRIES:
        await desk.tell(*happened(desk, payment, [each]))

    _, order, _ = await desk.now(payment)
    assert (order.expires_at, order.payment) == (None, OrderPaymentState.PROCESSING)
    assert await expire_orders(ports=desk.ports) == 0

    await desk.tell(*happened(desk, payment, [(FAILED, "no cover")]))
    _, order, _ = await desk.now(payment)
    assert order.expires_at is not None
    assert order.payment is OrderPaymentState.FAILED


@pytest.mark.parametrize("tries", [TRIES[:2], TRIES[:3], TRIES[1:]], ids=["two", "three", "slow"])
async def test_whatever_order_they_are_told_in_they_end_alike(
    desk: Desk, tries: Sequence[Try]
) -> None:
    for order in permutations(range(len(tries))):
        payment = (await desk.intended()).payment
        events = happened(desk, payment, tries)
        for nth in order:
            await desk.tell(events[nth])

        _, after, _ = await desk.now(payment)
        ends = {
            ACTION: OrderPaymentState.PENDING,
            SLOW: OrderPaymentState.PROCESSING,
            FAILED: OrderPaymentState.FAILED,
        }
        assert (await stands(desk, payment), after.payment) == (tries[-1], ends[tries[-1][0]])
    assert await desk.balanced()


async def test_heard_at_once_they_end_where_the_last_one_did(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    told = await put_by(desk, happened(desk, payment, TRIES))

    done = await asyncio.gather(*(hear_event(each, ports=desk.ports) for each in told * 2))

    assert {each.state for each in done} == {ToldState.PROCESSED}
    assert await stands(desk, payment) == TRIES[-1]


async def test_what_is_doubted_waits_for_a_gateway_that_is_away(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    first, second = happened(desk, payment, TRIES[:2])
    await desk.tell(second)
    (late,) = await put_by(desk, [first])
    desk.gateway.hide(hidden=True)

    with pytest.raises(GatewayUnavailable):
        await hear_event(late, ports=desk.ports)
    assert (await desk.told(late)).state is ToldState.FAILED
    desk.gateway.hide(hidden=False)

    assert (await hear_event(late, ports=desk.ports)).state is ToldState.PROCESSED
    assert await stands(desk, payment) == TRIES[1]


async def test_nothing_is_asked_of_what_can_not_be_doubted(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    await desk.tell(*happened(desk, payment, TRIES[:1]))
    await desk.tell(desk.captured(payment))

    assert desk.gateway.fetched == 0


async def test_another_try_that_was_never_told_of_is_found(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    await desk.tell(*happened(desk, payment, TRIES[:1]))
    desk.gateway.stands(payment, SLOW)

    later = evolve(desk.ports, clock=lambda: desk.ports.clock() + 2 * LOST_AFTER)

    def silent(_gateway: str, _what: str, _many: int) -> None:
        pass

    runs = [await reconcile(since=SINCE, only=None, progress=silent, ports=later) for _ in range(2)]

    assert [each.changed for each in runs] == [1, 0]
    assert await stands(desk, payment) == (SLOW, None)
