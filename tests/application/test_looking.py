"""Who only looks has no gateway move anything."""

from __future__ import annotations

from uuid import UUID

import pytest
from attrs import evolve

from automate_store.application.errors import GatewayRefused
from automate_store.application.payments.looking import only_looking
from automate_store.domain.kernel.ids import RefundId
from automate_store.entrypoints.properties.contracts.payments import new_refund
from tests.application.telling import Desk


async def test_what_it_would_do_is_refused_and_what_it_has_is_read() -> None:
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
    ):
        with pytest.raises(GatewayRefused):
            await act
    assert desk.gateway.given == {}
    assert (await gateway.fetch(payment)).taken == payment.captured
    assert await gateway.refunds(payment) == ()
    assert [each async for each in gateway.events(payment.created_at)] == []


async def test_what_is_done_in_a_work_is_undone_at_its_end(desk: Desk) -> None:
    payment = (await desk.intended()).payment
    ports = only_looking(desk.ports)
    async with ports.unit_of_work() as work:
        await work.payments.save(payment.fail("declined", at=ports.clock()))
        assert (await work.payments.get(payment.id)).failure == "declined"
    assert (await desk.now(payment))[0] == payment
