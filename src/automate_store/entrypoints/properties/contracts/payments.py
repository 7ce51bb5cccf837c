"""What every adapter of payments and refunds promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from attrs import evolve

from automate_store.application.errors import VersionConflict
from automate_store.application.ports import Ports
from automate_store.domain.kernel.ids import EditId, RefundId
from automate_store.domain.kernel.money import Money
from automate_store.domain.orders import Order
from automate_store.domain.payments import (
    GatewayReport,
    Payment,
    PaymentNotFound,
    PaymentState,
    Refund,
    RefundNotFound,
    RefundReport,
    RefundState,
    instruct_capture,
)
from automate_store.entrypoints.properties.contracts.scene import (
    new_payment,
    outcomes,
    put_order,
    put_stocked,
)
from automate_store.entrypoints.properties.moments import NOON


@pytest.mark.asyncio
class PaymentsContract:
    """Attempts to be paid are kept whole, and changed by one at a time."""

    async def test_a_payment_comes_back_as_it_was_added(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        assert await _get(store, payment) == payment

    async def test_the_edit_that_it_pays_is_kept(self, store: Ports) -> None:
        order = await put_order(store, await put_stocked(store))
        payment = evolve(new_payment(store, order), edit_id=EditId(store.ids.uuid()))
        async with store.unit_of_work() as work:
            await work.payments.add(payment)
        assert (await _get(store, payment)).edit_id == payment.edit_id

    async def test_an_unknown_payment_is_not_found(self, store: Ports) -> None:
        with pytest.raises(PaymentNotFound):
            await _get(store, new_payment(store, await _order(store)))

    async def test_what_the_gateway_said_is_kept(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        for state in (PaymentState.PROCESSING, PaymentState.CAPTURED):
            settled = (await _get(store, payment)).settle(_report(payment, state), at=NOON)
            await _save(store, settled)
            assert await _get(store, payment) == settled.saved()

    async def test_what_staff_have_the_gateway_do_is_kept_until_it_did(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        held = payment.settle(_report(payment, PaymentState.AUTHORISED), at=NOON)
        part = Money(1, payment.amount.currency)
        told = instruct_capture(held, part, final=None, most=payment.amount, at=NOON)
        await _save(store, told)
        assert await _get(store, payment) == told.saved()
        report = evolve(_report(payment, PaymentState.AUTHORISED), captured=part)
        done = (await _get(store, payment)).settle(report, at=NOON)
        await _save(store, done)
        assert (await _get(store, payment)).instruction is None

    async def test_a_failure_keeps_its_reason(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        failed = payment.turn_away("too little", at=NOON)
        await _save(store, failed)
        assert await _get(store, payment) == failed.saved()

    async def test_what_went_back_is_kept(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        captured = payment.settle(_report(payment, PaymentState.CAPTURED), at=NOON)
        refunded = captured.refund(Money(1, payment.amount.currency), at=NOON)
        await _save(store, refunded)
        assert await _get(store, payment) == refunded.saved()

    async def test_a_lost_update_is_refused(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        await _save(store, payment.turn_away("first", at=NOON))
        with pytest.raises(VersionConflict):
            await _save(store, payment.turn_away("second", at=NOON))
        assert (await _get(store, payment)).failure == "first"

    async def test_of_two_changes_at_once_one_is_refused(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        both_loaded = asyncio.Barrier(2)

        async def fail(reason: str) -> None:
            async with store.unit_of_work() as work:
                loaded = await work.payments.get(payment.id)
                await both_loaded.wait()
                await work.payments.save(loaded.turn_away(reason, at=NOON))

        came_to = await outcomes(fail("one"), fail("two"))
        assert [type(each) for each in came_to if each is not None] == [VersionConflict]

    async def test_a_payment_that_was_never_added_can_not_be_saved(self, store: Ports) -> None:
        payment = new_payment(store, await _order(store))
        with pytest.raises(VersionConflict):
            await _save(store, payment)

    async def test_the_attempts_of_an_order_come_oldest_first(self, store: Ports) -> None:
        order, other = await _order(store), await put_order(store, await put_stocked(store, "b"))
        newer = await _added(store, order)
        older = await _added(store, order, timedelta(minutes=5))
        await _added(store, other)
        async with store.reading() as reads:
            assert await reads.payments.of_order(order.id) == (older, newer)


@pytest.mark.asyncio
class RefundsContract:
    """Refunds are kept whole, and end once."""

    async def test_a_refund_comes_back_as_it_was_added(self, store: Ports) -> None:
        refund = await _given(store)
        assert await _refund_now(store, refund) == refund

    async def test_an_unknown_refund_is_not_found(self, store: Ports) -> None:
        with pytest.raises(RefundNotFound):
            await _refund_now(store, _refund(store, await _added(store, await _order(store))))

    async def test_the_end_of_a_refund_is_kept(self, store: Ports) -> None:
        refund = await _given(store)
        report = RefundReport(state=RefundState.FAILED, gateway_id="re_1", failure="account closed")
        ended = refund.settle(report, at=NOON)
        await _save_refund(store, ended)
        assert await _refund_now(store, refund) == ended.saved()

    async def test_a_refund_that_changed_meanwhile_is_not_overwritten(self, store: Ports) -> None:
        refund = await _given(store)
        ended = refund.settle(RefundReport(state=RefundState.SUCCEEDED), at=NOON)
        await _save_refund(store, ended)
        with pytest.raises(VersionConflict):
            await _save_refund(store, ended)

    async def test_the_refunds_of_an_order_come_oldest_first(self, store: Ports) -> None:
        payment = await _added(store, await _order(store))
        newer = await _given(store, payment)
        older = await _given(store, payment, timedelta(minutes=5))
        other = await put_order(store, await put_stocked(store, "b"))
        await _given(store, await _added(store, other))
        async with store.reading() as reads:
            assert await reads.refunds.of_order(payment.order_id) == (older, newer)


async def _order(store: Ports) -> Order:
    return await put_order(store, await put_stocked(store))


async def _added(store: Ports, order: Order, ago: timedelta = timedelta(0)) -> Payment:
    payment = new_payment(store, order)
    aged = evolve(payment, created_at=payment.created_at - ago)
    async with store.unit_of_work() as work:
        await work.payments.add(aged)
    return aged.saved()


async def _get(store: Ports, payment: Payment) -> Payment:
    async with store.reading() as reads:
        return await reads.payments.get(payment.id)


async def _save(store: Ports, payment: Payment) -> None:
    async with store.unit_of_work() as work:
        await work.payments.save(payment)


def _report(payment: Payment, state: PaymentState) -> GatewayReport:
    return GatewayReport(
        intent_id=f"intent_{payment.id.hex}",
        state=state,
        amount=payment.amount,
        client={"client_secret": "made up"},
    )


def new_refund(payment: Payment, refund_id: RefundId, ago: timedelta = timedelta(0)) -> Refund:
    """One minor unit of the payment, on its way back."""
    return Refund(
        id=refund_id,
        payment_id=payment.id,
        order_id=payment.order_id,
        amount=Money(1, payment.amount.currency),
        reason="a stain",
        actor="sam",
        created_at=payment.created_at - ago,
        updated_at=payment.created_at,
    )


def _refund(store: Ports, payment: Payment, ago: timedelta = timedelta(0)) -> Refund:
    return new_refund(payment, RefundId(store.ids.uuid()), ago)


async def _given(
    store: Ports, payment: Payment | None = None, ago: timedelta = timedelta(0)
) -> Refund:
    of = payment or await _added(store, await _order(store))
    refund = _refund(store, of, ago).asked()
    async with store.unit_of_work() as work:
        await work.refunds.add(refund)
    return refund.saved()


async def _refund_now(store: Ports, refund: Refund) -> Refund:
    async with store.reading() as reads:
        return await reads.refunds.get(refund.id)


async def _save_refund(store: Ports, refund: Refund) -> None:
    async with store.unit_of_work() as work:
        await work.refunds.save(refund)
