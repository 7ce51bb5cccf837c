"""Who only looks has no gateway move anything."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.application.errors import GatewayUnavailable
from automate_store.application.payments import Discrepancy, reconcile
from automate_store.application.payments.looking import OnlyLookedAt, only_looking
from automate_store.domain.kernel.ids import RefundId
from automate_store.domain.payments import RefundState
from automate_store.entrypoints.properties.contracts.payments import new_refund
from tests.application.telling import Desk
from tests.application.test_reconciling import a_refund_on_its_way, without_answer


async def test_what_it_would_do_is_not_asked_and_what_it_has_is_read() -> None:
    desk = await Desk.in_memory()
    payment = await desk.paid()
    gateway = only_looking(desk.ports).gateway("memory")
    refund = new_refund(payment, RefundId(UUID(int=1)))
    lost = evolve(payment, intent_id=None)
    for act in (
        gateway.create_intent(lost),
        gateway.confirm(payment),
        gateway.capture(payment, payment.amount, final=True),
        gateway.cancel(payment),
        gateway.refund(payment, refund),
        gateway.fetch(lost),
        gateway.refunds(lost),
    ):
        with pytest.raises(OnlyLookedAt):
            await act
    assert desk.gateway.given == {}
    assert (await gateway.fetch(payment)).taken == payment.captured
    assert await gateway.refunds(payment) == ()
    assert [each async for each in gateway.events(payment.created_at)] == []


async def test_what_is_done_in_a_work_is_undone_at_its_end(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    ports = only_looking(desk.ports)
    async with ports.unit_of_work() as work:
        await work.payments.save(evolve(payment, failure="declined"))
        assert (await work.payments.get(payment.id)).failure == "declined"
    assert (await desk.now(payment))[0] == payment


async def test_a_refund_on_its_way_would_be_asked_for_again(desk: Desk) -> None:
    payment = await desk.paid()
    await a_refund_on_its_way(desk, payment)
    (change,) = await _would_change(desk)
    assert (change.what, change.ours, change.theirs) == (
        "refund",
        "5.00 USD pending",
        "asked for again",
    )


async def test_a_refund_that_is_in_its_books_would_be_what_it_is_there(desk: Desk) -> None:
    payment = await desk.paid()
    refund = await a_refund_on_its_way(desk, payment)
    await desk.gateway.refund(payment, refund)
    (change,) = await _would_change(desk)
    assert (change.ours, change.theirs) == ("5.00 USD pending", "5.00 USD succeeded")
    assert (await desk.now(payment))[2] == (refund,)


async def test_a_silent_gateway_would_fail_nothing(desk: Desk) -> None:
    payment = await desk.paid()
    refund = await a_refund_on_its_way(desk, payment)
    desk.gateway.hide(hidden=True)
    with pytest.raises(GatewayUnavailable):
        await only_looking(desk.ports).gateway("memory").refund(payment, refund)
    assert await _would_change(desk) == ()
    assert refund.state is RefundState.PENDING


async def test_a_payment_without_an_intent_would_be_asked_for_again(desk: Desk) -> None:
    payment = await without_answer(desk)
    (change,) = await _would_change(desk)
    assert (change.subject, change.theirs) == (str(payment.id), "asked for again")


async def _would_change(desk: Desk) -> tuple[Discrepancy, ...]:
    now = desk.ports.clock
    ports = evolve(only_looking(desk.ports), clock=lambda: now() + timedelta(minutes=5))
    done = await reconcile(
        since=timedelta(days=1), only="memory", progress=lambda *_: None, ports=ports
    )
    return done.mended
